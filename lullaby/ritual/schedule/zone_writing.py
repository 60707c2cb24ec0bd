"""A zone's changes of clocks as a calendar has them (VTIMEZONE), for the years that its events are in.

They are written here, one by one: what icalendar writes by itself has each change an hour late wherever
clocks go forward, and another reader then reads the night of the change wrongly."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from lullaby.ritual.schedule.zones import DAY, local

SECOND = datetime.timedelta(seconds=1)
MARGIN = 400 * DAY


def zone_component(zone: ZoneInfo, first: datetime.datetime, last: datetime.datetime) -> Any:
    """The VTIMEZONE of a zone, true from a year before the first event until a year after the last."""
    import icalendar

    whole = icalendar.Timezone()
    whole.add("tzid", zone.key)
    begin = first - MARGIN
    whole.add_component(_spell(begin, local(begin, zone), local(begin, zone)))
    for change in changes(zone, begin, last + MARGIN):
        whole.add_component(_spell(change, local(change - SECOND, zone), local(change, zone)))
    return whole


def changes(zone: ZoneInfo, begin: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    """The instants from which on clocks there show another time, or call it otherwise."""
    moment = begin
    while moment < end:
        later = moment + DAY
        if _state(moment, zone) != _state(later, zone):
            low, high = moment, later  # the first instant of the new state is in (low, high]
            while high - low > SECOND:
                middle = low + (high - low) // 2
                if _state(middle, zone) == _state(moment, zone):
                    low = middle
                else:
                    high = middle
            yield high.replace(microsecond=0)
        moment = later


def _state(moment: datetime.datetime, zone: ZoneInfo) -> tuple[object, ...]:
    shown = local(moment, zone)
    return shown.utcoffset(), shown.dst(), shown.tzname()


def _spell(change: datetime.datetime, before: datetime.datetime, after: datetime.datetime) -> Any:
    """From a change on. Its time is by the clocks that still showed the old one."""
    import icalendar

    made: Any = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
    offset = before.utcoffset()
    assert offset is not None
    made.add("dtstart", (change + offset).replace(tzinfo=None, microsecond=0))
    made.add("tzoffsetfrom", offset)
    made.add("tzoffsetto", after.utcoffset())
    made.add("tzname", after.tzname() or "LMT")
    return made
