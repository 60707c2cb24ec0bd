"""Loudness (LUFS, BS.1770-4) and true peak, from the energies that the meters add up.

Energies are sums of squares of both channels per sub-block, 100 ms for K weighting. Logarithms and sums
are made the same way on every processor, so that a gain found here is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact, meters

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

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
    positive = x > 0
    db: Doubles = np.where(positive, _DB * exact.log2(np.where(positive, x, 1.0)), -np.inf)
    return db


def from_db(db: Any) -> Doubles:
    """Amplitudes of decibels; 0 for -inf."""
    return exact.gain(db)


def gain_for(measured_lufs: float, target_lufs: float) -> np.float32:
    """The gain that brings a measured loudness to a target; 1 where nothing was measured.

    In steps of 0.01 dB: a meter that differs in its last bit must not make another night.
    """
    if not np.isfinite(measured_lufs):
        return np.float32(1)
    return np.float32(from_db(round(float(target_lufs) - float(measured_lufs), 2)))


def windows(energies: Doubles, count: int, frames: int) -> Doubles:
    """Mean power of every run of `count` sub-blocks of `frames` frames each."""
    so_far: Doubles = np.concatenate([[0.0], np.add.accumulate(np.asarray(energies, np.float64))])
    power: Doubles = (so_far[count:] - so_far[:-count]) / (count * frames)
    return power


def _mean(power: Doubles) -> float:
    """The mean, added up from left to right: numpy's own order of adding differs by processor."""
    return float(exact.total(power)) / power.size


def _lufs(power: Any) -> Doubles:
    return _SCALE + to_db(power) / 2


def momentary(energies: Doubles) -> Doubles:
    """LUFS of every 400 ms, one reading each 100 ms."""
    return _lufs(windows(energies, _MOMENT, meters.K_FRAMES))


def short_term(energies: Doubles) -> Doubles:
    """LUFS of every 3 s, one reading each 100 ms."""
    return _lufs(windows(energies, _SHORT, meters.K_FRAMES))


def momentary_max(energies: Doubles) -> float:
    return float(np.max(momentary(energies), initial=-np.inf))


def integrated(energies: Doubles) -> float:
    """LUFS of a whole programme, gated per BS.1770-4; -inf where no block is above -70 LUFS."""
    power = windows(energies, _MOMENT, meters.K_FRAMES)
    power = power[_lufs(power) > _SILENCE]
    if power.size == 0:
        return -np.inf
    power = power[_lufs(power) > _lufs(_mean(power)) + _GATE]
    return float(_lufs(_mean(power)))


def true_peak(sound: Floats) -> float:
    """The highest magnitude of planar sound at and between its frames, linear, 8 times oversampled."""
    peak = np.zeros(1, np.float32)
    meters.fill_true_peak(
        np.pad(sound, ((0, 0), (meters.LEFT_OUT, meters.LEFT_OUT))).astype(np.float32, copy=False), peak
    )
    return float(peak[0])


def loudness_of(blocks: Iterable[Floats]) -> float:
    """Integrated LUFS of a stream of planar stereo: what a Meter says, and nothing else of it."""
    state, sums, frames = np.zeros(meters.K_STATE), np.zeros(64), 0
    for sound in blocks:
        first = frames // meters.K_FRAMES
        frames += sound.shape[1]
        sums = lengthened(sums, frames // meters.K_FRAMES)
        meters.add_k_weighted(sound, state, sums[first:])
    return integrated(sums[: frames // meters.K_FRAMES])


def lengthened(sums: Doubles, index: int) -> Doubles:
    """sums, its length doubled until it has an entry `index`."""
    while index >= sums.size:
        sums = np.concatenate([sums, np.zeros(sums.size)])
    return sums
