"""A night of sleep as a picture: its hypnogram, and under it how loud it was and what happened when."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from lullaby import places
from lullaby.drawing import hypnogram_level
from lullaby.drawing.hypnogram_events import add_marks, height_of, marked
from lullaby.drawing.hypnogram_layout import LEFT, RIGHT, WIDTH, Events, Level, X
from lullaby.drawing.hypnogram_level import add_level
from lullaby.drawing.palette import Palette
from lullaby.drawing.sheet import Sheet
from lullaby.drawing.time_axis import ticks
from lullaby.drawing.typeface import ELLIPSIS, in_any_font, left_out
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain, short
from lullaby.sleep.course import Run
from lullaby.sleep.periods import minutes_of
from lullaby.sleep.stages import Stage
from lullaby.time import RATE

TOP = 96
ROW = 58
"""Pixels of a stage's row."""
FOOT = 62
"""Pixels for the time axis beneath everything."""

BASELINE, BENEATH = 50, 72
"""Pixels from the top to the foot of the title's letters, and to that of a line beneath it."""
TITLE_SIZES = (30, 26, 22, 18)
"""Pixels: as large as the title fits."""
SUBTITLE = 18
SPARE = 1.1
"""Words in an SVG may be so much wider in another machine's font."""

ROWS = (Stage.AWAKE, Stage.REM, Stage.N1, Stage.N2, Stage.N3)
"""The rows from the top, as scorers draw them."""
NAMES = {Stage.AWAKE: "awake", Stage.REM: "REM", Stage.N1: "N1", Stage.N2: "N2", Stage.N3: "N3"}


def picture(
    runs: Sequence[Run],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    subtitle: str = "",
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
    palette = palette or Palette()
    lasts = length or max((run.stop for run in runs), default=RATE)
    sheet = _sheet(runs, title, four_class, lasts, level, until, events, palette)
    _add_title(sheet, short(plain(title), 90), short(plain(subtitle), 40), palette)
    if path.suffix.lower() == ".png" and (missing := sheet.missing):
        sheet.words((LEFT, BENEATH), left_out(missing), palette.faint, 13)
    content = sheet.svg() if path.suffix.lower() == ".svg" else sheet.png()
    try:
        places.put(path, content, 0o600 if private else None)
    except OSError as error:
        raise CouldNot(f"{where}: {places.why_not(error)}") from error
    return path


def _sheet(
    runs: Sequence[Run],
    title: str,
    four_class: bool,
    lasts: int,
    level: Level,
    until: int | None,
    events: Events,
    palette: Palette,
) -> Sheet:
    def x(frame: int) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(frame, 0), lasts) / lasts

    marks = marked([(x(frame), word) for frame, word in events])
    foot = TOP + ROW * len(ROWS)
    level_foot = foot + (hypnogram_level.HEIGHT if level else 0)
    last = level_foot + height_of(marks)
    minutes = ", ".join(f"{NAMES[stage]} {minutes_of(runs, stage):.0f}" for stage in ROWS)
    sheet = Sheet((WIDTH, last + FOOT), palette.paper, f"{title or 'A night'}: {minutes} min")
    _add_time_axis(sheet, x, lasts, [(TOP, foot), (foot + hypnogram_level.ABOVE, level_foot)], last, palette)
    _add_stages(sheet, x, runs, four_class, palette)
    if level:
        add_level(sheet, x, level, lasts if until is None else until, foot, palette)
    add_marks(sheet, marks, level_foot, palette)
    return sheet


def _add_title(sheet: Sheet, title: str, subtitle: str, palette: Palette) -> None:
    room = RIGHT - LEFT - SPARE * in_any_font(subtitle).width(SUBTITLE) - TITLE_SIZES[0]
    title, size = _fitted(title, room)
    sheet.words((LEFT, BASELINE), title, palette.ink, size)
    sheet.words((RIGHT, BASELINE), subtitle, palette.faint, SUBTITLE, "right")


def _fitted(title: str, room: float) -> tuple[str, float]:
    """The longest beginning of the title that is no wider than this in whatever font, and its size then."""
    drawn = in_any_font(title)
    for size in TITLE_SIZES:
        face = drawn.face(size)
        # a letter without a font here counts as a square: that is what Chinese ones are
        widths = (size if c in drawn.missing else SPARE * face.getlength(c) for c in title)
        ends = list(accumulate(widths))
        if not ends or ends[-1] <= room:
            return title, size
    return title[: bisect_right(ends, room - size)].rstrip() + ELLIPSIS, size


def _add_time_axis(
    sheet: Sheet, x: X, lasts: int, lit: Sequence[tuple[float, float]], foot: int, palette: Palette
) -> None:
    """Ticks at the foot, and gridlines where something is measured by them, not through words."""
    for frame, label in ticks(lasts):
        for top, bottom in lit:
            if bottom > top:
                sheet.line([(x(frame), top), (x(frame), bottom)], palette.grid)
        sheet.line([(x(frame), foot), (x(frame), foot + 8)], palette.grid)
        sheet.words((x(frame), foot + 28), label, palette.faint, 15, "middle")
    sheet.words((RIGHT, foot + 52), "since lights-out", palette.faint, 15, "right")


def _add_stages(sheet: Sheet, x: X, runs: Sequence[Run], four_class: bool, palette: Palette) -> None:
    for stage in ROWS:
        name = "light" if four_class and stage is Stage.N2 else NAMES[stage]
        if four_class and stage is Stage.N1:
            name = ""  # nobody asked the device to tell it
        sheet.line([(LEFT, _middle(stage)), (RIGHT, _middle(stage))], palette.grid)
        sheet.words((LEFT - 14, _middle(stage) + 5), name, palette.ink, 16, "right")
    for before, after in pairwise(runs):
        if before.stop == after.start:  # over a gap nothing is drawn: nobody knows
            edge = x(after.start)
            sheet.line([(edge, _middle(before.stage)), (edge, _middle(after.stage))], palette.step, 1.5)
    for run in runs:
        middle = _middle(run.stage)
        left, right = x(run.start), max(x(run.stop), x(run.start) + 1)
        sheet.box((left, middle - ROW * 0.27), (right, middle + ROW * 0.27), palette.colour_of(run.stage))


def _middle(stage: Stage) -> float:
    return TOP + ROW * (ROWS.index(stage) + 0.5)
