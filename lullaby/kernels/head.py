"""Two sources heard by two ears round a head (a structural HRTF): a delay and a shelving filter for each of
the four paths.

A path is a fractional delay of four taps and a one-pole shelf (Brown and Duda 1998): gain 1 at the bottom,
`near` at the top. All shelves share one pole. So a path adds `near` of itself to the ear and 1 - near to the
ear's `shadow` bus, and the shadows of all voices go through that low-pass together.

As plain loops: `heard` in tests/references/filters.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.lanes import last_of, up_1, up_2, up_4, up_8
from lullaby.kernels.simd import LANES, Lanes, counting, load, load_splat, signed_to_float, splat, store
from lullaby.time import STEP

Floats: TypeAlias = NDArray[np.float32]
Whole: TypeAlias = NDArray[np.int64]

TAIL = 48
"""Frames of the longest delay: so far back a block needs its input."""
TAPS = 4
WAY = TAPS + 2
"""Floats of a path: its taps, its gain to the ear, its gain to the shadow."""
PATHS = 4
"""The number of paths: from the left source and the right one to the left ear, then to the right one."""

_QUIET = 1e-15
"""A state below this is set to 0: as a denormal it would be slow."""


@inlined
def _paths(left: Floats, right: Floats, frame: int, path: int, delays: Whole, ways: Floats) -> Lanes:
    """The sound that arrives at one ear from both sources, and at its shadow."""
    w, p = path * WAY, frame - delays[path]
    x = load(left, p) * load_splat(ways, w) + load(left, p - 1) * load_splat(ways, w + 1)
    x = x + (load(left, p - 2) * load_splat(ways, w + 2) + load(left, p - 3) * load_splat(ways, w + 3))
    v, q = w + WAY, frame - delays[path + 1]
    y = load(right, q) * load_splat(ways, v) + load(right, q - 1) * load_splat(ways, v + 1)
    y = y + (load(right, q - 2) * load_splat(ways, v + 2) + load(right, q - 3) * load_splat(ways, v + 3))
    near = x * load_splat(ways, w + TAPS) + y * load_splat(ways, v + TAPS)
    return near, x * load_splat(ways, w + TAPS + 1) + y * load_splat(ways, v + TAPS + 1)


@kernel
def add_heard(
    left: Floats,
    right: Floats,
    edge_left: Floats,
    edge_right: Floats,
    loud: Floats,
    delays: Whole,
    ways: Floats,
    ear_left: Floats,
    ear_right: Floats,
    shadow_left: Floats,
    shadow_right: Floats,
) -> None:
    """ears += what arrives of a voice's two channels, shadows += what goes through the shared low-pass.

    `edge`: the TAIL frames before the block and its first STEP, for the first step. `loud`: one gain, or one
    for every control point. `delays` and `ways` have PATHS paths; or so many for every control point, and are
    crossfaded between them.
    """
    ramp = signed_to_float(counting()) * splat(np.float32(1.0 / STEP))
    onward = splat(np.float32(LANES / STEP))
    gliding, moving = loud.size > 1, delays.size > PATHS
    for ear in range(2):
        out = ear_right if ear else ear_left
        shadow = shadow_right if ear else shadow_left
        for block in range(0, out.size, STEP):
            point = block // STEP
            path = PATHS * (point if moving else 0) + 2 * ear
            here = block if block else TAIL
            a = left if block else edge_left
            b = right if block else edge_right
            along = ramp
            gain, rise = load_splat(loud, 0), splat(np.float32(0))
            if gliding:
                gain, rise = load_splat(loud, point), load_splat(loud, point + 1) - load_splat(loud, point)
            for i in range(0, STEP, LANES):
                near, shade = _paths(a, b, here + i, path, delays, ways)
                if moving:
                    near_next, shade_next = _paths(a, b, here + i, path + PATHS, delays, ways)
                    near, shade = near + (near_next - near) * along, shade + (shade_next - shade) * along
                gain_here = gain + rise * along
                store(out, block + i, load(out, block + i) + near * gain_here)
                store(shadow, block + i, load(shadow, block + i) + shade * gain_here)
                along = along + onward


@kernel
def add_shaded(
    shadow_left: Floats, shadow_right: Floats, pole: Floats, state: Floats, left: Floats, right: Floats
) -> None:
    """left and right += their shadows through the one-pole, as b w - c x, where w[n] = x[n] + p w[n-1].

    Sixteen frames at once: w is a prefix sum, in four steps that reach 1, 2, 4 and 8 frames back.

    `pole`: p, p^2 ... p^16, then b and c in the two lanes after. `state` (a vector an ear) is left for the
    next block.
    """
    powers = load(pole, 0)
    p1, p2, p4, p8 = load_splat(pole, 0), load_splat(pole, 1), load_splat(pole, 3), load_splat(pole, 7)
    b, c = load_splat(pole, LANES), load_splat(pole, LANES + 1)
    for block in range(0, left.size, STEP):
        for ear in range(2):
            if abs(state[ear * LANES]) < _QUIET:
                store(state, ear * LANES, splat(np.float32(0)))
        before_l, before_r = load(state, 0), load(state, LANES)
        for i in range(block, block + STEP, LANES):
            x, y = load(shadow_left, i), load(shadow_right, i)
            v, w = x + up_1(x) * p1, y + up_1(y) * p1
            v, w = v + up_2(v) * p2, w + up_2(w) * p2
            v, w = v + up_4(v) * p4, w + up_4(w) * p4
            v, w = v + up_8(v) * p8, w + up_8(w) * p8
            v, w = v + before_l * powers, w + before_r * powers
            before_l, before_r = last_of(v), last_of(w)
            store(left, i, load(left, i) + (v * b - x * c))
            store(right, i, load(right, i) + (w * b - y * c))
        store(state, 0, before_l)
        store(state, LANES, before_r)
