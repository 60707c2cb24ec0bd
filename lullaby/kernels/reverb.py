"""The one room everything sounds in: early reflections, then eight delay lines that feed each other.

Lanes are time: every delay is longer than a vector, and the damping looks only at the past, so sixteen
frames are made at once. The matrix is a Householder reflection, I − ¼·11ᵀ: nothing is lost in it, and
what each line loses is set by its own length, so that all decay together.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel, part
from lullaby.kernels.simd import LANES, Lanes, load, load_splat, splat, store

Floats: TypeAlias = NDArray[np.float32]

LINES = 8
SIZE = 8192
"""Frames a line can hold; a power of two, so that positions wrap by a mask."""
WIDTH = SIZE + LANES
"""A line's memory: its first sixteen frames stand once more at the end, for loads across the seam."""


@part
def _keep(lines: Floats, line: int, position: int, value: Lanes) -> None:
    store(lines, line * WIDTH + position, value)
    if position == 0:
        store(lines, line * WIDTH + SIZE, value)


@part
def _heard(lines: Floats, line: int, position: int, delay: int) -> Lanes:
    return load(lines, line * WIDTH + ((position - delay) & (SIZE - 1)))


@kernel
def add_room(
    wet: Floats,
    lines: Floats,
    position: int,
    delays: NDArray[np.int64],
    losses: Floats,
    damping: np.float32,
    feed: np.float32,
    taps: NDArray[np.int64],
    tap_gains: Floats,
    out: Floats,
) -> int:
    """Add the room's answer to `wet` to `out`; the position to go on from comes back.

    `lines` holds eight lines and the two inputs, WIDTH floats each. `losses` is what a line keeps of
    itself a turn; `taps` are delays of early reflections, each heard on its own side (even: left).
    """
    mask = SIZE - 1
    near, far = splat(np.float32(1) - damping), splat(damping)
    share, fed = splat(np.float32(2.0 / LINES)), splat(feed)
    wet_l, wet_r, out_l, out_r = wet[0], wet[1], out[0], out[1]
    d0, d1, d2, d3 = delays[0], delays[1], delays[2], delays[3]
    d4, d5, d6, d7 = delays[4], delays[5], delays[6], delays[7]
    for i in range(0, wet_l.size, LANES):
        left, right = load(wet_l, i), load(wet_r, i)
        p = position
        _keep(lines, 8, p, left)
        _keep(lines, 9, p, right)
        y0 = near * _heard(lines, 0, p, d0) + far * _heard(lines, 0, p, d0 + 1)
        y1 = near * _heard(lines, 1, p, d1) + far * _heard(lines, 1, p, d1 + 1)
        y2 = near * _heard(lines, 2, p, d2) + far * _heard(lines, 2, p, d2 + 1)
        y3 = near * _heard(lines, 3, p, d3) + far * _heard(lines, 3, p, d3 + 1)
        y4 = near * _heard(lines, 4, p, d4) + far * _heard(lines, 4, p, d4 + 1)
        y5 = near * _heard(lines, 5, p, d5) + far * _heard(lines, 5, p, d5 + 1)
        y6 = near * _heard(lines, 6, p, d6) + far * _heard(lines, 6, p, d6 + 1)
        y7 = near * _heard(lines, 7, p, d7) + far * _heard(lines, 7, p, d7 + 1)
        even, odd = (y0 + y2) + (y4 + y6), (y1 + y3) + (y5 + y7)
        shared = (even + odd) * share
        in_l, in_r = left * fed, right * fed
        _keep(lines, 0, p, (y0 - shared) * load_splat(losses, 0) + in_l)
        _keep(lines, 1, p, (y1 - shared) * load_splat(losses, 1) + in_r)
        _keep(lines, 2, p, (y2 - shared) * load_splat(losses, 2) + in_l)
        _keep(lines, 3, p, (y3 - shared) * load_splat(losses, 3) + in_r)
        _keep(lines, 4, p, (y4 - shared) * load_splat(losses, 4) + in_l)
        _keep(lines, 5, p, (y5 - shared) * load_splat(losses, 5) + in_r)
        _keep(lines, 6, p, (y6 - shared) * load_splat(losses, 6) + in_l)
        _keep(lines, 7, p, (y7 - shared) * load_splat(losses, 7) + in_r)
        for t in range(0, taps.size, 2):
            even = even + _heard(lines, 8, p, taps[t]) * load_splat(tap_gains, t)
            odd = odd + _heard(lines, 9, p, taps[t + 1]) * load_splat(tap_gains, t + 1)
        store(out_l, i, load(out_l, i) + even)
        store(out_r, i, load(out_r, i) + odd)
        position = (p + LANES) & mask
    return position
