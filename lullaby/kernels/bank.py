"""A bank of resonators on two channels at once: every coloured noise, and the mixer's tone.

Each resonator has a pole p and a state s[n+1] = p s[n] + x[n]; the bank's output is y = Σ c s + fir·x,
where a pole is real, or complex with its state held as real and imaginary part (and Re taken of the sum).
A *colour* is the weights (c, fir): with the poles fixed every spectrum the bank can make is linear in it,
so colours can be mixed and faded while sound goes on, without a click.

Lanes are eight frames, left and right in turns. With x8 such a group and s the states before it:

    y  = T(h) x8 + R (c * s) + late     h: the colour's first eight samples of response; R: p^t
    s' = p^8 s + B x8                   B: p^(7-j);  late: direct taps that reach in from the group before

A tile is four groups, so that each row of a matrix is loaded once for 32 frames.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel, part
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
"""Samples of direct response beside sixteen states: they put the top octave right. Eight have one."""

# A bank of v vectors (8 v states a channel). Its matrices, one after the other, each lane twice:
#   into   v × 8 rows   B, row j of vector u: what frame j of a group adds to the states
#   ring   v × 8 rows   R, row k of vector u: what state k adds to the frames of a group
#   own, other   v rows each   p^8 on the state itself, and on the other part of a complex one
#   answer v × 16 rows  what weight k of `same`, then of `swapped`, adds to h
# Its colours: for each vector `same` and `swapped`, then fir: c * s is same × s + swapped × (s swapped).
MATRIX = 34 * LANES
"""Floats of matrices, a vector of states."""
COLOUR = 2 * LANES
"""Floats of a colour, a vector of states; sixteen more for the direct response."""

# Where things lie in the room to work in. A mixture of colours is h, then what the mixed colour holds.
_MIXED, _FIR, _H = 0, 4 * LANES, 5 * LANES
_MIXTURE = 6 * LANES
_HEARD = _MIXTURE  # h moved by 0 … 7 frames, a row each: what frame j of a group adds to the answer
_LATE = _HEARD + GROUP * LANES  # the direct taps moved the other way: what the group before adds
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
ROOM = _TO + _MIXTURE
"""Floats of room to work in."""
STATE = VECTORS * LANES + 2 * GROUP
"""Floats a bank keeps from block to block: its states, and the last group of frames it heard."""


@part
def _fold(vectors: int, matrices: Floats, colours: Floats, weights: Lanes, to: int, room: Floats) -> None:
    """Mix the colours by their weights (a lane a colour and channel), and leave the mixture at `to`."""
    length = vectors * COLOUR + LANES
    store(room, _WEIGHTS, weights)
    fir = splat(np.float32(0))
    for at in range(0, length, LANES):
        mixed = load(colours, at) * load_pair(room, _WEIGHTS)
        for m in range(1, colours.size // length):
            mixed = mixed + load(colours, m * length + at) * load_pair(room, _WEIGHTS + 2 * m)
        if at < length - LANES:
            store(room, to + _MIXED + at, mixed)
        fir = mixed
    store(room, to + _FIR, fir)
    h0, h1, h2, h3 = fir, splat(np.float32(0)), splat(np.float32(0)), splat(np.float32(0))
    for u in range(vectors):
        rows, own = u * MATRIX + 18 * LANES, to + _MIXED + u * COLOUR
        for k in range(0, LANES, 4):  # four sums side by side: one would wait for itself
            h0 = h0 + load(matrices, rows + k * LANES) * load_pair(room, own + 2 * k)
            h1 = h1 + load(matrices, rows + (k + 1) * LANES) * load_pair(room, own + 2 * k + 2)
            h2 = h2 + load(matrices, rows + (k + 2) * LANES) * load_pair(room, own + 2 * k + 4)
            h3 = h3 + load(matrices, rows + (k + 3) * LANES) * load_pair(room, own + 2 * k + 6)
    store(room, to + _H, (h0 + h1) + (h2 + h3))


@part
def _lay_out(room: Floats) -> None:
    """h and the direct taps, moved by every number of frames that a tile will want. Rows are written whole
    and read whole: reading across two fresh stores would stall."""
    h, fir = load(room, _H), load(room, _FIR)
    store(room, _HEARD, h)
    store(room, _HEARD + 16, later_1(h))
    store(room, _HEARD + 32, later_2(h))
    store(room, _HEARD + 48, later_3(h))
    store(room, _HEARD + 64, later_4(h))
    store(room, _HEARD + 80, later_5(h))
    store(room, _HEARD + 96, later_6(h))
    store(room, _HEARD + 112, later_7(h))
    store(room, _LATE + 16, sooner_1(fir))
    store(room, _LATE + 32, sooner_2(fir))
    store(room, _LATE + 48, sooner_3(fir))


@part
def _fold_between(
    vectors: int, matrices: Floats, colours: Floats, weights: Floats, step: int, room: Floats
) -> None:
    """The mixture at this step, on a straight line between its slow points: it is linear in its weights."""
    row = step // SLOW
    if step == row * SLOW:
        if step == 0:
            _fold(vectors, matrices, colours, load(weights, 0), _TO, room)
        for at in range(0, _MIXTURE, LANES):
            store(room, _FROM + at, load(room, _TO + at))
        _fold(vectors, matrices, colours, load(weights, (row + 1) * LANES), _TO, room)
    along = splat(np.float32(step - row * SLOW) * np.float32(1 / SLOW))
    for at in range(0, _MIXTURE, LANES):
        before = load(room, _FROM + at)
        store(room, at, before + (load(room, _TO + at) - before) * along)


@part
def _answer(room: Floats, at: int, y0: Lanes, y1: Lanes, y2: Lanes, y3: Lanes) -> Lanes:
    """What the direct taps bring in from the group before each of the four."""
    for k in range(1, TAPS):
        late = load(room, _LATE + k * LANES)
        y0 = y0 + late * load_pair(room, at - 2 * k)
        y1 = y1 + late * load_pair(room, at + 16 - 2 * k)
        y2 = y2 + late * load_pair(room, at + 32 - 2 * k)
        y3 = y3 + late * load_pair(room, at + 48 - 2 * k)
    return y0, y1, y2, y3


@part
def _advance(
    u: int, matrices: Floats, state: Floats, room: Floats, z0: Lanes, z1: Lanes, z2: Lanes, z3: Lanes
) -> None:
    """Move a vector of states four groups on; leave what is heard of it at the start of each."""
    own, other = load(matrices, u * MATRIX + 16 * LANES), load(matrices, u * MATRIX + 17 * LANES)
    same, swapped = load(room, _MIXED + u * COLOUR), load(room, _MIXED + u * COLOUR + LANES)
    s0 = load(state, u * LANES)
    s1 = own * s0 + (other * swap_halves(s0) + z0)
    s2 = own * s1 + (other * swap_halves(s1) + z1)
    s3 = own * s2 + (other * swap_halves(s2) + z2)
    store(state, u * LANES, own * s3 + (other * swap_halves(s3) + z3))
    carried = _CARRIED + u * 64
    store(room, carried, same * s0 + swapped * swap_halves(s0))
    store(room, carried + 16, same * s1 + swapped * swap_halves(s1))
    store(room, carried + 32, same * s2 + swapped * swap_halves(s2))
    store(room, carried + 48, same * s3 + swapped * swap_halves(s3))


@part
def _ring(u: int, matrices: Floats, room: Floats, y0: Lanes, y1: Lanes, y2: Lanes, y3: Lanes) -> Lanes:
    carried = _CARRIED + u * 64
    for k in range(GROUP):
        ring = load(matrices, u * MATRIX + (GROUP + k) * LANES)
        y0 = y0 + ring * load_pair(room, carried + 2 * k)
        y1 = y1 + ring * load_pair(room, carried + 16 + 2 * k)
        y2 = y2 + ring * load_pair(room, carried + 32 + 2 * k)
        y3 = y3 + ring * load_pair(room, carried + 48 + 2 * k)
    return y0, y1, y2, y3


@part
def _filter(
    vectors: int, at: int, matrices: Floats, state: Floats, room: Floats, left: Floats, right: Floats, to: int
) -> None:
    """One tile, the 32 frames that stand at `at` in the room: its answer goes to left and right from `to` on,
    the new states into `state`."""
    zero = splat(np.float32(0))
    y0, y1, y2, y3 = zero, zero, zero, zero
    z0, z1, z2, z3 = zero, zero, zero, zero
    w0, w1, w2, w3 = zero, zero, zero, zero
    if vectors == 1:
        for j in range(GROUP):
            heard, into = load(room, _HEARD + j * LANES), load(matrices, j * LANES)
            x0, x1 = load_pair(room, at + 2 * j), load_pair(room, at + 16 + 2 * j)
            x2, x3 = load_pair(room, at + 32 + 2 * j), load_pair(room, at + 48 + 2 * j)
            y0, y1, y2, y3 = y0 + heard * x0, y1 + heard * x1, y2 + heard * x2, y3 + heard * x3
            z0, z1, z2, z3 = z0 + into * x0, z1 + into * x1, z2 + into * x2, z3 + into * x3
        _advance(0, matrices, state, room, z0, z1, z2, z3)
        y0, y1, y2, y3 = _ring(0, matrices, room, y0, y1, y2, y3)
    else:
        for j in range(GROUP):
            heard, into = load(room, _HEARD + j * LANES), load(matrices, j * LANES)
            more = load(matrices, MATRIX + j * LANES)
            x0, x1 = load_pair(room, at + 2 * j), load_pair(room, at + 16 + 2 * j)
            x2, x3 = load_pair(room, at + 32 + 2 * j), load_pair(room, at + 48 + 2 * j)
            y0, y1, y2, y3 = y0 + heard * x0, y1 + heard * x1, y2 + heard * x2, y3 + heard * x3
            z0, z1, z2, z3 = z0 + into * x0, z1 + into * x1, z2 + into * x2, z3 + into * x3
            w0, w1, w2, w3 = w0 + more * x0, w1 + more * x1, w2 + more * x2, w3 + more * x3
        _advance(0, matrices, state, room, z0, z1, z2, z3)
        _advance(1, matrices, state, room, w0, w1, w2, w3)
        y0, y1, y2, y3 = _answer(room, at, y0, y1, y2, y3)
        y0, y1, y2, y3 = _ring(0, matrices, room, y0, y1, y2, y3)
        y0, y1, y2, y3 = _ring(1, matrices, room, y0, y1, y2, y3)
    store(left, to, lefts(y0, y1))
    store(right, to, rights(y0, y1))
    store(left, to + LANES, lefts(y2, y3))
    store(right, to + LANES, rights(y2, y3))


@part
def _begin(vectors: int, state: Floats, room: Floats) -> None:
    store(room, _BEFORE_X, load(state, vectors * LANES))


@part
def _move_on(vectors: int, state: Floats, room: Floats) -> None:
    """The last group heard goes before the next step's first."""
    last = load(room, _TILES + 2 * STEP - LANES)
    store(room, _BEFORE_X, last)
    store(state, vectors * LANES, last)


