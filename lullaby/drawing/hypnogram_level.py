"""The level curve under a hypnogram: how loud it was beside the sleeper."""

from __future__ import annotations

import math

from lullaby.drawing.hypnogram_layout import LEFT, RIGHT, Level, X
from lullaby.drawing.palette import Palette
from lullaby.drawing.sheet import Point, Sheet

HEIGHT, ABOVE = 150, 40
"""Pixels of all of it, and of the room above the curve for its caption."""
SIZE = 14
"""Pixels: its font."""

DEEPEST, SHALLOWEST = 48.0, 18.0
"""dB that it shows below its loudest, as it needs; what is quieter is not drawn."""
STEP = 6
"""dB between two gridlines, or twice that where there would be many."""


def add_level(sheet: Sheet, x: X, level: Level, until: int, top: int, palette: Palette) -> None:
    """The curve from `top` down; silence is no line."""
    sounding = [db for _, db in level if math.isfinite(db)]
    loudest = max(sounding, default=0.0)
    depth = min(DEEPEST, max(SHALLOWEST, loudest - min(sounding, default=0.0) + 2))
    step = STEP if depth <= 4 * STEP else 2 * STEP
    first, foot = top + ABOVE, top + HEIGHT - 6

    def y(db: float) -> float:
        return first + (foot - first) * (loudest - db) / depth

    for line in range(math.ceil((loudest - depth) / step) * step, math.floor(loudest) + 1, step):
        sheet.line([(LEFT, y(line)), (RIGHT, y(line))], palette.grid)
        sheet.words((LEFT - 14, y(line) + 5), f"{line} dB", palette.faint, SIZE, "right")
    caption = "dB against the opening"
    if until < level[-1][0]:
        caption += "; fainter: had it played on"
    sheet.words((RIGHT, first - 14), caption, palette.faint, SIZE, "right")
    drawn = [(frame, db if math.isfinite(db) and db > loudest - depth else None) for frame, db in level]
    for colour, part in (
        (palette.faint, [point for point in drawn if point[0] >= until]),
        (palette.level, [point for point in drawn if point[0] <= until]),
    ):
        points: list[Point] = []
        for frame, height in part:
            if height is not None:
                points.append((x(frame), y(height)))
            else:  # the line ends, and begins again elsewhere
                sheet.line(points, colour, 2.0)
                points = []
        sheet.line(points, colour, 2.0)
