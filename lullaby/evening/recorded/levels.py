"""How loud a recording is, every 10 ms: all that its pauses and its gain are found by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.speech import SPEECH_RATE

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

STEP = SPEECH_RATE // 100
"""Samples of a step: 10 ms."""
STEPS = 100
"""Steps a second."""
_BLOCK, _HOP = 40, 10
"""Steps of a block of BS.1770, and from block to block."""
_SCALE = -0.691
_SILENCE = -70.0
"""LUFS: the absolute gate."""
NOTHING = 1e-12
"""The power that stands for silence, so that it has a logarithm."""


@dataclass(frozen=True)
class Levels:
    powers: Floats
    """K-weighted mean square of each step."""
    samples: int
    """Of all of it."""


def levels_of(sound: Iterable[tuple[Floats, ...]], progress: Callable[[int], None] | None = None) -> Levels:
    """`sound`: mono, K-weighted; `progress` is told the samples that were heard."""
    found: list[Floats] = []
    held, samples = np.zeros(0, np.float32), 0
    for (piece,) in sound:
        samples += len(piece)
        held = np.concatenate([held, piece])
        whole = len(held) // STEP * STEP
        found.append(_powers(held[:whole]))
        held = held[whole:]
        if progress is not None:
            progress(samples)
    if len(held):
        found.append(_powers(np.pad(held, (0, STEP - len(held)))))
    return Levels(np.concatenate(found) if found else np.zeros(0, np.float32), samples)


def _powers(sound: Floats) -> Floats:
    return np.asarray(np.square(sound).reshape(-1, STEP).mean(axis=1, dtype=np.float64), np.float32)


def decibels(powers: Floats | Doubles) -> Floats:
    return (10 * np.log10(np.maximum(powers, NOTHING))).astype(np.float32)


def blocks_of(powers: Floats | Doubles) -> Doubles:
    """Mean power of every 400 ms, one each 100 ms; one of all there is, where that is shorter."""
    if len(powers) <= _BLOCK:
        return np.array([float(np.mean(powers, dtype=np.float64))] if len(powers) else [], np.float64)
    so_far = np.concatenate([[0.0], np.cumsum(powers, dtype=np.float64)])
    starts = np.arange(0, len(powers) - _BLOCK + 1, _HOP)
    return np.asarray((so_far[starts + _BLOCK] - so_far[starts]) / _BLOCK)


def gated(blocks: Doubles) -> float:
    """LUFS of these blocks, with both gates; -inf where all of them are silent."""
    loud = blocks[blocks > 10 ** ((_SILENCE - _SCALE) / 10)]
    if not loud.size:
        return float("-inf")
    loud = loud[loud > loud.mean() / 10]
    return _SCALE + 10 * float(np.log10(loud.mean()))
