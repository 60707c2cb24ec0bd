"""Random numbers by the array, each a hash of a key and an index; and smooth random LFOs made of them.

As plain loops: `drift` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.uint64]
Frames: TypeAlias = NDArray[np.int64]

SHARES = np.array((0.8, 0.52, 0.3))
"""The amplitude of each octave of an LFO."""

_GOLDEN, _M1, _M2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_S11, _S16, _S27, _S30, _S31, _S32, _S48 = (np.uint64(n) for n in (11, 16, 27, 30, 31, 32, 48))
_LOW = np.uint64(0xFFFF)


@kernel
def word(key: np.uint64, index: int) -> np.uint64:
    """64 bits, by the finisher of SplitMix64."""
    x = np.uint64(index) * _GOLDEN + key
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@kernel
def normal(first: np.uint64, second: np.uint64, third: np.uint64, index: int) -> float:
    """A normal number: twelve uniform ones of 16 bits, summed."""
    total = np.uint64(0)
    for x in (word(first, index), word(second, index), word(third, index)):
        total += (x & _LOW) + ((x >> _S16) & _LOW) + ((x >> _S32) & _LOW) + (x >> _S48)
    return min(max(np.float64(np.int64(total)) / 65536 - 6 + 6 / 65536, -3.5), 3.5)


@kernel
def fill_draws(keys: Keys, periods: Frames, index: Frames, out: Floats) -> None:
    """out: a number for every index. With one key it is in [0, 1), with three normal.

    With three keys for each of a few periods, it is a smooth random LFO at these frames: value noise, an
    octave for each of the `periods`, the frames from one random value of it to the next."""
    if keys.size == 1:
        key = keys[0]
        for i in range(out.size):
            out[i] = np.float64(np.int64(word(key, index[i]) >> _S11)) * 2.0**-53
        return
    if periods.size == 0:
        first, second, third = keys[0], keys[1], keys[2]
        for i in range(out.size):
            out[i] = normal(first, second, third, index[i])
        return
    for i in range(out.size):
        out[i] = 0.0
    for octave in range(periods.size):
        share, period = SHARES[octave], periods[octave]
        first, second, third = keys[3 * octave], keys[3 * octave + 1], keys[3 * octave + 2]
        begun, near, far, drawn = np.int64(0), 0.0, 0.0, False
        for i in range(out.size):
            away = index[i] - begun
            if not drawn or away < 0 or away >= period:
                cell = index[i] // period
                begun = cell * period
                drawn, away = True, index[i] - begun
                near = normal(first, second, third, cell)
                far = normal(first, second, third, cell + 1)
            along = np.float64(away) / period
            smooth = along * along * along * (along * (along * 6 - 15) + 10)
            # half-way between two independent values the variance would halve; this keeps it even
            even = 1 / np.sqrt(smooth * smooth + (1 - smooth) * (1 - smooth))
            out[i] = out[i] + share * (near + (far - near) * smooth) * even
