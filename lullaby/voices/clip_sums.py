"""What a recording is as a whole: where it stands when silent, how strong it is, how its sides agree.

Ten minutes are 115 MB, and a copy of them as larger numbers several times that: they are looked at in
pieces of a second. Whole numbers add up to the same in any order and in any pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE
from lullaby.voices.clip_decoding import Samples


@dataclass(frozen=True)
class Sums:
    """Of a recording [frames, channels]: what each channel stands at, and the power that is left over it."""

    means: tuple[float, ...]
    powers: tuple[float, ...]
    across: float
    """Mean product of left and right; of a mono recording, its power."""
    peak: int
    """The farthest that a sample is from where its channel stands."""


def seconds_of(sound: Samples) -> Iterator[NDArray[np.int64]]:
    for at in range(0, len(sound), RATE):
        yield sound[at : at + RATE].astype(np.int64)


def sums(sound: Samples) -> Sums:
    count, channels = max(1, len(sound)), sound.shape[1]
    ones, squares, across = [0] * channels, [0] * channels, 0
    for piece in seconds_of(sound):
        sides = [np.ascontiguousarray(piece[:, channel]) for channel in range(channels)]
        for channel, side in enumerate(sides):
            ones[channel] += int(side.sum())
            squares[channel] += int((side * side).sum())
        across += int((sides[0] * sides[-1]).sum())
    means = tuple(one / count for one in ones)
    powers = tuple((square - one * one / count) / count for one, square in zip(ones, squares, strict=True))
    rests = np.rint(means).astype(np.int64)
    peak = max((int(np.abs(piece - rests).max()) for piece in seconds_of(sound)), default=0)
    return Sums(means, powers, (across - ones[0] * ones[-1] / count) / count, peak)
