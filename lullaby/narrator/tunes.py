"""The tunes of sentences: by how much the pitch leaves the voice's own, from a sentence's beginning to its
end.

A small neural voice sings every plain sentence alike. Each tune bends it elsewhere: it begins higher or
lower, peaks earlier or later, and settles by another interval. Neighbouring sentences are given different
tunes, by whoever lays them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Tune:
    """Semitones beside the voice's own contour, at shares of the sentence."""

    points: tuple[tuple[float, float], ...]
    range: float = 1.0
    """Times its own range."""


TUNES: tuple[Tune, ...] = (
    Tune(((0.0, 0.0), (1.0, 0.0))),
    Tune(((0.0, -1.5), (0.35, 1.2), (1.0, -0.8)), 0.9),
    Tune(((0.0, 1.4), (0.5, -1.0), (0.8, 0.4), (1.0, -0.6)), 0.8),
    Tune(((0.0, -0.8), (0.6, 1.4), (1.0, -1.4)), 0.85),
    Tune(((0.0, 1.0), (0.25, -0.8), (0.6, 0.9), (1.0, -0.4)), 0.9),
    Tune(((0.0, 0.3), (0.2, 1.2), (0.7, -1.2), (1.0, 0.2)), 0.75),
    Tune(((0.0, -1.2), (0.75, 1.2), (1.0, -0.6)), 0.7),
    Tune(((0.0, 1.6), (1.0, -1.6)), 0.7),
    Tune(((0.0, -0.4), (0.3, -1.2), (0.55, 1.4), (1.0, -1.0)), 0.8),
    Tune(((0.0, 0.9), (0.15, 1.3), (0.45, -1.1), (0.75, 0.8), (1.0, -1.0)), 0.85),
    Tune(((0.0, -1.6), (0.2, 0.6), (0.5, -0.6), (0.8, 0.8), (1.0, -0.4)), 0.9),
    Tune(((0.0, 0.6), (0.4, 1.4), (1.0, -1.8)), 0.65),
)
"""Tune 0 is the voice's own."""


def tune(number: int) -> Tune:
    return TUNES[number % len(TUNES)]


def offsets(which: Tune, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Semitones at these shares of a sentence, along a smooth line through its points."""
    at = np.asarray([share for share, _ in which.points])
    by = np.asarray([semitones for _, semitones in which.points])
    k = np.clip(np.searchsorted(at, shares, side="right") - 1, 0, len(at) - 2)
    along = np.clip((shares - at[k]) / (at[k + 1] - at[k]), 0.0, 1.0)
    eased = along * along * (3 - 2 * along)
    return np.asarray(by[k] + (by[k + 1] - by[k]) * eased)
