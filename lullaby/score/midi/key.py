"""The key a melody is most likely in, after Krumhansl: how well its pitches fit what listeners expect."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lullaby.score.abc.keys import SCALES

_EXPECTED = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
"""Ratings of each degree by listeners: Krumhansl and Kessler 1982, as in Krumhansl 1990, p. 30."""
_LAST = 0.2
"""The part of the whole that the last note counts for besides: nine lullabies of ten end on their tonic."""


def key_of(notes: Sequence[tuple[int, float]]) -> tuple[int, str]:
    """The tonic's pitch class, and the mode, of notes as pitch and length."""
    heard = [0.0] * 12
    for pitch, length in notes:
        heard[pitch % 12] += length
    heard[notes[-1][0] % 12] += _LAST * sum(heard)
    return max(
        ((tonic, mode) for mode in _EXPECTED for tonic in range(12)),
        key=lambda key: _fit(heard, key[0], _EXPECTED[key[1]]),
    )


def share_within(notes: Sequence[tuple[int, float]], tonic: int, mode: str) -> float:
    """The share of the time that a melody spends in this scale."""
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    return sum(length for pitch, length in notes if pitch % 12 in scale) / sum(length for _, length in notes)


def _fit(heard: Sequence[float], tonic: int, expected: Sequence[float]) -> float:
    """The correlation of what is heard with what is expected, but for a factor that all keys share."""
    turned = [expected[(pitch - tonic) % 12] for pitch in range(12)]
    mean = sum(turned) / 12
    spread = math.sqrt(sum((one - mean) ** 2 for one in turned))
    return sum(one * (two - mean) for one, two in zip(heard, turned, strict=True)) / spread
