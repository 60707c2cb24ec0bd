"""Resonator bank, reverb, head and A-weighting, sample by sample, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def bank(x: Doubles, poles: Any, weights: Any, fir: Any) -> Doubles:
    """A parallel bank of one-pole resonators and an FIR beside it. `weights[frames, poles]` are complex,
    `fir[frames, taps]` real: both may change from frame to frame."""
    states, recent = np.zeros(len(poles), complex), np.zeros(fir.shape[1])
    out = np.zeros(len(x))
    for n, sample in enumerate(x):
        recent = np.concatenate([[sample], recent[:-1]])
        out[n] = (weights[n] * states).sum().real + (fir[n] * recent).sum()
        states = poles * states + sample
    return out


def reverb(
    wet: Doubles, delays: Any, losses: Any, damping: float, feed: float, taps: Any, tap_gains: Any
) -> Doubles:
    """Early reflections, and a feedback delay network with a Householder matrix."""
    count, frames = len(delays), wet.shape[1]
    lines, out = np.zeros((count, frames)), np.zeros((2, frames))

    def late(signal: Doubles, n: int, delay: int) -> float:
        return float(signal[n - delay]) if n >= delay else 0.0

    for n in range(frames):
        y = [
            (1 - damping) * late(lines[k], n, delays[k]) + damping * late(lines[k], n, delays[k] + 1)
            for k in range(count)
        ]
        for k in range(count):
            lines[k, n] = (y[k] - sum(y) * 2 / count) * losses[k] + feed * wet[k % 2, n]
            out[k % 2, n] += y[k]
        for t in range(len(taps)):
            out[t % 2, n] += tap_gains[t] * late(wet[t % 2], n, taps[t])
    return out


def heard(sound: Doubles, n: int, delays: Any, ways: Any) -> tuple[list[float], list[float]]:
    """Frame n at the two ears, and at their shadows: four paths, each a delay of four taps and two gains."""
    ears, shadows = [0.0, 0.0], [0.0, 0.0]
    for path in range(4):
        source, (*taps, to_ear, to_shadow) = sound[path % 2], ways[6 * path : 6 * path + 6]
        first = n - int(delays[path])
        arriving = sum(tap * source[first - k] for k, tap in enumerate(taps) if 0 <= first - k < len(source))
        ears[path // 2] += to_ear * arriving
        shadows[path // 2] += to_shadow * arriving
    return ears, shadows


def shaded(shadow: Doubles, pole: float, b: float, c: float) -> Doubles:
    """The shadows' one-pole filter."""
    w, out = 0.0, np.zeros(len(shadow))
    for n, x in enumerate(shadow):
        w = x + pole * w
        out[n] = b * w - c * x
    return out


def a_weighted(x: Doubles, poles: Any, top: Any) -> Doubles:
    """Four one-pole high-passes and a biquad."""
    for pole in poles:
        y, last_x, last_y = np.zeros(len(x)), 0.0, 0.0
        for n, sample in enumerate(x):
            last_x, last_y = sample, sample - last_x + pole * last_y
            y[n] = last_y
        x = y
    b0, b1, b2, a1, a2 = top
    y = np.zeros(len(x))
    x1 = x2 = y1 = y2 = 0.0
    for n, sample in enumerate(x):
        y[n] = b0 * sample + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        x2, x1, y2, y1 = x1, sample, y1, y[n]
    return y


def fitted(basis: Doubles, errors: Doubles, target: Doubles) -> Doubles:
    """The weights of the columns of `basis` whose sum is nearest to `target`, by orthogonal matrices."""
    return np.asarray(np.linalg.lstsq(basis * errors[:, None], target * errors)[0], np.float64)
