"""Arrays aligned to the processor's cache line: kernels run a tenth slower on vectors that straddle two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64
"""Bytes of a cache line, and of a vector of sixteen floats."""


def blank(shape: int | tuple[int, ...], kind: Any = np.float32) -> NDArray[Any]:
    """Like np.empty, aligned."""
    item = np.dtype(kind).itemsize
    count = math.prod(shape) if isinstance(shape, tuple) else shape
    whole = np.empty(count + LINE // item, kind)
    first = -whole.ctypes.data % LINE // item
    return whole[first : first + count].reshape(shape)


def zeros(shape: int | tuple[int, ...], kind: Any = np.float32) -> NDArray[Any]:
    """Like np.zeros, aligned."""
    array = blank(shape, kind)
    array[...] = 0
    return array


def aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy, aligned."""
    copy = blank(array.shape, array.dtype)
    copy[...] = array
    return copy
