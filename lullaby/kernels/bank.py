"""A parallel bank of one-pole resonators, real or complex, on two channels: every coloured noise, and the
mixer's tone control.

Each resonator has a pole p and a state s[n+1] = p s[n] + x[n]; the bank's output is y = Σ c s + fir·x, a
short FIR beside the resonators. A state is a real number, or the real and imaginary part of a complex one
(and Re is taken of the sum). A *colour* is the output weights (c, fir): with the poles fixed every spectrum
of the bank is linear in it, so colours can be mixed and crossfaded while sound goes on, without a click.

Eight frames are worked out at once, in state-space form; a vector holds them interleaved, left and right.
With x8 such a group and s the states before it:

    y  = T(h) x8 + R (c * s) + late     h: the colour's impulse response, 8 samples; T: its Toeplitz matrix
    s' = p^8 s + B x8                   R: p^t;  B: p^(7-j);  late: FIR taps on the group before

A tile is four groups, so that each row of a matrix is loaded once for 32 frames.

As plain loops: `bank` in tests/references/filters.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.lanes import (
    later_1,
    later_2,
    later_3,
    later_4,
    later_5,
    later_6,
    later_7,
    lefts,
    rights,
    sooner_1,
    sooner_2,
    sooner_3,
    swap_halves,
)
from lullaby.kernels.simd import LANES, Lanes, load, load_pair, splat, splat_u32, store, store_stereo
from lullaby.kernels.white import rare, two_whites_at
from lullaby.time import SLOW, STEP

Floats: TypeAlias = NDArray[np.float32]
Words: TypeAlias = NDArray[np.uint32]

GROUP = LANES // 2
"""Frames a vector holds."""
TAPS = 4
"""FIR taps beside sixteen states: they put the top octave right. Beside eight there is one."""

# A bank of v vectors (8 v states a channel). Its matrices, one after the other, every number twice in a row:
#   into   v × 8 rows   B, row j of vector u: what frame j of a group adds to the states
#   ring   v × 8 rows   R, row k of vector u: what state k adds to the frames of a group
#   own, other   v rows each   p^8 on the state itself, and on the other part of a complex one
#   answer v × 16 rows  what weight k of `same`, then of `swapped`, adds to h
# Its colours: for each vector `same` and `swapped`, then fir: c * s is same × s + swapped × (s swapped).
MATRIX = 34 * LANES
"""Floats of matrices, a vector of states."""
COLOUR = 2 * LANES
"""Floats of a colour, a vector of states; sixteen more for the FIR."""

# Where things lie in the scratch buffer. A mixture of colours: its weights c, its FIR, then h.
_MIXED, _FIR, _H = 0, 4 * LANES, 5 * LANES
_MIXTURE = 6 * LANES
_DELAYED = _MIXTURE  # the columns of T: h delayed by 0 … 7 frames, what frame j of a group adds to y
_LATE = _DELAYED + GROUP * LANES  # the FIR advanced by 1 … 3 frames: what the group before adds
_BEFORE_X = _LATE + TAPS * LANES
_TILES = _BEFORE_X + LANES
_CARRIED = _TILES + 2 * STEP
_WEIGHTS = _CARRIED + 8 * LANES
_FROM = _WEIGHTS + LANES
_TO = _FROM + _MIXTURE
VECTORS = 2
"""Vectors of states, at the most."""
COLOURS = LANES // 2
"""Colours mixed, at the most."""
SCRATCH = _TO + _MIXTURE
"""Floats of a scratch buffer."""
STATE = VECTORS * LANES + 2 * GROUP
"""Floats a bank keeps from block to block: its states, and its last eight frames of input."""


@inlined
def _mix(
    vectors: int, matrices: Floats, colours: Floats, weights: Lanes, target: int, scratch: Floats
) -> None:
    """The colours mixed by their weights (a lane a colour and channel), and h of the mixture, go to
    `target`."""
    length = vectors * COLOUR + LANES
    store(scratch, _WEIGHTS, weights)
    fir = splat(np.float32(0))
    for i in range(0, length, LANES):
        mixed = load(colours, i) * load_pair(scratch, _WEIGHTS)
        for m in range(1, colours.size // length):
            mixed = mixed + load(colours, m * length + i) * load_pair(scratch, _WEIGHTS + 2 * m)
        if i < length - LANES:
            store(scratch, target + _MIXED + i, mixed)
        fir = mixed
    store(scratch, target + _FIR, fir)
    h0, h1, h2, h3 = fir, splat(np.float32(0)), splat(np.float32(0)), splat(np.float32(0))
    for u in range(vectors):
        rows, own = u * MATRIX + 18 * LANES, target + _MIXED + u * COLOUR
        for k in range(0, LANES, 4):  # four sums side by side: one would wait for itself
            h0 = h0 + load(matrices, rows + k * LANES) * load_pair(scratch, own + 2 * k)
            h1 = h1 + load(matrices, rows + (k + 1) * LANES) * load_pair(scratch, own + 2 * k + 2)
            h2 = h2 + load(matrices, rows + (k + 2) * LANES) * load_pair(scratch, own + 2 * k + 4)
            h3 = h3 + load(matrices, rows + (k + 3) * LANES) * load_pair(scratch, own + 2 * k + 6)
    store(scratch, target + _H, (h0 + h1) + (h2 + h3))


@inlined
def _fill_columns(scratch: Floats) -> None:
    """h and the FIR, shifted by every number of frames that a tile will want. Rows are written whole and
    read whole: reading across two fresh stores would stall."""
    h, fir = load(scratch, _H), load(scratch, _FIR)
    store(scratch, _DELAYED, h)
    store(scratch, _DELAYED + 16, later_1(h))
    store(scratch, _DELAYED + 32, later_2(h))
    store(scratch, _DELAYED + 48, later_3(h))
    store(scratch, _DELAYED + 64, later_4(h))
    store(scratch, _DELAYED + 80, later_5(h))
    store(scratch, _DELAYED + 96, later_6(h))
    store(scratch, _DELAYED + 112, later_7(h))
    store(scratch, _LATE + 16, sooner_1(fir))
    store(scratch, _LATE + 32, sooner_2(fir))
    store(scratch, _LATE + 48, sooner_3(fir))


@inlined
def _glide(
    vectors: int, matrices: Floats, colours: Floats, weights: Floats, step: int, scratch: Floats
) -> None:
    """The mixture at this step, interpolated between its slow points: it is linear in its weights."""
    row = step // SLOW
    if step == row * SLOW:
        if step == 0:
            _mix(vectors, matrices, colours, load(weights, 0), _TO, scratch)
        for place in range(0, _MIXTURE, LANES):
            store(scratch, _FROM + place, load(scratch, _TO + place))
        _mix(vectors, matrices, colours, load(weights, (row + 1) * LANES), _TO, scratch)
    along = splat(np.float32(step - row * SLOW) * np.float32(1 / SLOW))
    for place in range(0, _MIXTURE, LANES):
        before = load(scratch, _FROM + place)
        store(scratch, place, before + (load(scratch, _TO + place) - before) * along)


@inlined
def _add_late(scratch: Floats, input: int, y0: Lanes, y1: Lanes, y2: Lanes, y3: Lanes) -> Lanes:
    """y of four groups, and what the FIR takes from the group before each of them."""
    for k in range(1, TAPS):
        late = load(scratch, _LATE + k * LANES)
        y0 = y0 + late * load_pair(scratch, input - 2 * k)
        y1 = y1 + late * load_pair(scratch, input + 16 - 2 * k)
        y2 = y2 + late * load_pair(scratch, input + 32 - 2 * k)
        y3 = y3 + late * load_pair(scratch, input + 48 - 2 * k)
    return y0, y1, y2, y3


@inlined
def _advance(
    u: int, matrices: Floats, state: Floats, scratch: Floats, z0: Lanes, z1: Lanes, z2: Lanes, z3: Lanes
) -> None:
    """Move a vector of states four groups on; leave its c * s at the start of each in the scratch buffer."""
    own, other = load(matrices, u * MATRIX + 16 * LANES), load(matrices, u * MATRIX + 17 * LANES)
    same, swapped = load(scratch, _MIXED + u * COLOUR), load(scratch, _MIXED + u * COLOUR + LANES)
    s0 = load(state, u * LANES)
    s1 = own * s0 + (other * swap_halves(s0) + z0)
    s2 = own * s1 + (other * swap_halves(s1) + z1)
    s3 = own * s2 + (other * swap_halves(s2) + z2)
    store(state, u * LANES, own * s3 + (other * swap_halves(s3) + z3))
    carried = _CARRIED + u * 64
    store(scratch, carried, same * s0 + swapped * swap_halves(s0))
    store(scratch, carried + 16, same * s1 + swapped * swap_halves(s1))
    store(scratch, carried + 32, same * s2 + swapped * swap_halves(s2))
    store(scratch, carried + 48, same * s3 + swapped * swap_halves(s3))


@inlined
def _advance_real(
    matrices: Floats, state: Floats, scratch: Floats, z0: Lanes, z1: Lanes, z2: Lanes, z3: Lanes
) -> None:
    """The same where poles are real: a state has no other part."""
    own, same = load(matrices, 16 * LANES), load(scratch, _MIXED)
    s0 = load(state, 0)
    s1 = own * s0 + z0
    s2 = own * s1 + z1
    s3 = own * s2 + z2
    store(state, 0, own * s3 + z3)
    store(scratch, _CARRIED, same * s0)
    store(scratch, _CARRIED + 16, same * s1)
    store(scratch, _CARRIED + 32, same * s2)
    store(scratch, _CARRIED + 48, same * s3)


@inlined
def _add_ringing(
    u: int, matrices: Floats, scratch: Floats, y0: Lanes, y1: Lanes, y2: Lanes, y3: Lanes
) -> Lanes:
    """y of four groups, and how the states ring on through each of them."""
    carried = _CARRIED + u * 64
    for k in range(GROUP):
        ring = load(matrices, u * MATRIX + (GROUP + k) * LANES)
        y0 = y0 + ring * load_pair(scratch, carried + 2 * k)
        y1 = y1 + ring * load_pair(scratch, carried + 16 + 2 * k)
        y2 = y2 + ring * load_pair(scratch, carried + 32 + 2 * k)
        y3 = y3 + ring * load_pair(scratch, carried + 48 + 2 * k)
    return y0, y1, y2, y3


@inlined
def _filter(
    vectors: int,
    place: int,
    matrices: Floats,
    state: Floats,
    scratch: Floats,
    left: Floats,
    right: Floats,
    target: int,
) -> None:
    """One tile, the 32 frames of input at `place` in the scratch buffer: its output goes to left and right
    from `target` on, the new states into `state`."""
    zero = splat(np.float32(0))
    y0, y1, y2, y3 = zero, zero, zero, zero
    z0, z1, z2, z3 = zero, zero, zero, zero
    w0, w1, w2, w3 = zero, zero, zero, zero
    if vectors == 1:
        for j in range(GROUP):
            column, into = load(scratch, _DELAYED + j * LANES), load(matrices, j * LANES)
            x0, x1 = load_pair(scratch, place + 2 * j), load_pair(scratch, place + 16 + 2 * j)
            x2, x3 = load_pair(scratch, place + 32 + 2 * j), load_pair(scratch, place + 48 + 2 * j)
            y0, y1, y2, y3 = y0 + column * x0, y1 + column * x1, y2 + column * x2, y3 + column * x3
            z0, z1, z2, z3 = z0 + into * x0, z1 + into * x1, z2 + into * x2, z3 + into * x3
        _advance_real(matrices, state, scratch, z0, z1, z2, z3)
        y0, y1, y2, y3 = _add_ringing(0, matrices, scratch, y0, y1, y2, y3)
    else:
        for j in range(GROUP):
            column, into = load(scratch, _DELAYED + j * LANES), load(matrices, j * LANES)
            more = load(matrices, MATRIX + j * LANES)
            x0, x1 = load_pair(scratch, place + 2 * j), load_pair(scratch, place + 16 + 2 * j)
            x2, x3 = load_pair(scratch, place + 32 + 2 * j), load_pair(scratch, place + 48 + 2 * j)
            y0, y1, y2, y3 = y0 + column * x0, y1 + column * x1, y2 + column * x2, y3 + column * x3
            z0, z1, z2, z3 = z0 + into * x0, z1 + into * x1, z2 + into * x2, z3 + into * x3
            w0, w1, w2, w3 = w0 + more * x0, w1 + more * x1, w2 + more * x2, w3 + more * x3
        _advance(0, matrices, state, scratch, z0, z1, z2, z3)
        _advance(1, matrices, state, scratch, w0, w1, w2, w3)
        y0, y1, y2, y3 = _add_late(scratch, place, y0, y1, y2, y3)
        y0, y1, y2, y3 = _add_ringing(0, matrices, scratch, y0, y1, y2, y3)
        y0, y1, y2, y3 = _add_ringing(1, matrices, scratch, y0, y1, y2, y3)
    store(left, target, lefts(y0, y1))
    store(right, target, rights(y0, y1))
    store(left, target + LANES, lefts(y2, y3))
    store(right, target + LANES, rights(y2, y3))


@inlined
def _begin(vectors: int, state: Floats, scratch: Floats) -> None:
    """The last eight frames of the block before go before the first."""
    store(scratch, _BEFORE_X, load(state, vectors * LANES))


@inlined
def _end_step(vectors: int, state: Floats, scratch: Floats) -> None:
    """The last eight frames of input go before the next step's first."""
    last = load(scratch, _TILES + 2 * STEP - LANES)
    store(scratch, _BEFORE_X, last)
    store(state, vectors * LANES, last)


