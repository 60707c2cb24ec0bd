"""A melody told again in another way: filled with passing notes, or thinned to its strong ones."""

from __future__ import annotations

from dataclasses import replace

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.tunes import GRID, Melody, Note, Phrase

ORNAMENTS = 0.3
"""How many of the notes that could be filled are."""


def ornamented(melody: Melody, key: Key) -> Melody:
    """With passing and neighbouring notes of its scale, here and there; never at a phrase's end."""
    choices = Choices(key / "ornaments")
    return replace(melody, phrases=tuple(_filled(phrase, melody, choices) for phrase in melody.phrases))


def _filled(phrase: Phrase, melody: Melody, choices: Choices) -> Phrase:
    notes: list[Note] = []
    for note, after in zip(phrase.notes, phrase.notes[1:], strict=False):
        between = _between(note.pitch, after.pitch, melody)
        long = note.length >= GRID and note.length % 2 == 0
        if between is None or not long or not choices.happens(ORNAMENTS):
            notes.append(note)
            continue
        first = note.length * 3 // 4 if note.length % 4 == 0 and choices.happens(0.3) else note.length // 2
        notes += [Note(note.pitch, first), Note(between, note.length - first)]
    return replace(phrase, notes=(*notes, phrase.notes[-1]))


def _between(a: int, b: int, melody: Melody) -> int | None:
    """The note of the scale that leads from one to the other: between two that are a third apart, above one
    that is repeated."""
    scale = melody.scale
    if a == b:
        return next((p for p in range(a + 1, a + 4) if scale.holds(p)), None)
    if 3 <= abs(a - b) <= 5:
        step = 1 if b > a else -1
        return next((p for p in range(a + step, b, step) if scale.holds(p)), None)
    return None


def thinned(melody: Melody, depth: float) -> Melody:
    """With fewer of its short notes, the deeper the fewer: what begins between two beats is left out, from
    .5 on all that begins off a bar's first beat and is short, and the note before lasts as long."""
    if depth <= 0.25:
        return melody
    every = GRID if depth < 0.6 else melody.metre.bar
    return replace(melody, phrases=tuple(_without(phrase, every) for phrase in melody.phrases))


def _without(phrase: Phrase, every: int) -> Phrase:
    notes: list[Note] = []
    at = 0
    for note in phrase.notes:
        if notes and at % every:
            notes[-1] = replace(notes[-1], length=notes[-1].length + note.length)
        else:
            notes.append(note)
        at += note.length
    # the last note is where the line was going
    notes[-1] = replace(notes[-1], pitch=phrase.notes[-1].pitch)
    return replace(phrase, notes=tuple(notes))
