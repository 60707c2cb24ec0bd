"""Thunder and wind as recordings have them: intervals that hold whichever one recording is left out.

The numbers are summaries of our own measurements of 14 recordings of thunder and 16 of wind, in windows of
five seconds: the means of each recording, without the lowest and the highest (so none of them decides alone),
and the deviation of windows within a recording. No recording, and no measurement of one, is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from textures import RATE

Floats = NDArray[np.float64]

WINDOW = 5 * RATE
COUNT, LOW, HIGH = 28, 80.0, 10_000.0
SLOW = 400
"""Values of an envelope, a second."""
PARTS = {"low": slice(0, 6), "mid": slice(6, 14), "high": slice(14, 28)}
"""Bands: 80–400 Hz, 400 Hz–1.2 kHz, 1.2–10 kHz."""
REAL: dict[str, dict[str, tuple[float, float, float]]] = {
    "thunder": {
        "together": (0.12, 0.60, 0.17),
        "contrast low": (-0.40, 0.43, 0.25),
        "skew low": (0.93, 1.52, 0.22),
        "modulation low": (-13.00, -9.19, 1.74),
        "contrast mid": (-0.54, 0.40, 0.21),
        "skew mid": (0.84, 1.56, 0.21),
        "modulation mid": (-16.05, -12.00, 2.06),
        "contrast high": (-0.91, -0.08, 0.13),
        "skew high": (0.81, 1.60, 0.19),
        "modulation high": (-18.36, -12.15, 2.53),
    },
    "wind": {
        "together": (0.01, 0.28, 0.11),
        "contrast low": (-0.64, -0.48, 0.07),
        "skew low": (0.51, 0.78, 0.11),
        "modulation low": (-14.52, -12.71, 1.52),
        "contrast mid": (-0.67, -0.39, 0.09),
        "skew mid": (0.56, 0.92, 0.08),
        "modulation mid": (-18.32, -15.26, 1.42),
        "contrast high": (-1.00, -0.51, 0.18),
        "skew high": (0.61, 1.84, 0.26),
        "modulation high": (-20.02, -15.31, 2.21),
    },
}
"""The interval of recordings, and the mean deviation of a band's windows within one."""


def _erb(hz: Any) -> Floats:
    return np.asarray(9.265 * np.log(1 + np.asarray(hz) / (24.7 * 9.265)))


def envelopes(window: Any) -> Floats:
    """[28 bands, 400 a second]: half-cosine bands evenly apart on the ear's scale."""
    spectrum = np.fft.rfft(np.asarray(window, np.float64))
    place = _erb(np.fft.rfftfreq(len(window), 1 / RATE))
    centres, count = np.linspace(_erb(LOW), _erb(HIGH), COUNT), len(window) * SLOW // RATE
    out = np.empty((COUNT, count))
    for k, centre in enumerate(centres):
        away = (place - centre) / (centres[1] - centres[0])
        bins = np.flatnonzero(np.abs(away) < 1)
        size = count * -(-len(bins) // count)
        band = np.zeros(size, np.complex128)
        band[: len(bins)] = spectrum[bins] * np.cos(np.pi * away[bins] / 2)
        out[k] = np.abs(np.fft.ifft(band)).reshape(count, -1).mean(axis=1) * size / len(window)
    return out + 1e-9


def measured(window: Any) -> dict[str, float]:
    """Of one window: how far envelopes swing and lean, how much at 1–4 Hz, and how alike bands move."""
    envelope = envelopes(window)
    flat = envelope**0.3 - (envelope**0.3).mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(flat * np.hanning(flat.shape[1]), axis=1)) ** 2
    hz = np.fft.rfftfreq(flat.shape[1], 1 / SLOW)
    whole = power[:, hz > 0.4].sum(axis=1)
    octaves = [10 * np.log10(power[:, (hz >= f) & (hz < 2 * f)].sum(axis=1) / whole + 1e-4) for f in (1, 2)]
    moved = np.mean(octaves, axis=0)
    deviation = envelope.std(axis=1)
    contrast = np.log(deviation / envelope.mean(axis=1) + 1e-3)
    skewness = (((envelope - envelope.mean(axis=1, keepdims=True)) / deviation[:, None]) ** 3).mean(axis=1)
    skew = np.sign(skewness) * np.log1p(np.abs(skewness))
    found = {
        "together": float((flat[:-4] * flat[4:]).mean(axis=1) @ (1 / (sd(flat)[:-4] * sd(flat)[4:])) / 24)
    }
    for part, bands in PARTS.items():
        found |= {
            f"contrast {part}": float(contrast[bands].mean()),
            f"skew {part}": float(skew[bands].mean()),
        }
        found[f"modulation {part}"] = float(moved[bands].mean())
    return found


def sd(flat: Floats) -> Floats:
    return np.asarray(flat.std(axis=1))


def windows(x: Any, quiet: float) -> list[Floats]:
    """Five seconds each, without those that lie so many dB below the loudest."""
    pieces = np.asarray(x, np.float64)[: len(x) // WINDOW * WINDOW].reshape(-1, WINDOW)
    level = 10 * np.log10((pieces**2).mean(axis=1) + 1e-20)
    return list(pieces[level > level.max() - quiet])


def of_windows(x: Any, quiet: float) -> dict[str, Floats]:
    """Every measure, of each window."""
    each = [measured(window) for window in windows(x, quiet)]
    return {name: np.array([one[name] for one in each]) for name in each[0]}
