"""Arrays that begin where a processor's cache line does: vectors read from others straddle two, and cost a
tenth more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64
"""Bytes of a cache line, and of a vector of sixteen floats."""


def zeros(shape: int | tuple[int, ...], kind: Any = np.float32) -> NDArray[Any]:
    """As np.zeros, on a cache line."""
    item = np.dtype(kind).itemsize
    count = int(np.prod(shape))
    whole = np.zeros(count + LINE // item, kind)
    first = -whole.ctypes.data % LINE // item
    return whole[first : first + count].reshape(shape)


def lined(array: NDArray[Any]) -> NDArray[Any]:
    """A copy on a cache line."""
    copy = zeros(array.shape, array.dtype)
    copy[...] = array
    return copy