@kernel
def fill_toned(
    x: Floats, matrices: Floats, colours: Floats, weights: Floats, state: Floats, scratch: Floats, out: Floats
) -> None:
    """out[2, frames] = x[2, frames] filtered by the bank in colours mixed by weights, as in fill_coloured.
    `state` is left for the next block."""
    vectors = matrices.size // MATRIX
    steady = weights.shape[0] == 1
    if steady:
        _mix(vectors, matrices, colours, load(weights, 0), 0, scratch)
        _fill_columns(scratch)
    _begin(vectors, state, scratch)
    x_l, x_r, out_l, out_r = x[0], x[1], out[0], out[1]
    for step in range(0, out.shape[1], STEP):
        if not steady:
            _glide(vectors, matrices, colours, weights, step, scratch)
            _fill_columns(scratch)
        for i in range(0, STEP, LANES):
            store_stereo(scratch, _TILES + 2 * i, load(x_l, step + i), load(x_r, step + i))
        for tile in range(0, STEP, 4 * GROUP):
            _filter(vectors, _TILES + 2 * tile, matrices, state, scratch, out_l, out_r, step + tile)
        _end_step(vectors, state, scratch)


@kernel
def fill_coloured(
    key: Words,
    start: int,
    matrices: Floats,
    colours: Floats,
    weights: Floats,
    patter: Floats,
    doublings: int,
    struck: Floats,
    state: Floats,
    scratch: Floats,
    out: Floats,
) -> None:
    """out[2, frames] = two white noises, each filtered by the bank in colours mixed by weights.

    `key`: the noise's seed, two words; `start`: the number of the first frame. `weights[rows, 16]` has a row
    for every slow point (interpolated between them), or one for all: left and right of the first colour, of
    the second, and so on. Two more things go through the bank: `patter`, sparse impulses, which are the rare
    peaks of the noise itself (`white.rare`, with `doublings`) by this gain, one a slow point, and in the
    right channel a random one too; and `struck[2, frames]`. Either may be empty. `state` is left for the
    next block.
    """
    vectors = matrices.size // MATRIX
    steady = weights.shape[0] == 1
    if steady:
        _mix(vectors, matrices, colours, load(weights, 0), 0, scratch)
        _fill_columns(scratch)
    _begin(vectors, state, scratch)
    low, high = splat_u32(key[0]), splat_u32(key[1])
    out_l, out_r = out[0], out[1]
    for step in range(0, out.shape[1], STEP):
        if not steady:
            _glide(vectors, matrices, colours, weights, step, scratch)
            _fill_columns(scratch)
        for i in range(0, STEP, LANES):
            white_l, white_r = two_whites_at(low, high, start + step + i)
            if patter.size:
                hit = rare(white_l, doublings) * splat(patter[min(step // SLOW, patter.size - 1)])
                white_l, white_r = white_l + hit, white_r + hit * white_r
            if struck.size:
                white_l, white_r = white_l + load(struck[0], step + i), white_r + load(struck[1], step + i)
            store_stereo(scratch, _TILES + 2 * i, white_l, white_r)
        for tile in range(0, STEP, 4 * GROUP):
            _filter(vectors, _TILES + 2 * tile, matrices, state, scratch, out_l, out_r, step + tile)
        _end_step(vectors, state, scratch)
