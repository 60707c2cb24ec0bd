"""A fixed piece of work, and what other work costs beside it. Both are done in turns by one thread, so the
figure is nearly the same on a fast machine and a slow one, an idle one and a busy one.

The loop is of the kind that kernels are: sixteen lanes of noise through four poles and thirty-two sums.
It belongs to nobody: what it is measured beside may change, and it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.simd import LANES, counting, load, signed_to_float, splat, splat_u32, store

ROWS = 32
FRAMES = 48_000
ROUNDS = 5
"""Times that the loop goes through so many frames, for one unit: some third of a millisecond."""
UNITS = 10
"""Of them in one turn."""
TURNS = 25


@kernel
def _go_round(rounds: int, rows: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    for turn in range(rounds):
        y0, y1 = splat(np.float32(0)), splat(np.float32(0))
        y2, y3 = splat(np.float32(0)), splat(np.float32(0))
        for i in range(0, out.size, LANES):
            x = (splat_u32(np.uint32(turn * out.size + i)) + counting()) * splat_u32(np.uint32(0x9E3779B9))
            x = x ^ (x >> splat_u32(np.uint32(16)))
            x = x * splat_u32(np.uint32(0x21F0AAAD))
            x = x ^ (x >> splat_u32(np.uint32(15)))
            y0 = y0 * splat(np.float32(0.9)) + signed_to_float(x) * splat(np.float32(2.0**-31))
            y1 = y1 * splat(np.float32(0.8)) + y0
            y2 = y2 * splat(np.float32(0.7)) + y1
            y3 = y3 * splat(np.float32(0.6)) + y2
            even, odd = y2, y3
            for k in range(0, rows.size, 2 * LANES):
                even = even + load(rows, k) * y0
                odd = odd + load(rows, k + LANES) * y1
            store(out, i, even + odd)


def beside_the_loop(work: Callable[[int], object], enough: float = 0.0) -> float:
    """What `work`, told the number of its turn, costs in units of the loop.

    The least of each stands: whatever else a machine does only ever adds. After three turns it ends as soon
    as the figure is at most `enough`. One turn before them, with number -1, loads what is needed.
    """
    rows = np.linspace(-1, 1, ROWS * LANES).astype(np.float32)
    out = np.zeros(FRAMES, np.float32)
    _go_round(1, rows, out)
    work(-1)
    ours = theirs = math.inf
    for turn in range(TURNS):
        theirs = min(theirs, _cost(lambda: _go_round(ROUNDS * UNITS, rows, out)) / UNITS)
        ours = min(ours, _cost(lambda turn=turn: work(turn)))  # type: ignore[misc]
        if turn >= 2 and ours <= enough * theirs:
            break
    return ours / theirs


def _cost(work: Callable[[], object]) -> float:
    """CPU seconds of this thread."""
    before = thread_time()
    work()
    return thread_time() - before
