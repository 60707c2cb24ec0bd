"""Hours of the day as clocks here show them: 07:00."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted

DAY = datetime.timedelta(days=1)


def hour_of(text: str, hint: str = "") -> datetime.time:
    """The time of day in "07:00"."""
    try:
        return datetime.datetime.strptime(text, "%H:%M").time()
    except ValueError:
        end = f"; {hint}." if hint else "."
        raise AskedWrongly(f"{quoted(text[:20])} is no time of day like 07:00{end}") from None


def on(day: datetime.date, hour: datetime.time) -> datetime.datetime:
    """When clocks here show this hour on this day. An hour that a change of clocks leaves out comes as late
    as it would have; one that comes twice is the first."""
    local = datetime.datetime.combine(day, hour)
    found = local.astimezone()
    if missing := local - found.replace(tzinfo=None):
        found = (local + abs(missing)).astimezone()
    return found


def next_time(hour: datetime.time, now: datetime.datetime) -> datetime.datetime:
    """The next time that clocks here show this hour."""
    days = (now.date() + day * DAY for day in range(3))
    return next(due for day in days if (due := on(day, hour)) > now)


@dataclass(frozen=True)
class Hours:
    """The hours from one time of day to another, which may be the next day's."""

    first: datetime.time
    last: datetime.time

    def around(self, now: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime] | None:
        """When those began that it is now, and when they end; None outside of them."""
        for days in (-1, 0):
            day = now.date() + days * DAY
            start, stop = on(day, self.first), on(day + (self.last <= self.first) * DAY, self.last)
            if start <= now < stop:
                return start, stop
        return None


def hours_of(option: str, text: str) -> Hours:
    """The hours in "22:00-06:00"."""
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        raise AskedWrongly(f"{option} {quoted(text[:20])} is no stretch of hours like 22:00-06:00.")
    found = Hours(hour_of(first.strip()), hour_of(last.strip()))
    if found.first == found.last:
        raise AskedWrongly(f"{option} {quoted(text[:20])} begins and ends at the same hour.")
    return found
