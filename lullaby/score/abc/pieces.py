"""Notes cut into what can be written: at bar lines and where a chord changes, tied together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lullaby.score.melody import Tune, bar_of, beat_of

_FINEST = 1 << 12
"""The largest denominator of beats that is looked for behind a number."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is written as one note. Lengths are in whole notes."""

    pitch: int | None
    length: Fraction
    tied: bool
    harmony: str
    begins: Fraction
    """Where in its bar it begins."""
    ends_bar: bool
    begins_phrase: bool

    @property
    def stops(self) -> Fraction:
        return self.begins + self.length

    @property
    def of_three(self) -> bool:
        """Can it only be written in a triplet?"""
        return self.length.denominator % 3 == 0 and _is_plain(self.length * Fraction(3, 2))


def exact(beats: float) -> Fraction:
    """The fraction that a number of beats was worked out from."""
    return Fraction(beats).limit_denominator(_FINEST)


def pieces_of(tune: Tune) -> list[Piece]:
    beat = beat_of(tune.metre)
    bars = _bars(tune)
    begins, ends = Fraction(0), next(bars)
    at = Fraction(0)
    changes = [(exact(at) * beat, name) for at, name in reversed(tune.chords)]
    phrases = frozenset(tune.phrases)
    phrase_ended = False
    found: list[Piece] = []
    for number, note in enumerate(tune.notes):
        left = exact(note.beats) * beat
        while left:
            harmony = ""
            while changes and changes[-1][0] <= at:
                harmony = changes.pop()[1]
            stop = min(at + left, ends, *(change[0] for change in changes[-1:]))
            length = stop - at
            left -= length
            new = phrase_ended and note.pitch is not None
            tied = bool(left) and note.pitch is not None
            found.append(Piece(note.pitch, length, tied, harmony, at - begins, stop == ends, new))
            phrase_ended = phrase_ended and not new
            at = stop
            if at == ends:
                begins, ends = ends, ends + next(bars)
        phrase_ended = phrase_ended or number in phrases
    return found


def _bars(tune: Tune) -> Iterator[Fraction]:
    """The lengths of the bars; full ones where the tune knows of no more."""
    beat = beat_of(tune.metre)
    yield from (exact(bar) * beat for bar in tune.bars if bar > 0)
    while True:
        yield bar_of(tune.metre)


def _is_plain(length: Fraction) -> bool:
    """Is it so many halves, quarters, eighths …?"""
    return length.denominator & (length.denominator - 1) == 0
