"""Bubbles, which make a stream sound like one: decaying sines in random clusters.

Water that closes over air leaves a bubble ringing at a pitch set by its radius; the smaller it is, the faster
it decays, and near the surface its pitch rises (van den Doel, 2005). They come in gulps.
"""

from __future__ import annotations

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Setting
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.chances import drift, normal, uniform, words
from lullaby.voices.core.common_settings import listed, number
from lullaby.voices.core.controls import Controls, Floats
from lullaby.voices.core.onsets import Rings, candidates, happening, rings
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import UNITY

FASTEST = 600.0
"""Bubbles a second, at the most."""

_GRID = 3 * SLOW


def bubble_settings(rate: float = 200.0, near: float = -2.0) -> tuple[Setting, ...]:
    """The settings of bubbles."""
    return (
        number("bubbles.rate", rate, "per second", 0, FASTEST, "more bubbles", name="bubbles", thins=1),
        listed("bubbles.radius", (0.7, 3.4), "mm", 0.3, 12, "bigger and deeper bubbles", Form.RANGE),
        number("bubbles.near", near, "dB", -60, 12, "bubbles that stand out more from the bed", name="near"),
        number("bubbles.spread", 0.65, "", 0, 1.2, "bubbles more unlike in loudness", moves=False),
        number("bubbles.gulps", 0.7, "", 0, 1.2, "bubbles that come more in gulps", name="gulps"),
        number("bubbles.rising", 0.15, "", 0, 1, "more bubbles that rise in pitch", moves=False),
        number("bubbles.wide", 0.7, "", 0, 1, "bubbles spread wider", name="wide", moves=False),
    )


def bubbles(key: Key, span: Span, controls: Controls, more: Floats, grid: Floats) -> Rings:
    """Every bubble of the span; together, at 200 a second, they are `near` dB over a bed at unity. `more`
    multiplies their rate and is given at the frames `grid`, those of `bubble_grid`."""
    smallest, biggest = (0.001 * mm for mm in controls.pair("radius", 0))
    reach = int(12 * RATE / damping(np.array([1.2 * biggest]))[0]) + 64
    found = candidates(key, span, reach, FASTEST)
    gulps = controls.values("gulps", grid.astype(np.int64))
    crowd = exact.exp(gulps * drift(key / "gulps", grid.astype(np.int64), 0.12 * RATE) - gulps * gulps / 2)
    here = ((found.onsets - int(grid[0])) // _GRID).astype(np.int64)
    found = happening(key, found, controls.values("bubbles", found.onsets) * (crowd * more)[here], FASTEST)
    index = found.index
    # most are small; the ends of the range are spread: many bubbles of one size would be a pitch
    share = np.clip(0.38 + 0.24 * normal(key / "radius", index), -0.15, 1.2)
    radius = smallest * exact.exp2(share * float(exact.log2(biggest / smallest)))
    fading = damping(radius)
    pitch = 3.0 / radius
    spread = controls.number("spread", 0)
    # log-normal, clipped at +2 sigma: no bubble is so loud that it wakes somebody
    size = exact.exp(spread * np.minimum(normal(key / "size", index), 2.0) - spread * spread)
    typical = smallest * float(exact.power(biggest / smallest, 0.4))
    alone = np.sqrt(UNITY / 2 / (200.0 * 0.25 / damping(np.array([typical]))[0]))
    away = controls.values("distance", found.onsets)
    near = controls.values("near", found.onsets) - 12 * away - 6 * away * exact.log2(1 + pitch / 1_500)
    loud = alone * size * exact.gain(near) * np.sqrt(radius / typical)
    rising = uniform(key / "rising", index) < controls.number("rising", 0)
    left, right = pan_gains(controls.number("wide", 0) * (2 * uniform(key / "seat", index) - 1))
    return rings(
        found,
        pitch=pitch,
        decay=1 / fading,
        rise=np.full(pitch.shape, 0.0005),
        left=loud * left,
        right=loud * right,
        hiss=np.zeros(pitch.shape),
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
        bend=np.where(rising, 0.1 * fading * pitch, 0.0),
    )


def bubble_grid(span: Span) -> Floats:
    """The frames at which the density of gulps is known, from before the first bubble that reaches into the
    span."""
    first = max(0, span.start // _GRID - RATE // _GRID) * _GRID
    return np.arange(first, span.stop + _GRID, _GRID).astype(np.float64)


def damping(radius: Floats) -> Floats:
    """The decay rate of a bubble of this radius (m), per second."""
    return np.asarray(0.13 / radius + 0.0072 / (radius * np.sqrt(radius)))
