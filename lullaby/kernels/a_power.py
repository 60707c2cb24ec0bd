"""A-weighted power of every 10 ms of a mix, for the guard that keeps it from rising too fast.

A recursive filter has to go frame by frame, so eight filters run side by side: a chunk of twelve seconds is
cut into eight stretches of a second and a half. Each filter is run over what comes before its stretch first,
until its start from rest no longer matters: the powers are the same whichever span is asked for.

As plain loops: `a_weighted` in tests/references/filters.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.lanes import load_frames
from lullaby.kernels.meters import A_TOP
from lullaby.kernels.simd import LANES, Lanes, load, splat, store
from lullaby.time import RATE

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

SLICE = 480
"""Frames in 10 ms."""
STRETCHES = LANES // 2
STRETCH = 3 * RATE // 2
CHUNK = STRETCHES * STRETCH
"""Frames that are measured at once."""
WARM = 3 * RATE // 20
"""Frames run before a stretch: the lowest pole, 20.6 Hz and there twice, decays by 110 dB in .1 s."""

# IEC 61672-1's slow poles at 48 kHz, (1 - tan(pi f / 48000)) / (1 + tan(pi f / 48000)), each in a
# one-pole section: in float32 a biquad of two so low poles would drown what lies far below the rest.
_P1 = np.float32(0.9973072263672036)
_P2 = np.float32(0.9860066644409431)
_P3 = np.float32(0.9077952115509494)
_B0, _B1, _B2, _A1, _A2 = (np.float32(c) for c in A_TOP)


@inlined
def _weighted(x: Lanes, state: tuple[Lanes, ...]) -> tuple[Lanes, tuple[Lanes, ...]]:
    """A frame of each stretch, A-weighted: four one-pole high-passes, and a biquad for the top. The state is
    a tuple, which stays in registers."""
    x0, y0, x1, y1, x2, y2, x3, y3, z1, z2 = state
    a = (x - x0) + splat(_P1) * y0
    b = (a - x1) + splat(_P1) * y1
    c = (b - x2) + splat(_P2) * y2
    d = (c - x3) + splat(_P3) * y3
    y = splat(_B0) * d + z1
    z1 = splat(_B1) * d + z2 - splat(_A1) * y
    z2 = splat(_B2) * d - splat(_A2) * y
    return y, (x, a, a, b, b, c, c, d, z1, z2)


@inlined
def _rounded(x: Lanes) -> Lanes:
    """Denormals become 0: they are slow."""
    faint = splat(np.float32(1e-15))
    return (x + faint) - faint


@kernel
def fill_a_powers(before: Floats, sound: Floats, stretch: int, scratch: Floats, powers: Doubles) -> None:
    """powers = the mean square, both channels together, of every 10 ms of sound[STRETCHES * stretch, 2]. A
    stretch has so many frames: whole slices, and at least WARM. `before` is what comes before the sound,
    [WARM, 2]; `scratch` is LANES floats."""
    zero = splat(np.float32(0))
    state = (zero, zero, zero, zero, zero, zero, zero, zero, zero, zero)
    for i in range(WARM):
        scratch[0], scratch[1] = before[i, 0], before[i, 1]
        for j in range(1, STRETCHES):
            frame = j * stretch - WARM + i
            scratch[2 * j], scratch[2 * j + 1] = sound[frame, 0], sound[frame, 1]
        _, state = _weighted(load(scratch, 0), state)
    for k in range(stretch // SLICE):
        total = zero
        for i in range(k * SLICE, (k + 1) * SLICE):
            y, state = _weighted(load_frames(sound, 2 * i, 2 * stretch), state)
            total = total + y * y
        store(scratch, 0, total)
        for j in range(STRETCHES):
            both = np.float64(scratch[2 * j]) + np.float64(scratch[2 * j + 1])
            powers[j * (stretch // SLICE) + k] = both / SLICE
        x0, y0, x1, y1, x2, y2, x3, y3, z1, z2 = state
        state = (
            _rounded(x0),
            _rounded(y0),
            _rounded(x1),
            _rounded(y1),
            _rounded(x2),
            _rounded(y2),
            _rounded(x3),
            _rounded(y3),
            _rounded(z1),
            _rounded(z2),
        )
