"""Choices of a composer, each a draw from one key, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from lullaby.chance import Key

T = TypeVar("T")


class Choices:
    """The choices for one melody, or one bar: the same key makes the same."""

    def __init__(self, key: Key) -> None:
        self._key, self._count = key, 0

    def share(self) -> float:
        """A number in [0, 1)."""
        self._count += 1
        return self._key.draw(self._count)

    def happens(self, chance: float) -> bool:
        return self.share() < chance

    def one(self, among: Sequence[T]) -> T:
        return among[int(self.share() * len(among))]

    def weighed(self, weights: Mapping[T, float]) -> T:
        """One of these, as often as its weight says."""
        left = self.share() * sum(weights.values())
        last = None
        for what, weight in weights.items():
            if weight > 0:
                last = what
                left -= weight
                if left < 0:
                    break
        assert last is not None
        return last
