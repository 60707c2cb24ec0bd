"""A night of sleep as a picture: its stages, and under them how loud it was and what happened when."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from lullaby import places
from lullaby.drawing.hypnogram_look import LEFT, RIGHT, WIDTH, Events, Level, Palette, X
from lullaby.drawing.hypnogram_strips import LEVEL, add_level, add_marks, height_of, marked
from lullaby.drawing.sheet import Sheet
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain import plain, short
from lullaby.sleep.course import Run
from lullaby.sleep.stages import Stage
from lullaby.time import RATE, clock

TOP = 96
ROW = 58
"""Pixels of a stage's row."""
FOOT = 62
"""Pixels for the hours beneath everything."""

ROWS = (Stage.AWAKE, Stage.REM, Stage.N1, Stage.N2, Stage.N3)
"""From the top, as scorers draw them."""
NAMES = {Stage.AWAKE: "awake", Stage.REM: "REM", Stage.N1: "N1", Stage.N2: "N2", Stage.N3: "N3"}


def picture(
    runs: Sequence[Run],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    says: str = "",
    four_class: bool = False,
    length: int | None = None,
    level: Level = (),
    until: int | None = None,
    events: Events = (),
    palette: Palette | None = None,
    private: bool = False,
) -> Path:
    """Draws these runs as .png or .svg, by the ending; `length` frames, else as long as they last. A night
    that somebody slept is `private`, for its owner's eyes.

    The level was heard `until` that frame; what it would have been from there on is drawn fainter.
    """
    path = Path(path)
    where = plain(str(path))
    if path.suffix.lower() not in (".png", ".svg"):
        raise AskedWrongly(f"{where}: a picture's name ends in .png or .svg.")
    sheet = _laid_out(runs, title, says, four_class, length, level, until, events, palette or Palette())
    content = sheet.svg() if path.suffix.lower() == ".svg" else sheet.png()
    try:
        places.put(path, content, 0o600 if private else None)
    except OSError as error:
        raise CouldNot(f"{where}: {places.why_not(error)}") from error
    return path


def _laid_out(
    runs: Sequence[Run],
    title: str,
    says: str,
    four_class: bool,
    length: int | None,
    level: Level,
    until: int | None,
    events: Events,
    palette: Palette,
) -> Sheet:
    lasts = length or max((run.stop for run in runs), default=RATE)

    def x(frame: int) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(frame, 0), lasts) / lasts

    marks = marked([(x(frame), word) for frame, word in events])
    foot = TOP + ROW * len(ROWS)
    level_foot = foot + (LEVEL if level else 0)
    last = level_foot + height_of(marks)
    told = ", ".join(f"{NAMES[s]} {sum(len(r) for r in runs if r.stage is s) / RATE / 60:.0f}" for s in ROWS)
    sheet = Sheet((WIDTH, last + FOOT), palette.paper, f"{title or 'A night'}: {told} min")
    sheet.words((LEFT, 50), short(plain(title), 90), palette.ink, 30)
    sheet.words((RIGHT, 50), short(plain(says), 40), palette.faint, 18, "right")
    _hours(sheet, x, lasts, last, palette)
    _stages(sheet, x, runs, four_class, palette)
    if level:
        add_level(sheet, x, level, lasts if until is None else until, foot, palette)
    add_marks(sheet, marks, level_foot, palette)
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
