"""Tables of noise bursts for the kernel: crackles, drops, ticks of leaves, flakes of snow."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.bursts import BURST, LONGEST, SCRATCH, add_bursts
from lullaby.kernels.simd import LANES
from lullaby.time import RATE, Span
from lullaby.voices.core.controls import Floats
from lullaby.voices.core.onsets import Events, OneShots
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

Bursts: TypeAlias = NDArray[np.void]

REACH = LONGEST
"""Frames: the longest a burst may last."""
_DB_80 = 13.28771237954945  # halvings of amplitude in 80 dB: 4 log2(10)


def gain_of_one(rate: float, decay: float) -> float:
    """The gain of a burst of unit power at which so many a second, with this decay, are about -27 LUFS."""
    return float(np.sqrt(np.float64(UNITY / 2 / (rate * decay / 2))))


def bursts(
    events: Events,
    *,
    pitch: Floats,
    breadth: Floats,
    decay: Floats,
    rise: Floats,
    left: Floats,
    right: Floats,
    seed: NDArray[np.uint64],
) -> Bursts:
    """A table of bursts: pitches in Hz, bandwidth over pitch (1/Q), attack and decay in seconds.

    The band-pass is scaled to pass white noise at unit power, however narrow it is.
    """
    out = np.zeros(len(events.onsets), BURST)
    out["onset"] = events.onsets
    halvings = (1.4426950408889634 / RATE) / np.maximum(decay, 1e-5)  # log2(e): time constants to halvings
    out["decay"] = exact.exp2(-halvings)
    out["life"] = np.minimum((_DB_80 / halvings).astype(np.int64) // LANES + 1, REACH // LANES) * LANES
    out["rise"] = exact.exp2((-1.4426950408889634 / RATE) / np.maximum(rise, 1e-6))
    turn = np.clip(pitch, 20.0, 0.45 * RATE) / RATE
    alpha = exact.sin_turns(turn) * breadth / 2
    # white noise comes out of (1 - z⁻²) a / (1 + a - …) with a / (1 + a) of its power
    power = alpha / (1 + alpha)
    out["feed"] = alpha / (1 + alpha) / np.sqrt(power)
    out["near"] = 2 * exact.cos_turns(turn) / (1 + alpha)
    out["far"] = -(1 - alpha) / (1 + alpha)
    out["left"], out["right"] = left, right
    out["seed"] = (seed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return out


class Bursting(OneShots):
    """A table of noise bursts."""

    def __init__(self, table: Bursts) -> None:
        super().__init__(table, SCRATCH)

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_bursts(self._table, first, last, span.start, len(span), self._scratch, sound)
