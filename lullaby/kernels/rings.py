"""Things that ring and die away: drops, bubbles, crackles, chirps, the partials of a bell.

A ring is a closed form of its own onset, so it can be asked for from any frame: a tone whose pitch
may bend, mixed with a share of hiss, under an exponential rise and an exponential decay.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel, part
from lullaby.kernels.oscillators import TURN, sine
from lullaby.kernels.simd import LANES, counting, load, signed_to_float, splat, splat_u32, store
from lullaby.kernels.white import white_at

Floats: TypeAlias = NDArray[np.float32]

RING = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is 100 dB down
        ("decay", np.float64),  # amplitude left after a frame
        ("rise", np.float64),  # what is missing from the top, left after a frame; 0 starts at once
        ("pitch", np.int64),  # 2⁻³² turns a frame
        ("bend", np.int64),  # 2⁻³² turns a frame, a frame
        ("phase", np.int64),  # 2⁻³² turns
        ("left", np.float32),
        ("right", np.float32),
        ("hiss", np.float32),  # 0 all tone … 1 all noise
        ("seed", np.uint32),
    ],
    align=True,
)


@part
def left_after(share: float, count: int) -> float:
    """share to the count, by squaring: the same bits on every machine."""
    result = 1.0
    while count > 0:
        if count & 1:
            result *= share
        share *= share
        count >>= 1
    return result


@part
def fill_powers(share: float, room: Floats) -> None:
    """share⁰ … share¹⁵."""
    power = 1.0
    for k in range(LANES):
        room[k] = np.float32(power)
        power *= share


@kernel
def add_rings(
    rings: NDArray[np.void], first: int, last: int, start: int, frames: int, room: Floats, out: Floats
) -> None:
    """Add the rings numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    The last sixteen frames of `out` are there to be written over the end. `room` is 16 floats.
    """
    low, high = out[0], out[1]
    lane = counting()
    triangle = (lane * (lane - splat_u32(np.uint32(1)))) >> splat_u32(np.uint32(1))
    turn, no_seed = splat(TURN), splat_u32(np.uint32(0))
    one = splat(np.float32(1))
    for n in range(first, last):
        ring = rings[n]
        age = max(0, start - ring.onset)
        if age >= ring.life or ring.onset >= start + frames:
            continue
        at = ring.onset + age - start
        stop = min(frames, ring.onset + ring.life - start)
        fill_powers(ring.decay, room)
        falling = load(room, 0) * splat(np.float32(left_after(ring.decay, age)))
        fall = splat(np.float32(left_after(ring.decay, LANES)))
        fill_powers(ring.rise, room)
        missing = load(room, 0) * splat(np.float32(left_after(ring.rise, age)))
        rise = splat(np.float32(left_after(ring.rise, LANES)))
        left, right, seed = splat(ring.left), splat(ring.right), splat_u32(ring.seed)
        toned, hissed = splat(np.float32(1) - ring.hiss), splat(ring.hiss)
        bent = triangle * splat_u32(np.uint32(ring.bend))
        for i in range(at, stop, LANES):
            sofar = start + i - ring.onset
            pitch = ring.pitch + ring.bend * sofar
            here = ring.phase + ring.pitch * sofar + ring.bend * (sofar * (sofar - 1) // 2)
            word = splat_u32(np.uint32(here)) + lane * splat_u32(np.uint32(pitch)) + bent
            wave = sine(signed_to_float(word) * turn) * toned
            if ring.hiss > np.float32(0):
                wave = wave + white_at(seed, no_seed, sofar) * hissed
            wave = wave * (falling * (one - missing))
            store(low, i, load(low, i) + wave * left)
            store(high, i, load(high, i) + wave * right)
            falling, missing = falling * fall, missing * rise
