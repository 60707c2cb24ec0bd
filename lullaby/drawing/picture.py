"""A night as a picture: its spectrogram, how loud it is, its scenes, and its sleeper's stages."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby import places
from lullaby.drawing.palette import COLORMAP, FAINT, INK, NIGHT
from lullaby.drawing.piano_roll import BELOW, add_rolls, music_in
from lullaby.drawing.picture_axes import (
    add_frequency_axis,
    add_scenes,
    add_stages,
    add_time_axis,
    scenes_in,
)
from lullaby.drawing.picture_layout import FOOT, LARGE, LEFT, MIDDLE, RIGHT, SMALL, TOP, Canvas
from lullaby.drawing.picture_loudness import add_loudness
from lullaby.drawing.spectrogram import SILENCE, Spectrogram, spectrogram
from lullaby.drawing.typeface import Drawable, in_any_font, left_out
from lullaby.errors import CouldNot
from lullaby.night.night import Night
from lullaby.score.plain_text import plain
from lullaby.time import clock

RANGE = 60.0
"""dB between the lightest colour, which the loudest of the night has, and the dark."""
BASELINE, BENEATH = 52, 71
"""Pixels from the top to the foot of the title's letters, and to that of a line beneath it."""
TITLE_SIZES = (LARGE, 30, 26, 22)
"""Pixels: as large as the title fits beside the facts."""


def picture(
    night: Night, path: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Draws the night as a PNG of 1600 × 900, higher where there is music, whose notes are beneath; for its
    owner alone where it shows how somebody slept."""
    path = Path(path)
    try:
        places.try_put(path)
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
    image = _drawn(night, spectrogram(night, RIGHT - LEFT, FOOT - TOP, progress))
    made = io.BytesIO()
    image.save(made, format="PNG", optimize=True)
    try:
        private = night.course is not None and night.course.real
        places.put(path, made.getvalue(), 0o600 if private else None)
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
    return path


def not_drawn(night: Night) -> str:
    """Characters of its title and its scenes' names that its picture lacks, since no font here has them."""
    texts = (night.score.title, *(scene.name for scene in scenes_in(night)))
    return "".join(dict.fromkeys("".join(in_any_font(text).missing for text in texts)))


def _drawn(night: Night, found: Spectrogram) -> Any:
    from PIL import Image

    music = music_in(night)
    canvas = Canvas(night.length, NIGHT, BELOW if music else 0)
    canvas.image.paste(Image.fromarray(_coloured(found.db), "RGB"), (LEFT, TOP))
    _add_title(canvas, night)
    add_frequency_axis(canvas)
    add_time_axis(canvas)
    add_loudness(canvas, found.loudness)
    add_scenes(canvas, night)
    if night.course is not None:
        add_stages(canvas, night.course)
    if music is not None:
        add_rolls(canvas, night, music)
    return canvas.image


def _coloured(db: NDArray[np.float32]) -> NDArray[np.uint8]:
    stops = np.linspace(0, 1, len(COLORMAP))
    loudest = max(float(np.percentile(db, 99.8)), SILENCE + RANGE)
    along = np.clip(1 + (db - loudest) / RANGE, 0, 1)
    channels = [np.interp(along, stops, [c[k] for c in COLORMAP]) for k in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _add_title(canvas: Canvas, night: Night) -> None:
    words = [clock(night.length), f"opens at {night.score.level:g} LUFS", f"seed {night.seed}"]
    if night.date:
        words.insert(0, f"{night.date.day} {night.date:%B %Y}")
    facts = Drawable("  ·  ".join(words))
    canvas.text((RIGHT, BASELINE), facts, "rs", FAINT, MIDDLE)
    title = in_any_font(night.score.title)
    room = RIGHT - LEFT - facts.width(MIDDLE) - LARGE
    size = next((size for size in TITLE_SIZES if title.width(size) <= room), TITLE_SIZES[-1])
    canvas.text((LEFT, BASELINE), title.shortened(room, size), "ls", INK, size)
    if missing := not_drawn(night):
        canvas.text((LEFT, BENEATH), left_out(missing), "ls", FAINT, SMALL - 2)
