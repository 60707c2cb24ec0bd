"""The margin of a file, where its mistakes are noted, each with its line and column."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain

_MOST = 100
"""Mistakes of a file that are told."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1; column 0 is the whole line."""

    line: int
    column: int = 0


@dataclass(frozen=True)
class Margin:
    where: str
    """The file, safe to show."""
    mistakes: list[WrittenWrongly]

    def note(self, place: Place | None, what: str, hint: str = "") -> None:
        if self.is_full:
            return
        where = self.where
        if place is not None:
            where += f", line {place.line}"
            if place.column:
                where += f", column {place.column}"
        self.mistakes.append(WrittenWrongly(where, plain(what), plain(hint)))

    @property
    def is_full(self) -> bool:
        return len(self.mistakes) >= _MOST
