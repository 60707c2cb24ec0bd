"""Did sound help this person? The difference between the evenings with and without it, week by week, and an
interval for it: what would be found in 95 of 100 such months encloses the truth."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

LEAST = 5
"""Answers with sound, and as many without: of fewer nothing is said."""

T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t that is exceeded with a chance of 2.5 %, for 1 to 30 degrees of freedom."""


@dataclass(frozen=True)
class Answer:
    """What was said of a night."""

    week: Hashable
    with_sound: bool
    value: float


@dataclass(frozen=True)
class Effect:
    """How much more it was with sound than without, and between what bounds."""

    difference: float | None
    low: float | None
    high: float | None
    nights_with: int
    nights_without: int

    @property
    def is_seen(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def effect_of(answers: Iterable[Answer]) -> Effect:
    """The least-squares difference when every week has a level of its own, with Student's interval. Where
    there are too few answers it is None."""
    answers = list(answers)
    yes = sum(one.with_sound for one in answers)
    no = len(answers) - yes
    weeks: dict[Hashable, list[Answer]] = {}
    for one in answers:
        weeks.setdefault(one.week, []).append(one)
    xs: list[float] = []
    ys: list[float] = []
    for week in weeks.values():
        x_mean = sum(one.with_sound for one in week) / len(week)
        y_mean = sum(one.value for one in week) / len(week)
        xs += [one.with_sound - x_mean for one in week]
        ys += [one.value - y_mean for one in week]
    spread, free = sum(x * x for x in xs), len(answers) - len(weeks) - 1
    if min(yes, no) < LEAST or free < 1 or spread < 1e-9:
        return Effect(None, None, None, yes, no)
    difference = sum(x * y for x, y in zip(xs, ys, strict=True)) / spread
    left = sum((y - difference * x) ** 2 for x, y in zip(xs, ys, strict=True))
    reach = T_975[min(free, len(T_975)) - 1] * math.sqrt(left / free / spread)
    return Effect(difference, difference - reach, difference + reach, yes, no)
