"""Where one word becomes the next: the network's durations say it to some hundredths of a second, and its
spectra, which change there, say the rest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.hibari.network import BINS, Frames

_REACH = 5
"""Frames of 12.5 ms to either side within which the spectrum is searched for its greatest change."""
_EDGES = (5, 15, 25, 40, 60, 85, 115, 150, 200, 260, 330, 420, BINS)
"""Bands of it, by bins of 20 Hz."""
_HISSING = 7
"""The first of the bands that hiss: from 3 kHz."""
_SIBILANTS = "szʃʒʧʤ"
_FLOOR = -3.0
"""The natural logarithm of an amplitude below which nothing is heard."""


@dataclass(frozen=True)
class Said:
    """A word as its phonemes, and the frames from and until which it is heard."""

    sounds: str
    start: int
    stop: int


def moved_to_onsets(frames: Frames, words: list[Said]) -> list[tuple[int, int]]:
    """The frames of each word; where two touch, moved to where the sound changes. Where one of them hisses
    at that edge and the other does not, the hiss begins or ends there."""
    levels = _levels(frames)
    changes = {way: _changes(levels, way) for way in (-1, 0, 1)}
    moved = [[word.start, word.stop] for word in words]
    for number, (before, after) in enumerate(itertools.pairwise(moved)):
        if after[0] - before[1] > 1:
            continue  # a pause: its edges are found in the sound
        hissed, hisses = words[number].sounds[-1:] in _SIBILANTS, words[number + 1].sounds[:1] in _SIBILANTS
        change = changes[int(hisses) - int(hissed)]
        first, last = max(before[0] + 1, after[0] - _REACH), min(after[1], after[0] + _REACH + 1)
        near = np.arange(first, min(last, len(change)))
        if near.size:
            nearness = 1 - np.abs(near - after[0]) / (2 * _REACH)
            before[1] = after[0] = int(near[np.argmax(change[near] * nearness)])
    return [(start, stop) for start, stop in moved]


def _levels(frames: Frames) -> NDArray[np.float64]:
    """The level of each band in each frame, as a natural logarithm."""
    power = np.exp(2 * frames.rest.astype(np.float64)) + np.exp(2 * frames.harmonics.astype(np.float64))
    bands = np.add.reduceat(power, _EDGES[:-1], axis=1)
    return np.asarray(np.maximum(np.log(bands + 1e-12) / 2, _FLOOR))


def _changes(levels: NDArray[np.float64], way: int) -> NDArray[np.float64]:
    """By how much the two frames from each on differ from the two before it, over all bands. With `way` 1 or
    -1 it is how much more or less they hiss."""
    pairs = (levels[1:] + levels[:-1]) / 2
    found = np.zeros(len(levels) + 1)
    steps = pairs[2:] - pairs[:-2]
    found[2:-2] = np.maximum(way * steps[:, _HISSING:], 0).sum(axis=1) if way else np.abs(steps).sum(axis=1)
    return found
