"""Smooth random LFOs: value noise of three octaves at any frames, a function of time alone.

As plain loops: `drift` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.drawing import normal
from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]

SHARES = np.array((0.8, 0.52, 0.3))
"""The amplitude of each octave."""


@kernel
def fill_drift(
    frames: NDArray[np.int64], keys: NDArray[np.uint64], periods: NDArray[np.int64], out: Floats
) -> None:
    """out: the LFO at these frames. For each octave the frames of its `periods` from one random value to the
    next, and the three `keys` that a normal number is drawn with."""
    for i in range(out.size):
        out[i] = 0.0
    for octave in range(SHARES.size):
        share, period, own = SHARES[octave], periods[octave], keys[octave]
        begun, first, second = np.int64(0), 0.0, 0.0
        drawn = False
        for i in range(out.size):
            away = frames[i] - begun
            if not drawn or away < 0 or away >= period:
                cell = frames[i] // period
                follows = drawn and cell * period == begun + period
                begun = cell * period
                first = second if follows else normal(own[0], own[1], own[2], cell)
                second = normal(own[0], own[1], own[2], cell + 1)
                drawn, away = True, frames[i] - begun
            along = np.float64(away) / period
            smooth = along * along * along * (along * (along * 6 - 15) + 10)
            # half-way between two independent values the variance would halve; this keeps it even
            even = 1 / np.sqrt(smooth * smooth + (1 - smooth) * (1 - smooth))
            out[i] = out[i] + share * (first + (second - first) * smooth) * even
