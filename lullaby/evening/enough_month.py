"""What a month has shown: whether sound helped its listener, in a sentence with an interval."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lullaby.evening.enough_heard import Evening, evenings_of
from lullaby.journal.book import SCHEMA, journal_file
from lullaby.journal.mornings import RESTED, Morning, mornings_in
from lullaby.people.database import looked_into
from lullaby.people.enough.effect import LEAST, Answer, Effect, effect_of
from lullaby.people.enough.month import WEEK, Month


@dataclass(frozen=True)
class Asked:
    """Something that is told in the morning, and how a difference in it is said."""

    name: str
    value: Callable[[Morning], float | None]
    less_is: str
    more_is: str
    unit: str
    what: str
    digits: int = 0


def _rested(morning: Morning) -> float | None:
    return None if morning.rested is None else float(RESTED.index(morning.rested) + 1)


ASKED = (
    Asked(
        "latency_min",
        lambda morning: None if morning.latency_min is None else float(morning.latency_min),
        "sooner asleep",
        "later asleep",
        "minutes",
        "how soon you were asleep",
    ),
    Asked("rested", _rested, "worse", "better", "of five steps", "how well you slept", 1),
)


@dataclass(frozen=True)
class Finding:
    asked: Asked
    effect: Effect

    @property
    def says(self) -> str:
        asked, effect = self.asked, self.effect
        if effect.difference is None or effect.low is None or effect.high is None:
            return (
                f"Of {asked.what} nothing can be said: {effect.nights_with} answers with sound and "
                f"{effect.nights_without} without it are too few. It takes {LEAST} of each at the least."
            )
        nights = f"{effect.nights_with} nights with, {effect.nights_without} without"
        low, high = self._way(effect.low), self._way(effect.high)
        bounds = f"95 % interval: {low} to {high}; {nights}"
        if effect.is_seen:
            slept = "were" if asked.name == "latency_min" else "slept"
            return f"With sound you {slept} {self._way(effect.difference)} than without it ({bounds})."
        return f"No difference seen in {asked.what}: what you said fits no difference at all ({bounds})."

    def _way(self, difference: float) -> str:
        """ "12 minutes sooner asleep"; of nothing, "0 minutes"."""
        many = f"{abs(difference):.{self.asked.digits}f} {self.asked.unit}"
        if float(f"{difference:.{self.asked.digits}f}") == 0:
            return many
        return f"{many} {self.asked.less_is if difference < 0 else self.asked.more_is}"


@dataclass(frozen=True)
class MonthResult:
    month: Month
    findings: tuple[Finding, ...]
    otherwise: int
    """Evenings that went otherwise than they were drawn. They count as they were drawn: who leaves them out
    compares the evenings on which it was easy."""

    @property
    def says(self) -> list[str]:
        said = [finding.says for finding in self.findings]
        if self.otherwise:
            many = f"{self.otherwise} evenings" if self.otherwise > 1 else "One evening"
            said.append(f"{many} went otherwise than drawn, and count as drawn.")
        return said


def result_of(listener: str | None, month: Month, today: datetime.date) -> MonthResult:
    """What its evenings before today show."""
    evenings = [day for day in month.evenings if day < today]
    path = journal_file(listener)
    return MonthResult(
        month,
        findings_in(month, _mornings(path, month.begins), evenings),
        _otherwise(month, evenings, evenings_of(listener, month.begins)),
    )


def findings_in(
    month: Month, mornings: Sequence[Morning], evenings: Sequence[datetime.date]
) -> tuple[Finding, ...]:
    by_evening = {morning.evening: morning for morning in mornings}
    found = []
    for asked in ASKED:
        answers = []
        for day in evenings:
            night = month.night(day)
            value = asked.value(by_evening[day]) if day in by_evening else None
            if night is not None and value is not None:
                answers.append(Answer((night.number - 1) // WEEK, not night.without, value))
        found.append(Finding(asked, effect_of(answers)))
    return tuple(found)


def _mornings(path: Path, since: datetime.date) -> tuple[Morning, ...]:
    with looked_into(path, SCHEMA) as db:
        return () if db is None else mornings_in(db, since)


def _otherwise(month: Month, evenings: Sequence[datetime.date], heard: dict[datetime.date, Evening]) -> int:
    count = 0
    for day in evenings:
        night = month.night(day)
        sounded = day in heard and heard[day].minutes > 0
        count += night is not None and sounded == night.without
    return count
