"""Bursts of noise through a two-pole band-pass, with an attack and an exponential decay: drops, crackles,
ticks of leaves, flakes of snow.

A burst is so short that nothing of it is kept from block to block: whichever frame is asked for, it is run
again from its onset.

The band-pass y[n] = u[n] + near y[n-1] + far y[n-2], with u = feed (x[n] - x[n-2]), would make every frame
wait for the last. Scattered look-ahead takes y[n-1] out: y[n] = v[n] + (near² + 2 far) y[n-2] - far² y[n-4]
with v[n] = u[n] + near u[n-1] - far u[n-2]. So v is found for sixteen frames at once, and y for two at once.
The poles are those of the band-pass and their negatives, so it is as stable as the band-pass itself.

As plain loops: `burst` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.rings import fill_exponential, to_the_power
from lullaby.kernels.simd import LANES, load, splat, splat_u32, store
from lullaby.kernels.white import white_at

Floats: TypeAlias = NDArray[np.float32]

BURST = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is over: whole groups of sixteen
        ("decay", np.float64),  # the envelope n frames on is decay^n (1 - rise^n);
        ("rise", np.float64),  # a rise of 0 has no attack
        ("feed", np.float32),  # of the band-pass
        ("near", np.float32),
        ("far", np.float32),
        ("left", np.float32),
        ("right", np.float32),
        ("seed", np.uint32),
    ],
    align=True,
)

# Where things lie in the scratch buffer: the noise x and u, sixteen frames of each behind the last two; v; y.
_NOISE, _FED, _DRIVEN, _OUT = 0, 2 * LANES, 4 * LANES, 5 * LANES
SCRATCH = 6 * LANES
"""Floats of a scratch buffer."""


@kernel
def add_bursts(
    bursts: NDArray[np.void], first: int, last: int, start: int, frames: int, scratch: Floats, out: Floats
) -> None:
    """Add the bursts numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    Sixteen frames are written at a time: the last sixteen of `out` take what goes beyond its end. `scratch`
    is SCRATCH floats.
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
        fill_exponential(burst.decay, scratch)
        envelope, fall = load(scratch, 0), splat(np.float32(to_the_power(burst.decay, LANES)))
        fill_exponential(burst.rise, scratch)
        unrisen, rise = load(scratch, 0), splat(np.float32(to_the_power(burst.rise, LANES)))
        scratch[_NOISE], scratch[_NOISE + 1] = nothing, nothing
        scratch[_FED], scratch[_FED + 1] = nothing, nothing
        y1, y2, y3, y4 = nothing, nothing, nothing, nothing
        for age in range(0, stop, LANES):
            x = white_at(seed, none, age)
            store(scratch, _NOISE + 2, x)
            fed = feed * (x - load(scratch, _NOISE))
            store(scratch, _FED + 2, fed)
            store(scratch, _DRIVEN, fed + near * load(scratch, _FED + 1) - far * load(scratch, _FED))
            scratch[_NOISE], scratch[_NOISE + 1] = scratch[_NOISE + LANES], scratch[_NOISE + LANES + 1]
            scratch[_FED], scratch[_FED + 1] = scratch[_FED + LANES], scratch[_FED + LANES + 1]
            for k in range(0, LANES, 2):
                y = scratch[_DRIVEN + k] + (second * y2 + fourth * y4)
                y_next = scratch[_DRIVEN + k + 1] + (second * y1 + fourth * y3)
                scratch[_OUT + k], scratch[_OUT + k + 1] = y, y_next
                y1, y2, y3, y4 = y_next, y, y1, y2
            wave = load(scratch, _OUT) * (envelope * (one - unrisen))
            envelope, unrisen = envelope * fall, unrisen * rise
            i = burst.onset + age - start
            if i >= 0:
                store(low, i, load(low, i) + wave * left)
                store(high, i, load(high, i) + wave * right)
            elif i > -LANES:  # these sixteen frames lie astride the start of the block
                store(scratch, _OUT, wave)
                for k in range(-i, LANES):
                    low[i + k] += scratch[_OUT + k] * burst.left
                    high[i + k] += scratch[_OUT + k] * burst.right
