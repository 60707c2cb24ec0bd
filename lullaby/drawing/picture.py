"""A night's portrait: what sounds from low to high, how loud it is, and when its scenes come.

Pillow comes in here, and in the cover and its lettering.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby import places
from lullaby.drawing.hypnogram_look import Palette
from lullaby.drawing.spectrum import HIGH, LOW, SILENCE, Heard, hear
from lullaby.errors import CouldNot
from lullaby.night.night import Night
from lullaby.sleep.course import Course
from lullaby.time import RATE, clock

WIDTH, HEIGHT = 1600, 900
LEFT, RIGHT, TOP, FOOT = 84, 1556, 118, 700
"""Edges of the spectrogram; the level line lies beneath it."""
SLEEP_TOP, SLEEP_FOOT = 703, 720
"""Edges of the sleeper's stages, where somebody sleeps."""
LEVEL_TOP, LEVEL_FOOT = 740, 826
DEPTH = 60.0
"""dB between the lightest colour, which the loudest of the night has, and the dark."""

NIGHT, INK, FAINT, GOLD = (11, 14, 24), (208, 212, 224), (124, 132, 154), (226, 188, 128)
COLOURS = (
    (11, 14, 24),
    (17, 23, 44),
    (25, 38, 68),
    (36, 60, 92),
    (58, 92, 112),
    (112, 132, 128),
    (190, 172, 134),
    (244, 224, 184),
)
"""From nothing to loud: a window at night, seen from far, then nearer."""


