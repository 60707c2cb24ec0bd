"""Pitches as the oscillators read them: whole 2⁻³² turns a frame, sixteen at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.simd import LANES
from lullaby.time import RATE
from lullaby.voices.core.controls import Floats


def words_of(hz: Floats) -> NDArray[np.uint32]:
    """Pitches in hertz; lanes too many stand still."""
    return turns_of(hz / RATE)


def turns_of(turns: Floats) -> NDArray[np.uint32]:
    """Phases, or turns a frame, of which only the fraction counts."""
    return np.rint(padded(turns - np.floor(turns)) * 2.0**32).astype(np.uint64).astype(np.uint32)


def padded(x: Floats) -> Floats:
    """Sixteen lanes; the ones too many are 0, and so silent."""
    return np.concatenate([x, np.zeros(LANES - len(x))])


def twice_cosine(hz: Floats) -> NDArray[np.float32]:
    """2 cos of what an oscillator turns in sixteen frames, of the pitch its whole numbers really make."""
    turn = words_of(hz).astype(np.float64) * (LANES * 2.0**-32)
    return (2 * exact.cos_turns(turn)).astype(np.float32)
