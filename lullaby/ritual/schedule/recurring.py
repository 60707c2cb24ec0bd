"""Recurrence rules of calendars (RFC 5545), as far as a night can recur: days, weeks, months, years.

dateutil works them out in wall time. What somebody else wrote is bounded before: a rule of a thousand starts
a day, or one that never comes and is looked for until the year 9999, is refused."""

from __future__ import annotations

import datetime
import itertools
import re
import warnings
from collections.abc import Iterator

from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import quoted

LONGEST = 500
"""Characters of a rule."""
MOST_A_DAY = 8
LAST = datetime.datetime(2061, 1, 1)
"""Nothing is looked for after this."""
AWAY = 19 * datetime.timedelta(days=146_097)
"""A rule is worked out so much later, where the calendar is the same: it repeats itself every 400 years. For
what never comes is looked for until the year 9999, and from there that is not far."""
FREQUENCIES = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}
"""Days from one to the next, about."""
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
         "BYSETPOS", "BYHOUR", "BYMINUTE", "WKST")  # fmt: skip


def parts_of(text: str) -> dict[str, str]:
    """The parts of "RRULE:FREQ=WEEKLY;BYDAY=FR"; an AskedWrongly for one that no night has."""
    said = quoted(text)
    body = text.upper().removeprefix("RRULE:")
    if len(body) > LONGEST:
        raise AskedWrongly(f"{said}: an RRULE has no more than {LONGEST} characters.")
    found: dict[str, str] = {}
    for part in filter(None, body.split(";")):
        name, _, value = part.partition("=")
        if name not in PARTS or name in found or not re.fullmatch(r"[A-Z0-9,+\-]+", value):
            raise AskedWrongly(f"{said}: {quoted(part)} is no part of it.\n    {choices(name, PARTS)}")
        found[name] = value
    if found.get("FREQ") not in FREQUENCIES:
        raise AskedWrongly(f"{said}: FREQ is one of these.\n    There are: {', '.join(FREQUENCIES)}.")
    a_day = len(found.get("BYHOUR", "").split(",")) * len(found.get("BYMINUTE", "").split(","))
    if a_day > MOST_A_DAY:
        raise AskedWrongly(f"{said}: that is {a_day} starts a day; {MOST_A_DAY} is the most.")
    for name, most in (("INTERVAL", 1000), ("COUNT", 100_000)):
        if name in found and not (found[name].isdigit() and 1 <= int(found[name][:9]) <= most):
            raise AskedWrongly(f"{said}: {name} is a number from 1 to {most}.")
    return found


def has_hours(text: str) -> bool:
    return "BYHOUR=" in text.upper()


def work(parts: dict[str, str], first: datetime.datetime) -> int:
    """Steps that are taken at the most to work this rule out."""
    days = max(0, (LAST - first).days)
    return days // (FREQUENCIES[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))) + 1


class Recurring:
    """The wall times of a rule, worked out as far as they are asked for."""

    def __init__(
        self,
        text: str,
        first: datetime.datetime,
        *,
        has_hour: bool = True,
        zone: datetime.tzinfo | None = None,
    ) -> None:
        """`first`: from when it counts. Where that is only a day, the rule says the hour. `zone`: by whose
        wall it is, so that an end in UTC is understood."""
        from dateutil.rrule import rrule, rrulestr

        if first.year < 1900:
            raise AskedWrongly(f"{quoted(text)}: it begins in {first.year}, before anybody's nights.")
        parts = parts_of(text)
        count = int(parts.pop("COUNT", "0"))
        until = _until(parts.pop("UNTIL", None), text, zone)
        parts.setdefault("BYSECOND", "0")
        if not has_hour:
            parts.setdefault("BYMINUTE", "0")
        body = ";".join(f"{name}={value}" for name, value in parts.items())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rule = rrulestr(body, dtstart=first)
                assert isinstance(rule, rrule)
                rule = rule.replace(dtstart=first + AWAY, until=min(until, LAST) + AWAY)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
            raise AskedWrongly(f"{quoted(text)} is no rule of a calendar ({error}).") from None
        self._coming: Iterator[datetime.datetime] = (one - AWAY for one in rule)
        soonest = next(self._coming, None)
        if soonest is None and until == LAST:
            raise AskedWrongly(f"{quoted(text)} names days that never come, from {first.date()} on.")
        if soonest is not None:
            self._coming = itertools.chain([soonest], self._coming)
        if count:
            self._coming = itertools.islice(self._coming, count)
        self._known: dict[datetime.date, list[datetime.datetime]] = {}
        self._until: datetime.date | None = None
        """Up to this day, and including it, all of them are known; None: none is yet."""
        self._is_over = False

    def on(self, day: datetime.date) -> tuple[datetime.datetime, ...]:
        while not self._is_over and (self._until is None or day >= self._until):
            found = next(self._coming, None)
            if found is None:
                self._is_over = True
            else:
                self._until = found.date()
                self._known.setdefault(found.date(), []).append(found)
        return tuple(self._known.get(day, ()))


def _until(text: str | None, whole: str, zone: datetime.tzinfo | None) -> datetime.datetime:
    if text is None:
        return LAST
    for form in ("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"):
        try:
            found = datetime.datetime.strptime(text, form)
        except ValueError:
            continue
        if form.endswith("Z") and zone is not None:
            found = found.replace(tzinfo=datetime.UTC).astimezone(zone).replace(tzinfo=None)
        return found + datetime.timedelta(days=1, seconds=-1) if form == "%Y%m%d" else found
    raise AskedWrongly(f"{quoted(whole)}: UNTIL is a date like 20270101.")