def picture(
    night: Night, path: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Draws the night as a PNG of 1600 × 900; for its owner alone where it shows how somebody slept."""
    path = Path(path)
    image = _drawn(night, hear(night, RIGHT - LEFT, FOOT - TOP, progress))
    made = io.BytesIO()
    image.save(made, format="PNG", optimize=True)
    try:
        private = night.course is not None and night.course.real
        places.put(path, made.getvalue(), 0o600 if private else None)
    except OSError as error:
        raise CouldNot(f"{path}: {places.why_not(error)}") from error
    return path


def _drawn(night: Night, heard: Heard) -> Any:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), NIGHT)
    image.paste(Image.fromarray(_coloured(heard.columns), "RGB"), (LEFT, TOP))
    sheet = _Sheet(image, ImageDraw.Draw(image, "RGBA"))
    sheet.title(night)
    sheet.pitches()
    sheet.hours(night.length)
    if night.course is not None:
        sheet.stages(night.course, night.length)
    sheet.levels(heard.levels)
    sheet.scenes(night)
    return image


def _coloured(db: NDArray[np.float32]) -> NDArray[np.uint8]:
    stops = np.linspace(0, 1, len(COLOURS))
    loudest = max(float(np.percentile(db, 99.8)), SILENCE + DEPTH)
    along = np.clip(1 + (db - loudest) / DEPTH, 0, 1)
    channels = [np.interp(along, stops, [c[k] for c in COLOURS]) for k in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _pitch_row(hz: float) -> float:
    return float(FOOT - (FOOT - TOP) * np.log(hz / LOW) / np.log(HIGH / LOW))


class _Sheet:
    """The words and lines around and over the spectrum."""

    def __init__(self, image: Any, draw: Any) -> None:
        from PIL import ImageFont

        self._image, self._draw = image, draw
        self._small, self._middle, self._large = (ImageFont.load_default(size) for size in (15, 18, 34))

    def _text(
        self, at: tuple[float, float], text: str, anchor: str, colour: Any = FAINT, font: Any = None
    ) -> None:
        self._draw.text(at, text, fill=colour, anchor=anchor, font=font or self._small)

    def title(self, night: Night) -> None:
        self._text((LEFT, 52), night.score.title, "ls", INK, self._large)
        facts = [f"{clock(night.length)}", f"opens at {night.score.level:g} LUFS", f"seed {night.seed}"]
        if night.date:
            facts.insert(0, f"{night.date.day} {night.date:%B %Y}")
        self._text((RIGHT, 52), "  ·  ".join(facts), "rs", FAINT, self._middle)

    def pitches(self) -> None:
        for hz, name in ((100, "100 Hz"), (1_000, "1 kHz"), (10_000, "10 kHz")):
            row = _pitch_row(hz)
            self._draw.line([(LEFT, row), (RIGHT, row)], fill=(255, 255, 255, 18))
            self._text((LEFT - 10, row), name, "rm")

    def hours(self, length: int) -> None:
        minutes = length / RATE / 60
        steps = (0.25, 1, 2, 5, 10, 15, 30, 60, 120, 180)
        step = next((s for s in steps if minutes / s <= 13), 240)
        for k in range(int(minutes / step) + 1):
            at = k * step
            x = LEFT + (RIGHT - LEFT) * at / minutes
            self._draw.line([(x, LEVEL_FOOT + 8), (x, LEVEL_FOOT + 14)], fill=FAINT)
            whole = clock(round(at * 60 * RATE))
            self._text((x, LEVEL_FOOT + 20), whole[3:] if minutes < 60 else whole[:5], "mt")
        self._text((RIGHT, HEIGHT - 16), "since lights-out", "rs")

    def stages(self, course: Course, length: int) -> None:
        """A band of colours along the night, each named where there is room; over gaps nothing is drawn."""
        colours = Palette()
        for run in course.runs:
            if run.start >= length:
                break
            left, right = (LEFT + (RIGHT - LEFT) * min(at, length) / length for at in (run.start, run.stop))
            self._draw.rectangle([(left, SLEEP_TOP), (right, SLEEP_FOOT)], fill=colours.of(run.stage))
            name = run.stage.name if run.stage.asleep else "awake"
            if self._draw.textlength(name, font=self._small) + 12 < right - left:
                middle = ((left + right) / 2, (SLEEP_TOP + SLEEP_FOOT) / 2 + 1)
                self._text(middle, name, "mm", colours.on(run.stage))

    def levels(self, levels: list[tuple[float, float]]) -> None:
        loud = [level for _, level in levels if level > -70]
        top = max(loud, default=-27.0) + 1
        foot = top - 36
        for level in (np.arange(np.ceil(foot / 12) * 12, top, 12)).tolist():
            y = LEVEL_FOOT - (LEVEL_FOOT - LEVEL_TOP) * (level - foot) / (top - foot)
            self._draw.line([(LEFT, y), (RIGHT, y)], fill=(255, 255, 255, 18))
            self._text((LEFT - 10, y), f"{level:g}", "rm")
        self._text((LEFT - 10, LEVEL_TOP - 12), "LUFS", "rm")
        heights = [(share, (level - foot) / (top - foot)) for share, level in levels]
        for heard, some in groupby(heights, lambda one: one[1] > 0):
            if heard:  # no line leads over a silence
                self._smoothly(list(some))

    def _smoothly(self, points: list[tuple[float, float]]) -> None:
        """A line over its own shadow: shares of the width and of the height, drawn larger and shrunk."""
        from PIL import Image, ImageDraw

        if len(points) < 2:
            return
        size, finer = (RIGHT - LEFT, LEVEL_FOOT - LEVEL_TOP), 3
        width, height = size[0] * finer, size[1] * finer
        line = [(x * width, height * (1 - y)) for x, y in points]
        for strength, shape in ((26, "shadow"), (255, "line")):
            mask = Image.new("L", (width, height))
            draw = ImageDraw.Draw(mask)
            if shape == "line":
                draw.line(line, fill=strength, width=4, joint="curve")
            else:
                draw.polygon([(line[0][0], height), *line, (line[-1][0], height)], fill=strength)
            self._image.paste(GOLD, (LEFT, LEVEL_TOP), mask.resize(size, Image.Resampling.LANCZOS))

    def scenes(self, night: Night) -> None:
        """A hairline where each begins; names that would touch step up to a second row, then a third."""
        ends = [0.0, 0.0]
        for scene in night.score.scenes:
            if scene.at >= night.length:
                break  # the sleeper has no more need of it
            x = LEFT + (RIGHT - LEFT) * scene.at / night.length
            self._draw.line([(x, TOP - 8), (x, LEVEL_FOOT)], fill=(255, 255, 255, 64))
            width = self._draw.textlength(scene.name, font=self._small)
            at = min(x, RIGHT - width)
            row = next((r for r, end in enumerate(ends) if at > end + 12), None)
            if row is not None:
                ends[row] = at + width
                self._text((at, TOP - 14 - 20 * row), scene.name, "ls", INK)
