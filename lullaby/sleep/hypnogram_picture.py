"""A night of sleep as a picture: its stages, and under them how loud it was and what happened when."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain import plain, short
from lullaby.sleep.course import Run
from lullaby.sleep.sheet import Colour, Sheet
from lullaby.sleep.stages import Stage
from lullaby.time import RATE, clock

WIDTH = 1600
LEFT, RIGHT, TOP = 96, 1556, 96
ROW = 58
"""Pixels of a stage's row."""
LEVEL, EVENTS, FOOT = 130, 44, 62
"""Pixels for the level curve, for events, and for the hours beneath them."""
DEEPEST = 48.0
"""dB that the level curve shows below its loudest; what is quieter is not drawn."""

ROWS = (Stage.AWAKE, Stage.REM, Stage.N1, Stage.N2, Stage.N3)
"""From the top, as scorers draw them."""
NAMES = {Stage.AWAKE: "awake", Stage.REM: "REM", Stage.N1: "N1", Stage.N2: "N2", Stage.N3: "N3"}


@dataclass(frozen=True, slots=True)
class Palette:
    """The same night as everywhere else in the house, unless one is handed in."""

    paper: Colour = (11, 14, 24)
    ink: Colour = (208, 212, 224)
    faint: Colour = (112, 120, 142)
    grid: Colour = (30, 35, 50)
    step: Colour = (66, 76, 102)
    level: Colour = (226, 188, 128)
    awake: Colour = (244, 224, 184)
    n1: Colour = (134, 158, 176)
    n2: Colour = (84, 122, 158)
    n3: Colour = (60, 84, 140)
    rem: Colour = (196, 140, 150)

    def of(self, stage: Stage) -> Colour:
        colour: Colour = getattr(self, stage.label)
        return colour


Level = Sequence[tuple[int, float]]
"""Frames and dB, in order; -inf is silence."""
Events = Sequence[tuple[int, str]]
"""Frames and what happened, in a word or two."""
X = Callable[[int], float]
"""Where a frame is, in pixels from the left."""


def picture(
    runs: Sequence[Run],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    says: str = "",
    four_class: bool = False,
    length: int | None = None,
    level: Level = (),
    events: Events = (),
    palette: Palette | None = None,
) -> Path:
    """Draws these runs as .png or .svg, by the ending; `length` frames, else as long as they last."""
    path = Path(path)
    where = plain(str(path))
    if path.suffix.lower() not in (".png", ".svg"):
        raise AskedWrongly(f"{where}: a picture's name ends in .png or .svg.")
    sheet = _laid_out(runs, title, says, four_class, length, level, events, palette or Palette())
    content = sheet.svg() if path.suffix.lower() == ".svg" else sheet.png()
    try:
        places.put(path, content)
    except OSError as error:
        said = plain((error.strerror or str(error)).lower())
        raise CouldNot(f"{where}: this could not be written ({said}).") from error
    return path


def _laid_out(
    runs: Sequence[Run],
    title: str,
    says: str,
    four_class: bool,
    length: int | None,
    level: Level,
    events: Events,
    palette: Palette,
) -> Sheet:
    lasts = length or max((run.stop for run in runs), default=RATE)
    foot = TOP + ROW * len(ROWS)
    level_foot = foot + (LEVEL if level else 0)
    last = level_foot + (EVENTS if events else 0)
    told = ", ".join(f"{NAMES[s]} {sum(len(r) for r in runs if r.stage is s) / RATE / 60:.0f}" for s in ROWS)
    sheet = Sheet((WIDTH, last + FOOT), palette.paper, f"{title or 'A night'}: {told} min")

    def x(frame: int) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(frame, 0), lasts) / lasts

    sheet.words((LEFT, 50), short(plain(title), 90), palette.ink, 30)
    sheet.words((RIGHT, 50), short(plain(says), 40), palette.faint, 18, "right")
    _hours(sheet, x, lasts, last, palette)
    _stages(sheet, x, runs, four_class, palette)
    if level:
        _level(sheet, x, level, (foot + 24, level_foot), palette)
    if events:
        _events(sheet, x, events, (level_foot, last), palette)
    return sheet


def _hours(sheet: Sheet, x: X, lasts: int, foot: int, palette: Palette) -> None:
    minutes = lasts / RATE / 60
    step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 120) if minutes / s <= 13), 240)
    for k in range(int(minutes / step) + 1):
        frame = k * step * 60 * RATE
        sheet.line([(x(frame), TOP), (x(frame), foot + 8)], palette.grid)
        sheet.words((x(frame), foot + 28), clock(frame)[:5], palette.faint, 15, "middle")
    sheet.words((RIGHT, foot + 52), "since lights-out", palette.faint, 15, "right")


def _stages(sheet: Sheet, x: X, runs: Sequence[Run], four_class: bool, palette: Palette) -> None:
    for row, stage in enumerate(ROWS):
        middle = TOP + ROW * (row + 0.5)
        name = "light" if four_class and stage is Stage.N2 else NAMES[stage]
        if four_class and stage is Stage.N1:
            name = ""  # nobody asked the device to tell it
        sheet.line([(LEFT, middle), (RIGHT, middle)], palette.grid)
        sheet.words((LEFT - 14, middle + 5), name, palette.ink, 16, "right")
    for before, after in pairwise(runs):
        if before.stop == after.start:  # over a gap nothing is drawn: nobody knows
            at = x(after.start)
            sheet.line([(at, _middle(before.stage)), (at, _middle(after.stage))], palette.step, 1.5)
    for run in runs:
        middle = _middle(run.stage)
        left, right = x(run.start), max(x(run.stop), x(run.start) + 1)
        sheet.box((left, middle - ROW * 0.27), (right, middle + ROW * 0.27), palette.of(run.stage))


def _middle(stage: Stage) -> float:
    return TOP + ROW * (ROWS.index(stage) + 0.5)


def _level(sheet: Sheet, x: X, level: Level, between: tuple[int, int], palette: Palette) -> None:
    heard = [db for _, db in level if math.isfinite(db)]
    loudest = max(heard, default=0.0)
    for line in range(math.ceil((loudest - DEEPEST) / 12) * 12, math.floor(loudest) + 1, 12):
        y = _height(line, loudest, between)
        sheet.line([(LEFT, y), (RIGHT, y)], palette.grid)
        sheet.words((LEFT - 14, y + 5), f"{line} dB", palette.faint, 14, "right")
    points: list[tuple[float, float]] = []
    for frame, db in level:
        if math.isfinite(db) and db > loudest - DEEPEST:
            points.append((x(frame), _height(db, loudest, between)))
        else:  # silence: the line ends, and begins again elsewhere
            sheet.line(points, palette.level, 2.0)
            points = []
    sheet.line(points, palette.level, 2.0)


def _height(db: float, loudest: float, between: tuple[int, int]) -> float:
    top, foot = between
    return foot - (foot - top) * (1 + (db - loudest) / DEEPEST)


def _events(sheet: Sheet, x: X, events: Events, between: tuple[int, int], palette: Palette) -> None:
    """A tick for each; its words where there is room for them."""
    top, _ = between
    free = 0.0
    for frame, word in sorted(events):
        at = x(frame)
        sheet.line([(at, top + 8), (at, top + 18)], palette.ink, 2.0)
        text = short(plain(word), 24)
        if at >= free and at + 9 * len(text) < RIGHT + 40:
            sheet.words((at, top + 36), text, palette.ink, 14)
            free = at + 9 * len(text) + 12
