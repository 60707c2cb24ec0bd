"""The month's challenge: 28 evenings on which the sound grows a little shorter and softer, and some of which
have none, so that at its end somebody knows whether sound helps them.

Which evenings go without is drawn by chance, week by week: three of every seven. Without chance a bad week
would be taken for what sound does; without weeks a month that is going better anyway would.
"""

from __future__ import annotations

import datetime
import itertools
import sqlite3
from dataclasses import dataclass

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.people.enough.book import DAY
from lullaby.score.plain_text import plain

EVENINGS = 28
WEEK = 7
WITHOUT = 3
"""Evenings of each week without sound."""
SHORTEST = 0.6
"""Of the length that was asked for: the last evening's."""
SOFTEST_DB = -6.0
"""dB: the last evening's."""


@dataclass(frozen=True)
class Month:
    begins: datetime.date
    seed: int
    stopped: datetime.date | None = None
    """The evening from which on it holds no more, where somebody stopped it."""

    @property
    def over(self) -> datetime.date:
        """The first evening that is not one of its own."""
        planned = self.begins + EVENINGS * DAY
        return planned if self.stopped is None else min(planned, self.stopped)

    @property
    def evenings(self) -> list[datetime.date]:
        """Its evenings, as far as it went."""
        return [self.begins + n * DAY for n in range((self.over - self.begins).days)]

    def night(self, evening: datetime.date) -> MonthNight | None:
        """What it says of this evening; None where it is none of its own."""
        number = (evening - self.begins).days
        if not (0 <= number < EVENINGS and evening < self.over):
            return None
        return MonthNight(number + 1, is_without(self.seed, number), share(number), softer(number))


@dataclass(frozen=True)
class MonthNight:
    number: int
    """From 1 on."""
    without: bool
    share: float
    """Of the length that was asked for."""
    softer_db: float
    """0 or less."""


def share(number: int) -> float:
    """Of the length, on evening `number` from 0 on: a straight line from all of it to 60 %."""
    return 1 - (1 - SHORTEST) * number / (EVENINGS - 1)


def softer(number: int) -> float:
    """dB: a straight line from 0 to -6."""
    return SOFTEST_DB * number / (EVENINGS - 1)


def is_without(seed: int, number: int) -> bool:
    """Is this evening, counted from 0, one without sound? Each choice of three of its week is as likely."""
    week, day = divmod(number, WEEK)
    choices = list(itertools.combinations(range(WEEK), WITHOUT))
    drawn = (Key.root(seed, "month") / "week" / week).draw()
    return day in choices[int(drawn * len(choices))]


def month_in(db: sqlite3.Connection) -> Month | None:
    """The last month that was begun."""
    row = db.execute("select begins, seed, stopped from months order by number desc limit 1").fetchone()
    if row is None:
        return None
    stopped = None if row[2] is None else datetime.date.fromisoformat(row[2])
    return Month(datetime.date.fromisoformat(row[0]), row[1], stopped)


def for_whom(listener: str | None) -> str:
    """The option of a command that names this listener; nothing for nobody in particular."""
    return f" --for {plain(listener)}" if listener else ""


def start_month(db: sqlite3.Connection, evening: datetime.date, name: str) -> Month:
    """Begins a month this evening. `name` is part of the chance, so that two listeners have two months."""
    before = month_in(db)
    if before is not None and evening < before.over:
        raise AskedWrongly(
            f"a month runs until {before.over - DAY}.\n"
            f"    lullaby enough month stop{for_whom(name)} ends it before."
        )
    seed = Key.root(0, "month", name, evening.isoformat()).bits >> 20
    with db:
        db.execute("insert into months (begins, seed) values (?, ?)", (evening.isoformat(), seed))
    return Month(evening, seed)


def stop_month(db: sqlite3.Connection, evening: datetime.date) -> Month | None:
    """Stops the month that runs: this evening is none of its own any more."""
    month = month_in(db)
    if month is None or month.night(evening) is None:
        return None
    with db:
        number = "(select max(number) from months)"
        db.execute(f"update months set stopped = ? where number = {number}", (evening.isoformat(),))
    return Month(month.begins, month.seed, evening)
