"""The last step before a device or a file: floats to whole numbers.

Dither is two uniform draws of one step (TPDF), made from a hash of the frame's number and the channel:
a frame gets the same dither wherever a render was cut. A frame that is exactly silent stays exactly 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

_MIX_1 = np.uint32(0x21F0AAAD)
_MIX_2 = np.uint32(0xD35A2D97)
_GOLDEN = np.uint32(0x9E3779B9)
_HALF_DOWN, _HALF_UP = np.uint32(16), np.uint32(15)

_TO_WHOLE = 1.5 * 2.0**52
"""Added and taken off again, this rounds a float64 to whole numbers, halves to even."""


@kernel
def _whole(x: float, full: float, number: int, key_low: np.uint32, key_high: np.uint32) -> np.int32:
    """x in steps of 1/full with its dither, as a whole number, as near as there is room for.

    Two rounds of multiply and shift make 32 bits of `number`; their halves are the two draws.
    """
    # the number has 33 bits: the highest, 12 hours on, goes to the second key word
    h = np.uint32(np.uint32(np.uint32(number) * _GOLDEN) + key_low)
    h = np.uint32(np.uint32(h ^ (h >> _HALF_DOWN)) * _MIX_1)
    h = np.uint32(np.uint32(h ^ (h >> _HALF_UP)) + np.uint32(key_high + np.uint32(number >> 32)))
    h = np.uint32(h * _MIX_2)
    h = np.uint32(h ^ (h >> _HALF_UP))
    draws = np.int32(h >> _HALF_DOWN) - np.int32(h & np.uint32(0xFFFF))
    y = float(((x * full + draws * 2.0**-16) + _TO_WHOLE) - _TO_WHOLE)
    y = y if y > -full else -full
    y = y if y < full - 1.0 else full - 1.0
    return np.int32(y)


@kernel
def fill_dithered_16(
    sound: NDArray[np.float32], key_low: int, key_high: int, start_frame: int, out: NDArray[np.int16]
) -> None:
    """16-bit samples of sound[frames, 2], whose first frame is number `start_frame` of the night."""
    low, high = np.uint32(key_low), np.uint32(key_high)
    for i in range(sound.shape[0]):
        left, right, number = sound[i, 0], sound[i, 1], 2 * (start_frame + i)
        heard = left != 0 or right != 0
        out[i, 0] = _whole(left, 2.0**15, number, low, high) if heard else 0
        out[i, 1] = _whole(right, 2.0**15, number + 1, low, high) if heard else 0


@kernel
def fill_dithered_24(
    sound: NDArray[np.float32], key_low: int, key_high: int, start_frame: int, out: NDArray[np.int32]
) -> None:
    """As fill_dithered_16, with 24 bits in the high bits of an int32, where libav's s32 wants them."""
    low, high = np.uint32(key_low), np.uint32(key_high)
    for i in range(sound.shape[0]):
        left, right, number = sound[i, 0], sound[i, 1], 2 * (start_frame + i)
        heard = left != 0 or right != 0
        out[i, 0] = _whole(left, 2.0**23, number, low, high) << 8 if heard else 0
        out[i, 1] = _whole(right, 2.0**23, number + 1, low, high) << 8 if heard else 0
