"""A rule: on which evenings, at what time, and except when; and the starts that it gives, in order.

    for start in starts(rule, "Europe/Berlin", after): ...

A rule knows wall time only. Zones come in here, and nowhere below."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lullaby.ritual.schedule.zones import DAY, comes_twice, exists, instant, local

Days = Callable[[datetime.date], bool]

LOOKS_AHEAD = 366 * 9
"""Days that are looked through for the next start: 29 February may be eight years away."""
LAST_DAY = datetime.date(2200, 1, 1)


@dataclass(frozen=True)
class Times:
    """On these days at this time."""

    says: str
    """As it was written."""
    falls_on: Days
    hour: datetime.time
    minutes_before: int = 0
    """Minutes before that hour at which it begins: "30 min before sleep"."""
    next_day: bool = False
    """Does the hour belong to the day after? A bedtime of 00:30 does: it is still that evening's."""

    def walls(self, day: datetime.date) -> Iterator[datetime.datetime]:
        if self.falls_on(day):
            on = day + DAY if self.next_day else day
            yield datetime.datetime.combine(on, self.hour) - datetime.timedelta(minutes=self.minutes_before)


@dataclass(frozen=True)
class Listed:
    """Wall times that another reader of rules works out (an RRULE, a calendar's events)."""

    says: str
    on: Callable[[datetime.date], tuple[datetime.datetime, ...]] = field(repr=False)

    def walls(self, day: datetime.date) -> Iterator[datetime.datetime]:
        yield from self.on(day)


@dataclass(frozen=True)
class Rule:
    """What somebody wrote, understood."""

    says: str
    parts: tuple[Times | Listed, ...]
    left_out: tuple[tuple[str, Days], ...] = ()
    """Evenings on which nothing begins, and how that was written."""
    first: datetime.date | None = None
    last: datetime.date | None = None

    def may_begin(self, day: datetime.date) -> bool:
        if (self.first is not None and day < self.first) or (self.last is not None and day > self.last):
            return False
        return not any(without(day) for _, without in self.left_out)


@dataclass(frozen=True, order=True)
class Start:
    """A start that a rule gives."""

    utc: datetime.datetime
    wall: datetime.datetime
    """As the rule says it, even where clocks never show it: what the start is known by."""
    evening: datetime.date
    reason: str

    @property
    def key(self) -> str:
        return self.wall.isoformat(timespec="minutes")


def starts(rule: Rule, zone: datetime.tzinfo, after: datetime.datetime) -> Iterator[Start]:
    """The starts after an instant, in order, no two at one instant, until none is found for years."""
    day = local(after, zone).date() - 3 * DAY
    waiting: list[Start] = []
    said: datetime.datetime | None = None
    empty = 0
    while empty < LOOKS_AHEAD and day < LAST_DAY:
        if rule.last is not None and day > rule.last and not waiting:
            return
        empty += 1
        for start in _on(rule, zone, day):
            heapq.heappush(waiting, start)
        # what a later day gives may begin on the day before it, and clocks may be moved
        safe = instant(datetime.datetime.combine(day, datetime.time()), zone) - DAY
        while waiting and waiting[0].utc <= safe:
            empty = 0
            start = heapq.heappop(waiting)
            if start.utc > after and start.utc != said:
                said = start.utc
                yield start
        day += DAY


def _on(rule: Rule, zone: datetime.tzinfo, day: datetime.date) -> Iterator[Start]:
    if not rule.may_begin(day):
        return
    for part in rule.parts:
        for wall in part.walls(day):
            yield Start(instant(wall, zone), wall, day, part.says + _moved(wall, zone))


def _moved(wall: datetime.datetime, zone: datetime.tzinfo) -> str:
    """What a change of clocks does to this start, in words; "" where it does nothing."""
    if not exists(wall, zone):
        shown = local(instant(wall, zone), zone)
        return f"; clocks skip {wall:%H:%M} that night, so it begins at {shown:%H:%M}"
    if comes_twice(wall, zone):
        return f"; {wall:%H:%M} comes twice that night, and the first counts"
    return ""
