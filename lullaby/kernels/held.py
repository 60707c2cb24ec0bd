"""Notes that are held: bowed, blown, hummed, or the slow oscillators of a pad.

A note is a row of harmonics of one phase, under a smooth attack and release. Its pitch swings (vibrato) after
a while; its level swings with it, and wavers as breath or a bow does: by noise that is slow beside the tone,
and so lies close around each harmonic. Each is a closed form of the time since its onset. It is made in
chunks that are counted from its onset, so every sample is the same from whichever frame a note is asked for.

As plain loops: `held` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.fading import CHUNK
from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.notes import smoothstep
from lullaby.kernels.oscillators import QUARTER, TURN, sine
from lullaby.kernels.simd import (
    LANES,
    counting,
    float_to_signed,
    load,
    load_splat,
    signed_to_float,
    splat,
    splat_u32,
    store,
)
from lullaby.kernels.white import white_at

Floats: TypeAlias = NDArray[np.float32]

HELD = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is silent
        ("rise", np.float32),  # 1 / frames
        ("fall", np.float32),  # 1 / frames
        ("pitch", np.int64),  # 2⁻⁶⁴ turns a frame
        ("phase", np.int64),  # 2⁻⁶⁴ turns
        ("swing", np.int64),  # the vibrato's rate, 2⁻⁶⁴ turns a frame
        ("swung", np.int64),  # its phase, 2⁻⁶⁴ turns
        ("depth", np.float32),  # turns by which the phase swings: a quarter at most
        ("late", np.float32),  # frames until it begins to swing
        ("grow", np.float32),  # 1 / frames: how soon after that it swings as far as it will
        ("tremble", np.float32),  # how far the level swings with the pitch, of 1
        ("waver", np.float32),  # how far it wavers, of 1
        ("cell", np.int64),  # frames from one draw of the waver to the next: 64, 192, 320 or 960
        ("seed", np.uint32),
        ("count", np.int64),  # harmonics
        ("left", np.float32),
        ("right", np.float32),
    ],
    align=True,
)

# Where things lie in the scratch buffer: the sound and sixteen zeros behind it; sine and cosine of the first
# harmonic; the gain; the draws of the waver.
_SINE, _COSINE, _GAIN, _DRAWS = CHUNK + LANES, 2 * CHUNK + LANES, 3 * CHUNK + LANES, 4 * CHUNK + LANES
SCRATCH = 4 * CHUNK + 2 * LANES
"""Floats of a scratch buffer."""


@inlined
def _fill_phase(note: Any, begin: int, scratch: Floats) -> None:
    """Sine, cosine and gain of a chunk of a note that begins so many frames after its onset."""
    lane, turn = counting(), splat(TURN)
    along, half, one = signed_to_float(lane), splat(np.float32(0.5)), splat(np.float32(1))
    whole, quarter = splat(np.float32(2.0**32)), splat_u32(QUARTER)
    # until when it rises and learns to swing, and from when on it falls
    risen, swings = np.float32(1) / note.rise + 1, note.late + np.float32(1) / note.grow + 1
    falls = note.life - np.float32(1) / note.fall - LANES - 1
    per_frame = np.float32(1) / np.float32(note.cell)
    store(scratch, _DRAWS, white_at(splat_u32(note.seed), splat_u32(np.uint32(0)), begin // note.cell))
    for i in range(0, CHUNK, LANES):
        since = begin + i
        age = splat(np.float32(since)) + along + half
        swung = splat_u32(np.uint32((note.swung + note.swing * since) >> 32))
        swing = sine(signed_to_float(swung + lane * splat_u32(np.uint32(note.swing >> 32))) * turn)
        if since < swings:
            swing = swing * smoothstep((age - splat(note.late)) * splat(note.grow))
        word = splat_u32(np.uint32((note.phase + note.pitch * since) >> 32))
        word = word + lane * splat_u32(np.uint32(note.pitch >> 32))
        word = word + float_to_signed(swing * splat(note.depth) * whole)
        store(scratch, _SINE + i, sine(signed_to_float(word) * turn))
        store(scratch, _COSINE + i, sine(signed_to_float(word + quarter) * turn))
        k = i // note.cell
        drawn, step = scratch[_DRAWS + k], scratch[_DRAWS + k + 1] - scratch[_DRAWS + k]
        place = (splat(np.float32(i - k * note.cell)) + along) * splat(per_frame)
        noise = splat(drawn) + splat(step) * place
        gain = (one + swing * splat(note.tremble)) * (one + noise * splat(note.waver))
        if since < risen:
            gain = gain * smoothstep(age * splat(note.rise))
        if since > falls:
            remaining = splat(np.float32(note.life - since)) - along - half
            gain = gain * smoothstep(remaining * splat(note.fall))
        store(scratch, _GAIN + i, gain)


@inlined
def _fill_sound(count: int, soft: Floats, full: Floats, scratch: Floats) -> None:
    """The harmonics of a chunk, from sin(k+1)θ = 2 cosθ sin kθ − sin(k−1)θ: two groups of sixteen at once,
    since each step waits for the one before."""
    zero = splat(np.float32(0))
    for i in range(0, CHUNK, 2 * LANES):
        s, t = load(scratch, _SINE + i), load(scratch, _SINE + LANES + i)
        s2, t2 = load(scratch, _COSINE + i), load(scratch, _COSINE + LANES + i)
        s2, t2 = s2 + s2, t2 + t2
        s_before, t_before = zero, zero
        s_always, s_more, t_always, t_more = zero, zero, zero, zero
        for k in range(count):
            a, b = load_splat(soft, k), load_splat(full, k)
            s_always, s_more = s_always + s * a, s_more + s * b
            t_always, t_more = t_always + t * a, t_more + t * b
            s, s_before = s2 * s - s_before, s
            t, t_before = t2 * t - t_before, t
        gain = load(scratch, _GAIN + i)
        store(scratch, i, (s_always + s_more * gain) * gain)
        gain = load(scratch, _GAIN + LANES + i)
        store(scratch, i + LANES, (t_always + t_more * gain) * gain)


@kernel
def add_held(
    notes: NDArray[np.void],
    first: int,
    last: int,
    soft: Floats,
    full: Floats,
    start: int,
    frames: int,
    scratch: Floats,
    out: Floats,
) -> None:
    """Add the notes numbered first … last−1 to `out[2, frames + 16]`, which begins at frame `start`.

    `soft[notes, harmonics]` are amplitudes that go with a note's level, and `full` those that go with its
    square: what is added to a tone where it is loud. Sixteen frames are written at a time: the last sixteen
    of `out` take what goes beyond its end. `scratch` is SCRATCH floats.
    """
    low, high = out[0], out[1]
    store(scratch, CHUNK, splat(np.float32(0)))
    for n in range(first, last):
        note = notes[n]
        left, right = splat(note.left), splat(note.right)
        begin = max(0, start - note.onset) // CHUNK * CHUNK
        for age in range(begin, min(note.life, start + frames - note.onset), CHUNK):
            _fill_phase(note, age, scratch)
            _fill_sound(note.count, soft[n], full[n], scratch)
            place = note.onset + age - start
            for i in range(max(0, -place), min(CHUNK, frames - place), LANES):
                wave = load(scratch, i)
                store(low, place + i, load(low, place + i) + wave * left)
                store(high, place + i, load(high, place + i) + wave * right)
