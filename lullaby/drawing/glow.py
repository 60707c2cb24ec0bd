"""A spectrogram as a glow: blurred, dark in the corners and at the top, in the colours of the night."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.drawing.palette import COLORMAP

Plane = NDArray[np.float32]

RANGE = 52.0
"""dB between the lightest colour and the dark."""
TILT = 1.6
"""dB an octave by which low is shown darker and high lighter: most nights are rumble to a machine."""
FAINTEST = -72.0
"""dB before the mixer's gain: a night softer than this is dark, not a portrait of its dust."""

BLUR = ((1, 6, 15, 20, 15, 6, 1), (1, 4, 6, 4, 1))
"""Weights of neighbours along time and along frequency: a stroke is a glow, not a speck."""


def glow(db: Plane, octaves: float, size: int) -> NDArray[np.uint8]:
    """Colours[size, size, 3] of dB[rows, columns] over so many octaves, the highest frequency first."""
    return _coloured(_light(db, octaves, size) * _vignette(size))


def _light(db: Plane, octaves: float, size: int) -> Plane:
    """Light[size, size] from 0, the dark, to 1."""
    from PIL import Image

    # rounded to sixteenths: logarithms and transforms differ by processor in their last bit, a cover must not
    db = np.round(db * 16) / np.float32(16)
    above_the_middle = np.linspace(octaves / 2, -octaves / 2, len(db))
    db = db + np.round(TILT * above_the_middle[:, None] * 16).astype(np.float32) / np.float32(16)
    loudest = max(float(np.sort(db, axis=None)[int(db.size * 0.995)]), FAINTEST)
    light = np.clip(1 + (db - np.float32(loudest)) / np.float32(RANGE), 0, 1)
    for axis, weights in ((1, BLUR[0]), (0, BLUR[1])):
        light = _blurred(light, weights, axis)
    light = light * (np.float32(0.3) + np.float32(0.7) * light)
    grown = Image.fromarray(light.astype(np.float32), "F").resize((size, size), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(grown, np.float32), 0, 1)


def _blurred(light: Plane, weights: tuple[int, ...], axis: int) -> Plane:
    """Convolved along one axis; the edges count on beyond themselves."""
    reach = len(weights) // 2
    wide = np.pad(light, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
    count = light.shape[axis]
    pieces = [
        np.float32(weight / sum(weights)) * np.take(wide, range(k, k + count), axis)
        for k, weight in enumerate(weights)
    ]
    out = pieces[0]
    for piece in pieces[1:]:
        out = out + piece
    return out


def _vignette(size: int) -> Plane:
    """The share of the light that each pixel keeps: less towards the top, where the title stands, and in the
    corners."""
    position = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    top = _smoothstep((position - np.float32(0.05)) / np.float32(0.6))
    bottom = _smoothstep((1 - position) / np.float32(0.26))
    sides = _smoothstep(np.minimum(position, 1 - position) / np.float32(0.2))
    down = (np.float32(0.3) + np.float32(0.7) * top) * (np.float32(0.35) + np.float32(0.65) * bottom)
    across = np.float32(0.75) + np.float32(0.25) * sides
    vignette: Plane = down[:, None] * across
    return vignette


def _smoothstep(x: Plane) -> Plane:
    x = np.clip(x, 0, 1)
    smooth: Plane = x * x * (3 - 2 * x)
    return smooth


def _coloured(light: Plane) -> NDArray[np.uint8]:
    """Colours, each pixel dithered by a hair: bands in the dark are the first thing one sees."""
    shades = 4096
    stops = np.linspace(0, 1, len(COLORMAP))
    along = np.linspace(0, 1, shades)
    ramp = np.stack([np.interp(along, stops, [c[k] for c in COLORMAP]) for k in range(3)], axis=1)
    size = light.shape[0]
    x, y = np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32)[:, None]
    dither = (np.float32(0.06711056) * x + np.float32(0.00583715) * y) % 1
    dither = (np.float32(52.9829189) * dither) % 1 - np.float32(0.5)
    index = np.clip(light * (shades - 1) + dither * 24, 0, shades - 1).astype(np.int16)
    return np.take(np.round(ramp).astype(np.uint8), index, axis=0)
