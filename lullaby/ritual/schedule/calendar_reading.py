"""Calendars (.ics) that somebody else wrote: days on which nothing begins, and starts.

Such a file may be anything. Its size, its events and the work of its recurrences are bounded, and whatever
the reader stumbles over is said as a mistake in the file."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.ritual.schedule.recurring import Recurring, parts_of, work
from lullaby.ritual.schedule.rule import Days
from lullaby.ritual.schedule.zones import DAY
from lullaby.score.plain_text import plain, quoted

MOST_BYTES = 500_000
MOST_EVENTS = 2_000
MOST_WORK = 300_000
"""Steps in which all recurrences of a file may be worked out: some three seconds."""
LONGEST_DAYS = 400
"""Days of one event."""


@dataclass(frozen=True)
class Event:
    """An event as a file has it, in its own wall time."""

    first: datetime.datetime
    days: int
    """Days that it touches."""
    comes: Callable[[datetime.date], tuple[datetime.datetime, ...]]
    """When it comes on a day."""
    zone: str
    """Its zone's name; "" where it has none."""
    is_timed: bool


def events_in(text: str, name: str) -> tuple[Event, ...]:
    """The events of a calendar; a WrittenWrongly says what is wrong with the file."""
    where = plain(name)
    if len(text.encode()) > MOST_BYTES:
        raise WrittenWrongly(where, f"a calendar of more than {MOST_BYTES // 1000} kB is not read.")
    if text.count("BEGIN:VEVENT") > MOST_EVENTS:
        raise WrittenWrongly(where, f"it has more than {MOST_EVENTS} events.")
    import icalendar

    try:
        whole = icalendar.Calendar.from_ical(text)
        found = list(whole.walk("VEVENT"))
        moved = _moved(found)
        budget = [MOST_WORK]
        events = tuple(_event(one, moved, budget) for one in found if str(one.get("STATUS")) != "CANCELLED")
    except AskedWrongly as error:
        raise WrittenWrongly(where, str(error)) from None
    except Exception as error:  # whatever the reader trips over in a stranger's file
        raise WrittenWrongly(
            where, f"this is no calendar that can be read ({plain(str(error))[:80] or type(error).__name__})."
        ) from None
    if not events:
        raise WrittenWrongly(where, "there is no event in it.")
    return events


def days_in(text: str, name: str) -> Days:
    """Is there anything in this calendar on a day?"""
    events = events_in(text, name)

    def falls_on(day: datetime.date) -> bool:
        return any(event.comes(day - k * DAY) for event in events for k in range(event.days))

    return falls_on


def starts_in(text: str, name: str) -> Callable[[datetime.date], tuple[datetime.datetime, ...]]:
    """The times at which its events begin on a day. All-day events begin at no time."""
    events = [event for event in events_in(text, name) if event.is_timed]
    if not events:
        raise WrittenWrongly(plain(name), "no event in it has a time at which it begins.")

    def on(day: datetime.date) -> tuple[datetime.datetime, ...]:
        return tuple(sorted({wall for event in events for wall in event.comes(day)}))

    return on


def zone_in(text: str, name: str) -> str | None:
    """The one zone of its timed events; None where they have none."""
    zones = {event.zone for event in events_in(text, name) if event.is_timed} - {""}
    if len(zones) > 1:
        raise WrittenWrongly(
            plain(name), f"its events are in several zones ({', '.join(sorted(map(plain, zones)))}).",
            "A rule has one zone: keep them in a file for each.",
        )  # fmt: skip
    return zones.pop() if zones else None


def _event(one: Any, moved: dict[str, set[Any]], budget: list[int]) -> Event:
    begins = one["DTSTART"].dt
    is_timed = isinstance(begins, datetime.datetime)
    first = _wall(begins)
    days = _days(one, begins, first)
    zone = getattr(begins, "tzinfo", None)
    left_out = {_wall(value, zone) for value in _all(one, "EXDATE")}
    if one.get("RECURRENCE-ID") is None:
        left_out |= {_wall(value, zone) for value in moved.get(str(one.get("UID")), set())}
    extra = {_wall(value, zone) for value in _all(one, "RDATE")} | {first}
    comes = _listed(extra - left_out)
    rules = one.get("RRULE")
    if rules is not None and one.get("RECURRENCE-ID") is None:
        if isinstance(rules, list):
            raise AskedWrongly("an event with more than one RRULE is not read.")
        text = rules.to_ical().decode()
        budget[0] -= work(parts_of(text), first)
        if budget[0] < 0:
            raise AskedWrongly("its recurrences are more than a calendar of nights has.")
        recurring = Recurring(text, first, zone=zone)
        comes = _both(comes, recurring, left_out)
    return Event(first, days, comes, _zone(one["DTSTART"]), is_timed)


def _listed(walls: set[datetime.datetime]) -> Callable[[datetime.date], tuple[datetime.datetime, ...]]:
    by_day: dict[datetime.date, tuple[datetime.datetime, ...]] = {}
    for wall in sorted(walls):
        by_day[wall.date()] = (*by_day.get(wall.date(), ()), wall)
    return lambda day: by_day.get(day, ())


def _both(
    listed: Callable[[datetime.date], tuple[datetime.datetime, ...]],
    recurring: Recurring,
    left_out: set[datetime.datetime],
) -> Callable[[datetime.date], tuple[datetime.datetime, ...]]:
    def comes(day: datetime.date) -> tuple[datetime.datetime, ...]:
        return tuple(sorted({*listed(day), *(w for w in recurring.on(day) if w not in left_out)}))

    return comes


def _moved(events: list[Any]) -> dict[str, set[Any]]:
    """For each event those of its times that another event of the file says anew."""
    found: dict[str, set[Any]] = {}
    for one in events:
        if (instead := one.get("RECURRENCE-ID")) is not None:
            found.setdefault(str(one.get("UID")), set()).add(instead.dt)
    return found


def _all(one: Any, name: str) -> Iterator[Any]:
    found = one.get(name)
    for each in found if isinstance(found, list) else [] if found is None else [found]:
        for value in each.dts:
            yield value.dt[0] if isinstance(value.dt, tuple) else value.dt


def _days(one: Any, begins: Any, first: datetime.datetime) -> int:
    if (ends := one.get("DTEND")) is not None:
        last = _wall(ends.dt)
    elif (lasts := one.get("DURATION")) is not None:
        last = first + lasts.dt
    else:
        last = first
    days = (last - datetime.timedelta(seconds=1)).date() - first.date() if last > first else DAY * 0
    if days.days >= LONGEST_DAYS:
        raise AskedWrongly(f"an event of more than {LONGEST_DAYS} days is not read.")
    return days.days + 1


def _wall(value: Any, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """The time on the wall of its own zone; or of its event's, where it is written in another, as in UTC."""
    if isinstance(value, datetime.datetime):
        there: datetime.datetime = value if zone is None or value.tzinfo is None else value.astimezone(zone)
        return there.replace(tzinfo=None, second=0, microsecond=0, fold=0)
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    raise AskedWrongly(f"{quoted(str(value))} is no date.")


def _zone(begins: Any) -> str:
    """The zone of a DTSTART, "" where it has none; icalendar drops one that it does not know, unsaid."""
    zone = getattr(begins.dt, "tzinfo", None)
    named = begins.params.get("TZID")
    if zone is None and named:
        raise AskedWrongly(f"{quoted(str(named)[:60])} is no time zone that is known here.")
    return "" if zone is None else str(getattr(zone, "key", None) or zone)
