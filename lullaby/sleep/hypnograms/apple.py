"""Apple Health's export.xml: every stage of every night of every device, anywhere in a gigabyte.

Times in bed say nothing of sleep, and several devices tell of one night: of each night the device that
staged most of it is kept, and of what overlaps inside it what began first.
"""

from __future__ import annotations

import datetime
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import counted, quoted
from lullaby.sleep.hypnograms.checked import DAY, TOUCH, hypnogram_of
from lullaby.sleep.hypnograms.markup import read_tags
from lullaby.sleep.hypnograms.opening import Opened, instant
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.stages import Stage

SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
VALUE = "HKCategoryValueSleepAnalysis"
STAGES: dict[str, Stage | None] = {
    "Awake": Stage.AWAKE,
    "AsleepCore": Stage.N2,
    "AsleepDeep": Stage.N3,
    "AsleepREM": Stage.REM,
    "AsleepUnspecified": None,
    "Asleep": None,
}
APART = 3 * 3600
"""Seconds without a stage between two nights."""
_MOST = 2_000_000


class Slept(NamedTuple):
    start: float
    """Seconds since 1970, so that neither zones nor summer time matter."""
    stop: float
    stage: Stage | None
    device: str
    offset: int
    """Seconds that its clock was ahead of Greenwich's."""
    line: int


def is_apple(head: bytes) -> bool:
    return b"<HealthData" in head or b"HealthData [" in head


def read_apple(file: Opened) -> list[Hypnogram]:
    found: list[Slept] = []
    devices: dict[str, str] = {}

    def begun(name: str, attributes: dict[str, str], line: int) -> None:
        if name != "Record" or attributes.get("type") != SLEEP:
            return
        place = f"{file.where}, line {line}"
        value = attributes.get("value", "").removeprefix(VALUE)
        if value == "InBed":
            return
        if value not in STAGES:
            raise WrittenWrongly(
                place, f"{quoted(attributes.get('value', ''))} is not a stage of Apple Health."
            )
        start, stop = instant(attributes.get("startDate"), place), instant(attributes.get("endDate"), place)
        zone = start.utcoffset()
        if zone is None or stop.tzinfo is None:
            raise WrittenWrongly(place, "its times have no zone.")
        lasts = (stop - start).total_seconds()
        if lasts < 0 or lasts > DAY:
            raise WrittenWrongly(place, f"it lasts {lasts / 3600:g} hours.", "A stage lasts from 0 to 24.")
        if len(found) >= _MOST:
            raise WrittenWrongly(place, f"there are more than {_MOST} stages.")
        since = start.timestamp()
        device = devices.setdefault(attributes.get("sourceName", ""), attributes.get("sourceName", ""))
        found.append(Slept(since, since + lasts, STAGES[value], device, int(zone.total_seconds()), line))

    read_tags(file, begun, lambda *_: None)
    if not found:
        raise WrittenWrongly(file.where, "no sleep is recorded in it.")
    nights = [night for one in _nights(found) if (night := _night(file.where, one)) is not None]
    if not nights:
        raise WrittenWrongly(file.where, "no stages are in it, only that somebody was asleep.")
    return nights


def _nights(found: list[Slept]) -> list[list[Slept]]:
    found.sort(key=lambda slept: (slept.start, slept.stop))
    nights: list[list[Slept]] = [[]]
    latest = found[0].start
    for slept in found:
        if slept.start - latest > APART:
            nights.append([])
        nights[-1].append(slept)
        latest = max(latest, slept.stop)
    return nights


def _night(where: str, slept: list[Slept]) -> Hypnogram | None:
    """The night as its best device saw it; None where none saw stages."""
    seen: Counter[str] = Counter()
    for one in slept:
        if one.stage is not None and one.stage is not Stage.AWAKE:
            seen[one.device] += round(one.stop - one.start)
    if not seen:
        return None
    best = max(sorted(seen), key=seen.__getitem__)
    its = [one for one in slept if one.device == best]
    staged = [one for one in its if one.stage is not None and one.stop - one.start >= TOUCH]
    kept: list[Slept] = []
    for one in staged:
        if not kept or one.start >= kept[-1].stop - TOUCH:
            kept.append(one)
    remarks = [
        f"{counted(count, one)} {what}"
        for count, one, what in (
            (len({one.device for one in slept}) - 1, "other device", "that told of this night: left out"),
            (len(staged) - len(kept), "record", "that overlapped another: left out"),
            (sum(one.stage is None for one in its), "record", "that said only asleep: a gap"),
            (sum(a.offset != b.offset for a, b in pairwise(kept)), "change", "of the clock or zone in it"),
        )
        if count
    ]
    zero = kept[0].start
    zone = datetime.timezone(datetime.timedelta(seconds=kept[0].offset))
    return hypnogram_of(
        where,
        [Stretch(one.start - zero, one.stop - zero, one.stage, f"line {one.line}") for one in kept],
        source="Apple Health",
        start=datetime.datetime.fromtimestamp(zero, zone),
        four_class=True,
        remarks=remarks,
    )
