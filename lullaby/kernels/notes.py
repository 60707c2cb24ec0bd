"""Notes that begin and end softly: chirps, whistles, thuds, the syllables of a song.

A note is a closed form of its own onset, so it can be asked for from any frame: a tone whose pitch follows
a parabola through time, a share of its octave, a smooth rise, a smooth fall. Phases are whole 2⁻⁶⁴ turns
and wrap round; a group of sixteen frames needs only their upper halves.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel, part
from lullaby.kernels.oscillators import TURN, sine
from lullaby.kernels.simd import (
    LANES,
    Lanes,
    counting,
    greater,
    load,
    signed_to_float,
    splat,
    splat_u32,
    store,
)

Floats: TypeAlias = NDArray[np.float32]

NOTE = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is silent
        ("rise", np.float32),  # 1 / frames
        ("fall", np.float32),  # 1 / frames
        ("pitch", np.int64),  # 2⁻⁶⁴ turns a frame, at the onset
        ("bend", np.int64),  # … a frame, a frame
        ("curl", np.int64),  # … a frame, a frame, a frame
        ("phase", np.int64),  # 2⁻⁶⁴ turns
        ("octave", np.float32),  # how much of the second partial
        ("left", np.float32),
        ("right", np.float32),
    ],
    align=True,
)


@part
def _softly(x: Lanes) -> Lanes:
    """From 0 at 0 to 1 at 1 and beyond, without a corner."""
    zero, one = splat(np.float32(0)), splat(np.float32(1))
    held = one - greater(one - greater(x, zero), zero)
    return held * held * (splat(np.float32(3)) - held - held)


@kernel
def add_notes(notes: NDArray[np.void], first: int, last: int, start: int, frames: int, out: Floats) -> None:
    """Add the notes numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    The last sixteen frames of `out` are there to be written over the end.
    """
    low, high = out[0], out[1]
    lane = counting()
    one_lane = splat_u32(np.uint32(1))
    pairs = (lane * (lane - one_lane)) >> one_lane
    along, half = signed_to_float(lane), splat(np.float32(0.5))
    turn = splat(TURN)
    for n in range(first, last):
        note = notes[n]
        age = max(0, start - note.onset)
        if age >= note.life or note.onset >= start + frames:
            continue
        at = note.onset + age - start
        stop = min(frames, note.onset + note.life - start)
        left, right, octave = splat(note.left), splat(note.right), splat(note.octave)
        rise, fall = splat(note.rise), splat(note.fall)
        for i in range(at, stop, LANES):
            s = start + i - note.onset
            twos = s * (s - 1) // 2
            threes = twos * (s - 2) // 3
            here = note.phase + note.pitch * s + note.bend * twos + note.curl * threes
            pitch = note.pitch + note.bend * s + note.curl * twos
            bend = note.bend + note.curl * s
            word = (
                splat_u32(np.uint32(here >> 32))
                + lane * splat_u32(np.uint32(pitch >> 32))
                + pairs * splat_u32(np.uint32(bend >> 32))
            )
            wave = sine(signed_to_float(word) * turn)
            if note.octave > np.float32(0):
                wave = wave + sine(signed_to_float(word + word) * turn) * octave
            gone = splat(np.float32(s)) + along + half
            left_over = splat(np.float32(note.life)) - gone
            wave = wave * (_softly(gone * rise) * _softly(left_over * fall))
            store(low, i, load(low, i) + wave * left)
            store(high, i, load(high, i) + wave * right)