@kernel
def fill_toned(
    x: Floats, matrices: Floats, colours: Floats, weights: Floats, state: Floats, room: Floats, out: Floats
) -> None:
    """out[2, frames] = x[2, frames] through the bank in colours mixed by weights, as in fill_coloured.
    `state` is left for the next block."""
    vectors = matrices.size // MATRIX
    steady = weights.shape[0] == 1
    if steady:
        _fold(vectors, matrices, colours, load(weights, 0), 0, room)
        _lay_out(room)
    _begin(vectors, state, room)
    x_l, x_r, out_l, out_r = x[0], x[1], out[0], out[1]
    for step in range(0, out.shape[1], STEP):
        if not steady:
            _fold_between(vectors, matrices, colours, weights, step, room)
            _lay_out(room)
        for i in range(0, STEP, LANES):
            store_stereo(room, _TILES + 2 * i, load(x_l, step + i), load(x_r, step + i))
        for tile in range(0, STEP, 4 * GROUP):
            _filter(vectors, _TILES + 2 * tile, matrices, state, room, out_l, out_r, step + tile)
        _move_on(vectors, state, room)


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
    room: Floats,
    out: Floats,
) -> None:
    """out[2, frames] = two white noises, each through the bank in colours mixed by weights.

    `key`: its two words; `start`: the number of the first frame. `weights[rows, 16]` has a row a
    slow point, or one for all: left and right of the first colour, of the second, and so on. `patter`: how
    much of the noise's own rare peaks, as `doublings` leaves them, is added before the bank, a number a slow
    point; in the second channel each falls where chance has it. `struck[2, frames]` is added there too.
    Either may be empty. `state` is left for the next block.
    """
    vectors = matrices.size // MATRIX
    steady = weights.shape[0] == 1
    if steady:
        _fold(vectors, matrices, colours, load(weights, 0), 0, room)
        _lay_out(room)
    _begin(vectors, state, room)
    low, high = splat_u32(key[0]), splat_u32(key[1])
    out_l, out_r = out[0], out[1]
    for step in range(0, out.shape[1], STEP):
        if not steady:
            _fold_between(vectors, matrices, colours, weights, step, room)
            _lay_out(room)
        for i in range(0, STEP, LANES):
            white_l, white_r = two_whites_at(low, high, start + step + i)
            if patter.size:
                hit = rare(white_l, doublings) * splat(patter[min(step // SLOW, patter.size - 1)])
                white_l, white_r = white_l + hit, white_r + hit * white_r
            if struck.size:
                white_l, white_r = white_l + load(struck[0], step + i), white_r + load(struck[1], step + i)
            store_stereo(room, _TILES + 2 * i, white_l, white_r)
        for tile in range(0, STEP, 4 * GROUP):
            _filter(vectors, _TILES + 2 * tile, matrices, state, room, out_l, out_r, step + tile)
        _move_on(vectors, state, room)
