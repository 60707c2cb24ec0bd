"""K-weighted and A-weighted energy, and true peak: what loudness and levels are worked out from.

Sound is planar float32 [2, frames] at 48 kHz and may be fed in pieces of any length: the filters' state
and the position within a sub-block are kept in a float64 array, `K_STATE` or `A_STATE` zeros at first.
What is kept is the sum of squares of both channels per sub-block, added from left to right, so that the
same sound gives the same bits however it was cut. Every coefficient is a literal number.

As plain loops: `true_peak` in tests/references/levels.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.exact import cos_turns, sin_turns
from lullaby.kernels.jit import kernel
from lullaby.kernels.lanes import greatest
from lullaby.kernels.simd import LANES, absolute, greater, load, load_splat, splat

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

K_FRAMES = 4_800
"""Frames in a sub-block of K-weighted energy: 100 ms. BS.1770's blocks are four of them."""
A_FRAMES = 2_400
"""Frames in a sub-block of A-weighted energy: 50 ms."""
K_STATE = 9
A_STATE = 13

# A biquad is (b0, b1, b2, a1, a2). These two are ITU-R BS.1770-4's own numbers, its tables 1 and 2.
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
_RUMBLE = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)

# IEC 61672-1's poles. The four slow ones (20.60 Hz twice, 107.7 and 737.9 Hz) are bilinear transforms with
# the pole k = (1 - tan(pi f / 48000)) / (1 + tan(pi f / 48000)). The double pole at 12194 Hz comes out
# 3 dB wrong at 16 kHz that way, so the third biquad was fitted to what was left of the analytic curve
# (scipy least_squares on dB, 10 Hz to 20 kHz) and scaled to 0 dB at 1 kHz: within 0.02 dB up to 16 kHz.
_A_LOW = (1.0, -2.0, 1.0, -1.9946144527344072, 0.9946217037642446)
_A_MID = (1.0, -2.0, 1.0, -1.8938018759918926, 0.895092128536812)
A_TOP = (
    -0.06772136854716099,
    0.03233616021578073,
    0.5944354517954721,
    -0.6369665142563942,
    0.10715406493580559,
)

_FAINT = 1e-30
"""State below this is set to 0 after each sub-block: denormals are slow."""


@kernel
def _biquad(x: float, s: float, t: float, c: tuple[float, ...]) -> tuple[float, float, float]:
    """One sample through a biquad in transposed direct form II: the output and the two states."""
    y = c[0] * x + s
    return y, (c[1] * x + t) - c[3] * y, c[2] * x - c[4] * y


@kernel
def _without_faint(state: Doubles) -> None:
    for k in range(state.size):
        if abs(state[k]) < _FAINT:
            state[k] = 0.0


@kernel
def add_k_weighted(sound: Floats, state: Doubles, sums: Doubles) -> None:
    """Add K-weighted energy to `sums`; its first entry is the sub-block that the first frame falls into."""
    filled, k, start = int(state[8]), 0, 0
    while start < sound.shape[1]:
        stop = min(sound.shape[1], start + K_FRAMES - filled)
        energy = sums[k]
        l0, l1, l2, l3, r0, r1, r2, r3 = (
            state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7],
        )  # fmt: skip
        for i in range(start, stop):
            y, l0, l1 = _biquad(sound[0, i], l0, l1, _SHELF)
            left, l2, l3 = _biquad(y, l2, l3, _RUMBLE)
            y, r0, r1 = _biquad(sound[1, i], r0, r1, _SHELF)
            right, r2, r3 = _biquad(y, r2, r3, _RUMBLE)
            energy += left * left + right * right
        state[0], state[1], state[2], state[3] = l0, l1, l2, l3
        state[4], state[5], state[6], state[7] = r0, r1, r2, r3
        sums[k] = energy
        filled += stop - start
        start = stop
        if filled == K_FRAMES:
            _without_faint(state)
            filled, k = 0, k + 1
    state[8] = filled


