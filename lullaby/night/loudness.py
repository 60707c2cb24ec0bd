"""The loudness of a night: loudness as people hear it (BS.1770-4), A-weighted levels, and true peak.

Energies are what the meters' kernels add up: sums of squares of both channels per sub-block, 100 ms for
K weighting and 50 ms for A. Levels are dB re full scale, the channels' powers added, for A as for K.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lullaby.kernels import meters
from lullaby.kernels.levels import (
    Doubles,
    Floats,
    from_db,
    gain_for,
    integrated,
    lengthened,
    loudness_of,
    momentary,
    momentary_max,
    short_term,
    to_db,
    true_peak,
    windows,
)
from lullaby.time import RATE

__all__ = [
    "PLAIN",
    "Loudness",
    "Meter",
    "a_level",
    "from_db",
    "gain_for",
    "heard_as",
    "integrated",
    "loudness_of",
    "momentary",
    "momentary_max",
    "short_term",
    "to_db",
    "true_peak",
]


@dataclass(frozen=True)
class Loudness:
    """The master's last stages: its gain, and the levels that limiter and guard keep."""

    gain: float
    """The factor that the mixer multiplies by."""
    ceiling: float | None
    """The true peak nothing passes; None: before the limiter, as stems are."""
    opening: float = 0.0
    """A-weighted power of the minute that opens the night, with that gain."""
    cap: float | None = None
    """A-weighted power that no 50 ms pass, where a listener has a limit and the device was measured."""


PLAIN = Loudness(1.0, None)
"""Unity gain, without limiter and guard."""


def a_level(energies: Doubles, window_s: float) -> Doubles:
    """A-weighted level of every window of so many seconds, one reading each 50 ms.

    Sound shorter than the window gives one reading, of all there is.
    """
    count = round(min(max(1.0, window_s * RATE / meters.A_FRAMES), max(1, len(energies))))
    return to_db(windows(energies, count, meters.A_FRAMES)) / 2


def heard_as(blocks: Iterable[Floats]) -> tuple[float, float]:
    """Integrated LUFS and LAeq of a stream of planar stereo: a Meter without true peak."""
    meter = Meter()
    for sound in blocks:
        meter.weigh(sound)
    return meter.integrated, float(np.max(a_level(meter.a_energies, math.inf), initial=-np.inf))


class Meter:
    """A loudness meter: it takes planar stereo in blocks of any length, and reads for all of it so far."""

    def __init__(self) -> None:
        self.frames = 0
        self._k_state, self._k_sums = np.zeros(meters.K_STATE), np.zeros(64)
        self._a_state, self._a_sums = np.zeros(meters.A_STATE), np.zeros(128)
        self._peak = np.zeros(1, np.float32)
        self._last = np.zeros((2, meters.LEFT_OUT), np.float32)

    def feed(self, sound: Floats) -> None:
        sound = np.ascontiguousarray(sound, np.float32)
        self.weigh(sound)
        joined = np.concatenate([self._last, sound], axis=1)
        if joined.shape[1] >= 2 * meters.LEFT_OUT:
            meters.fill_true_peak(joined, self._peak)
            joined = joined[:, -meters.LEFT_OUT :]
        self._last = joined

    def weigh(self, sound: Floats) -> None:
        """Takes a block's loudness, but not its true peak."""
        at_k, at_a = self.frames // meters.K_FRAMES, self.frames // meters.A_FRAMES
        self.frames += sound.shape[1]
        self._k_sums = lengthened(self._k_sums, self.frames // meters.K_FRAMES)
        self._a_sums = lengthened(self._a_sums, self.frames // meters.A_FRAMES)
        meters.add_k_weighted(sound, self._k_state, self._k_sums[at_k:])
        meters.add_a_weighted(sound, meters.A_FRAMES, self._a_state, self._a_sums[at_a:])

    @property
    def k_energies(self) -> Doubles:
        """The energies of every whole 100 ms so far."""
        return self._k_sums[: self.frames // meters.K_FRAMES]

    @property
    def a_energies(self) -> Doubles:
        """The energies of every whole 50 ms so far."""
        return self._a_sums[: self.frames // meters.A_FRAMES]

    @property
    def integrated(self) -> float:
        return integrated(self.k_energies)

    @property
    def momentary_max(self) -> float:
        return momentary_max(self.k_energies)

    @property
    def true_peak(self) -> float:
        peak = self._peak.copy()
        ending = np.zeros((2, 2 * meters.LEFT_OUT), np.float32)
        meters.fill_true_peak(np.concatenate([self._last, ending], axis=1), peak)
        return float(peak[0])
