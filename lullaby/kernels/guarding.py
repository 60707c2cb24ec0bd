"""Holding sound down: by how much each hundredth of a second must be lowered to keep to what is allowed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.hearing import SLICE
from lullaby.kernels.jit import kernel

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

WINDOW = 5
"""Slices in the 50 ms that are looked at."""
BEFORE = 200
"""Slices in the 2 s before them."""
AHEAD = 6
"""Slices after those that are to be lowered that must be known: a window's, and one to glide towards."""


@kernel
def fill_held(powers: Doubles, rises: Doubles, highest: Doubles, unheard: float, gains: Doubles) -> bool:
    """gains[n + 1] at the edges of n slices of these A-weighted powers; is any of them below 1?

    Each window of five slices may have `rises` times the mean power of the 2 s before it, as those were let
    through, or `unheard`, whichever is more; never above `highest`. Of the time before the first slice the
    quietest that was heard since is taken to be true. What is no number is let through as silence.
    """
    count = powers.size
    window = np.zeros(count + 1)  # the power of the window that begins at each slice
    for k in range(count - WINDOW + 1):
        total = 0.0
        for j in range(WINDOW):
            total += powers[k + j]
        window[k] = total / WINDOW
    let = np.zeros(count + 1)  # sums of what was let through
    held = False
    before_it, quietest = 1.0, math.inf
    for k in range(count):
        least = 1.0
        if k < BEFORE and window[k] < quietest:
            quietest = window[k]
        for first in range(max(0, k - WINDOW + 1), min(k, count - WINDOW) + 1):
            loud = window[first]
            # of a window that lies astride two stages, the stricter counts
            allowed = min(highest[first], highest[k])
            rise = min(rises[first], rises[k])
            if rise < math.inf:
                since = max(0, first - BEFORE)
                mean = (let[first] - let[since] + (BEFORE - first + since) * quietest) / BEFORE
                allowed = min(allowed, max(unheard, rise * mean))
            if not loud <= allowed:
                least = min(least, allowed / loud) if loud < math.inf else 0.0
        let[k + 1] = let[k] + (least * powers[k] if least > 0 else 0.0)
        gain = math.sqrt(least)
        gains[k] = min(before_it, gain)
        before_it = gain
        held |= gain < 1.0
    gains[count] = before_it
    return held


@kernel
def shape_held(sound: Floats, gains: Doubles) -> None:
    """sound[frames, 2] by gains that glide from one edge of a slice to the next, in place."""
    for k in range((sound.shape[0] + SLICE - 1) // SLICE):
        start, stop = gains[k], gains[k + 1]
        if start == 1.0 and stop == 1.0:
            continue
        slope = (stop - start) / SLICE
        for i in range(k * SLICE, min((k + 1) * SLICE, sound.shape[0])):
            gain = np.float32(start + slope * (i - k * SLICE))
            sound[i, 0] = sound[i, 0] * gain if gain > 0 else np.float32(0)
            sound[i, 1] = sound[i, 1] * gain if gain > 0 else np.float32(0)
