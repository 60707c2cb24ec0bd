"""Phase increments for the oscillators: pitches in whole 2⁻³² turns a frame, sixteen lanes at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.simd import LANES
from lullaby.time import RATE
from lullaby.voices.core.controls import Floats


def words_of(hz: Floats) -> NDArray[np.uint32]:
    """Phase increments of pitches in hertz; unused lanes are 0."""
    return turns_of(hz / RATE)


def turns_of(turns: Floats) -> NDArray[np.uint32]:
    """Phases, or turns a frame, modulo one turn."""
    return np.rint(padded(turns - np.floor(turns)) * 2.0**32).astype(np.uint64).astype(np.uint32)


def padded(x: Floats) -> Floats:
    """Sixteen lanes; unused ones are 0, and so silent."""
    return np.concatenate([x, np.zeros(LANES - len(x))])


def twice_cosine(hz: Floats) -> NDArray[np.float32]:
    """2 cos of the angle an oscillator advances in sixteen frames, from its rounded phase increment."""
    turn = words_of(hz).astype(np.float64) * (LANES * 2.0**-32)
    return (2 * exact.cos_turns(turn)).astype(np.float32)
