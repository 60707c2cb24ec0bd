"""How loud a night is: loudness as people hear it (BS.1770-4), A-weighted levels, and true peak.

Energies are what the meters' kernels add up: sums of squares of both channels per sub-block, 100 ms for
K weighting and 50 ms for A. Levels are dB re full scale, the channels' powers added, for A as for K.
Logarithms and sums are made the same way on every processor, so that a gain found here is, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact, meters
from lullaby.time import RATE

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Loudness:
    """How loud a night leaves the desk."""

    gain: float
    """What the desk multiplies by."""
    ceiling: float | None
    """The true peak nothing passes; None: before the limiter, as stems are."""
    opening: float = 0.0
    """A-weighted power of the minute that opens the night, with that gain."""
    cap: float | None = None
    """A-weighted power that no 50 ms pass, where a listener has a limit and the device was measured."""


PLAIN = Loudness(1.0, None)
"""As it comes."""

_DB = 6.020599913279624
"""Decibels in a doubling of amplitude: 20 log10 2."""
_SCALE = -0.691
"""BS.1770's offset: a full-scale 997 Hz sine on one channel reads -3.01 LUFS."""
_SILENCE = -70.0
"""LUFS: the absolute gate. Blocks no louder than this are not part of the programme."""
_GATE = -10.0
"""LU: the relative gate, below the loudness of what passed the absolute one."""
_MOMENT, _SHORT = 4, 30
"""Sub-blocks of 100 ms in a momentary (400 ms) and a short-term (3 s) reading."""


def to_db(amplitude: Any) -> Doubles:
    """Decibels of amplitudes; -inf for 0."""
    x = np.asarray(amplitude, np.float64)
    heard = x > 0
    db: Doubles = np.where(heard, _DB * exact.log2(np.where(heard, x, 1.0)), -np.inf)
    return db


def from_db(db: Any) -> Doubles:
    """Amplitudes of decibels; 0 for -inf."""
    return exact.gain(db)


def gain_for(measured_lufs: float, wished_lufs: float) -> np.float32:
    """The gain that brings a measured loudness to the one wished for; 1 where nothing was heard.

    In steps of 0.01 dB: a meter that differs in its last bit must not make another night.
    """
    if not np.isfinite(measured_lufs):
        return np.float32(1)
    return np.float32(from_db(round(float(wished_lufs) - float(measured_lufs), 2)))


def _windows(energies: Doubles, count: int, frames: int) -> Doubles:
    """Mean power of every run of `count` sub-blocks of `frames` frames each."""
    so_far: Doubles = np.concatenate([[0.0], np.add.accumulate(np.asarray(energies, np.float64))])
    power: Doubles = (so_far[count:] - so_far[:-count]) / (count * frames)
    return power


def _mean(power: Doubles) -> float:
    """From left to right: numpy's own order of adding differs by processor."""
    return float(exact.total(power)) / power.size


def _lufs(power: Any) -> Doubles:
    return _SCALE + to_db(power) / 2


def momentary(energies: Doubles) -> Doubles:
    """LUFS of every 400 ms, one reading each 100 ms."""
    return _lufs(_windows(energies, _MOMENT, meters.K_FRAMES))


def short_term(energies: Doubles) -> Doubles:
    """LUFS of every 3 s, one reading each 100 ms."""
    return _lufs(_windows(energies, _SHORT, meters.K_FRAMES))


def momentary_max(energies: Doubles) -> float:
    return float(np.max(momentary(energies), initial=-np.inf))


def integrated(energies: Doubles) -> float:
    """LUFS of a whole programme, gated per BS.1770-4; -inf where no block is above -70 LUFS."""
    power = _windows(energies, _MOMENT, meters.K_FRAMES)
    power = power[_lufs(power) > _SILENCE]
    if power.size == 0:
        return -np.inf
    power = power[_lufs(power) > _lufs(_mean(power)) + _GATE]
    return float(_lufs(_mean(power)))


def a_level(energies: Doubles, window_s: float) -> Doubles:
    """A-weighted level of every window of so many seconds, one reading each 50 ms.

    Sound shorter than the window gives one reading, of all there is.
    """
    count = round(min(max(1.0, window_s * RATE / meters.A_FRAMES), max(1, len(energies))))
    return to_db(_windows(energies, count, meters.A_FRAMES)) / 2


def true_peak(sound: Floats) -> float:
    """The highest magnitude of planar sound at and between its frames, linear, 8 times oversampled."""
    peak = np.zeros(1, np.float32)
    meters.fill_true_peak(
        np.pad(sound, ((0, 0), (meters.LEFT_OUT, meters.LEFT_OUT))).astype(np.float32, copy=False), peak
    )
    return float(peak[0])


def loudness_of(blocks: Iterable[Floats]) -> tuple[float, float]:
    """Integrated LUFS and LAeq of a stream of planar stereo: a Meter without its other questions."""
    meter = Meter()
    for sound in blocks:
        meter.weigh(sound)
    return meter.integrated, float(np.max(a_level(meter.a_energies, math.inf), initial=-np.inf))


class Meter:
    """Hears planar stereo, block after block of any length, and answers for all of it so far."""

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
        """Hears how loud it is, but not its peaks."""
        at_k, at_a = self.frames // meters.K_FRAMES, self.frames // meters.A_FRAMES
        self.frames += sound.shape[1]
        self._k_sums = _with_room(self._k_sums, self.frames // meters.K_FRAMES)
        self._a_sums = _with_room(self._a_sums, self.frames // meters.A_FRAMES)
        meters.add_k_weighted(sound, self._k_state, self._k_sums[at_k:])
        meters.add_a_weighted(sound, meters.A_FRAMES, self._a_state, self._a_sums[at_a:])

    @property
    def k_energies(self) -> Doubles:
        """Of every whole 100 ms so far."""
        return self._k_sums[: self.frames // meters.K_FRAMES]

    @property
    def a_energies(self) -> Doubles:
        """Of every whole 50 ms so far."""
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

    @property
    def laeq_minute(self) -> float:
        """The A-weighted level of the loudest minute; of all there is, if that is shorter."""
        return float(np.max(a_level(self.a_energies, 60.0), initial=-np.inf))


def _with_room(sums: Doubles, index: int) -> Doubles:
    """sums, made longer by doubling until there is a place at `index`."""
    while index >= sums.size:
        sums = np.concatenate([sums, np.zeros(sums.size)])
    return sums
