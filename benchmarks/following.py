"""What it costs that a night follows a sleeper: the same pages with and without one, in turns."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass, replace
from statistics import median

from lullaby import load
from lullaby.evening.sleepers import followed
from lullaby.night import Night
from lullaby.score import Score
from lullaby.time import PAGE

DAYS = tuple(datetime.date(2026, 1, day) for day in (5, 6, 7))
EVERY = 7
"""Of an all-night night, one minute in so many is measured."""
TURNS = 3
"""How often each page is measured; the least counts."""


@dataclass(frozen=True)
class Cost:
    """Of one score."""

    score: str
    ends_by_itself: float
    """CPU seconds of a night that follows a usual sleeper to its end, for one of the same pages alone."""
    all_night: float
    """The same of eight hours, silences in REM included."""
    asleep: float
    """The same of pages in which the sleeper sleeps and something is heard."""


def following(score: str) -> Cost:
    """Medians over three evenings."""
    usual, whole, asleep = [], [], []
    for day in DAYS:
        found = load(score).score
        usual.append(ends_by_itself(found, day))
        found = replace(found, all_night="a measurement", length=8 * 60 * PAGE)
        night, alone = followed(found, day=day, sleeper="typical"), Night(found, day=day)
        spent = _spent(night, alone, range(EVERY // 2, 480, EVERY))
        whole.append(_ratio(spent))
        asleep.append(_ratio([(a, b) for number, (a, b) in _numbered(spent) if _heard_asleep(night, number)]))
    return Cost(score, median(usual), median(whole), median(asleep))


def ends_by_itself(score: Score, day: datetime.date) -> float:
    """CPU seconds of a night that follows a usual sleeper to its end, for one of the same pages alone."""
    night, alone = followed(score, day=day, sleeper="typical"), Night(score, day=day)
    return _ratio(_spent(night, alone, range(-(-night.length // PAGE))))


def _numbered(spent: list[tuple[float, float]]) -> list[tuple[int, tuple[float, float]]]:
    return list(zip(range(EVERY // 2, 480, EVERY), spent, strict=True))


def _heard_asleep(night: Night, number: int) -> bool:
    start = number * PAGE
    asleep = night.course is not None and night.course.stage(start).asleep
    return asleep and night.plan.gate.rests_over(start, start + PAGE) and night.plan.gate.value_at(start) == 0


def _spent(night: Night, alone: Night, numbers: range) -> list[tuple[float, float]]:
    """CPU seconds of each page, with a sleeper and without: the least of several turns, for whatever else the
    machine does only adds to it. Pages come in order, so none is at hand."""
    night.page(numbers[-1]), alone.page(numbers[-1])
    turns = [[(_of(night, number), _of(alone, number)) for number in numbers] for _ in range(TURNS)]
    return [(min(a for a, _ in page), min(b for _, b in page)) for page in zip(*turns, strict=True)]


def _of(night: Night, number: int) -> float:
    start = time.thread_time()
    night.page(number)
    return time.thread_time() - start


def _ratio(spent: list[tuple[float, float]]) -> float:
    return sum(a for a, _ in spent) / sum(b for _, b in spent)
