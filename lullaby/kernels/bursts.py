"""Bursts of noise through a two-pole band-pass, with an attack and an exponential decay: drops, crackles,
ticks of leaves, flakes of snow.

A burst is so short that nothing of it is kept from block to block: whichever frame is asked for, it is run
again from its onset.

The band-pass y[n] = u[n] + near y[n-1] + far y[n-2], with u = feed (x[n] - x[n-2]), would make every frame
wait for the last. Scattered look-ahead takes y[n-1] out: y[n] = v[n] + (near² + 2 far) y[n-2] - far² y[n-4]
with v[n] = u[n] + near u[n-1] - far u[n-2]. So v is found for sixteen frames at once, and y for two at once,
of four bursts side by side.
The poles are those of the band-pass and their negatives, so it is as stable as the band-pass itself.

As plain loops: `burst` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.rings import NOTHING, fill_exponential, to_the_power
from lullaby.kernels.simd import LANES, greater, load, splat, splat_u32, store
from lullaby.kernels.white import white_at
from lullaby.time import RATE

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

LONGEST = RATE // 5
"""Frames: the longest a burst may last."""
ABREAST = 4
"""Bursts that are filtered side by side: one alone would wait for itself."""

# Where things lie in the scratch buffer: sixteen floats; the noise of one burst, behind sixteen zeros; then a
# row for each burst abreast, of v and then of y.
_NOISE = LANES
_ROW = LONGEST + LANES
_ROWS = _NOISE + LANES + LONGEST
SCRATCH = _ROWS + ABREAST * _ROW
"""Floats of a scratch buffer."""


@inlined
def _heard_of(burst: Any, start: int, frames: int) -> int:
    """Frames of a burst from its onset to the end of these frames; 0 where it is over before them."""
    return max(0, min(burst.life, start + frames - burst.onset)) if burst.onset + burst.life > start else 0


@inlined
def _fill_driven(burst: Any, row: int, length: int, scratch: Floats) -> None:
    """v of a burst."""
    seed, none = splat_u32(burst.seed), splat_u32(np.uint32(0))
    feed, near, far = splat(burst.feed), splat(burst.near), splat(burst.far)
    store(scratch, _NOISE, splat(np.float32(0)))
    for age in range(0, length, LANES):
        store(scratch, _NOISE + LANES + age, white_at(seed, none, age))
    for age in range(0, length, LANES):
        i = _NOISE + LANES + age
        x2 = load(scratch, i - 2)
        fed = feed * (load(scratch, i) - x2)
        fed_1 = feed * (load(scratch, i - 1) - load(scratch, i - 3))
        fed_2 = feed * (x2 - load(scratch, i - 4))
        store(scratch, row + age, fed + near * fed_1 - far * fed_2)


@inlined
def _filter(
    a: Any, b: Any, c: Any, d: Any, length: int, v_a: Floats, v_b: Floats, v_c: Floats, v_d: Floats
) -> None:
    """v of four bursts becomes y."""
    second_a, fourth_a = a.near * a.near + (a.far + a.far), -(a.far * a.far)
    second_b, fourth_b = b.near * b.near + (b.far + b.far), -(b.far * b.far)
    second_c, fourth_c = c.near * c.near + (c.far + c.far), -(c.far * c.far)
    second_d, fourth_d = d.near * d.near + (d.far + d.far), -(d.far * d.far)
    nothing = np.float32(0)
    a1, a2, a3, a4 = nothing, nothing, nothing, nothing
    b1, b2, b3, b4 = nothing, nothing, nothing, nothing
    c1, c2, c3, c4 = nothing, nothing, nothing, nothing
    d1, d2, d3, d4 = nothing, nothing, nothing, nothing
    for k in range(0, length, 2):
        y_a, z_a = v_a[k] + (second_a * a2 + fourth_a * a4), v_a[k + 1] + (second_a * a1 + fourth_a * a3)
        y_b, z_b = v_b[k] + (second_b * b2 + fourth_b * b4), v_b[k + 1] + (second_b * b1 + fourth_b * b3)
        y_c, z_c = v_c[k] + (second_c * c2 + fourth_c * c4), v_c[k + 1] + (second_c * c1 + fourth_c * c3)
        y_d, z_d = v_d[k] + (second_d * d2 + fourth_d * d4), v_d[k + 1] + (second_d * d1 + fourth_d * d3)
        v_a[k], v_a[k + 1], v_b[k], v_b[k + 1] = y_a, z_a, y_b, z_b
        v_c[k], v_c[k + 1], v_d[k], v_d[k + 1] = y_c, z_c, y_d, z_d
        a1, a2, a3, a4, b1, b2, b3, b4 = z_a, y_a, a1, a2, z_b, y_b, b1, b2
        c1, c2, c3, c4, d1, d2, d3, d4 = z_c, y_c, c1, c2, z_d, y_d, d1, d2


@inlined
def _add_faded(burst: Any, row: int, start: int, stop: int, scratch: Floats, out: Floats) -> None:
    """Add y under its envelope."""
    low, high = out[0], out[1]
    one, nothing = splat(np.float32(1)), splat(NOTHING)
    left, right = splat(burst.left), splat(burst.right)
    fill_exponential(burst.decay, scratch)
    envelope, fall = load(scratch, 0), splat(np.float32(to_the_power(burst.decay, LANES)))
    fill_exponential(burst.rise, scratch)
    unrisen, rise = load(scratch, 0), splat(np.float32(to_the_power(burst.rise, LANES)))
    for age in range(0, stop, LANES):
        wave = load(scratch, row + age) * (envelope * (one - unrisen))
        envelope, unrisen = envelope * fall, greater(unrisen * rise, nothing)
        i = burst.onset + age - start
        if i >= 0:
            store(low, i, load(low, i) + wave * left)
            store(high, i, load(high, i) + wave * right)
        elif i > -LANES:  # these sixteen frames lie astride the start of the block
            store(scratch, 0, wave)
            for k in range(-i, LANES):
                low[i + k] += scratch[k] * burst.left
                high[i + k] += scratch[k] * burst.right


@kernel
def add_bursts(
    bursts: NDArray[np.void], first: int, last: int, start: int, frames: int, scratch: Floats, out: Floats
) -> None:
    """Add the bursts numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    Sixteen frames are written at a time: the last sixteen of `out` take what goes beyond its end. `scratch`
    is SCRATCH floats.
    """
    for n in range(first, last, ABREAST):
        length = 0
        for k in range(n, min(n + ABREAST, last)):
            length = max(length, _heard_of(bursts[k], start, frames))
        if length == 0:
            continue
        length = -(-length // LANES) * LANES
        for k in range(ABREAST):  # fewer than four are filled up by the last, unheard
            _fill_driven(bursts[min(n + k, last - 1)], _ROWS + k * _ROW, length, scratch)
        _filter(
            bursts[n],
            bursts[min(n + 1, last - 1)],
            bursts[min(n + 2, last - 1)],
            bursts[min(n + 3, last - 1)],
            length,
            scratch[_ROWS:],
            scratch[_ROWS + _ROW :],
            scratch[_ROWS + 2 * _ROW :],
            scratch[_ROWS + 3 * _ROW :],
        )
        for k in range(min(ABREAST, last - n)):
            stop = _heard_of(bursts[n + k], start, frames)
            _add_faded(bursts[n + k], _ROWS + k * _ROW, start, stop, scratch, out)
