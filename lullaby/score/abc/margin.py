"""The margin of a file, where its mistakes are noted, each with its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    _places: list[tuple[int, int]] = field(default_factory=list, init=False)

    def note(self, place: Place | None, what: str, hint: str = "") -> None:
        if self.is_full:
            return
        where = self.where
        if place is not None:
            where += f", line {place.line}"
            if place.column:
                where += f", column {place.column}"
        self.mistakes.append(WrittenWrongly(where, plain(what), plain(hint)))
        self._places.append((0, 0) if place is None else (place.line, place.column))

    @property
    def by_place(self) -> list[WrittenWrongly]:
        """The mistakes as somebody meets them who reads the file from its beginning; last those of all of
        it."""
        return [
            mistake
            for _, mistake in sorted(
                zip(self._places, self.mistakes, strict=True), key=lambda row: (row[0] == (0, 0), row[0])
            )
        ]

    @property
    def is_full(self) -> bool:
        return len(self.mistakes) >= _MOST
