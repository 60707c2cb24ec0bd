"""Bursts: noise through one band-pass, under a rise and a decay. Drops, crackles, ticks of leaves, grains of
snow.

A burst is run from rest at its onset whoever asks, and from whichever frame: it is too short to be worth
remembering, so it is heard again up to where it is wanted.

The band-pass y = u + near y' + far y'' is worked out two frames at a time, as y = v + (near² + 2 far) y'' -
far² y (four frames before) with v = u + near u' - far u'': what comes of the noise is found for sixteen
frames at once, and a frame waits for the last but one instead of the last. The poles are those of the
band-pass and their opposites, so it is as steady as the band-pass itself.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.rings import fill_powers, left_after
from lullaby.kernels.simd import LANES, load, splat, splat_u32, store
from lullaby.kernels.white import white_at

Floats: TypeAlias = NDArray[np.float32]

BURST = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is over: whole groups of sixteen
        ("decay", np.float64),  # amplitude left after a frame
        ("rise", np.float64),  # what is missing from the top, left after a frame; 0 starts at once
        ("feed", np.float32),  # of y = feed (x - x'') + near y' + far y'': a band-pass
        ("near", np.float32),
        ("far", np.float32),
        ("left", np.float32),
        ("right", np.float32),
        ("seed", np.uint32),
    ],
    align=True,
)

# Where things lie in the room to work in: noise and what of it is fed in (u), sixteen frames of each behind
# the last two, then what drives the filter (v), and what comes out.
_NOISE, _FED, _DRIVEN, _OUT = 0, 2 * LANES, 4 * LANES, 5 * LANES
ROOM = 6 * LANES
"""Floats of room to work in."""


@kernel
def add_bursts(
    bursts: NDArray[np.void], first: int, last: int, start: int, frames: int, room: Floats, out: Floats
) -> None:
    """Add the bursts numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    The last sixteen frames of `out` are there to be written over the end. `room` is ROOM floats.
    """
    low, high = out[0], out[1]
    none, one = splat_u32(np.uint32(0)), splat(np.float32(1))
    nothing = np.float32(0)
    for n in range(first, last):
        burst = bursts[n]
        stop = min(burst.life, start + frames - burst.onset)
        if burst.onset + burst.life <= start or stop <= 0:
            continue
        seed = splat_u32(burst.seed)
        feed, near, far = splat(burst.feed), splat(burst.near), splat(burst.far)
        left, right = splat(burst.left), splat(burst.right)
        second, fourth = burst.near * burst.near + (burst.far + burst.far), -(burst.far * burst.far)
        fill_powers(burst.decay, room)
        falling, fall = load(room, 0), splat(np.float32(left_after(burst.decay, LANES)))
        fill_powers(burst.rise, room)
        missing, rise = load(room, 0), splat(np.float32(left_after(burst.rise, LANES)))
        room[_NOISE], room[_NOISE + 1] = nothing, nothing
        room[_FED], room[_FED + 1] = nothing, nothing
        y1, y2, y3, y4 = nothing, nothing, nothing, nothing
        for age in range(0, stop, LANES):
            x = white_at(seed, none, age)
            store(room, _NOISE + 2, x)
            fed = feed * (x - load(room, _NOISE))
            store(room, _FED + 2, fed)
            store(room, _DRIVEN, fed + near * load(room, _FED + 1) - far * load(room, _FED))
            room[_NOISE], room[_NOISE + 1] = room[_NOISE + LANES], room[_NOISE + LANES + 1]
            room[_FED], room[_FED + 1] = room[_FED + LANES], room[_FED + LANES + 1]
            for k in range(0, LANES, 2):
                y = room[_DRIVEN + k] + (second * y2 + fourth * y4)
                then = room[_DRIVEN + k + 1] + (second * y1 + fourth * y3)
                room[_OUT + k], room[_OUT + k + 1] = y, then
                y1, y2, y3, y4 = then, y, y1, y2
            wave = load(room, _OUT) * (falling * (one - missing))
            falling, missing = falling * fall, missing * rise
            i = burst.onset + age - start
            if i >= 0:
                store(low, i, load(low, i) + wave * left)
                store(high, i, load(high, i) + wave * right)
            elif i > -LANES:  # it began before, and the first of these frames were heard there
                store(room, _OUT, wave)
                for k in range(-i, LANES):
                    low[i + k] += room[_OUT + k] * burst.left
                    high[i + k] += room[_OUT + k] * burst.right
