"""Rhythms of a phrase, as songs for children have them: a bar of motion or more, then a longer note.

Lengths are in parts of a beat, 12 to one.
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.music.chances import Choices
from lullaby.music.melodies import METRES, Metre

Lengths = tuple[int, ...]


@dataclass(frozen=True)
class Pattern:
    """How the phrases of a metre go."""

    bars: int
    """In a phrase."""
    moving: dict[Lengths, float]
    """Bars that move on, and how often each is taken."""
    ending: dict[Lengths, float]
    """Last bars of a phrase."""


PATTERNS: dict[str, Pattern] = {
    "2/4": Pattern(
        2,
        {(6, 6, 6, 6): 6, (6, 6, 12): 3, (12, 6, 6): 3, (18, 6): 1, (9, 3, 12): 1, (12, 12): 2},
        {(6, 6, 12): 4, (12, 12): 3, (9, 3, 12): 1, (24,): 1},
    ),
    "3/4": Pattern(
        2,
        {
            (12, 12, 12): 7, (12, 6, 6, 12): 3, (18, 6, 12): 3, (6, 6, 12, 12): 3, (12, 12, 6, 6): 2,
            (24, 12): 2, (24, 6, 6): 1,
        },
        {(12, 24): 4, (6, 6, 24): 3, (36,): 2, (18, 6, 12): 1},
    ),
    "4/4": Pattern(
        2,
        {(12, 12, 12, 12): 8, (24, 12, 12): 3, (18, 6, 12, 12): 3, (12, 12, 24): 2, (12, 6, 6, 12, 12): 2},
        {(24, 24): 3, (12, 12, 24): 4, (36, 12): 1, (18, 6, 24): 2},
    ),
    "6/8": Pattern(
        2,
        {
            (8, 4, 8, 4): 5, (12, 8, 4): 3, (4, 4, 4, 8, 4): 3, (8, 4, 12): 2, (4, 4, 4, 4, 4, 4): 4,
            (4, 4, 4, 12): 2,
        },
        {(8, 4, 12): 4, (12, 12): 2, (4, 4, 4, 12): 2, (24,): 1},
    ),
}  # fmt: skip

LEAST, MOST = 6, 11
"""Notes in a phrase."""


@dataclass(frozen=True)
class Rhythm:
    lengths: Lengths
    ending: int
    """The number of the note with which its last bar begins."""

    def strong(self, metre: Metre) -> tuple[bool, ...]:
        """Which notes begin on the first beat of a bar, or in the middle of one of four."""
        found, at = [], 0
        every = metre.bar // 2 if metre.name == "4/4" else metre.bar
        for length in self.lengths:
            found.append(at % every == 0)
            at += length
        return tuple(found)


def rhythm(metre: str, choices: Choices) -> Rhythm:
    """One for a phrase of this metre, with as many notes as phrases have."""
    pattern = PATTERNS[metre]
    while True:
        moving = [choices.weighed(pattern.moving) for _ in range(pattern.bars - 1)]
        ending = choices.weighed(pattern.ending)
        before = tuple(length for bar in moving for length in bar)
        if LEAST <= len(before) + len(ending) <= MOST:
            assert sum(before) + sum(ending) == pattern.bars * METRES[metre].bar
            return Rhythm((*before, *ending), len(before))
