"""Notes of partials that die away: plucked strings, tines, a hammered string.

A note is a handful of decaying sines (its modes) under one attack, and one damper from its release on. Each
is a closed form of the time since its onset. It is made in chunks that are counted from its onset, so every
sample is the same from whichever frame a note is asked for.

Within a chunk a mode needs no sine a frame: 64 frames on it is y[n + 64] = ahead y[n] − back y[n − 64], and
so small a number of steps keeps the rounding below that of the sine itself.

As plain loops: `fading` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.oscillators import TURN, sine
from lullaby.kernels.rings import fill_exponential, to_the_power
from lullaby.kernels.simd import LANES, Lanes, counting, load, signed_to_float, splat, splat_u32, store
from lullaby.time import STEP

Floats: TypeAlias = NDArray[np.float32]

FADING = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until nothing is heard of it
        ("first", np.int64),  # its modes, first … last−1
        ("last", np.int64),
        ("rise", np.float64),  # the attack n frames on is 1 − rise^n
        ("release", np.int64),  # frames until it is damped
        ("damp", np.float64),  # and n frames after that it is damp^n (1 + brake n) of what it would be:
        ("brake", np.float64),  # −ln damp, so that it sets in without a corner
        ("left", np.float32),
        ("right", np.float32),
    ],
    align=True,
)

MODE = np.dtype(
    [
        ("life", np.int64),  # frames until nothing is heard of it
        ("pitch", np.int64),  # 2⁻³² turns a frame
        ("phase", np.int64),  # 2⁻³² turns
        ("decay", np.float64),  # its amplitude n frames on is level decay^n
        ("level", np.float32),
        ("ahead", np.float32),  # 2 decay⁶⁴ cos of the angle of 64 frames
        ("back", np.float32),  # decay¹²⁸
    ],
    align=True,
)

CHUNK = 15 * STEP
"""Frames of a chunk: a fiftieth of a second."""
SCRATCH = CHUNK + 2 * LANES
"""Floats of a scratch buffer: a chunk, sixteen zeros behind it, and sixteen powers."""


@inlined
def _group(mode: Any, age: int, powers: Lanes, envelope: float) -> Lanes:
    """Sixteen frames of a mode."""
    word = splat_u32(np.uint32(mode.phase + mode.pitch * age)) + counting() * splat_u32(np.uint32(mode.pitch))
    return sine(signed_to_float(word) * splat(TURN)) * (powers * splat(np.float32(envelope)))


@inlined
def _add_mode(mode: Any, age: int, scratch: Floats) -> None:
    """Add a chunk of a mode that begins `age` frames after the onset."""
    fill_exponential(mode.decay, scratch[CHUNK + LANES :])
    powers = load(scratch, CHUNK + LANES)
    fall = to_the_power(mode.decay, LANES)
    e = to_the_power(mode.decay, age) * mode.level
    a0 = _group(mode, age, powers, e)
    e *= fall
    a1 = _group(mode, age + 16, powers, e)
    e *= fall
    a2 = _group(mode, age + 32, powers, e)
    e *= fall
    a3 = _group(mode, age + 48, powers, e)
    e *= fall
    b0 = _group(mode, age + 64, powers, e)
    e *= fall
    b1 = _group(mode, age + 80, powers, e)
    e *= fall
    b2 = _group(mode, age + 96, powers, e)
    e *= fall
    b3 = _group(mode, age + 112, powers, e)
    ahead, back = splat(mode.ahead), splat(mode.back)
    for i in range(0, CHUNK, STEP):
        store(scratch, i, load(scratch, i) + a0)
        store(scratch, i + 16, load(scratch, i + 16) + a1)
        store(scratch, i + 32, load(scratch, i + 32) + a2)
        store(scratch, i + 48, load(scratch, i + 48) + a3)
        a0, b0 = b0, ahead * b0 - back * a0
        a1, b1 = b1, ahead * b1 - back * a1
        a2, b2 = b2, ahead * b2 - back * a2
        a3, b3 = b3, ahead * b3 - back * a3


@inlined
def _shape(note: Any, age: int, scratch: Floats) -> None:
    """The attack and the damper of a note, over a chunk."""
    one = splat(np.float32(1))
    fill_exponential(note.rise, scratch[CHUNK + LANES :])
    unrisen = load(scratch, CHUNK + LANES) * splat(np.float32(to_the_power(note.rise, age)))
    rise = splat(np.float32(to_the_power(note.rise, LANES)))
    for i in range(0, CHUNK, LANES):
        wave = load(scratch, i) * (one - unrisen)
        unrisen = unrisen * rise
        after = age + i - note.release  # frames since the release, of the first of the sixteen
        if after + LANES > 1:
            gain = to_the_power(note.damp, max(0, after))
            for k in range(LANES):
                if k > 0 and after + k > 0:
                    gain *= note.damp
                scratch[CHUNK + LANES + k] = np.float32(gain * (1.0 + note.brake * max(0, after + k)))
            wave = wave * load(scratch, CHUNK + LANES)
        store(scratch, i, wave)


@kernel
def add_fading(
    notes: NDArray[np.void],
    first: int,
    last: int,
    modes: NDArray[np.void],
    start: int,
    frames: int,
    scratch: Floats,
    out: Floats,
) -> None:
    """Add the notes numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    Sixteen frames are written at a time: the last sixteen of `out` take what goes beyond its end. `scratch`
    is SCRATCH floats.
    """
    low, high = out[0], out[1]
    nothing = splat(np.float32(0))
    for n in range(first, last):
        note = notes[n]
        left, right = splat(note.left), splat(note.right)
        begin = max(0, start - note.onset) // CHUNK * CHUNK
        for age in range(begin, min(note.life, start + frames - note.onset), CHUNK):
            for i in range(0, CHUNK + LANES, LANES):
                store(scratch, i, nothing)
            for m in range(note.first, note.last):
                if age < modes[m].life:
                    _add_mode(modes[m], age, scratch)
            _shape(note, age, scratch)
            place = note.onset + age - start
            for i in range(max(0, -place), min(CHUNK, frames - place), LANES):
                wave = load(scratch, i)
                store(low, place + i, load(low, place + i) + wave * left)
                store(high, place + i, load(high, place + i) + wave * right)
