"""White noise without a generator: each sample is a hash of its own frame number.

As plain loops: `white` in tests/references/generators.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.simd import LANES, Lanes, counting, greater, signed_to_float, splat, splat_u32, store

_MIX_1 = np.uint32(0x21F0AAAD)
_MIX_2 = np.uint32(0xD35A2D97)
_GOLDEN = np.uint32(0x9E3779B9)
UNIT_POWER = np.float32(2.0**-31 * 3.0**0.5)
"""Uniform in ±√3: its power is one."""


@inlined
def _bits(low: Lanes, high: Lanes, frame: int) -> Lanes:
    """32 random bits for each of the sixteen frames from `frame` on; a key's two words in all lanes.

    Two rounds of multiply and shift, a key word in each: neighbours and keys are independent by test.
    """
    x = (splat_u32(np.uint32(frame)) + counting()) * splat_u32(_GOLDEN) + low
    x = x ^ (x >> splat_u32(np.uint32(16)))
    x = x * splat_u32(_MIX_1)
    x = x ^ (x >> splat_u32(np.uint32(15)))
    x = (x + high) * splat_u32(_MIX_2)
    return x ^ (x >> splat_u32(np.uint32(15)))


@inlined
def white_at(low: Lanes, high: Lanes, frame: int) -> Lanes:
    """White noise of unit power for sixteen frames."""
    return signed_to_float(_bits(low, high, frame)) * splat(UNIT_POWER)


@inlined
def two_whites_at(low: Lanes, high: Lanes, frame: int) -> tuple[Lanes, Lanes]:
    """Two independent white noises of unit power: the upper and the lower sixteen bits of one draw."""
    x = _bits(low, high, frame)
    upper = signed_to_float(x & splat_u32(np.uint32(0xFFFF0000)))
    lower = signed_to_float(x << splat_u32(np.uint32(16)))
    return upper * splat(UNIT_POWER), lower * splat(UNIT_POWER)


@inlined
def rare(white: Lanes, doublings: int) -> Lanes:
    """Sparse impulses: white noise, every sample to the power 2^doublings + 1, scaled to unit power again.

    Some 33 000 / 2^doublings samples a second are left above half the highest peak; the sizes of all are
    spread evenly in decibels, and none is higher than sqrt(2^(doublings + 1) + 3).
    """
    unit = white * splat(np.float32(3.0**-0.5))
    power = unit * unit
    count = 2
    for _ in range(1, doublings):
        # a floor far below hearing: denormals are slow
        power = greater(power * power, splat(np.float32(1e-15)))
        count = count * 2
    return power * unit * splat(np.float32(np.sqrt(np.float64(2 * count + 3))))


@kernel
def fill_white(key_low: int, key_high: int, start: int, out: NDArray[np.float32]) -> None:
    """White noise for frames start, start + 1, …; a whole number of groups of sixteen."""
    low, high = splat_u32(np.uint32(key_low)), splat_u32(np.uint32(key_high))
    for i in range(0, out.size, LANES):
        store(out, i, white_at(low, high, start + i))
