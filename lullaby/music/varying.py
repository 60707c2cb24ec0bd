"""A melody told again in another way: filled with passing notes, or thinned to its strong ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.melodies import GRID, Melody, Note, Phrase

ORNAMENTS = 0.3
"""How many of the notes that could be filled are."""
MOVED = 0.08
"""How many of the weak notes are sung a step away."""


def ornamented(melody: Melody, key: Key) -> Melody:
    """With passing and neighbouring notes of its scale, here and there, and some weak notes a step away;
    never at a phrase's end. Another way than it was, where there is any."""
    for attempt in range(_TRIES):
        choices = Choices(key / "ornaments" / attempt)
        phrases = tuple(_filled(phrase, at, melody, choices) for phrase, at in _placed(melody))
        if phrases != melody.phrases:
            break
    return replace(melody, phrases=phrases)


def _placed(melody: Melody) -> Iterator[tuple[Phrase, int]]:
    """Each phrase, and where in the bars it begins."""
    at = melody.begins
    for phrase in melody.phrases:
        yield phrase, at
        at += phrase.length


def _filled(phrase: Phrase, at: int, melody: Melody, choices: Choices) -> Phrase:
    notes: list[Note] = []
    for note, after in itertools.pairwise(phrase.notes):
        strong = at % melody.metre.bar == 0
        at += note.length
        pitch = note.pitch if strong or not choices.happens(MOVED) else _beside(note.pitch, melody, choices)
        between = _between(pitch, after.pitch, melody)
        short = _SHORTEST[melody.metre.parts]
        if between is None or note.length < 2 * short or not choices.happens(ORNAMENTS):
            notes.append(replace(note, pitch=pitch))
            continue
        last = note.length // 2 if note.length // 2 % short == 0 and choices.happens(0.6) else short
        notes += [Note(pitch, note.length - last), Note(between, last)]
    return replace(phrase, notes=(*notes, phrase.notes[-1]))


_TRIES = 8
_SHORTEST = {2: 6, 3: 4}
"""The shortest note that is put in, where a beat has two parts and where it has three."""


def _beside(pitch: int, melody: Melody, choices: Choices) -> int:
    """A step of the scale above or below, inside of what the melody reaches."""
    pitches = [note.pitch for note in melody.notes]
    scale = melody.scale.between(min(pitches), max(pitches))
    at = scale.index(pitch) + choices.one((-1, 1))
    return scale[at] if 0 <= at < len(scale) else pitch


def _between(a: int, b: int, melody: Melody) -> int | None:
    """The note of the scale that leads from one to the other: between two that are a third apart, above one
    that is repeated."""
    scale = melody.scale
    if a == b:
        highest = max(note.pitch for note in melody.notes)
        return next((p for p in range(a + 1, min(a + 4, highest + 1)) if scale.holds(p)), None)
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
    return replace(melody, phrases=tuple(_without(phrase, at, every) for phrase, at in _placed(melody)))


def _without(phrase: Phrase, at: int, every: int) -> Phrase:
    notes: list[Note] = []
    for note in phrase.notes:
        if notes and at % every:
            notes[-1] = replace(notes[-1], length=notes[-1].length + note.length)
        else:
            notes.append(note)
        at += note.length
    # the last note is where the line was going
    notes[-1] = replace(notes[-1], pitch=phrase.notes[-1].pitch)
    return replace(phrase, notes=tuple(notes))
