"""Instruments that are given notes, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from nights import KIND_OF, VOICES, alone_text, night_of
from numpy.typing import NDArray

from lullaby.night.track import Track
from lullaby.time import RATE, Span
from lullaby.voices.core.played import Played
from lullaby.voices.instruments.held import HeldInstrument
from lullaby.voices.instruments.ringing import RingingInstrument
from lullaby.voices.kinds import KINDS

Sound = NDArray[np.float64]

RANGES = {
    "harp": (65.4, 1_568.0),
    "guitar": (82.4, 988.0),
    "kalimba": (174.6, 1_047.0),
    "musicbox": (349.2, 1_760.0),
    "piano": (65.4, 1_568.0),
    "bowl": (110.0, 523.3),
    "bell": (196.0, 880.0),
    "bowed": (65.4, 440.0),
    "flute": (196.0, 1_047.0),
    "choir": (110.0, 523.3),
    "ensemble": (82.4, 880.0),
}
"""Hz: the lowest and the highest note that each is good for."""
INSTRUMENTS = [name for name, kind in KINDS.items() if kind.plays]
VOICE = {KIND_OF[voice]: voice for voice in reversed(VOICES)}


@lru_cache(maxsize=64)
def track(kind: str) -> Track:
    return night_of(alone_text(VOICE[kind])).plan.tracks[0]


RINGS = [name for name in INSTRUMENTS if isinstance(track(name).voice, RingingInstrument)]
HOLDS = [name for name in INSTRUMENTS if isinstance(track(name).voice, HeldInstrument)]
STRUCK = [name for name in INSTRUMENTS if name not in RINGS + HOLDS]


def note(
    hz: float, at: float = 0.5, seconds: float = 4.0, velocity: float = 0.6, swell: float = 0.0
) -> Played:
    return Played(round(at * RATE), round(seconds * RATE), hz, velocity, swell)


def played(
    kind: str,
    *notes: Played,
    seconds: float = 5.0,
    start: int = 0,
    quiet: bool = False,
    voice: Any = None,
    told: Mapping[str, Any] = MappingProxyType({}),
    **more: Any,
) -> Sound:
    """What it makes of these notes: float64[2, frames]. `quiet`: without the noise of its attack."""
    one = track(kind)
    steady = {**one.controls.steady, **told}
    if quiet and "noise" in steady:
        steady["noise"] = -60.0
    controls = replace(one.controls, notes=notes, steady=steady, **more)
    span = Span(start, start + round(seconds * RATE))
    blocks = (voice or one.voice).render(one.key, span, controls)
    return np.concatenate([np.array(block, np.float64) for block in blocks], axis=1)


def power_of(x: NDArray[Any]) -> tuple[Sound, Sound]:
    """Frequencies, and the power at each under a window whose sides are 92 dB down."""
    n = np.arange(len(x)) / len(x)
    a = (0.35875, -0.48829, 0.14128, -0.01168)
    window = sum(c * np.cos(2 * np.pi * k * n) for k, c in enumerate(a))
    return np.fft.rfftfreq(4 * len(x), 1 / RATE), np.abs(np.fft.rfft(x * window, 4 * len(x))) ** 2


def cents_off(x: NDArray[Any], hz: float) -> float:
    """How far the partial near this frequency is from it: the middle of its power."""
    f, p = power_of(x)
    near = np.abs(f - hz) < max(0.015 * hz, 6.0 * RATE / len(x))
    return float(1200 * np.log2((f[near] * p[near]).sum() / p[near].sum() / hz))


def centroid(x: NDArray[Any]) -> float:
    """Of all of it, the attack as well: only its end is faded."""
    fade = np.minimum(1.0, 3 * (1 - np.arange(len(x)) / len(x)))
    f, p = np.fft.rfftfreq(len(x), 1 / RATE), np.abs(np.fft.rfft(x * fade * fade * (3 - 2 * fade))) ** 2
    return float((f * p).sum() / p.sum())


def envelope(x: NDArray[Any], hz: float, width: float) -> Sound:
    """The amplitude of what is within so many hertz of a frequency, a value a millisecond."""
    from scipy.signal import firwin, oaconvolve

    turned = x * np.exp(-2j * np.pi * hz * np.arange(len(x)) / RATE)
    low = firwin(2 * int(1.8 * RATE / width) + 1, width, fs=RATE, window="blackman")
    return np.abs(oaconvolve(turned, low, mode="same"))[:: RATE // 1000] * 2


def notes_over(kind: str) -> list[float]:
    low, high = RANGES[kind]
    return [low * (high / low) ** (k / 3) for k in range(4)]
