"""A night's cover: a calm square for players, its spectrogram blurred to a glow, its title and its date.

Only a few moments of the night are rendered for it, and without the reverb: at this size nobody sees an echo,
and its tail would cost more than all the voices do.

A cover is part of a kept file, and a kept file has the same bytes on every machine. Its words are therefore
drawn in the bundled font alone, never in one that happens to be installed: a title in other letters is left
off whole, and stands in the file's tags.
"""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lullaby.drawing.glow import Plane, glow
from lullaby.drawing.palette import FAINT, INK
from lullaby.drawing.spectrogram import SILENCE, Analysis
from lullaby.drawing.typeface import in_bundled_font
from lullaby.drawing.typesetting import Lettering, typeset
from lullaby.night.mixer import before_the_limiter
from lullaby.night.night import Night
from lullaby.night.plan import Plan
from lullaby.score import SILENT, ReverbSettings
from lullaby.sources import hash_of
from lullaby.time import RATE, Span

MOMENTS = 96
"""Seconds rendered, spread over the span: a column each."""
LOW, HIGH, ROWS = 45.0, 12_000.0, 80
"""Hz from the bottom of the picture to its top: what is above is hiss, and dark."""
TENTH = RATE // 10

MARGIN = 0.085
"""The share of the width that is kept free around the words."""
TITLE_HEIGHT, DATE_SIZE = 0.42, 0.034
"""Shares of the width: the height of all title lines at the most, and the font of the date."""
USUAL = 1_000
"""Pixels of the cover that lines are broken for: letters are rounded to pixels, and another size would break
them elsewhere."""
QUALITY = 88
"""The quality of the JPEG, up to 95."""


def cover(night: Night, span: Span, size: int) -> bytes:
    """The night in this span as a square JPEG of so many pixels; the same bytes for the same night."""
    from PIL import Image, ImageDraw

    db = _spectrogram(night.plan, span & night.span)
    image = Image.fromarray(glow(db, math.log2(HIGH / LOW), size), "RGB")
    _add_words(ImageDraw.Draw(image), night, size)
    kept = io.BytesIO()
    # baseline, since a radio in a car reads nothing newer
    image.save(kept, format="JPEG", quality=QUALITY, optimize=True, subsampling="4:4:4")
    return kept.getvalue()


def drawn_by() -> str:
    """Which code draws covers, ours and Pillow's: another may draw other bytes."""
    from PIL import __version__

    return f"{hash_of(Path(__file__).parent, ['**/*.py'])}, Pillow {__version__}"


def title_on(night: Night, size: int) -> Lettering:
    """The title as a cover of so many pixels has it: no line where one of its letters is missing."""
    title = in_bundled_font(night.score.title)
    words = title.text if title.has_every_letter else ""
    usual = typeset(words, USUAL, USUAL * (1 - 2 * MARGIN), USUAL * TITLE_HEIGHT)
    return Lettering(usual.lines, usual.pixels * size / USUAL)


def _add_words(canvas: Any, night: Night, size: int) -> None:
    edge = size * MARGIN
    title_on(night, size).draw(canvas, (edge, edge), INK)
    if night.date:
        day = Lettering((f"{night.date.day} {night.date:%B %Y}",), size * DATE_SIZE)
        day.draw(canvas, (edge, size - edge - day.height), FAINT)


def _spectrogram(plan: Plan, span: Span) -> Plane:
    """dB[ROWS, columns] of moments along the span, the highest frequency first."""
    dry = replace(plan, reverb_settings=ReverbSettings(level=SILENT))
    analysis = Analysis(LOW, HIGH, ROWS)
    if not len(span):
        return np.full((ROWS, 1), SILENCE, np.float32)
    if len(span) <= MOMENTS * RATE:  # short enough to be rendered whole
        sound = np.concatenate(list(before_the_limiter(dry, _in_tenths(span))), axis=1)
        return analysis.columns(sound, max(1, min(MOMENTS, len(span) // TENTH)))
    columns = []
    for k in range(MOMENTS):
        start = span.start + (len(span) - RATE) * k // (MOMENTS - 1)
        moment = _in_tenths(Span(start, start + RATE))
        sound = np.concatenate(list(before_the_limiter(dry, moment)), axis=1)
        columns.append(analysis.columns(sound, 1))
    return np.concatenate(columns, axis=1)


def _in_tenths(span: Span) -> Span:
    """The shortest span around this one that is whole tenths of a second: the mixer is asked for whole
    control points."""
    return Span(span.start // TENTH * TENTH, -(-span.stop // TENTH) * TENTH)
