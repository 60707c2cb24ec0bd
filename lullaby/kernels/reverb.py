"""The reverb: early reflections and a feedback delay network (FDN) of eight lines.

Sixteen frames are made at once: every delay is longer than that, and the damping is a two-tap FIR. The
feedback matrix is a Householder reflection, I − ¼·11ᵀ, which loses no energy; what a line loses each time
round is set by its own length, so that all decay in the same time.

As plain loops: `reverb` in tests/references/filters.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.simd import LANES, Lanes, load, load_splat, splat, store

Floats: TypeAlias = NDArray[np.float32]

LINES = 8
SIZE = 8192
"""Frames of a delay line; a power of two, so that positions wrap by a mask."""
WIDTH = SIZE + LANES
"""Floats of a delay line: its first sixteen frames stand once more at the end, for loads that would wrap."""


@inlined
def _write(lines: Floats, line: int, position: int, value: Lanes) -> None:
    store(lines, line * WIDTH + position, value)
    if position == 0:
        store(lines, line * WIDTH + SIZE, value)


@inlined
def _delayed(lines: Floats, line: int, position: int, delay: int) -> Lanes:
    return load(lines, line * WIDTH + ((position - delay) & (SIZE - 1)))


@kernel
def add_reverb(
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
    """out += the reverb of `wet`; returns the position in the delay lines for the next block.

    `lines` holds the eight delay lines and the two inputs, WIDTH floats each. `losses` are the lines'
    feedback gains; `taps` are the delays of the early reflections, left and right in turns.
    """
    mask = SIZE - 1
    near, far = splat(np.float32(1) - damping), splat(damping)
    householder, fed = splat(np.float32(2.0 / LINES)), splat(feed)
    wet_l, wet_r, out_l, out_r = wet[0], wet[1], out[0], out[1]
    d0, d1, d2, d3 = delays[0], delays[1], delays[2], delays[3]
    d4, d5, d6, d7 = delays[4], delays[5], delays[6], delays[7]
    for i in range(0, wet_l.size, LANES):
        left, right = load(wet_l, i), load(wet_r, i)
        p = position
        _write(lines, 8, p, left)
        _write(lines, 9, p, right)
        y0 = near * _delayed(lines, 0, p, d0) + far * _delayed(lines, 0, p, d0 + 1)
        y1 = near * _delayed(lines, 1, p, d1) + far * _delayed(lines, 1, p, d1 + 1)
        y2 = near * _delayed(lines, 2, p, d2) + far * _delayed(lines, 2, p, d2 + 1)
        y3 = near * _delayed(lines, 3, p, d3) + far * _delayed(lines, 3, p, d3 + 1)
        y4 = near * _delayed(lines, 4, p, d4) + far * _delayed(lines, 4, p, d4 + 1)
        y5 = near * _delayed(lines, 5, p, d5) + far * _delayed(lines, 5, p, d5 + 1)
        y6 = near * _delayed(lines, 6, p, d6) + far * _delayed(lines, 6, p, d6 + 1)
        y7 = near * _delayed(lines, 7, p, d7) + far * _delayed(lines, 7, p, d7 + 1)
        even, odd = (y0 + y2) + (y4 + y6), (y1 + y3) + (y5 + y7)
        reflected = (even + odd) * householder
        in_l, in_r = left * fed, right * fed
        _write(lines, 0, p, (y0 - reflected) * load_splat(losses, 0) + in_l)
        _write(lines, 1, p, (y1 - reflected) * load_splat(losses, 1) + in_r)
        _write(lines, 2, p, (y2 - reflected) * load_splat(losses, 2) + in_l)
        _write(lines, 3, p, (y3 - reflected) * load_splat(losses, 3) + in_r)
        _write(lines, 4, p, (y4 - reflected) * load_splat(losses, 4) + in_l)
        _write(lines, 5, p, (y5 - reflected) * load_splat(losses, 5) + in_r)
        _write(lines, 6, p, (y6 - reflected) * load_splat(losses, 6) + in_l)
        _write(lines, 7, p, (y7 - reflected) * load_splat(losses, 7) + in_r)
        for t in range(0, taps.size, 2):
            even = even + _delayed(lines, 8, p, taps[t]) * load_splat(tap_gains, t)
            odd = odd + _delayed(lines, 9, p, taps[t + 1]) * load_splat(tap_gains, t + 1)
        store(out_l, i, load(out_l, i) + even)
        store(out_r, i, load(out_r, i) + odd)
        position = (p + LANES) & mask
    return position
