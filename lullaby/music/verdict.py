"""Is this what lullabies are like? The melodies of a night against 51 real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lullaby.music.melodies import Melody
from lullaby.music.scales import Scale
from lullaby.music.statistics import LULLABIES, Row, measured

ENOUGH = 26
"""Rows of 38 in which the middle of a night's melodies is to lie where eight of ten lullabies lie."""
STABLE_ENDS, FINALS = 0.7, 0.7
"""The share of phrases that end on a stable degree (1, 3 or 5: .76 of real ones do), and of melodies that end
on the tonic (.88). Most rows are the same for the same bars in another order; these are not."""


@dataclass(frozen=True)
class Verdict:
    rows: tuple[tuple[Row, float | None], ...]
    """Each row, and the median over the melodies."""
    stable_ends: float
    finals: float
    """The share of melodies that end on the tonic."""

    @property
    def held(self) -> int:
        return sum(row.holds(value) for row, value in self.rows)

    @property
    def like_lullabies(self) -> bool:
        return self.held >= ENOUGH and self.stable_ends >= STABLE_ENDS and self.finals >= FINALS


def verdict(melodies: Sequence[Melody]) -> Verdict:
    every = [measured(melody) for melody in melodies]
    rows = []
    for row in LULLABIES:
        values = [value for one in every if (value := one[row.name]) is not None]
        rows.append((row, float(np.median(values)) if values else None))
    ends = [is_stable(phrase.notes[-1].pitch, m.scale) for m in melodies for phrase in m.phrases]
    finals = [m.scale.degree(m.notes[-1].pitch) == 0 for m in melodies]
    return Verdict(tuple(rows), float(np.mean(ends)), float(np.mean(finals)))


def is_stable(pitch: int, scale: Scale) -> bool:
    return scale.degree(pitch) in (0, scale.third, 7)
