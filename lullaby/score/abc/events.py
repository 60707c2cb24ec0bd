"""What happens in a tune as it is written: notes, bar lines, chords and the ends of lines, in order."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from lullaby.score.abc.margin import Place


@dataclass(frozen=True, slots=True)
class Sounded:
    """A note, or a rest where it has no pitch; its length in whole notes."""

    pitch: int | None
    length: Fraction
    tied: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord that holds from here on."""

    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A bar line."""

    place: Place
    closes: bool = False
    """:| what stands before is played again."""
    opens: bool = False
    """|: from here on."""
    double: bool = False

    @property
    def joins(self) -> bool:
        """May it stand within a bar, one part of which is before a repeat and one behind?"""
        return self.closes or self.opens or self.double


@dataclass(frozen=True, slots=True)
class Ending:
    """[1 or [2."""

    number: int
    place: Place


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The end of a line of the file, and so of a phrase."""


Event: TypeAlias = Sounded | Harmony | Line | Ending | LineEnd
