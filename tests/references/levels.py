"""True peak, limiter, guard, mixing and dither, sample by sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from references.generators import bits

Doubles = NDArray[np.float64]
REACH = 12
GROUP = 16


def sinc(away: float) -> float:
    """A Hann-windowed sinc of 12 taps to either side."""
    window = math.cos(math.pi * away / (2 * REACH)) ** 2
    return window * math.sin(math.pi * away) / (math.pi * away) if away else 1.0


BETWEEN = [[sinc(part / 8 - k) for k in range(1 - REACH, REACH + 1)] for part in range(8)]


def true_peak(x: Doubles, first: int, last: int) -> float:
    """The highest magnitude at the frames first … last - 1, and at seven places after each of them."""
    padded = np.pad(x, REACH)
    taps = [padded[n + 1 : n + 1 + 2 * REACH] for n in range(first, last)]
    return max(abs(float(np.dot(place, near))) for near in taps for place in BETWEEN)


def limited(sound: Doubles, ceiling: float, release: float, look_ahead: int) -> Doubles:
    """A look-ahead limiter that finds its gain once for every 16 frames; out come as many as went in."""
    groups, delay = sound.shape[1] // GROUP, look_ahead // GROUP
    peaks = [max(true_peak(x, GROUP * g, GROUP * (g + 1)) for x in sound) for g in range(groups)]
    needs = [max(0.0, 1 - ceiling / peak) if peak else 0.0 for peak in peaks]
    hann = [(1 - math.cos(math.tau * k / delay)) / delay for k in range(1, delay)]
    out, held, eased_before = np.zeros_like(sound), [0.0] * delay, 0.0
    for g in range(groups):
        released = held[-1] * release
        held.append(max([released if released > 1e-6 else 0.0, *needs[max(0, g - delay) : g]]))
        eased = sum(weight * held[-1 - k] for k, weight in enumerate(hann))
        if g >= delay:
            for i in range(GROUP):
                gain = 1 - (eased_before + (eased - eased_before) * i / GROUP)
                out[:, GROUP * g + i] = sound[:, GROUP * (g - delay) + i] * gain
        eased_before = eased
    return out


def guard_gains(powers: Any, rises: Any, highest: Any, unheard: float) -> list[float]:
    """Gains at the edges of slices, such that no window of five rises too far above the 2 s before it."""
    count, slices = len(powers), []
    windows = [sum(powers[k : k + 5]) / 5 for k in range(count - 4)]
    passed: list[float] = []
    for k in range(count):
        quietest = min(windows[: min(k + 1, 200, len(windows))])
        least = 1.0
        for first in range(max(0, k - 4), min(k, count - 5) + 1):
            allowed, rise = min(highest[first], highest[k]), min(rises[first], rises[k])
            before = ([quietest] * 200 + passed[:first])[-200:]
            if rise < math.inf:
                allowed = min(allowed, max(unheard, rise * sum(before) / 200))
            if windows[first] > allowed:
                least = min(least, allowed / windows[first])
        passed.append(least * powers[k])
        slices.append(math.sqrt(least))
    return [min(pair) for pair in zip([1.0, *slices], [*slices, slices[-1]], strict=True)]


def sample(x: float, full: int, number: int, key: tuple[int, int]) -> int:
    """x as a whole number of steps 1/full, with TPDF dither; `number` counts the samples of both channels."""
    draw = bits((key[0], key[1] + (number >> 32)), number)
    dither = ((draw >> 16) - (draw & 0xFFFF)) / 65536
    return int(min(max(round(float(x) * full + dither), -full), full - 1))


def gains_at(points: Any, frames: int, every: int) -> Doubles:
    """Gains at control points, interpolated."""
    return np.interp(np.arange(frames), every * np.arange(len(points)), points)


def dipped(sound: Any, depths: Any, centre: float, width: float, rate: float) -> Doubles:
    """One channel without a share of a band: the band-pass of the RBJ cookbook, in direct form I."""
    turn = 2 * np.pi * centre / rate
    alpha = np.sin(turn) * width / 2
    b0, a1, a2 = (x / (1 + alpha) for x in (alpha, -2 * np.cos(turn), 1 - alpha))
    out, x1, x2, y1, y2 = [], 0.0, 0.0, 0.0, 0.0
    for x, depth in zip(sound, depths, strict=True):
        y = b0 * x - b0 * x2 - a1 * y1 - a2 * y2
        x1, x2, y1, y2 = x, x1, y, y1
        out.append(x - depth * y)
    return np.array(out)
