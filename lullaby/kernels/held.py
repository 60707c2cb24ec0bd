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
    Lanes,
    counting,
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

SCRATCH = CHUNK + 2 * LANES
"""Floats of a scratch buffer: a chunk, sixteen zeros behind it, and the draws of the waver."""


@inlined
def _harmonics(s: Lanes, c: Lanes, count: int, soft: Floats, full: Floats) -> tuple[Lanes, Lanes]:
    """Two sums of sin(kθ), from sin(k+1)θ = 2 cosθ sin kθ − sin(k−1)θ."""
    twice, before = c + c, splat(np.float32(0))
    always, more = s * load_splat(soft, 0), s * load_splat(full, 0)
    for k in range(1, count):
        s, before = twice * s - before, s
        always = always + s * load_splat(soft, k)
        more = more + s * load_splat(full, k)
    return always, more


@inlined
def _fill_chunk(note: Any, begin: int, soft: Floats, full: Floats, scratch: Floats) -> None:
    """A chunk of a note that begins so many frames after its onset."""
    lane, turn = counting(), splat(TURN)
    along, half, one = signed_to_float(lane), splat(np.float32(0.5)), splat(np.float32(1))
    quarter, quarter_turn = splat_u32(QUARTER), splat(np.float32(0.25))
    draws = CHUNK + LANES
    store(scratch, draws, white_at(splat_u32(note.seed), splat_u32(np.uint32(0)), begin // note.cell))
    for i in range(0, CHUNK, LANES):
        since = begin + i
        age = splat(np.float32(since)) + along + half
        swung = splat_u32(np.uint32((note.swung + note.swing * since) >> 32))
        swing = sine(signed_to_float(swung + lane * splat_u32(np.uint32(note.swing >> 32))) * turn)
        swing = swing * smoothstep((age - splat(note.late)) * splat(note.grow))
        word = splat_u32(np.uint32((note.phase + note.pitch * since) >> 32))
        word = word + lane * splat_u32(np.uint32(note.pitch >> 32))
        s, c = sine(signed_to_float(word) * turn), sine(signed_to_float(word + quarter) * turn)
        off = swing * splat(note.depth)
        off_s, off_c = sine(off), sine(off + quarter_turn)
        s, c = s * off_c + c * off_s, c * off_c - s * off_s
        k = i // note.cell
        drawn, step = scratch[draws + k], scratch[draws + k + 1] - scratch[draws + k]
        per_frame = np.float32(1) / np.float32(note.cell)
        place = (splat(np.float32(i - k * note.cell)) + along) * splat(per_frame)
        noise = splat(drawn) + splat(step) * place
        remaining = splat(np.float32(note.life - since)) - along - half
        gain = smoothstep(age * splat(note.rise)) * smoothstep(remaining * splat(note.fall))
        gain = gain * (one + swing * splat(note.tremble)) * (one + noise * splat(note.waver))
        always, more = _harmonics(s, c, note.count, soft, full)
        store(scratch, i, (always + more * gain) * gain)


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
            _fill_chunk(note, age, soft[n], full[n], scratch)
            place = note.onset + age - start
            for i in range(max(0, -place), min(CHUNK, frames - place), LANES):
                wave = load(scratch, i)
                store(low, place + i, load(low, place + i) + wave * left)
                store(high, place + i, load(high, place + i) + wave * right)
