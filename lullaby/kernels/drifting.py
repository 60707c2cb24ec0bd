"""Smooth random LFOs: value noise of three octaves at any frames, a function of time alone.

As plain loops: `drift` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]

SHARES = np.array((0.8, 0.52, 0.3))
"""The amplitude of each octave."""

_GOLDEN, _M1, _M2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_S16, _S27, _S30, _S31 = (np.uint64(n) for n in (16, 27, 30, 31))
_LOW = np.uint64(0xFFFF)


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
                first = second if follows else _normal(own, cell)
                second = _normal(own, cell + 1)
                drawn, away = True, frames[i] - begun
            along = np.float64(away) / period
            smooth = along * along * along * (along * (along * 6 - 15) + 10)
            # half-way between two independent values the variance would halve; this keeps it even
            even = 1 / np.sqrt(smooth * smooth + (1 - smooth) * (1 - smooth))
            out[i] = out[i] + share * (first + (second - first) * smooth) * even


@kernel
def _normal(keys: NDArray[np.uint64], index: int) -> float:
    """The number that `normal` of the voices' chances draws: twelve uniform ones summed."""
    total = 0.0
    for n in range(keys.size):
        x = np.uint64(index) * _GOLDEN + keys[n]
        x = (x ^ (x >> _S30)) * _M1
        x = (x ^ (x >> _S27)) * _M2
        x = x ^ (x >> _S31)
        for _ in range(4):
            total += np.float64(x & _LOW)
            x = x >> _S16
    return min(max(total / 65536 - 6 + 6 / 65536, -3.5), 3.5)
