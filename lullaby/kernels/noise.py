"""White noise without a generator: each frame's number is a hash of its own index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.simd import LANES, counting, signed_to_float, splat, splat_u32, store

_MIX_1 = np.uint32(0x21F0AAAD)
_MIX_2 = np.uint32(0xD35A2D97)
_GOLDEN = np.uint32(0x9E3779B9)
UNIT_POWER = np.float32(2.0**-31 * 3.0**0.5)
"""Uniform in ±√3: its power is one."""


@kernel
def fill_white(key_low: int, key_high: int, start: int, out: NDArray[np.float32]) -> None:
    """White noise of unit power for frames start, start + 1, …; a whole number of 16-frame groups.

    Two rounds of multiply and shift, a key word in each: neighbours and keys are independent by test.
    """
    lane = counting()
    golden, mix_1, mix_2 = splat_u32(_GOLDEN), splat_u32(_MIX_1), splat_u32(_MIX_2)
    low, high = splat_u32(np.uint32(key_low)), splat_u32(np.uint32(key_high))
    by_16, by_15 = splat_u32(np.uint32(16)), splat_u32(np.uint32(15))
    scale = splat(UNIT_POWER)
    for i in range(0, out.size, LANES):
        x = (splat_u32(np.uint32(start + i)) + lane) * golden + low
        x = x ^ (x >> by_16)
        x = x * mix_1
        x = x ^ (x >> by_15)
        x = (x + high) * mix_2
        x = x ^ (x >> by_15)
        store(out, i, signed_to_float(x) * scale)
