"""The drawing around and over a night's spectrogram: its axes, its scenes and its sleeper's stages."""

from __future__ import annotations

import math

from lullaby.drawing.palette import FAINT, INK, Palette
from lullaby.drawing.picture_layout import (
    FOOT,
    GRIDLINE,
    HAIRLINE,
    HEIGHT,
    LEFT,
    LOUDNESS_FOOT,
    RIGHT,
    SMALL,
    STAGES_FOOT,
    STAGES_TOP,
    TOP,
    Canvas,
)
from lullaby.drawing.spectrogram import HIGH, LOW
from lullaby.drawing.time_axis import ticks
from lullaby.drawing.typeface import Drawable, in_any_font
from lullaby.night.night import Night
from lullaby.score.model import Scene
from lullaby.sleep.course import Course

SCENE_WIDTH = 240
"""Pixels of a scene's name at the most."""
SCENE_ROWS, SCENE_ROW = 2, 20
"""Rows of names over the spectrogram, and pixels of one."""
APART = 12
"""Pixels between two names in a row."""


def add_frequency_axis(canvas: Canvas) -> None:
    for hz, label in ((100, "100 Hz"), (1_000, "1 kHz"), (10_000, "10 kHz")):
        y = FOOT - (FOOT - TOP) * math.log(hz / LOW) / math.log(HIGH / LOW)
        canvas.line((LEFT, y), (RIGHT, y), GRIDLINE)
        canvas.text((LEFT - 10, y), label, "rm")


def add_time_axis(canvas: Canvas) -> None:
    for frame, label in ticks(canvas.length):
        x = canvas.x(frame)
        canvas.line((x, LOUDNESS_FOOT + 8), (x, LOUDNESS_FOOT + 14), FAINT)
        canvas.text((x, LOUDNESS_FOOT + 34), label, "ms")
    canvas.text((RIGHT, HEIGHT - 16), "since lights-out", "rs")


def add_stages(canvas: Canvas, course: Course) -> None:
    """A band of colours along the night, each named where there is room; over gaps nothing is drawn."""
    colours = Palette()
    for run in course.runs:
        if run.start >= canvas.length:
            break
        left, right = canvas.x(run.start), canvas.x(run.stop)
        canvas.draw.rectangle([(left, STAGES_TOP), (right, STAGES_FOOT)], fill=colours.colour_of(run.stage))
        name = run.stage.name if run.stage.asleep else "awake"
        if Drawable(name).width(SMALL) + APART < right - left:
            canvas.text(((left + right) / 2, STAGES_FOOT - 4), name, "ms", colours.ink_on(run.stage))


def add_scenes(canvas: Canvas, night: Night) -> None:
    """A hairline where each begins. A name that would touch another goes a row higher; where there is no room
    the line stands alone."""
    ends = [-math.inf] * SCENE_ROWS
    for scene in scenes_in(night):
        x = canvas.x(scene.at)
        name = in_any_font(scene.name).shortened(SCENE_WIDTH, SMALL)
        width = name.width(SMALL)
        left = min(x, RIGHT - width)
        row = next((row for row, end in enumerate(ends) if left > end + APART), None)
        if row is None or not name.text:
            canvas.line((x, TOP - 8), (x, LOUDNESS_FOOT), HAIRLINE)
            continue
        ends[row] = left + width
        canvas.line((x, TOP - 8 - SCENE_ROW * row), (x, LOUDNESS_FOOT), HAIRLINE)
        canvas.text((left, TOP - 14 - SCENE_ROW * row), name, "ls", INK)


def scenes_in(night: Night) -> list[Scene]:
    """The scenes that begin before the night is over: a sleeper may have no more need of the others."""
    return [scene for scene in night.score.scenes if scene.at < night.length]
