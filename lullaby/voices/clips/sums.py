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
from lullaby.voices.clips.decoding import Samples

FAINT = 8
"""Of 32768: what never rises above it (-72 dBFS) is a converter's own noise."""
_AGAINST = -0.5
"""Agreement of left and right under which one is turned round: in mono, 3 dB and more would be missing."""


@dataclass(frozen=True)
class Sums:
    """Of a recording [frames, channels]: what each channel stands at, and the power that is left over it."""

    means: tuple[float, ...]
    powers: tuple[float, ...]
    across: float
    """Mean product of left and right; of a mono recording, its power."""
    peak: int
    """The farthest that a sample is from where its channel stands."""

    @property
    def rests(self) -> NDArray[np.int32]:
        """What to take from whole samples."""
        return np.rint(self.means).astype(np.int32)

    @property
    def signs(self) -> tuple[float, ...]:
        """Which way round each channel is to be played.

        A cable or a microphone wired the wrong way round makes left the negative of right. Two speakers
        let that pass, but in one the two are added and nothing is left. So the right side is turned back
        where, over the whole recording, the sides are against each other. Agreement goes from -1 over 0,
        which is two microphones far apart, to 1; mono keeps one half of 1 + agreement of the power.
        """
        agreement = 2 * self.across / max(sum(self.powers), 1e-9)
        return (1.0, -1.0) if len(self.means) == 2 and agreement < _AGAINST else (1.0,) * len(self.means)


def _seconds(sound: Samples) -> Iterator[NDArray[np.int64]]:
    for at in range(0, len(sound), RATE):
        yield sound[at : at + RATE].astype(np.int64)


def sums(sound: Samples) -> Sums:
    """Noughts where there is nothing."""
    count, channels = max(1, len(sound)), sound.shape[1]
    ones, squares, across = [0] * channels, [0] * channels, 0
    for piece in _seconds(sound):
        sides = [np.ascontiguousarray(piece[:, channel]) for channel in range(channels)]
        for channel, side in enumerate(sides):
            ones[channel] += int(side.sum())
            squares[channel] += int((side * side).sum())
        across += int((sides[0] * sides[-1]).sum())
    means = tuple(one / count for one in ones)
    powers = tuple((square - one * one / count) / count for one, square in zip(ones, squares, strict=True))
    rests = np.rint(means).astype(np.int64)
    peak = max((int(np.abs(piece - rests).max()) for piece in _seconds(sound)), default=0)
    return Sums(means, powers, (across - ones[0] * ones[-1] / count) / count, peak)
