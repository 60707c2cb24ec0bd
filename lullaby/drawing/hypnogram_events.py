"""The events under a hypnogram: a tick for each, and its words where they touch no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lullaby.drawing.hypnogram_layout import WIDTH
from lullaby.drawing.palette import Palette
from lullaby.drawing.sheet import Sheet
from lullaby.score.plain_text import plain, short

SIZE, LETTER, LINE = 14, 8.0, 20
"""Pixels: the font, how wide a letter of it is at the most, and a line."""
LINES = 6
"""An event that would need more has a tick and no words."""
LONGEST = 24
"""Characters of an event's words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event's tick at `x`, and its words from `left` on, `wide` pixels, on this line; 0 is the first."""

    x: float
    word: str
    left: float
    wide: float
    line: int

    @property
    def ends(self) -> tuple[float, float]:
        """The left and right edge of the mark on its line, its tick included."""
        return min(self.x, self.left), max(self.x, self.left + self.wide)

    def clashes(self, other: Mark) -> bool:
        """Would words lie on words, or a tick go through them on its way down?"""
        if self.line == other.line:
            return self.ends[0] - 6 < other.ends[1] and other.ends[0] - 6 < self.ends[1]
        deep, high = (self, other) if self.line > other.line else (other, self)
        return high.left - 4 < deep.x < high.left + high.wide + 4


def marked(events: Sequence[tuple[float, str]]) -> list[Mark]:
    """Where each event's tick and words stand: as high as they can, left of the tick only at the edge."""
    found: list[Mark] = []
    for x, word in sorted(events, reverse=True):  # so that an earlier one's words pass beneath a later one
        text = short(plain(word), LONGEST)
        wide = LETTER * len(text)
        left = x + 6 if x + 6 + wide <= WIDTH - 8 else x - 6 - wide
        on_each_line = (Mark(x, text, left, wide, line) for line in range(LINES))
        tick = Mark(x, "", x, 0.0, 0)
        found.append(next((mark for mark in on_each_line if not any(map(mark.clashes, found))), tick))
    return found


def height_of(marks: Sequence[Mark]) -> int:
    return LINE * (max(mark.line for mark in marks) + 1) + 24 if marks else 0


def add_marks(sheet: Sheet, marks: Sequence[Mark], top: int, palette: Palette) -> None:
    for mark in marks:
        foot = top + 12 + LINE * mark.line
        sheet.line([(mark.x, top + 6), (mark.x, foot + LINE - 4)], palette.faint, 1.5)
        if mark.word:
            sheet.words((mark.left, foot + LINE - 6), mark.word, palette.ink, SIZE)
