"""Floats to 16 or 24 bit samples, with TPDF dither: the last step before a file.

The dither is the sum of two uniform draws of one step each, hashed from the frame's number and the channel:
a frame gets the same dither wherever a render was cut. A frame that is exactly silent stays exactly 0.

As plain loops: `sample` in tests/references/levels.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

_MIX_1 = np.uint32(0x21F0AAAD)
_MIX_2 = np.uint32(0xD35A2D97)
_GOLDEN = np.uint32(0x9E3779B9)
_16, _15 = np.uint32(16), np.uint32(15)

_ROUND = 1.5 * 2.0**52
"""Added and taken off again, this rounds a float64 to whole numbers, halves to even."""


@kernel
def _quantized(x: float, full: float, number: int, key_low: np.uint32, key_high: np.uint32) -> np.int32:
    """x in steps of 1/full, dithered, rounded and clipped.

    Two rounds of multiply and shift hash `number` to 32 bits; their halves are the two draws.
    """
    # the number has 33 bits: the highest, 12 hours on, goes to the second key word
    h = np.uint32(np.uint32(np.uint32(number) * _GOLDEN) + key_low)
    h = np.uint32(np.uint32(h ^ (h >> _16)) * _MIX_1)
    h = np.uint32(np.uint32(h ^ (h >> _15)) + np.uint32(key_high + np.uint32(number >> 32)))
    h = np.uint32(h * _MIX_2)
    h = np.uint32(h ^ (h >> _15))
    draws = np.int32(h >> _16) - np.int32(h & np.uint32(0xFFFF))
    y = float(((x * full + draws * 2.0**-16) + _ROUND) - _ROUND)
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
        sounds = left != 0 or right != 0
        out[i, 0] = _quantized(left, 2.0**15, number, low, high) if sounds else 0
        out[i, 1] = _quantized(right, 2.0**15, number + 1, low, high) if sounds else 0


@kernel
def fill_dithered_24(
    sound: NDArray[np.float32], key_low: int, key_high: int, start_frame: int, out: NDArray[np.int32]
) -> None:
    """Like fill_dithered_16, with 24 bits in the high bits of an int32, where libav's s32 wants them."""
    low, high = np.uint32(key_low), np.uint32(key_high)
    for i in range(sound.shape[0]):
        left, right, number = sound[i, 0], sound[i, 1], 2 * (start_frame + i)
        sounds = left != 0 or right != 0
        out[i, 0] = _quantized(left, 2.0**23, number, low, high) << 8 if sounds else 0
        out[i, 1] = _quantized(right, 2.0**23, number + 1, low, high) << 8 if sounds else 0
