"""Eight resonators side by side, sixteen samples at a time: every coloured noise and the desk's tone.

Each resonator is a complex pole p with state s[n+1] = p s[n] + x[n], and the bank's output is
y = Re Σ c s + fir·x. A *colour* is the row (c, fir): with the poles fixed, every spectrum the bank can
make is linear in it, so colours can be faded and mixed while sound goes on, without a click.

Sixteen samples advance at once. With x16 the input of a group and s the sixteen state numbers:

    y  = T(h) x16 + R (c * s) + late    h: the colour's first sixteen samples of response; R: Re p^t
    s' = p^16 s + B x16                 B: p^(15-j);  late: direct taps that reach into this group

A tile is four groups, so that each matrix row is loaded once for 64 frames.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.simd import LANES, load, load_splat, splat, store, swap_pairs
from lullaby.time import STEP

Floats: TypeAlias = NDArray[np.float32]

STATES = 16
"""Numbers of state: real and imaginary part of eight resonators."""
TAPS = 4
"""Samples of direct response beside the resonators: they put the top octave right."""
STATE = STATES + TAPS - 1
SCRATCH = 176
COLOUR = 2 * LANES
"""Floats in a colour: sixteen weights of the states, then the direct response, padded to sixteen."""


@kernel
def _fold(colours: Floats, weights: Floats, step: int, response: Floats, mixed: Floats, h: Floats) -> None:
    """Mix the colours by this step's weights, and work out the first sixteen samples of response."""
    own = load(colours, 0) * load_splat(weights, step * (colours.size // COLOUR))
    fir = load(colours, LANES) * load_splat(weights, step * (colours.size // COLOUR))
    for m in range(1, colours.size // COLOUR):
        w = load_splat(weights, step * (colours.size // COLOUR) + m)
        own = own + load(colours, m * COLOUR) * w
        fir = fir + load(colours, m * COLOUR + LANES) * w
    store(mixed, 0, own)
    store(h, 2 * LANES, fir)
    for k in range(STATES):
        fir = fir + load(response, k * LANES) * load_splat(mixed, k)
    store(h, LANES, fir)
    # the complex product c * s as two products with s and with s swapped: (cr, cr), (-ci, ci) per pair
    for k in range(0, STATES, 2):
        cr, ci = mixed[k], mixed[k + 1]
        mixed[LANES + k] = cr
        mixed[LANES + k + 1] = cr
        mixed[2 * LANES + k] = -ci
        mixed[2 * LANES + k + 1] = ci


@kernel
def fill_coloured(
    x: Floats,
    matrices: Floats,
    colours: Floats,
    weights: Floats,
    steady: bool,
    state: Floats,
    scratch: Floats,
    out: Floats,
) -> None:
    """out = x through the bank. `weights` holds a row a step of 64 frames, one number a colour.

    `matrices`: B, R, the response matrix (256 floats each), then the two halves of p^16. `state`
    (16 floats, and the last three frames heard) is read and left for the next block; `scratch` is 176
    floats of room to work in.
    """
    own_half = load(matrices, 768)
    other_half = load(matrices, 768 + LANES)
    h = scratch[48:112]
    carried = scratch[112:176]
    response = matrices[512:768]
    rows = matrices[0:512]
    zero = splat(np.float32(0))
    store(h, 0, zero)
    store(h, 48, zero)
    s = load(state, 0)
    b1, b2, b3 = load_splat(state, 16), load_splat(state, 17), load_splat(state, 18)
    for tile in range(0, out.size, STEP):
        if tile == 0 or not steady:
            _fold(colours, weights, tile // STEP, response, scratch, h)
        same, swapped = load(scratch, LANES), load(scratch, 2 * LANES)
        z0, z1, z2, z3 = zero, zero, zero, zero
        y0, y1, y2, y3 = zero, zero, zero, zero
        for j in range(LANES):
            into, heard = load(rows, j * LANES), load(h, LANES - j)
            x0 = load_splat(x, tile + j)
            x1 = load_splat(x, tile + 16 + j)
            x2 = load_splat(x, tile + 32 + j)
            x3 = load_splat(x, tile + 48 + j)
            z0, y0 = z0 + into * x0, y0 + heard * x0
            z1, y1 = z1 + into * x1, y1 + heard * x1
            z2, y2 = z2 + into * x2, y2 + heard * x2
            z3, y3 = z3 + into * x3, y3 + heard * x3
        tap1, tap2, tap3 = load(h, 33), load(h, 34), load(h, 35)
        y0 = y0 + (tap1 * b1 + (tap2 * b2 + tap3 * b3))
        b1, b2, b3 = load_splat(x, tile + 15), load_splat(x, tile + 14), load_splat(x, tile + 13)
        y1 = y1 + (tap1 * b1 + (tap2 * b2 + tap3 * b3))
        b1, b2, b3 = load_splat(x, tile + 31), load_splat(x, tile + 30), load_splat(x, tile + 29)
        y2 = y2 + (tap1 * b1 + (tap2 * b2 + tap3 * b3))
        b1, b2, b3 = load_splat(x, tile + 47), load_splat(x, tile + 46), load_splat(x, tile + 45)
        y3 = y3 + (tap1 * b1 + (tap2 * b2 + tap3 * b3))
        b1, b2, b3 = load_splat(x, tile + 63), load_splat(x, tile + 62), load_splat(x, tile + 61)
        s0 = s
        s1 = own_half * s0 + (other_half * swap_pairs(s0) + z0)
        s2 = own_half * s1 + (other_half * swap_pairs(s1) + z1)
        s3 = own_half * s2 + (other_half * swap_pairs(s2) + z2)
        s = own_half * s3 + (other_half * swap_pairs(s3) + z3)
        store(carried, 0, same * s0 + swapped * swap_pairs(s0))
        store(carried, 16, same * s1 + swapped * swap_pairs(s1))
        store(carried, 32, same * s2 + swapped * swap_pairs(s2))
        store(carried, 48, same * s3 + swapped * swap_pairs(s3))
        for k in range(STATES):
            ring = load(rows, 256 + k * LANES)
            y0 = y0 + ring * load_splat(carried, k)
            y1 = y1 + ring * load_splat(carried, 16 + k)
            y2 = y2 + ring * load_splat(carried, 32 + k)
            y3 = y3 + ring * load_splat(carried, 48 + k)
        store(out, tile, y0)
        store(out, tile + 16, y1)
        store(out, tile + 32, y2)
        store(out, tile + 48, y3)
    store(state, 0, s)
    for k in range(TAPS - 1):
        state[STATES + k] = x[out.size - 1 - k]
