"""Memory for a long sound, of which the beginning is given back while its end is still made."""

from __future__ import annotations

import math
import mmap

import numpy as np
from numpy.typing import NDArray


class Sheet:
    """sound[frames, channels], float32, in memory that is its alone."""

    def __init__(self, shape: tuple[int, int]) -> None:
        size = 4 * math.prod(shape)
        own = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_ANONYMOUS") else {}
        self._map = mmap.mmap(-1, size, **own)
        self._row_bytes = 4 * shape[1]
        self._given = 0
        self.array: NDArray[np.float32] = np.frombuffer(self._map, np.float32).reshape(shape)

    def give_back(self, rows: int) -> None:
        """What was in the rows before this one is gone. A system that cannot be told so keeps it."""
        stop = rows * self._row_bytes // mmap.PAGESIZE * mmap.PAGESIZE
        if stop > self._given and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, self._given, stop - self._given)
            self._given = stop
