"""What is no music, made of the same notes: what tells the two apart must not take these for lullabies."""

from __future__ import annotations

import itertools
from dataclasses import replace

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.melodies import Melody, Note, Phrase


def shuffled(melody: Melody, key: Key) -> Melody:
    """Its bars in another order; its phrases are as long as they were."""
    choices = Choices(key / "shuffled")
    bars = list(melody.in_bars())
    for k in range(len(bars) - 1, 0, -1):
        other = int(choices.share() * (k + 1))
        bars[k], bars[other] = bars[other], bars[k]
    return _in_phrases([note for bar in bars for note in bar], melody)


def walk(melody: Melody, key: Key) -> Melody:
    """Steps by chance in the same scale and range, over the same rhythm, with as many steps, skips and
    repeated notes."""
    choices = Choices(key / "walk")
    pitches = [note.pitch for note in melody.notes]
    scale = melody.scale.between(min(pitches), max(pitches))
    moves = [abs(scale.index(b) - scale.index(a)) for a, b in itertools.pairwise(pitches)]
    at = int(choices.share() * len(scale))
    notes = []
    for note in melody.notes:
        notes.append(Note(scale[at], note.length))
        by = choices.one(moves) * choices.one((-1, 1))
        at = at + by if 0 <= at + by < len(scale) else max(0, min(len(scale) - 1, at - by))
    return _in_phrases(notes, melody)


def _in_phrases(notes: list[Note], like: Melody) -> Melody:
    """The notes cut into phrases as long as those of another melody, as nearly as notes allow."""
    phrases: list[Phrase] = []
    rest = list(notes)
    for number, phrase in enumerate(like.phrases):
        taken: list[Note] = []
        last = number == len(like.phrases) - 1
        while rest and (last or sum(note.length for note in taken) < phrase.length):
            taken.append(rest.pop(0))
        if taken:
            phrases.append(Phrase(tuple(taken), phrase.letter))
    return replace(like, phrases=tuple(phrases))
