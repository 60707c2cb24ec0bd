"""A night's cover: a calm square for players, the night from left to right and from low to high.

It is heard at a few moments only, and without its room: at this size nobody sees an echo, and the room's
own past would cost more than all the voices do.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.drawing.lettering import Lettering, sayable, set_in
from lullaby.drawing.picture import COLOURS, FAINT, INK
from lullaby.drawing.spectrum import SILENCE, Spectrum
from lullaby.night.mixer import before_the_limiter
from lullaby.night.night import Night
from lullaby.night.plan import Plan
from lullaby.score import SILENT, RoomSettings
from lullaby.time import RATE, Span

Plane = NDArray[np.float32]

MOMENTS = 96
"""Seconds listened to, spread over the span."""
LOW, HIGH, ROWS = 45.0, 12_000.0, 80
"""Hz from the foot of the picture to its top: what is above is hiss, and dark."""
DEPTH = 52.0
"""dB between the lightest colour and the dark."""
RISE = 1.6
"""dB an octave by which low is shown darker and high lighter: most nights are rumble to a machine."""
FAINTEST = -72.0
"""dB before the mixer's gain: a night softer than this is dark, not a portrait of its dust."""
TENTH = RATE // 10

CALM = ((1, 6, 15, 20, 15, 6, 1), (1, 4, 6, 4, 1))
"""Neighbours' shares along the night and along the pitches: a stroke is a glow, not a speck."""
MARGIN = 0.085
"""Of the width, kept free around the words."""
QUALITY = 88


def cover(night: Night, span: Span, size: int) -> bytes:
    """The night in this span as a square JPEG of so many pixels; the same bytes for the same night."""
    from PIL import Image

    light = _shone(_heard(night.plan, span & night.span), size)
    words = set_in(sayable(night.score.title), size, size * (1 - 2 * MARGIN), size * 0.42)
    light *= _veil(size)
    image = Image.fromarray(_coloured(light), "RGB")
    _write(image, words, night, size)
    kept = io.BytesIO()
    # baseline, since a radio in a car reads nothing newer
    image.save(kept, format="JPEG", quality=QUALITY, optimize=True, subsampling="4:4:4")
    return kept.getvalue()


def _heard(plan: Plan, span: Span) -> Plane:
    """dB[ROWS, columns] of moments along the span, the highest pitch first."""
    dry = replace(plan, reverb=RoomSettings(level=SILENT))
    spectrum = Spectrum(LOW, HIGH, ROWS)
    if not len(span):
        return np.full((ROWS, 1), SILENCE, np.float32)
    if len(span) <= MOMENTS * RATE:  # short enough to be heard whole
        sound = np.concatenate(list(before_the_limiter(dry, _in_tenths(span))), axis=1)
        return spectrum.columns(sound, max(1, min(MOMENTS, len(span) // TENTH)))
    columns = []
    for k in range(MOMENTS):
        start = span.start + (len(span) - RATE) * k // (MOMENTS - 1)
        moment = _in_tenths(Span(start, start + RATE))
        sound = np.concatenate(list(before_the_limiter(dry, moment)), axis=1)
        columns.append(spectrum.columns(sound, 1))
    return np.concatenate(columns, axis=1)


def _in_tenths(span: Span) -> Span:
    """At least this span: the mixer is asked for whole control points."""
    return Span(span.start // TENTH * TENTH, -(-span.stop // TENTH) * TENTH)


def _shone(db: Plane, size: int) -> Plane:
    """Light[size, size] from 0, the dark, to 1."""
    from PIL import Image

    # in steps: logarithms and transforms differ by processor in their last bit, a cover must not
    db = np.round(db * 16) / np.float32(16)
    octaves = np.linspace(np.log2(HIGH / LOW) / 2, -np.log2(HIGH / LOW) / 2, ROWS)
    db = db + np.round(RISE * octaves[:, None] * 16).astype(np.float32) / np.float32(16)
    loudest = max(float(np.sort(db, axis=None)[int(db.size * 0.995)]), FAINTEST)
    light = np.clip(1 + (db - np.float32(loudest)) / np.float32(DEPTH), 0, 1)
    for axis, shares in ((1, CALM[0]), (0, CALM[1])):
        light = _calmed(light, shares, axis)
    light = light * (np.float32(0.3) + np.float32(0.7) * light)
    grown = Image.fromarray(light.astype(np.float32), "F").resize((size, size), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(grown, np.float32), 0, 1)


def _calmed(light: Plane, shares: tuple[int, ...], axis: int) -> Plane:
    reach = len(shares) // 2
    wide = np.pad(light, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
    count = light.shape[axis]
    pieces = [
        np.float32(s / sum(shares)) * np.take(wide, range(k, k + count), axis) for k, s in enumerate(shares)
    ]
    out = pieces[0]
    for piece in pieces[1:]:
        out = out + piece
    return out


def _veil(size: int) -> Plane:
    """What is left of the light: less towards the head, where the title stands, and in the corners."""
    at = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    head = _eased((at - np.float32(0.05)) / np.float32(0.6))
    foot = _eased((1 - at) / np.float32(0.26))
    sides = _eased(np.minimum(at, 1 - at) / np.float32(0.2))
    down = (np.float32(0.3) + np.float32(0.7) * head) * (np.float32(0.35) + np.float32(0.65) * foot)
    across = np.float32(0.75) + np.float32(0.25) * sides
    veil: Plane = down[:, None] * across
    return veil


def _eased(x: Plane) -> Plane:
    x = np.clip(x, 0, 1)
    eased: Plane = x * x * (3 - 2 * x)
    return eased


def _coloured(light: Plane) -> NDArray[np.uint8]:
    """Colours, each pixel up or down by a hair: bands in the dark are the first thing one sees."""
    shades = 4096
    stops = np.linspace(0, 1, len(COLOURS))
    along = np.linspace(0, 1, shades)
    ramp = np.stack([np.interp(along, stops, [c[k] for c in COLOURS]) for k in range(3)], axis=1)
    size = light.shape[0]
    x, y = np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32)[:, None]
    grain = (np.float32(0.06711056) * x + np.float32(0.00583715) * y) % 1
    grain = (np.float32(52.9829189) * grain) % 1 - np.float32(0.5)
    index = np.clip(light * (shades - 1) + grain * 24, 0, shades - 1).astype(np.int16)
    return np.take(np.round(ramp).astype(np.uint8), index, axis=0)


def _write(image: Any, words: Lettering, night: Night, size: int) -> None:
    edge = size * MARGIN
    words.write(image, (edge, edge), INK)
    if night.date:
        day = Lettering((f"{night.date.day} {night.date:%B %Y}",), size * 0.034)
        day.write(image, (edge, size - edge - day.height), FAINT)
