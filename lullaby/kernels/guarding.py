"""A guard on rising levels: the gain of each 10 ms slice that keeps 50 ms windows within what is allowed.

As plain loops: `guard_gains` in tests/references/levels.py.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.a_power import SLICE
from lullaby.kernels.jit import kernel

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

WINDOW = 5
"""Slices in a window of 50 ms."""
BEFORE = 200
"""Slices in the 2 s before a window, which it is compared with."""
AHEAD = 6
"""Look-ahead, in slices: a window, and one more for the gain to glide towards."""


@kernel
def fill_guard_gains(
    powers: Doubles, rises: Doubles, highest: Doubles, unheard: float, scratch: Doubles, gains: Doubles
) -> bool:
    """gains[n + 1] at the edges of n slices of these A-weighted powers; is any of them below 1?

    The power of a window may be `rises` times the mean power of the 2 s before it, measured after this gain,
    or `unheard`, whichever is more; never above `highest`. Before the first slice nothing is known: its power
    is taken to be that of the quietest window since. NaN and infinity become silence. `scratch` is
    [2, n + 1].
    """
    count = powers.size
    window = scratch[0]  # the power of the window that begins at each slice
    for k in range(max(0, count - WINDOW + 1), count + 1):
        window[k] = 0.0
    for k in range(count - WINDOW + 1):
        total = 0.0
        for j in range(WINDOW):
            total += powers[k + j]
        window[k] = total / WINDOW
    passed = scratch[1]  # running sum of the powers after the gain
    passed[0] = 0.0
    lowered = False
    last_gain, quietest = 1.0, math.inf
    for k in range(count):
        least = 1.0
        if k < BEFORE and window[k] < quietest:
            quietest = window[k]
        for first in range(max(0, k - WINDOW + 1), min(k, count - WINDOW) + 1):
            loud = window[first]
            # where a window lies astride two stages of sleep, the stricter counts
            allowed = min(highest[first], highest[k])
            rise = min(rises[first], rises[k])
            if rise < math.inf:
                since = max(0, first - BEFORE)
                mean = (passed[first] - passed[since] + (BEFORE - first + since) * quietest) / BEFORE
                allowed = min(allowed, max(unheard, rise * mean))
            if not loud <= allowed:
                least = min(least, allowed / loud) if loud < math.inf else 0.0
        passed[k + 1] = passed[k] + (least * powers[k] if least > 0 else 0.0)
        gain = math.sqrt(least)
        gains[k] = min(last_gain, gain)
        last_gain = gain
        lowered |= gain < 1.0
    gains[count] = last_gain
    return lowered


@kernel
def shape_guarded(sound: Floats, gains: Doubles) -> None:
    """sound[frames, 2] times gains that ramp from one edge of a slice to the next, in place."""
    for k in range((sound.shape[0] + SLICE - 1) // SLICE):
        start, stop = gains[k], gains[k + 1]
        if start == 1.0 and stop == 1.0:
            continue
        slope = (stop - start) / SLICE
        for i in range(k * SLICE, min((k + 1) * SLICE, sound.shape[0])):
            gain = np.float32(start + slope * (i - k * SLICE))
            sound[i, 0] = sound[i, 0] * gain if gain > 0 else np.float32(0)
            sound[i, 1] = sound[i, 1] * gain if gain > 0 else np.float32(0)
