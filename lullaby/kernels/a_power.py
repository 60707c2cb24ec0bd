"""A-weighted power of every 10 ms of a mix, for the guard that keeps it from rising too fast.

A recursive filter has to go frame by frame, so eight filters run side by side: twelve seconds are cut into
eight stretches of a second and a half. Each filter is run over what comes before its stretch first, until
its start from rest no longer matters: the powers are the same whichever span is asked for.

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
def _weighted(x: Lanes, state: Floats) -> Lanes:
    """A frame of each stretch, A-weighted: four one-pole high-passes, and a biquad for the top."""
    for k in range(4):
        pole = _P1 if k < 2 else (_P2 if k == 2 else _P3)
        y = (x - load(state, 2 * k * LANES)) + splat(pole) * load(state, (2 * k + 1) * LANES)
        store(state, 2 * k * LANES, x)
        store(state, (2 * k + 1) * LANES, y)
        x = y
    y = splat(_B0) * x + load(state, 8 * LANES)
    store(state, 8 * LANES, splat(_B1) * x + load(state, 9 * LANES) - splat(_A1) * y)
    store(state, 9 * LANES, splat(_B2) * x - splat(_A2) * y)
    return y


@kernel
def fill_a_powers(warm: Floats, sound: Floats, state: Floats, scratch: Floats, powers: Doubles) -> None:
    """powers = the mean square, both channels together, of every 10 ms of sound[CHUNK, 2]. `warm` is
    [WARM, STRETCHES, 2], what comes before each stretch; `state` is 160 zeros, `scratch` 16 floats."""
    faint = splat(np.float32(1e-15))  # rounds denormals in the states to 0: they are slow
    for i in range(WARM):
        _weighted(load(warm, i * LANES), state)
    for k in range(STRETCH // SLICE):
        total = splat(np.float32(0))
        for i in range(k * SLICE, (k + 1) * SLICE):
            y = _weighted(load_frames(sound, 2 * i, 2 * STRETCH), state)
            total = total + y * y
        store(scratch, 0, total)
        for j in range(STRETCHES):
            both = np.float64(scratch[2 * j]) + np.float64(scratch[2 * j + 1])
            powers[j * (STRETCH // SLICE) + k] = both / SLICE
        for i in range(0, 10 * LANES, LANES):
            store(state, i, (load(state, i) + faint) - faint)
