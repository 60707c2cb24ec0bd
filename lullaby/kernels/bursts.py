"""Bursts: noise through one band-pass, under a rise and a decay. Crackles, ticks of leaves, grains of snow.

A burst is run from rest at its onset whoever asks, and from whichever frame: it is too short to be worth
remembering, so it is heard again up to where it is wanted.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.noise import white_at
from lullaby.kernels.simd import LANES, splat_u32, store

Floats: TypeAlias = NDArray[np.float32]

BURST = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is 100 dB down
        ("decay", np.float32),  # amplitude left after a frame
        ("rise", np.float32),  # what is missing from the top, left after a frame; 0 starts at once
        ("feed", np.float32),  # of y = feed (x - x'') + near y' + far y'': a band-pass
        ("near", np.float32),
        ("far", np.float32),
        ("left", np.float32),
        ("right", np.float32),
        ("seed", np.uint32),
    ],
    align=True,
)


@kernel
def add_bursts(
    bursts: NDArray[np.void], first: int, last: int, start: int, frames: int, room: Floats, out: Floats
) -> None:
    """Add the bursts numbered first … last−1 to `out[2, frames]`, which begins at frame `start`.

    `room` is 16 floats.
    """
    low, high = out[0], out[1]
    none = splat_u32(np.uint32(0))
    one, nothing = np.float32(1), np.float32(0)
    for n in range(first, last):
        burst = bursts[n]
        stop = min(burst.life, start + frames - burst.onset)
        if burst.onset + burst.life <= start or stop <= 0:
            continue
        seed = splat_u32(burst.seed)
        feed, near, far = burst.feed, burst.near, burst.far
        decay, rise, left, right = burst.decay, burst.rise, burst.left, burst.right
        x1, x2, y1, y2 = nothing, nothing, nothing, nothing
        fall, missing = one, one
        at = burst.onset - start
        for age in range(0, stop, LANES):
            store(room, 0, white_at(seed, none, age))
            for k in range(min(LANES, stop - age)):
                x = room[k]
                y = feed * (x - x2) + (near * y1 + far * y2)
                x2, x1, y2, y1 = x1, x, y1, y
                wave = y * (fall * (one - missing))
                fall, missing = fall * decay, missing * rise
                i = at + age + k
                if i >= 0:
                    low[i] += wave * left
                    high[i] += wave * right
