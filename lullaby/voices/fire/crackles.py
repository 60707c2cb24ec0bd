"""Things that crackle: bursts of noise at a pitch of their own, drawn per cell of time like all events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bursts import BURST, SCRATCH, add_bursts
from lullaby.kernels.simd import LANES
from lullaby.time import RATE, Span
from lullaby.voices.core.controls import Floats, Frames
from lullaby.voices.core.onsets import Events, Happening, candidates, happening
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

Crackles: TypeAlias = NDArray[np.void]

REACH = RATE // 5
"""Frames: the longest a burst may last."""
_DB_80 = 13.28771237954945  # half-lives of amplitude in 80 dB: 4 log2(10)


def drawn(key: Key, span: Span, rate: Callable[[Frames], Floats], most: float, reach: int = REACH) -> Events:
    """What happens in the span or so shortly before it that it still sounds, in order."""
    found = candidates(key, span, reach, most)
    order = np.argsort(found.onsets, kind="stable")
    found = Events(found.onsets[order], found.index[order])
    if not len(found.onsets):
        return found
    return happening(key, found, rate(found.onsets), most)


def loudness_of_one(rate: float, decay: float) -> float:
    """The amplitude at which so many noises of unit power a second, as long as this, are -27 LUFS or so."""
    return float(np.sqrt(np.float64(UNITY / 2 / (rate * decay / 2))))


def crackles(
    events: Events,
    *,
    pitch: Floats,
    breadth: Floats,
    decay: Floats,
    rise: Floats,
    left: Floats,
    right: Floats,
    seed: NDArray[np.uint64],
) -> Crackles:
    """A table for the kernel: pitches in Hz, breadth of the band over its pitch, times in seconds.

    The band-pass is made to pass noise at unit power, however narrow it is.
    """
    out = np.zeros(len(events.onsets), BURST)
    out["onset"] = events.onsets
    halvings = (1.4426950408889634 / RATE) / np.maximum(decay, 1e-5)  # log2(e): time constants to halvings
    out["decay"] = exact.exp2(-halvings)
    out["life"] = np.minimum((_DB_80 / halvings).astype(np.int64) // LANES + 1, REACH // LANES) * LANES
    out["rise"] = exact.exp2((-1.4426950408889634 / RATE) / np.maximum(rise, 1e-6))
    turn = np.clip(pitch, 20.0, 0.45 * RATE) / RATE
    alpha = exact.sin_turns(turn) * breadth / 2
    # white noise comes out of (1 - z⁻²) a / (1 + a - …) with power a / (1 + a) of what went in
    power = alpha / (1 + alpha)
    out["feed"] = alpha / (1 + alpha) / np.sqrt(power)
    out["near"] = 2 * exact.cos_turns(turn) / (1 + alpha)
    out["far"] = -(1 - alpha) / (1 + alpha)
    out["left"], out["right"] = left, right
    out["seed"] = (seed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return out


def aside(place: Floats) -> Floats:
    """Places from -1 to 1, more of them out to the sides: a crackle belongs to one ear."""
    return np.sqrt(np.abs(place)) * np.where(place < 0, -1.0, 1.0)


class Crackling(Happening):
    """Bursts."""

    def __init__(self, table: Crackles) -> None:
        super().__init__(table, SCRATCH)

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_bursts(self._table, first, last, span.start, len(span), self._scratch, sound)
