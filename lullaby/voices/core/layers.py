"""Layers: a few colours of one noise, each with its own level and stereo width, under one common low-pass.

Its cutoff may glide through a night: each layer has a colour for every half octave of it, and is crossfaded
between the two nearest. A layer whose cutoff sinks loses its highs and gains nothing below them.
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
from lullaby.voices.core.bed import OPEN, Bed, laid_out, mid_and_side
from lullaby.voices.core.colour import Points, colour, k_weighted_power, target_db
from lullaby.voices.core.controls import Controls, Floats, slow_points, slow_rows
from lullaby.voices.core.resonators import Colour
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

RUNG = 0.5
"""Octaves between two cutoffs that colours are made for."""


@dataclass(frozen=True)
class Layer:
    """One colour: -27 LUFS alone, not low-passed, at weight 1."""

    points: Points
    width: float
    """0 mono, 1 as wide as it goes: left and right correlate by (1 - w²) / (1 + w²)."""
    tilt: float = 0.0
    low: float = 25.0

    def low_passed(self, cutoff: float) -> Colour:
        high = float(RATE) if cutoff >= OPEN else cutoff
        return colour(self.points, self.tilt, self.low, high, unity=False)

    @property
    def shares(self) -> tuple[float, float]:
        """Gains of mid and side."""
        middle, side = mid_and_side(self.width)
        loud = _gain_to_unity(self.points, self.tilt, self.low)
        return loud * middle, loud * side


@lru_cache(maxsize=256)
def _gain_to_unity(points: Points, tilt: float, low: float) -> float:
    heard = k_weighted_power(target_db(points, tilt, low, float(RATE)))
    return float(np.sqrt(np.float64(UNITY / 2 / heard)))


def layered(
    key: Key, span: Span, controls: Controls, layers: tuple[Layer, ...], weights: Floats
) -> Iterator[Sound]:
    """The layers over the span, each by its weights[points, layers], low-passed as the setting `to` says."""
    bed = Bed(key)
    shared = weights[:, :, None] * np.array([layer.shares for layer in layers])[None]
    rungs = exact.log2(np.maximum(controls.values("to", slow_points(span)), 100.0) / 1000) / RUNG
    if (rungs == rungs[0]).all():
        near, colours = _by_rung(layers, rungs[:1])
        if len(colours) <= COLOURS:
            table, colour_rows = _table(shared, near), np.concatenate(colours)
            for block in span.blocks():
                yield bed.sound(block, colour_rows, slow_rows(table, span, block), wide=True)
            return
    for block in span.blocks():
        rows = slice((block.start - span.start) // SLOW, None)
        yield _block(bed, layers, block, shared[rows], rungs[rows])


def _block(bed: Bed, layers: tuple[Layer, ...], block: Span, shared: Floats, rungs: Floats) -> Sound:
    steps = -(-len(block) // SLOW)
    near, colours = _by_rung(layers, rungs[: steps + 1])
    if len(colours) > COLOURS and steps > 1:
        # the cutoff passes more rungs than the kernel can mix: the first half of the block, then the rest
        half = steps // 2
        middle = block.start + half * SLOW
        first = _block(bed, layers, Span(block.start, middle), shared[: half + 1], rungs[: half + 1])
        return np.concatenate(
            [first, _block(bed, layers, Span(middle, block.stop), shared[half:], rungs[half:])], axis=1
        )
    if len(colours) > COLOURS:
        # one step left: the rungs round its first point (what comes later must not change what sounds now)
        rungs = np.clip(rungs[:2], np.floor(rungs[0]), np.floor(rungs[0]) + 1)
        near, colours = _by_rung(layers, rungs)
    return bed.sound(block, np.concatenate(colours), _table(shared[: steps + 1], near), wide=True)


def _by_rung(layers: tuple[Layer, ...], rungs: Floats) -> tuple[Floats, list[Colour]]:
    """The weight of each rung used here at each point, and every layer's colour at each of these rungs."""
    below = np.floor(rungs)
    used = np.unique(np.concatenate([below, np.where(rungs > below, below + 1, below)]))
    near = np.maximum(0.0, 1 - np.abs(rungs[:, None] - used[None]))
    cutoffs = [1000 * float(exact.exp2(float(rung) * RUNG)) for rung in used]
    return near, [layer.low_passed(cutoff) for cutoff in cutoffs for layer in layers]


def _table(shared: Floats, near: Floats) -> NDArray[np.float32]:
    points, layers = shared.shape[:2]
    return laid_out((near[:, :, None, None] * shared[:, None]).reshape(points, near.shape[1] * layers, 2))
