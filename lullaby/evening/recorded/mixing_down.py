"""How the channels of a recording become one: a microphone wired the wrong way round must not cancel the
other, and one that was dead must not halve it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.voices.clips.decoding import Samples

Floats = NDArray[np.float32]

_AGAINST = -0.5
"""Correlation of left and right below which one is inverted."""
_DEAD = 0.01
"""Of the other channel's power: less than that is a channel on which nothing was recorded."""


@dataclass(frozen=True)
class Mix:
    left: float = 0.5
    right: float = 0.5

    def mono(self, piece: Samples) -> Floats:
        if piece.shape[1] == 1:
            return piece[:, 0].astype(np.float32) / np.float32(32_768)
        sides = piece.astype(np.float32) / np.float32(32_768)
        return sides[:, 0] * np.float32(self.left) + sides[:, 1] * np.float32(self.right)


STRAIGHT = Mix()


def mix_of(sound: Iterable[Samples]) -> Mix:
    """How to mix this one."""
    left = right = across = 0
    for piece in sound:
        if piece.shape[1] == 1:
            return STRAIGHT
        one, other = piece[:, 0].astype(np.int64), piece[:, 1].astype(np.int64)
        one, other = one - round(one.mean()), other - round(other.mean())
        left += int((one * one).sum())
        right += int((other * other).sum())
        across += int((one * other).sum())
    if right < _DEAD * left:
        return Mix(1.0, 0.0)
    if left < _DEAD * right:
        return Mix(0.0, 1.0)
    against = across < _AGAINST * (left * right) ** 0.5
    return Mix(0.5, -0.5) if against else STRAIGHT
