"""Layers: a few colours of one noise, each with a level, a width and a manner of its own, under one top.

The top may glide through a night: each layer is made for every half octave of it, and what sounds is a
mixture of the two nearest. A layer whose top sinks loses its highs and gains nothing below them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import COLOURS
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import OPEN, Bed, laid_out, middle_and_side
from lullaby.voices.core.colour import Points, colour, heard_power, wished_db
from lullaby.voices.core.controls import Controls, Floats, slow_points
from lullaby.voices.core.resonators import Colour
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

RUNG = 0.5
"""Octaves between two tops that colours are made for."""


@dataclass(frozen=True)
class Layer:
    """One colour: -27 LUFS alone with its top wide open, at weight 1."""

    points: Points
    width: float
    """0 a point, 1 as wide as it goes: (1 - w²) / (1 + w²) is how alike left and right are."""
    tilt: float = 0.0
    low: float = 25.0

    def under(self, top: float) -> Colour:
        return colour(self.points, self.tilt, self.low, float(RATE) if top >= OPEN else top, unity=False)

    @property
    def shares(self) -> tuple[float, float]:
        """Gains of middle and side."""
        middle, side = middle_and_side(self.width)
        loud = _loud(self.points, self.tilt, self.low)
        return loud * middle, loud * side


@lru_cache(maxsize=256)
def _loud(points: Points, tilt: float, low: float) -> float:
    heard = heard_power(wished_db(points, tilt, low, float(RATE)))
    return float(np.sqrt(np.float64(UNITY / 2 / heard)))


def layered(
    key: Key, span: Span, controls: Controls, layers: tuple[Layer, ...], weights: Floats
) -> Iterator[Sound]:
    """The layers over the span, each by its weights[points, layers], under the setting `to`."""
    held = Bed(key)
    shared = weights[:, :, None] * np.array([layer.shares for layer in layers])[None]
    rungs = exact.log2(np.maximum(controls.over("to", slow_points(span)), 100.0) / 1000) / RUNG
    for block in span.blocks():
        rows = slice((block.start - span.start) // SLOW, None)
        yield _one(held, layers, block, shared[rows], rungs[rows])


def _one(held: Bed, layers: tuple[Layer, ...], block: Span, shared: Floats, rungs: Floats) -> Sound:
    steps = -(-len(block) // SLOW)
    near, colours = _near(layers, rungs[: steps + 1])
    if len(colours) > COLOURS and steps > 1:
        # the top falls through more rungs than the kernel mixes: the first half of it, then the rest
        half = steps // 2
        middle = block.start + half * SLOW
        first = _one(held, layers, Span(block.start, middle), shared[: half + 1], rungs[: half + 1])
        return np.concatenate(
            [first, _one(held, layers, Span(middle, block.stop), shared[half:], rungs[half:])], axis=1
        )
    if len(colours) > COLOURS:
        # what comes later has no say in what sounds now: the rungs around the first of two points
        rungs = np.clip(rungs[:2], np.floor(rungs[0]), np.floor(rungs[0]) + 1)
        near, colours = _near(layers, rungs)
    return held.sound(block, np.concatenate(colours), _table(shared[: steps + 1], near), wide=True)


def _near(layers: tuple[Layer, ...], rungs: Floats) -> tuple[Floats, list[Colour]]:
    """How near each point is to each rung used here, and every layer's colour at each of these."""
    below = np.floor(rungs)
    used = np.unique(np.concatenate([below, np.where(rungs > below, below + 1, below)]))
    near = np.maximum(0.0, 1 - np.abs(rungs[:, None] - used[None]))
    tops = 1000 * exact.exp2(used * RUNG)
    return near, [layer.under(float(top)) for top in tops for layer in layers]


def _table(shared: Floats, near: Floats) -> NDArray[np.float32]:
    points, layers = shared.shape[:2]
    return laid_out((near[:, :, None, None] * shared[:, None]).reshape(points, near.shape[1] * layers, 2))
