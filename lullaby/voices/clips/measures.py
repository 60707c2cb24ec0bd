"""A recording as a whole: DC offset, power, peak, and the correlation of its channels.

Ten minutes are 115 MB, and a copy of them as larger numbers several times that: they are looked at in
pieces of a second. Whole numbers add up to the same in any order and in any pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE
from lullaby.voices.clips.decoding import Samples

FAINT = 8
"""The highest sample of silence, of 32768: what never rises above it (-72 dBFS) is a converter's own
noise."""
_AGAINST = -0.5
"""Correlation of left and right below which one is inverted: in mono, 3 dB and more would be missing."""


@dataclass(frozen=True)
class Measures:
    """Measurements of a recording [frames, channels]: the DC offset of each channel, and its power without
    it."""

    means: tuple[float, ...]
    powers: tuple[float, ...]
    across: float
    """Mean product of left and right; of a mono recording, its power."""
    peak: int
    """The greatest magnitude of a sample, without DC offset."""

    @property
    def offsets(self) -> NDArray[np.int32]:
        """DC offsets to subtract from whole samples."""
        return np.rint(self.means).astype(np.int32)

    @property
    def signs(self) -> tuple[float, ...]:
        """The polarity that each channel is to be played with.

        A cable or a microphone wired the wrong way round makes left the negative of right: two speakers
        let that pass, but in mono the two cancel. So the right channel is inverted where the channels are
        negatively correlated over the whole recording. 0 is two microphones far apart; mono keeps half of
        1 + correlation of the power.
        """
        correlation = 2 * self.across / max(sum(self.powers), 1e-9)
        return (1.0, -1.0) if len(self.means) == 2 and correlation < _AGAINST else (1.0,) * len(self.means)


def _seconds(sound: Samples) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(sound), RATE):
        yield sound[start : start + RATE].astype(np.int64)


def measured(sound: Samples) -> Measures:
    """All 0 for an empty recording."""
    count, channels = max(1, len(sound)), sound.shape[1]
    totals, squares, across = [0] * channels, [0] * channels, 0
    for piece in _seconds(sound):
        sides = [np.ascontiguousarray(piece[:, channel]) for channel in range(channels)]
        for channel, side in enumerate(sides):
            totals[channel] += int(side.sum())
            squares[channel] += int((side * side).sum())
        across += int((sides[0] * sides[-1]).sum())
    means = tuple(total / count for total in totals)
    pairs = zip(totals, squares, strict=True)
    powers = tuple((square - total * total / count) / count for total, square in pairs)
    offsets = np.rint(means).astype(np.int64)
    peak = max((int(np.abs(piece - offsets).max()) for piece in _seconds(sound)), default=0)
    return Measures(means, powers, (across - totals[0] * totals[-1] / count) / count, peak)
