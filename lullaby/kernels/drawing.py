"""Random numbers by the array: each is a hash of a key and an index.

As plain loops: `normal` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.uint64]

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
def fill_draws(keys: Keys, index: NDArray[np.int64], out: Floats) -> None:
    """out: a number for every index. With one key it is in [0, 1), with three normal."""
    if keys.size == 1:
        key = keys[0]
        for i in range(out.size):
            out[i] = np.float64(np.int64(word(key, index[i]) >> _S11)) * 2.0**-53
        return
    first, second, third = keys[0], keys[1], keys[2]
    for i in range(out.size):
        out[i] = normal(first, second, third, index[i])
