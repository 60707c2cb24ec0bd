"""Random numbers by the array: every draw is a hash of a key and an index, so any can be had in any order."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.drifting import SHARES, fill_drift

Floats: TypeAlias = NDArray[np.float64]

_GOLDEN, _M1, _M2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_S30, _S27, _S31, _S11 = (np.uint64(n) for n in (30, 27, 31, 11))


def words(key: Key, index: Any) -> NDArray[np.uint64]:
    """64 bits for every index, by the finisher of SplitMix64."""
    # an array even of one: numpy warns where a lone number wraps round, as all of these are meant to
    x = np.atleast_1d(np.asarray(index, np.int64)).astype(np.uint64) * _GOLDEN + np.uint64(key.bits)
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


def uniform(key: Key, index: Any) -> Floats:
    """A number in [0, 1) for every index."""
    return (words(key, index) >> _S11).astype(np.float64) * 2.0**-53


def normal(key: Key, index: Any) -> Floats:
    """A normal number for every index: mean 0, deviation 1, clipped at ±3.5 (twelve uniform ones summed)."""
    x = words(key, index)
    total = np.zeros(x.shape, np.float64)
    for part in (x, words(key / "more", index), words(key / "yet more", index)):
        for shift in (0, 16, 32, 48):
            total = total + ((part >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float64)
    return np.clip(total / 65536 - 6 + 6 / 65536, -3.5, 3.5)


def between(key: Key, index: Any, low: Any, high: Any) -> Floats:
    """A number in [low, high) for every index."""
    return np.asarray(low + (high - low) * uniform(key, index))


def by_ratio(key: Key, index: Any, low: Any, high: Any) -> Floats:
    """A number in [low, high) for every index, evenly spread on a logarithmic scale, as pitches are."""
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    bottom = exact.log2(low)
    return exact.exp2(bottom + (exact.log2(high) - bottom) * uniform(key, index))


def drift(key: Key, frames: NDArray[np.int64], period: float) -> Floats:
    """A smooth random LFO of deviation 1 about 0: value noise of three octaves, a function of time alone.

    `period`: frames from one random value of the slowest octave to the next.
    """
    octaves = [key / octave for octave in range(len(SHARES))]
    keys = [[own.bits, (own / "more").bits, (own / "yet more").bits] for own in octaves]
    periods = [max(1, round(period / 2**octave)) for octave in range(len(SHARES))]
    out = np.empty(frames.size, np.float64)
    flat = np.ascontiguousarray(frames, np.int64).reshape(-1)
    fill_drift(flat, np.array(keys, np.uint64), np.array(periods, np.int64), out)
    return out.reshape(frames.shape)
