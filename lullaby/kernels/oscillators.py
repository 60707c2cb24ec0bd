"""Additive and saw oscillators without state: the phase of frame n is n times the pitch, an integer of 2⁻³²
turns.

As plain loops: `oscillator` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.simd import (
    LANES,
    Lanes,
    absolute,
    counting,
    greater,
    load,
    load_splat,
    load_u32,
    splat,
    splat_u32,
    store,
    turns,
    with_sign_of,
)
from lullaby.time import SLOW, STEP

Floats: TypeAlias = NDArray[np.float32]
Words: TypeAlias = NDArray[np.uint32]

TURN = np.float32(2.0**-32)

# sin(2πp) = v (A + |v| (B + |v| C)) with v = p (½ − |p|): a minimax fit, off by 8e-6 (−102 dB).
SINE_A = np.float32(12.56886857)
SINE_B = np.float32(50.02489452)
SINE_C = np.float32(77.93931195)
QUARTER = np.uint32(1 << 30)


@inlined
def sine(p: Lanes) -> Lanes:
    """The sine of sixteen phases in turns, −½ … ½."""
    v = p * (splat(np.float32(0.5)) - absolute(p))
    a = absolute(v)
    return v * (splat(SINE_A) + a * (splat(SINE_B) + a * splat(SINE_C)))


@inlined
def _sines(word: Lanes, onward: Lanes, partials: Floats) -> tuple[Lanes, Lanes]:
    """Sixteen frames of the partials of one oscillator, and sixteen more: each has to wait for itself, and
    meanwhile the other goes on."""
    other = word + onward
    s, t = sine(turns(word)), sine(turns(other))
    wave, more = s * load_splat(partials, 0), t * load_splat(partials, 0)
    if partials.size > 1:
        c, d = sine(turns(word + splat_u32(QUARTER))), sine(turns(other + splat_u32(QUARTER)))
        c2, d2 = c + c, d + d
        before, earlier = splat(np.float32(0)), splat(np.float32(0))
        for n in range(1, partials.size):
            s, before = c2 * s - before, s
            t, earlier = d2 * t - earlier, t
            loud = load_splat(partials, n)
            wave, more = wave + s * loud, more + t * loud
    return wave, more


@inlined
def _saw(word: Lanes, steep: Lanes, reach: Lanes, slope: Lanes) -> Lanes:
    """Sixteen frames of a saw whose step is smoothed over a frame either side (polyBLEP)."""
    p = turns(word)
    corner = greater(reach - (splat(np.float32(0.5)) - absolute(p)) * steep, splat(np.float32(0)))
    return p * slope - with_sign_of(corner * corner, p)


@kernel
def fill_tides(start: int, pitch: Words, phase: Words, depth: Floats, out: Floats) -> None:
    """out[rows, 16]: sixteen LFOs for gains, a row for every slow point from frame `start` on. Each swings
    between 1 and 1 − depth; `pitch` and `phase` in 2⁻³² turns (a frame), `depth` a number a row."""
    for row in range(out.shape[0]):
        half = splat(np.float32(0.5) * depth[row])
        word = splat_u32(np.uint32(start + row * SLOW)) * load_u32(pitch, 0) + load_u32(phase, 0)
        store(out, row * LANES, (splat(np.float32(1)) - half) + half * sine(turns(word)))


@kernel
def add_oscillators(
    start: int,
    count: int,
    pitch: Words,
    phase: Words,
    partials: Floats,
    saw: np.float32,
    root_saw: np.float32,
    period: Floats,
    twice: Floats,
    left: Floats,
    right: Floats,
    tides: Floats,
    scratch: Floats,
    out: Floats,
) -> None:
    """Add `count` oscillators, sixteen at most, each a sum of sine partials and, where asked for, a saw.

    `pitch` and `phase` are in 2⁻³² turns (a frame); `left` and `right` are gains, and `tides[rows, 16]`
    multiply them: one for every slow point, interpolated every sixteen frames between them. `partials` are
    the amplitudes of partial 1, 2, …, made from one sine and one cosine by sin(k+1)θ = 2 cosθ sin kθ
    − sin(k−1)θ. The saw (with its square root, to save a product) is a two-point polyBLEP: it aliases at
    −47 dB for 277 Hz, so shipped voices build theirs from partials. `period` is the frames of one turn,
    `twice` 2 cos of the angle of sixteen frames; `scratch` is 128 floats.
    """
    lane = counting()
    frames = out.shape[1]
    low, high = out[0], out[1]
    with_saw = saw > np.float32(0)
    reach, slope = splat(root_saw), splat(saw + saw)
    step = splat(np.float32(LANES / SLOW))
    tide, rise = load(tides, 0), step
    for i in range(0, frames, STEP):
        if i % SLOW == 0:
            row = i // SLOW * LANES
            tide = load(tides, row)
            rise = (load(tides, row + LANES) - tide) * step
        for quarter in range(4):
            store(scratch, quarter * 32, tide * load(left, 0))
            store(scratch, quarter * 32 + LANES, tide * load(right, 0))
            tide = tide + rise
        index = splat_u32(np.uint32(start + i)) + lane
        l0, l1, l2, l3 = load(low, i), load(low, i + 16), load(low, i + 32), load(low, i + 48)
        r0, r1, r2, r3 = load(high, i), load(high, i + 16), load(high, i + 32), load(high, i + 48)
        for k in range(count):
            word = index * splat_u32(pitch[k]) + splat_u32(phase[k])
            on = splat_u32(np.uint32(pitch[k] * np.uint32(LANES)))
            v0, v1 = _sines(word, on, partials)
            # two groups on, a sum of sines of one pitch is known from the two before only if it is one sine
            if partials.size == 1:
                ahead = load_splat(twice, k)
                v2 = ahead * v1 - v0
                v3 = ahead * v2 - v1
            else:
                v2, v3 = _sines(word + (on + on), on, partials)
            if with_saw:
                steep = load_splat(period, k) * reach
                v0, v1 = v0 + _saw(word, steep, reach, slope), v1 + _saw(word + on, steep, reach, slope)
                word = word + (on + on)
                v2, v3 = v2 + _saw(word, steep, reach, slope), v3 + _saw(word + on, steep, reach, slope)
            l0, r0 = l0 + v0 * load_splat(scratch, k), r0 + v0 * load_splat(scratch, 16 + k)
            l1, r1 = l1 + v1 * load_splat(scratch, 32 + k), r1 + v1 * load_splat(scratch, 48 + k)
            l2, r2 = l2 + v2 * load_splat(scratch, 64 + k), r2 + v2 * load_splat(scratch, 80 + k)
            l3, r3 = l3 + v3 * load_splat(scratch, 96 + k), r3 + v3 * load_splat(scratch, 112 + k)
        store(low, i, l0)
        store(low, i + 16, l1)
        store(low, i + 32, l2)
        store(low, i + 48, l3)
        store(high, i, r0)
        store(high, i + 16, r1)
        store(high, i + 32, r2)
        store(high, i + 48, r3)
