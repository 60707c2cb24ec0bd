"""Speech at half the night's rate, interpolated to it by a half-band filter, and added.

Every sample of the speech stands at a frame as it is; a frame between two of them is interpolated from those
around it.

As plain loops: `speech` in tests/references/generators.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.jit import kernel
from lullaby.kernels.lanes import lefts, rights
from lullaby.kernels.simd import LANES, load, load_splat, splat, store_stereo

Floats: TypeAlias = NDArray[np.float32]

REACH = 24
"""Samples before and after a frame that it is interpolated from: images of what is below 8 kHz are 70 dB
down."""


@lru_cache(maxsize=1)
def between() -> Floats:
    """Weights of the samples around a frame between two: a sinc in a Hann window, whose sum is 1."""
    away = np.arange(-REACH, REACH) + 0.5  # samples from the frame
    sinc = exact.sin_turns(away / 2) / (0.5 * exact.TAU * away)
    window = 0.5 + 0.5 * exact.cos_turns(away / (2 * REACH + 1))
    weights = sinc * window
    found: Floats = (weights / weights.sum()).astype(np.float32)
    return found


@kernel
def add_speech(sound: Floats, weights: Floats, onset: int, start: int, gain: np.float32, out: Floats) -> None:
    """Add `sound`, whose first sample stands at the frame `onset`, to both channels of `out`, which begins at
    the frame `start`."""
    count, reach = sound.size, weights.size // 2
    low, high, loud = out[0], out[1], splat(gain)
    i, last = max(0, onset - start), min(out.shape[1], onset + 2 * count - start)
    while i < last:
        age = start + i - onset
        k = age >> 1
        nearest = k + 1 - reach
        if age & 1 == 0 and i + 2 * LANES <= last and nearest >= 0 and k + LANES + reach <= count:
            # the same sums as below, of sixteen samples and the frames after each of them
            middle = splat(np.float32(0))
            for tap in range(weights.size):
                middle = middle + load(sound, nearest + tap) * load_splat(weights, tap)
            at, after = load(sound, k) * loud, middle * loud
            a, b = load(low, i), load(low, i + LANES)
            store_stereo(low, i, lefts(a, b) + at, rights(a, b) + after)
            a, b = load(high, i), load(high, i + LANES)
            store_stereo(high, i, lefts(a, b) + at, rights(a, b) + after)
            i += 2 * LANES
            continue
        value = sound[k]
        if age & 1:
            value = np.float32(0)
            for tap in range(weights.size):
                place = nearest + tap
                if 0 <= place < count:
                    value += sound[place] * weights[tap]
        value *= gain
        low[i] += value
        high[i] += value
        i += 1
