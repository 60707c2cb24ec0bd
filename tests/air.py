"""What air, fire and far weather are known by: gusts, crackles, rumbles, hums. Statistics of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textures import RATE, Waves, band_passed, filtered, happenings, levels, power_spectrum

Floats = NDArray[np.float64]


def correlation(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def correlation_time(x: Any, low: float = 80, high: float = 10_000, window: float = 30.0) -> float:
    """Seconds until the level's autocorrelation has fallen to 1/e, the median of half minutes."""
    every = 0.05
    level = levels(band_passed(x, low, high), every)
    size = round(window / every)
    found = []
    for first in range(0, len(level) - size + 1, size // 2):
        z = level[first : first + size]
        z = z - z.mean()
        echo = np.correlate(z, z, "full")[size - 1 :] / np.arange(size, 0, -1)
        # what is left of the noise's own restlessness is at lag 0 only: the next lags say where it starts
        start = 2 * echo[1] - echo[2]
        under = np.flatnonzero(echo < start / np.e)
        found.append(float(under[0]) * every if len(under) else window)
    return float(np.median(found))


def together(x: Any, smooth: float = 0.25) -> float:
    """How alike the levels of the lows (80–400 Hz) and of the highs (800–4000 Hz) move."""
    low = levels(band_passed(x, 80, 400), 0.05, smooth)
    high = levels(band_passed(x, 800, 4_000), 0.05, smooth)
    return correlation(low, high)


def gusts_alike(a: Any, b: Any) -> float:
    """How alike two voices of one night come and go, second by second; each in the band it is heard by."""
    return correlation(levels(a, 0.1, 0.7), levels(b, 0.1, 0.7))


def peak_pitch(x: Any, low: float, high: float, every: float = 0.25) -> Floats:
    """Hz: the middle of the power between two frequencies, every quarter of a second."""
    size = round(every * RATE)
    x = np.asarray(x, np.float64)
    frames = x[: len(x) // size * size].reshape(-1, size) * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    hz = np.fft.rfftfreq(size, 1 / RATE)
    inside = (hz >= low) & (hz < high)
    return np.asarray((power[:, inside] * hz[inside]).sum(axis=1) / power[:, inside].sum(axis=1))


# ---- fire


@dataclass(frozen=True)
class Fire:
    """Its crackles: what rises 12 dB out of the highs around it."""

    rate: float
    """A second."""
    clustered: float
    """Deviation of the times between, over their mean: 0 a clock, 1 chance, more for clusters."""
    decay: float
    """ms until 10 dB down, the median."""
    centroid: float
    """Hz, of the events, the median."""
    tail: float
    """The exponent of the tail of their energies."""


def fire(x: Any, over: float = 12.0) -> Fire:
    x = np.asarray(x, np.float64)
    found = happenings(x, 2_000, 12_000, over)
    at = found.at
    apart = np.diff(at)
    bright = [event_centroid(x, t) for t in at[:200]]
    energy = np.sort(10 ** (found.over / 10))[::-1]
    top = energy[: max(10, len(energy) // 3)]
    tail = 1 / np.mean(np.log(top / top[-1])[:-1]) if len(energy) > 30 else np.inf
    return Fire(
        len(at) / (len(x) / RATE),
        float(apart.std() / apart.mean()) if len(apart) > 2 else 0.0,
        float(np.median(found.decay)) * 1000 if len(at) else np.inf,
        float(np.median(bright)) if bright else 0.0,
        float(tail),
    )


def event_centroid(x: Floats, t: float) -> float:
    """Hz, of the eight milliseconds around what happens at second t, above 500 Hz."""
    middle = int(t * RATE)
    piece = x[max(0, middle - 96) : middle + 288]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    hz = np.fft.rfftfreq(len(piece), 1 / RATE)
    heard = (hz > 500) & (hz < 20_000)
    return float((power * hz)[heard].sum() / power[heard].sum())


# ---- thunder


@dataclass(frozen=True)
class Rumbles:
    """The rumbles of a storm, as far as its level tells."""

    count: int
    rise: float
    """Seconds of the last 10 dB before the top, the median."""
    fall: float
    """Seconds of the first 10 dB after it, the median."""
    quickest: float
    """Seconds of the quickest rise: a crack would be under .1."""


def rumbles(x: Any, stand_out: float = 10.0) -> Rumbles:
    """Tops of the level (smoothed over .1 s) that stand so many dB over the quiet around them."""
    every = 0.02
    level = levels(band_passed(x, 40, 2_000), every, 0.05)
    rises, falls = [], []
    busy = -1
    quiet = np.quantile(level, 0.25)
    for k in np.argsort(level)[::-1]:
        first, last = max(0, k - 300), k + 300
        if level[k] < quiet + stand_out:
            break
        if level[k] < level[first:last].max():
            continue
        before = np.flatnonzero(level[first:k] < level[k] - 10)
        after = np.flatnonzero(level[k:last] < level[k] - 10)
        if len(before) and len(after):
            rises.append((k - first - before[-1]) * every)
            falls.append(after[0] * every)
            busy = k
    if busy < 0:
        return Rumbles(0, 0.0, 0.0, 0.0)
    return Rumbles(len(rises), float(np.median(rises)), float(np.median(falls)), float(min(rises)))


# ---- things with a beat


def line(x: Any, hz: float, width: float = 2.0) -> float:
    """dB that a tone stands over what lies around it."""
    at, power = power_spectrum(x, 1 << 16)
    near = np.abs(at - hz) < width
    around = (np.abs(at - hz) < 12 * width) & ~(np.abs(at - hz) < 2 * width)
    return float(10 * np.log10(power[near].max() / np.median(power[around])))


def beat(x: Any, low: float, high: float, slowest: float, fastest: float) -> tuple[float, float]:
    """The strongest beat of a band's level between two rates a second: its rate, and how strong the
    autocorrelation of the level is at it."""
    level = levels(band_passed(x, low, high), 0.02)
    z = np.minimum(level - np.median(level), 10)
    z = z - np.convolve(z, np.ones(101) / 101, "same")
    size = 1 << (2 * len(z)).bit_length()
    echo = np.fft.irfft(np.abs(np.fft.rfft(z, size)) ** 2)[: len(z)]
    first, last = round(1 / fastest / 0.02), round(1 / slowest / 0.02) + 1
    k = first + int(np.argmax(echo[first:last]))
    return 50 / k, float(echo[k] / echo[0])


# ---- what a gate must turn away


def like(x: Any, seed: int = 1) -> Waves:
    """Gaussian noise of the same spectrum, smoothed over thirds of octaves: no events, gusts or lines."""
    hz, power = power_spectrum(x, 1 << 13)
    centres = np.exp2(np.arange(np.log2(20), np.log2(23_000), 1 / 6))
    smooth = [power[(hz >= c / 1.19) & (hz <= c * 1.19 + hz[1])].mean() for c in centres]

    def gain(at: Floats) -> Floats:
        return np.sqrt(np.interp(np.log(np.maximum(at, 20)), np.log(centres), smooth))

    noise = np.random.default_rng(seed).standard_normal(len(x)).astype(np.float32)
    y = filtered(noise, gain, 0.2)
    y *= np.sqrt(np.mean(np.square(x)) / np.mean(np.square(y)))
    return y


def swayed(x: Any, by: float = 4.0, over: float = 9.0) -> Floats:
    """The same under a sine: what cheap winds are."""
    turns = np.arange(0, len(x), 48) / RATE / over  # a thousand a second
    gain = 10 ** (by * np.sin(2 * np.pi * turns) / 20)
    return np.asarray(x * np.repeat(gain, 48)[: len(x)])


def ticking(x: Any, rate: float = 10.0, seed: int = 1) -> Waves:
    """Noise like x with evenly spaced, equal crackles in it."""
    y = like(x, seed)
    burst = np.random.default_rng(seed).standard_normal(600) * np.exp(-np.arange(600) / 150)
    burst *= 12 * y.std()
    for at in range(0, len(y) - 600, round(RATE / rate)):
        y[at : at + 600] += burst
    return y
