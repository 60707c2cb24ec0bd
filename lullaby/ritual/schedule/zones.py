"""Local time in a named zone, on the two nights of a year, too, on which clocks are changed.

What is written down is wall time: "22:30 in Europe/Berlin". An hour that does not exist begins as much later
as the clocks were moved (02:30 is 03:30 that night); one that comes twice is the first. Instants are compared
in UTC only, since two local times of one zone are compared by Python as if no clock were ever changed."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import zoneinfo
from pathlib import Path

from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import quoted

UTC = datetime.UTC
DAY = datetime.timedelta(days=1)


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The zone of this name; an AskedWrongly says those nearest to it."""
    try:
        if not re.fullmatch(r"[A-Za-z0-9_+\-/]{1,64}", name):
            raise ValueError(name)
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        there = sorted(zoneinfo.available_timezones())
        hint = choices(name, there, "There are", f"{len(there)} zones, named like Europe/Berlin")
        raise AskedWrongly(f"there is no time zone {quoted(name)}.\n    {hint}") from None


def instant(wall: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """When clocks in this zone show this time, in UTC."""
    found = wall.replace(tzinfo=zone, fold=0)
    # in a gap, fold 0 stands for the offset before the change: the same time, as much later as clocks moved
    return (wall - _offset(found)).replace(tzinfo=UTC)


def local(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    return moment.astimezone(zone)


def exists(wall: datetime.datetime, zone: datetime.tzinfo) -> bool:
    """Do clocks there ever show this time?"""
    return local(instant(wall, zone), zone).replace(tzinfo=None) == wall


def comes_twice(wall: datetime.datetime, zone: datetime.tzinfo) -> bool:
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return _offset(first) > _offset(second)


def next_at(hour: datetime.time, after: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """The first instant after this one at which clocks there show this hour, in UTC."""
    day = local(after, zone).date() - DAY
    while True:
        found = instant(datetime.datetime.combine(day, hour), zone)
        if found > after:
            return found
        day += DAY


def own_zone() -> str | None:
    """The name of this machine's zone; None where it cannot be told."""
    said = os.environ.get("TZ", "").removeprefix(":")
    places = [said] if said else []
    if not said:
        with contextlib.suppress(OSError):
            places.append(os.path.realpath("/etc/localtime").partition("zoneinfo/")[2])
        with contextlib.suppress(OSError, ValueError):
            places.append(Path("/etc/timezone").read_text("utf-8").strip())
    for name in places:
        try:
            return zone_of(name.removeprefix("posix/")).key
        except AskedWrongly:
            continue
    return None


def _offset(moment: datetime.datetime) -> datetime.timedelta:
    found = moment.utcoffset()
    assert found is not None
    return found
