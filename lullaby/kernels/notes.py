"""Short tones with a smooth attack and release: chirps, whistles, thuds, the syllables of a bird's song.

A note is a sine and a share of its octave; its pitch follows a parabola through time. It is a closed form of
the time since its onset, so it can be asked for from any frame. Phases are 64-bit integers, whole 2⁻⁶⁴
turns, and wrap round; within a group of sixteen frames their upper halves are enough.

As plain loops: `note` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
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
        ("bend", np.int64),  # what pitch changes by, a frame
        ("curl", np.int64),  # what bend changes by, a frame
        ("phase", np.int64),  # 2⁻⁶⁴ turns
        ("octave", np.float32),  # the amplitude of the second partial
        ("left", np.float32),
        ("right", np.float32),
    ],
    align=True,
)


@inlined
def smoothstep(x: Lanes) -> Lanes:
    """3x² - 2x³ from x = 0 to 1; 0 before, 1 after."""
    zero, one = splat(np.float32(0)), splat(np.float32(1))
    clipped = one - greater(one - greater(x, zero), zero)
    return clipped * clipped * (splat(np.float32(3)) - clipped - clipped)


@kernel
def add_notes(notes: NDArray[np.void], first: int, last: int, start: int, frames: int, out: Floats) -> None:
    """Add the notes numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    Sixteen frames are written at a time: the last sixteen of `out` take what goes beyond its end.
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
        place = note.onset + age - start
        stop = min(frames, note.onset + note.life - start)
        left, right, octave = splat(note.left), splat(note.right), splat(note.octave)
        rise, fall = splat(note.rise), splat(note.fall)
        for i in range(place, stop, LANES):
            since = start + i - note.onset
            pairs_before = since * (since - 1) // 2
            triples_before = pairs_before * (since - 2) // 3
            here = note.phase + note.pitch * since + note.bend * pairs_before + note.curl * triples_before
            pitch = note.pitch + note.bend * since + note.curl * pairs_before
            bend = note.bend + note.curl * since
            word = (
                splat_u32(np.uint32(here >> 32))
                + lane * splat_u32(np.uint32(pitch >> 32))
                + pairs * splat_u32(np.uint32(bend >> 32))
            )
            wave = sine(signed_to_float(word) * turn)
            if note.octave > np.float32(0):
                wave = wave + sine(signed_to_float(word + word) * turn) * octave
            age_lanes = splat(np.float32(since)) + along + half
            remaining = splat(np.float32(note.life)) - age_lanes
            wave = wave * (smoothstep(age_lanes * rise) * smoothstep(remaining * fall))
            store(low, i, load(low, i) + wave * left)
            store(high, i, load(high, i) + wave * right)
