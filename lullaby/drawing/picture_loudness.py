"""The loudness of a night as a curve beneath its spectrogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from lullaby.drawing.palette import GOLD
from lullaby.drawing.picture_layout import GRIDLINE, LEFT, LOUDNESS_FOOT, LOUDNESS_TOP, RIGHT, Canvas

RANGE = 48
"""LU from the top of the curve to its foot; what is quieter runs out beneath it."""
STEP = 12
"""LU between two gridlines."""
USUAL = -27.0
"""LUFS at the top where nothing sounds."""
FINER = 3
"""The curve is drawn so many times larger and shrunk, so that its edges are smooth."""

HEIGHT = LOUDNESS_FOOT - LOUDNESS_TOP


def add_loudness(canvas: Canvas, loudness: Sequence[tuple[float, float]]) -> None:
    """Draws the loudness by points along the night (0 to 1) and their LUFS; no line leads over silence, which
    is -inf."""
    top = max((lufs for _, lufs in loudness if math.isfinite(lufs)), default=USUAL) + 1
    foot = top - RANGE
    lines = range(math.ceil(foot / STEP) * STEP, math.floor(top) + 1, STEP)
    for lufs in lines:
        y = LOUDNESS_FOOT - HEIGHT * (lufs - foot) / RANGE
        canvas.line((LEFT, y), (RIGHT, y), GRIDLINE)
        canvas.text((LEFT - 10, y + 5), f"{lufs} LUFS" if lufs == lines[-1] else f"{lufs}", "rs")
    heights = [(along, (lufs - foot) / RANGE) for along, lufs in loudness]
    for sounds, stretch in groupby(heights, lambda point: math.isfinite(point[1])):
        if sounds:
            _add_curve(canvas, list(stretch))


def _add_curve(canvas: Canvas, points: Sequence[tuple[float, float]]) -> None:
    """A line over its own shadow, of shares of the width and of the height."""
    from PIL import Image, ImageDraw

    if len(points) < 2:
        return
    size = (RIGHT - LEFT, HEIGHT)
    width, height = size[0] * FINER, size[1] * FINER
    line = [(x * width, height * (1 - y)) for x, y in points]
    shadow, curve = Image.new("L", (width, height)), Image.new("L", (width, height))
    ImageDraw.Draw(shadow).polygon([(line[0][0], height), *line, (line[-1][0], height)], fill=26)
    ImageDraw.Draw(curve).line(line, fill=255, width=4, joint="curve")
    for mask in (shadow, curve):
        canvas.image.paste(GOLD, (LEFT, LOUDNESS_TOP), mask.resize(size, Image.Resampling.LANCZOS))
