"""Decaying partials (modal synthesis): drops, bubbles, the partials of a bell or a bowl.

A ring is a sine whose pitch may glide, crossfaded with a share of noise, under an exponential attack and
decay. It is a closed form of the time since its onset, so it can be asked for from any frame.

As plain loops: `ring` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.oscillators import TURN, sine
from lullaby.kernels.simd import LANES, counting, greater, load, signed_to_float, splat, splat_u32, store
from lullaby.kernels.white import white_at

Floats: TypeAlias = NDArray[np.float32]

RING = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is 100 dB down
        ("decay", np.float64),  # the envelope n frames on is decay^n (1 - rise^n);
        ("rise", np.float64),  # a rise of 0 has no attack
        ("pitch", np.int64),  # 2⁻³² turns a frame
        ("bend", np.int64),  # 2⁻³² turns a frame, a frame
        ("phase", np.int64),  # 2⁻³² turns
        ("left", np.float32),
        ("right", np.float32),
        ("hiss", np.float32),  # the share of noise: 0 all sine … 1 all noise
        ("seed", np.uint32),
    ],
    align=True,
)


_TRIANGLE = LANES * (LANES - 1) // 2
_RISEN = np.float32(2.0**-25)
"""What is left of an attack when 1 minus it is 1: from then on a ring only decays."""
NOTHING = np.float32(1e-15)
"""What is below this adds nothing to a float32 near 1; what comes of it in the end is denormal, and slow."""

_SMALLEST = 1e-30


@inlined
def to_the_power(base: float, count: int) -> float:
    """base^count, by squaring: the same bits on every machine; 0 where it is next to nothing."""
    result = 1.0
    while count > 0:
        if base < _SMALLEST:
            return 0.0
        if count & 1:
            result *= base
        base *= base
        count >>= 1
    return result


@inlined
def fill_exponential(base: float, scratch: Floats) -> None:
    """base⁰ … base¹⁵."""
    power = 1.0
    for k in range(LANES):
        scratch[k] = np.float32(power)
        power *= base


@kernel
def add_rings(
    rings: NDArray[np.void], first: int, last: int, start: int, frames: int, scratch: Floats, out: Floats
) -> None:
    """Add the rings numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    Sixteen frames are written at a time: the last sixteen of `out` take what goes beyond its end. `scratch`
    is 16 floats.
    """
    low, high = out[0], out[1]
    lane = counting()
    triangle = (lane * (lane - splat_u32(np.uint32(1)))) >> splat_u32(np.uint32(1))
    turn, no_seed = splat(TURN), splat_u32(np.uint32(0))
    one, nothing = splat(np.float32(1)), splat(NOTHING)
    for n in range(first, last):
        ring = rings[n]
        age = max(0, start - ring.onset)
        if age >= ring.life or ring.onset >= start + frames:
            continue
        place = ring.onset + age - start
        stop = min(frames, ring.onset + ring.life - start)
        fill_exponential(ring.decay, scratch)
        envelope = load(scratch, 0) * splat(np.float32(to_the_power(ring.decay, age)))
        fall = splat(np.float32(to_the_power(ring.decay, LANES)))
        left, right = splat(ring.left), splat(ring.right)
        # the phases of sixteen frames, how far they are on after sixteen more, and by how much that grows
        here = ring.phase + ring.pitch * age + ring.bend * (age * (age - 1) // 2)
        pitch, bend = splat_u32(np.uint32(ring.pitch + ring.bend * age)), splat_u32(np.uint32(ring.bend))
        word = splat_u32(np.uint32(here)) + lane * pitch + triangle * bend
        on = (pitch + bend * lane) * splat_u32(np.uint32(LANES)) + bend * splat_u32(np.uint32(_TRIANGLE))
        more = bend * splat_u32(np.uint32(LANES * LANES))
        i = place
        unrisen_first = np.float32(to_the_power(ring.rise, age))
        hissing = ring.hiss > np.float32(0)
        if hissing or unrisen_first > _RISEN:
            seed, toned, hissed = splat_u32(ring.seed), splat(np.float32(1) - ring.hiss), splat(ring.hiss)
            fill_exponential(ring.rise, scratch)
            unrisen = load(scratch, 0) * splat(unrisen_first)
            rise_by = np.float32(to_the_power(ring.rise, LANES))
            rise = splat(rise_by)
            while i < stop and (hissing or unrisen_first > _RISEN):
                wave = sine(signed_to_float(word) * turn) * toned
                if hissing:
                    wave = wave + white_at(seed, no_seed, start + i - ring.onset) * hissed
                wave = wave * (envelope * (one - unrisen))
                store(low, i, load(low, i) + wave * left)
                store(high, i, load(high, i) + wave * right)
                envelope, unrisen = envelope * fall, greater(unrisen * rise, nothing)
                unrisen_first = unrisen_first * rise_by
                word, on = word + on, on + more
                i += LANES
        while i < stop:
            wave = sine(signed_to_float(word) * turn) * envelope
            store(low, i, load(low, i) + wave * left)
            store(high, i, load(high, i) + wave * right)
            envelope = envelope * fall
            word, on = word + on, on + more
            i += LANES
