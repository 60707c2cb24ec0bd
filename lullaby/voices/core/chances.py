"""Random numbers by the array: every draw is a hash of a key and an index, so any can be had in any order."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.drawing import SHARES, fill_draws

Floats: TypeAlias = NDArray[np.float64]

_GOLDEN, _M1, _M2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_S30, _S27, _S31 = (np.uint64(n) for n in (30, 27, 31))


def words(key: Key, index: Any) -> NDArray[np.uint64]:
    """64 bits for every index, by the finisher of SplitMix64."""
    # an array even of one: numpy warns where a lone number wraps round, as all of these are meant to
    x = np.atleast_1d(np.asarray(index, np.int64)).astype(np.uint64) * _GOLDEN + np.uint64(key.bits)
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


def uniform(key: Key, index: Any) -> Floats:
    """A number in [0, 1) for every index."""
    return _drawn(index, key)


def normal(key: Key, index: Any) -> Floats:
    """A normal number for every index: mean 0, deviation 1, clipped at ±3.5 (twelve uniform ones summed)."""
    return _drawn(index, *_threefold(key))


def _threefold(key: Key) -> tuple[Key, Key, Key]:
    """The keys that a normal number is drawn with."""
    return key, key / "more", key / "yet more"


def _drawn(index: Any, *keys: Key, periods: tuple[int, ...] = ()) -> Floats:
    flat = np.atleast_1d(np.asarray(index, np.int64))
    out = np.empty(flat.shape, np.float64)
    bits = np.array([key.bits for key in keys], np.uint64)
    fill_draws(bits, np.array(periods, np.int64), np.ascontiguousarray(flat).reshape(-1), out.reshape(-1))
    return out


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
    octaves = range(len(SHARES))
    keys = [own for octave in octaves for own in _threefold(key / octave)]
    return _drawn(frames, *keys, periods=tuple(max(1, round(period / 2**octave)) for octave in octaves))
