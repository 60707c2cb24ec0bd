"""Headphones: an HRTF for each track, of a spherical head: interaural delay and head shadow.

A track's `pan` says its direction. Its two channels sound from either side of that, as two loudspeakers
would; each reaches either ear with Woodworth's delay (1938) and Brown and Duda's head shadow (1998).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.head import TAIL, add_heard, add_shaded
from lullaby.kernels.memory import zeros
from lullaby.kernels.simd import LANES
from lullaby.time import BLOCK, RATE, STEP
from lullaby.voices.core.controls import Floats
from lullaby.voices.core.voice import Sound

Paths: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float32]]
"""The paths from both channels to both ears, for each pan: the whole frames of each delay; its interpolation
taps and the gains of its shelf."""

FURTHEST = 60.0
"""Degrees from the front of a track panned all the way to one side."""
APART = 30.0
"""Degrees between its direction and each of its two channels."""

RADIUS, SPEED = 0.0875, 343.0
"""Metres of a head, metres a second of sound."""
ACROSS = RADIUS / SPEED
"""Seconds that sound takes for a head's radius."""

MEMORY = 0.005
"""Seconds until its response has died away: the longest delay is 0.7 ms; in 4 ms the pole is 250 dB down."""

_RIGHT_ANGLE = 1.5707963267948966
_ROOT_HALF = 0.7071067811865476


def delay(angle: Floats) -> Floats:
    """Seconds of delay against the middle of the head, for sound from so many radians off an ear's axis."""
    straight = -exact.cos_turns(angle / exact.TAU)
    return ACROSS * np.where(angle < _RIGHT_ANGLE, straight, angle - _RIGHT_ANGLE)


def shelf(angle: Floats) -> Floats:
    """Gain of the head shadow's shelf at high frequencies, where low ones have 1: 2 toward the ear, 0.1 where
    the shadow is deepest."""
    return np.asarray(1.05 + 0.95 * exact.cos_turns(1.2 * angle / exact.TAU))


def paths_for(pans: Floats) -> Paths:
    """The paths for each of these pans, from -1 to 1."""
    direction = np.clip(pans, -1.0, 1.0)[:, None] * FURTHEST
    channels = np.concatenate([direction - APART, direction + APART], axis=1)  # degrees
    degrees = np.abs(np.stack([channels + 90.0, 90.0 - channels], axis=1))  # from each ear's axis
    angle = degrees * (_RIGHT_ANGLE / 90.0)
    # the shortest delay is a frame, so that every arrival has an interpolation tap before it
    delays = np.maximum(1.0, 1.0 + (ACROSS + delay(angle)) * RATE)
    whole = np.floor(delays)
    f = delays - whole
    g, after, top = 1 - f, 1 + f, shelf(angle)
    taps = (-f * g * (1 + g) / 6, after * g * (1 + g) / 2, after * f * (1 + g) / 2, -after * f * g / 6)
    rows = np.stack([*taps, top * _ROOT_HALF, (1 - top) * _ROOT_HALF], axis=-1)
    return (whole.astype(np.int64) - 1).ravel(), rows.astype(np.float32).ravel()


@lru_cache(maxsize=256)
def _still(pan: float) -> Paths:
    return paths_for(np.array([pan]))


@lru_cache(maxsize=1)
def _pole() -> NDArray[np.float32]:
    """1 / (1 + s radius / 2 speed) by the bilinear transform, as add_shaded wants it."""
    k = 1.0 / (ACROSS * RATE)
    p, g = (1 - k) / (1 + k), k / (1 + k)
    powers = np.multiply.accumulate(np.full(LANES, p))
    made = zeros(2 * LANES)
    made[:LANES], made[LANES], made[LANES + 1] = powers, g * (1 + 1 / p), g / p
    return made


class Ears:
    """The HRTFs of all tracks during one call, with the state of their delay lines and filters."""

    def __init__(self, tracks: int) -> None:
        self._past = np.zeros((tracks, 2, TAIL), np.float32)
        self._edge = zeros((2, TAIL + STEP))
        self._shadow = zeros((2, BLOCK))
        self._state = zeros(2 * LANES)

    def hear(self, number: int, sound: Sound, loud: Floats, pan: Floats, out: Sound) -> None:
        """Add the track of this number at this gain and pan: one each, or one a control point. Every block of
        a track must pass here, for its delay lines, also where its gain is 0."""
        past, edge, count = self._past[number], self._edge, sound.shape[1]
        edge[:, :TAIL], edge[:, TAIL:] = past, sound[:, :STEP]
        past[:] = sound[:, count - TAIL :]
        if not loud.any():
            return
        delays, paths = _still(float(pan[0])) if len(pan) == 1 else paths_for(pan)
        gains, shadow = loud.astype(np.float32), self._shadow
        add_heard(
            sound[0],
            sound[1],
            edge[0],
            edge[1],
            gains,
            delays,
            paths,
            out[0],
            out[1],
            shadow[0, :count],
            shadow[1, :count],
        )

    def shade(self, out: Sound) -> None:
        """Add what reaches the ears through the head shadow, filtered once for all tracks."""
        count = out.shape[1]
        shadow = self._shadow[:, :count]
        add_shaded(shadow[0], shadow[1], _pole(), self._state, out[0], out[1])
        shadow[:] = 0
