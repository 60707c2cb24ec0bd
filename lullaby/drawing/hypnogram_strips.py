"""What stands under a hypnogram: how loud it was beside the sleeper, and what happened when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lullaby.drawing.hypnogram_look import LEFT, RIGHT, WIDTH, Level, Palette, X
from lullaby.drawing.sheet import Point, Sheet
from lullaby.score.plain import plain, short

LEVEL = 150
"""Pixels of the level curve, with room above it."""
ABOVE = 40

DEEPEST, SHALLOWEST = 48.0, 18.0
"""dB that the level curve shows below its loudest, as it needs; what is quieter is not drawn."""
STEP = 6
"""dB between two lines, or twice that where there would be many."""

SIZE, LETTER, LINE = 14, 8.0, 20
"""Pixels: the words of an event, how wide a letter of theirs is at the most, and a line of them."""
LINES = 6
"""An event that would need more has a tick and no words."""


def add_level(sheet: Sheet, x: X, level: Level, until: int, top: int, palette: Palette) -> None:
    """The curve from `top` down; silence is no line."""
    heard = [db for _, db in level if math.isfinite(db)]
    loudest = max(heard, default=0.0)
    depth = min(DEEPEST, max(SHALLOWEST, loudest - min(heard, default=0.0) + 2))
    step = STEP if depth <= 4 * STEP else 2 * STEP
    first, foot = top + ABOVE, top + LEVEL - 6

    def y(db: float) -> float:
        return first + (foot - first) * (loudest - db) / depth

    for line in range(math.ceil((loudest - depth) / step) * step, math.floor(loudest) + 1, step):
        sheet.line([(LEFT, y(line)), (RIGHT, y(line))], palette.grid)
        sheet.words((LEFT - 14, y(line) + 5), f"{line} dB", palette.faint, SIZE, "right")
    says = "dB against the opening"
    if until < level[-1][0]:
        says += "; fainter: had it played on"
    sheet.words((RIGHT, first - 14), says, palette.faint, SIZE, "right")
    drawn = [(frame, db if math.isfinite(db) and db > loudest - depth else None) for frame, db in level]
    for colour, part in (
        (palette.faint, [one for one in drawn if one[0] >= until]),
        (palette.level, [one for one in drawn if one[0] <= until]),
    ):
        points: list[Point] = []
        for frame, db in part:
            if db is not None:
                points.append((x(frame), y(db)))
            else:  # the line ends, and begins again elsewhere
                sheet.line(points, colour, 2.0)
                points = []
        sheet.line(points, colour, 2.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """An event's tick at `at`, and its words from `left` on, `wide` pixels, on this line; 0 is the first."""

    at: float
    word: str
    left: float
    wide: float
    line: int

    @property
    def ends(self) -> tuple[float, float]:
        """What it takes up of its line, its tick included."""
        return min(self.at, self.left), max(self.at, self.left + self.wide)

    def clashes(self, other: Mark) -> bool:
        """Would words lie on words, or a tick go through them on its way down?"""
        if self.line == other.line:
            return self.ends[0] - 6 < other.ends[1] and other.ends[0] - 6 < self.ends[1]
        deep, high = (self, other) if self.line > other.line else (other, self)
        return high.left - 4 < deep.at < high.left + high.wide + 4


def marked(events: Sequence[tuple[float, str]]) -> list[Mark]:
    """Where each event's tick and words stand: as high as they can, left of the tick only at the edge."""
    found: list[Mark] = []
    for at, word in sorted(events, reverse=True):  # so that an earlier one's words pass beneath a later one
        text = short(plain(word), 24)
        wide = LETTER * len(text)
        left = at + 6 if at + 6 + wide <= WIDTH - 8 else at - 6 - wide
        places = (Mark(at, text, left, wide, line) for line in range(LINES))
        tick = Mark(at, "", at, 0.0, 0)
        found.append(next((one for one in places if not any(map(one.clashes, found))), tick))
    return found


def height_of(marks: Sequence[Mark]) -> int:
    return LINE * (max(mark.line for mark in marks) + 1) + 24 if marks else 0


def add_marks(sheet: Sheet, marks: Sequence[Mark], top: int, palette: Palette) -> None:
    for mark in marks:
        foot = top + 12 + LINE * mark.line
        sheet.line([(mark.at, top + 6), (mark.at, foot + LINE - 4)], palette.faint, 1.5)
        if mark.word:
            sheet.words((mark.left, foot + LINE - 6), mark.word, palette.ink, SIZE)