@kernel
def add_a_weighted(sound: Floats, size: int, state: Doubles, sums: Doubles) -> None:
    """Add A-weighted energy to `sums`, one for every `size` frames; its first entry is the sub-block that
    the first frame falls into."""
    filled, k, start = int(state[12]), 0, 0
    while start < sound.shape[1]:
        stop = min(sound.shape[1], start + size - filled)
        energy = sums[k]
        l0, l1, l2, l3, l4, l5 = state[0], state[1], state[2], state[3], state[4], state[5]
        r0, r1, r2, r3, r4, r5 = state[6], state[7], state[8], state[9], state[10], state[11]
        for i in range(start, stop):
            y, l0, l1 = _biquad(sound[0, i], l0, l1, A_TOP)
            y, l2, l3 = _biquad(y, l2, l3, _A_MID)
            left, l4, l5 = _biquad(y, l4, l5, _A_LOW)
            y, r0, r1 = _biquad(sound[1, i], r0, r1, A_TOP)
            y, r2, r3 = _biquad(y, r2, r3, _A_MID)
            right, r4, r5 = _biquad(y, r4, r5, _A_LOW)
            energy += left * left + right * right
        state[0], state[1], state[2], state[3], state[4], state[5] = l0, l1, l2, l3, l4, l5
        state[6], state[7], state[8], state[9], state[10], state[11] = r0, r1, r2, r3, r4, r5
        sums[k] = energy
        filled += stop - start
        start = stop
        if filled == size:
            _without_faint(state)
            filled, k = 0, k + 1
    state[12] = filled


REACH = 12
"""Taps of the interpolator to either side."""
LEFT_OUT = LANES + REACH
"""Frames at the start, and some at the end, that only feed the interpolator."""


def _interpolator() -> tuple[Floats, float]:
    """A Hann-windowed sinc at the seven places between two frames, an eighth of a frame apart.

    The places p and 8 - p mirror each other, so both come from one set of sums and differences of the
    frames on the two sides: even part + odd part is the one, even - odd the other, and the higher of
    their magnitudes is |even| + |odd|. Row k, for the k-th frame to each side: even parts of places
    1 to 4, then odd parts of 1 to 3. Also the most that full-scale samples can become between them.
    """

    def weight(frames_away: NDArray[np.float64]) -> NDArray[np.float64]:
        sinc = sin_turns(frames_away / 2) / (np.pi * frames_away)
        return sinc * cos_turns(frames_away / (4 * REACH)) ** 2

    place, side = np.arange(1, 5) / 8, np.arange(REACH)[:, None]
    before, after = weight(place + side), weight(1 + side - place)
    rows = np.concatenate([(before + after) / 2, (before - after)[:, :3] / 2], axis=1)
    return rows.astype(np.float32).ravel(), float(np.max(np.sum(np.abs(before) + np.abs(after), axis=0)))


_BETWEEN, _most = _interpolator()
RISE = np.float32(_most * 1.00001)
"""The most by which a value between samples exceeds the highest sample within reach, as a factor: about
2.3."""


@kernel
def highest_between(signal: Floats, place: int) -> np.float32:
    """The true peak of the 16 frames from `place` on; reads 11 before, 12 after them."""
    zero = splat(np.float32(0))
    e1, e2, e3, e4, o1, o2, o3 = zero, zero, zero, zero, zero, zero, zero
    for k in range(REACH):
        near, far = load(signal, place - k), load(signal, place + 1 + k)
        both, apart = near + far, near - far
        e1 = e1 + both * load_splat(_BETWEEN, 7 * k)
        e2 = e2 + both * load_splat(_BETWEEN, 7 * k + 1)
        e3 = e3 + both * load_splat(_BETWEEN, 7 * k + 2)
        e4 = e4 + both * load_splat(_BETWEEN, 7 * k + 3)
        o1 = o1 + apart * load_splat(_BETWEEN, 7 * k + 4)
        o2 = o2 + apart * load_splat(_BETWEEN, 7 * k + 5)
        o3 = o3 + apart * load_splat(_BETWEEN, 7 * k + 6)
    highest = greater(absolute(load(signal, place)), absolute(e4))
    highest = greater(highest, absolute(e1) + absolute(o1))
    highest = greater(highest, absolute(e2) + absolute(o2))
    return np.float32(greatest(greater(highest, absolute(e3) + absolute(o3))))


@kernel
def fill_true_peak(sound: Floats, peak: Floats) -> None:
    """Raise peak[0] to the true peak of `sound`, but for 16 frames at its start and 12 at its end.

    Groups whose samples are too small to exceed the peak so far are skipped.
    """
    frames = sound.shape[1]
    last = frames - LEFT_OUT
    for start in range(LANES, last + LANES, LANES):
        i = min(start, last)
        for row in range(0, 2 * frames, frames):
            around = greater(absolute(load(sound, row + i - LANES)), absolute(load(sound, row + i)))
            around = greater(around, absolute(load(sound, row + i + REACH)))
            if greatest(around) * RISE > peak[0]:
                peak[0] = max(peak[0], highest_between(sound, row + i))
