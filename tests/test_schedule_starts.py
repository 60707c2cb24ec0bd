"""Rules give the right starts: against an independent count, in every zone, on both nights clocks change."""

from __future__ import annotations

import datetime
import itertools
import zoneinfo
from collections.abc import Iterator
from functools import cache

import pytest

from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule import recurring
from lullaby.ritual.schedule.grammar import Known, rule_of
from lullaby.ritual.schedule.rule import Start, starts
from lullaby.ritual.schedule.zones import UTC, instant, next_at, zone_of

FIRST, LAST = datetime.datetime(2026, 1, 1, tzinfo=UTC), datetime.datetime(2028, 1, 1, tzinfo=UTC)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
HALF_HOURS = tuple(datetime.time(half // 2, half % 2 * 30) for half in range(48))


@cache
def offsets(name: str) -> tuple[tuple[datetime.datetime, datetime.timedelta], ...]:
    """The instants of 2026 and 2027 from which on another offset holds in a zone, by asking for every half
    hour's and then every minute's; the first is 2026's own."""
    zone = zoneinfo.ZoneInfo(name)

    def of(moment: datetime.datetime) -> datetime.timedelta:
        found = moment.astimezone(zone).utcoffset()
        assert found is not None
        return found

    begin = FIRST - 5 * DAY
    found, moment = [(begin, of(begin))], begin
    while moment < LAST + 3 * DAY:
        later = moment + DAY
        if of(later) != found[-1][1]:
            low = next(m for k in range(24 * 60 + 1) if of(m := moment + k * MINUTE) != found[-1][1])
            found.append((low, of(low)))
        moment = later
    return tuple(found)


@cache
def zones() -> list[str]:
    """Whose clocks change in these years; found when first asked for, since that takes a second or two."""
    return sorted(name for name in zoneinfo.available_timezones() if len(offsets(name)) > 1)


def shown_first(wall: datetime.datetime, name: str) -> datetime.datetime:
    """When clocks of a zone first show this time, or, if they never do, would have shown it without the
    change; without Python's own arithmetic of zones."""
    naive = wall.replace(tzinfo=UTC)
    spells = offsets(name)
    ends = [start for start, _ in spells[1:]] + [LAST + 9 * DAY]
    for (start, offset), end in zip(spells, ends, strict=True):
        if start <= naive - offset < end:
            return naive - offset
    for (_, offset), end in zip(spells, ends, strict=True):  # skipped: what the old offset says
        if naive - offset >= end and naive - spells[spells.index((_, offset)) + 1][1] < end:
            return naive - offset
    raise AssertionError((wall, name))


def given(text: str, name: str, after: datetime.datetime, bedtime: float = 23.0) -> Iterator[Start]:
    rule = rule_of(text, Known(datetime.date(2026, 1, 1), lambda: bedtime, lambda name: ""))
    return starts(rule, zone_of(name), after)


def change_nights(name: str) -> list[datetime.date]:
    return [moment.date() + k * DAY for moment, _ in offsets(name)[1:] for k in (-2, -1, 0, 1, 2)]


def test_there_are_many_zones_whose_clocks_change():
    assert len(zones()) > 150
    assert {"Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Africa/Casablanca"} <= set(zones())


def holds(names: list[str], hours: tuple[datetime.time, ...], days: int) -> None:
    """Every day's start is where an independent count has it: none lost, none twice."""
    for name, hour in itertools.product(names, hours):
        end = FIRST + days * DAY
        found = []
        for start in given(f"every day {hour:%H:%M}", name, FIRST):
            if start.utc >= end:
                break
            found.append(start)
        wanted = sorted(
            shown_first(datetime.datetime.combine(FIRST.date() + k * DAY, hour), name)
            for k in range(-2, days + 3)
        )
        assert [start.utc for start in found] == [w for w in wanted if FIRST < w < end], (name, hour)
        assert len({start.key for start in found}) == len(found)


@pytest.mark.parametrize("part", range(4))
def test_every_zone_and_every_half_hour_on_the_nights_around_a_change(part: int):
    """All zones, all 48 half-hours; the five nights around every change of clocks in 2026 and 2027."""
    for name in zones()[part::4]:
        zone = zone_of(name)
        for night, hour in itertools.product(change_nights(name), HALF_HOURS):
            wall = datetime.datetime.combine(night, hour)
            assert instant(wall, zone) == shown_first(wall, name), (name, wall)


def test_whole_years_in_some_zones_are_right_at_all_hours():
    holds(["Europe/Berlin", "Australia/Lord_Howe"], HALF_HOURS[::5], 730)


@pytest.mark.parametrize("part", range(4))
def test_the_next_start_is_right_on_the_nights_around_a_change_in_every_zone(part: int):
    """Through the rule itself: one hour of each night that a change skips or repeats, and others."""
    for number, name in enumerate(zones()[part::4]):
        for moment, _ in offsets(name)[1:]:
            for hour in (HALF_HOURS[(number * 7) % 48], datetime.time(0, 0), datetime.time(2, 30)):
                begin = moment - 3 * DAY
                found = list(itertools.islice(given(f"every day {hour:%H:%M}", name, begin), 5))
                walls = (datetime.datetime.combine(begin.date() + k * DAY, hour) for k in range(-2, 9))
                wanted = sorted(w for wall in walls if (w := shown_first(wall, name)) > begin)[:5]
                assert [start.utc for start in found] == wanted, (name, hour)


@pytest.mark.soak
def test_every_zone_every_half_hour_every_night_of_two_years():
    holds(zones(), HALF_HOURS, 730)


def berlin(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))


def test_an_hour_that_does_not_exist_begins_as_much_later_and_says_so():
    start = next(given("every day 02:30", "Europe/Berlin", berlin("2027-03-27T12:00")))
    assert start.utc == datetime.datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert start.key == "2027-03-28T02:30"
    assert "skip 02:30" in start.reason
    assert "03:30" in start.reason


def test_an_hour_that_comes_twice_is_the_first():
    first, second = itertools.islice(given("every day 02:30", "Europe/Berlin", berlin("2026-10-24T12:00")), 2)
    assert first.utc == datetime.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "twice" in first.reason
    assert second.utc - first.utc == datetime.timedelta(hours=25)


def test_two_hours_that_fall_together_are_one_start():
    """02:30 does not exist that night and becomes 03:30, which the rule gives, too."""
    found = itertools.islice(
        given("every day 02:30 and every day 03:30", "Europe/Berlin", berlin("2027-03-27T12:00")), 3
    )
    assert [f"{start.utc:%d %H:%M}" for start in found] == ["28 01:30", "29 00:30", "29 01:30"]


def test_until_an_hour_is_kept_apart_from_so_many_hours():
    zone = zone_of("Europe/Berlin")
    for evening, hours in (("2027-03-27T23:00", 7), ("2026-10-24T23:00", 9), ("2026-11-27T23:00", 8)):
        begins = berlin(evening).astimezone(UTC)
        assert next_at(datetime.time(7), begins, zone) - begins == datetime.timedelta(hours=hours)


RULES = {
    "weekdays 22:30": ["Fri 27 22:30", "Mon 30 22:30", "Tue 01 22:30"],
    "weekends 23:00": ["Sat 28 23:00", "Sun 29 23:00", "Sat 05 23:00"],
    "sat, sun 23:00": ["Sat 28 23:00", "Sun 29 23:00", "Sat 05 23:00"],
    "every day 30 min before sleep": ["Fri 27 22:30", "Sat 28 22:30", "Sun 29 22:30"],
    "every day 1 hour before sleep": ["Fri 27 22:00", "Sat 28 22:00", "Sun 29 22:00"],
    "daily at sleep": ["Fri 27 23:00", "Sat 28 23:00", "Sun 29 23:00"],
    "every 2 weeks on fri 21:00 from 2026-11-27": ["Fri 27 21:00", "Fri 11 21:00", "Fri 25 21:00"],
    "every 2 weeks on mon, fri 21:00 from 2026-11-25": ["Fri 27 21:00", "Mon 07 21:00", "Fri 11 21:00"],
    "every 3 days 21:00 from 2026-11-28": ["Sat 28 21:00", "Tue 01 21:00", "Fri 04 21:00"],
    "sun-tue 22:00": ["Sun 29 22:00", "Mon 30 22:00", "Tue 01 22:00"],
    "mon to thursday at 22:00 and fri 23:30": ["Fri 27 23:30", "Mon 30 22:00", "Tue 01 22:00"],
    "every day 22:30 except 2026-11-28, mon": ["Fri 27 22:30", "Sun 29 22:30", "Tue 01 22:30"],
    "every day 22:30 until 2026-11-28": ["Fri 27 22:30", "Sat 28 22:30"],
    "2026-12-24, 2026-12-31 20:00": ["Thu 24 20:00", "Thu 31 20:00"],
    "RRULE:FREQ=WEEKLY;BYDAY=FR,SA 22:00": ["Fri 27 22:00", "Sat 28 22:00", "Fri 04 22:00"],
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=21;BYMINUTE=15": ["Fri 27 21:15", "Fri 25 21:15", "Fri 29 21:15"],
    "RRULE:FREQ=DAILY;UNTIL=20260101 21:00": [],
}


@pytest.mark.parametrize("text", RULES)
def test_a_rule_means_what_it_says(text: str):
    zone = zone_of("Europe/Berlin")
    found = itertools.islice(given(text, "Europe/Berlin", berlin("2026-11-27T17:00")), 3)
    assert [f"{start.utc.astimezone(zone):%a %d %H:%M}" for start in found] == RULES[text]


def test_every_rule_of_the_grammars_documentation_is_tried_here():
    from manual import page

    shown = [row[0].strip("`") for row in page("schedule.md").rows("## Rules")]
    assert len(shown) > 8
    known = Known(datetime.date(2026, 1, 1), lambda: 23.0, lambda name: HOLIDAYS)
    for text in shown:
        assert rule_of(text, known).parts


HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTART:20261224T220000
DURATION:PT1H
END:VEVENT
END:VCALENDAR
"""


def test_a_bedtime_after_midnight_is_still_that_evenings():
    zone = zone_of("Europe/Berlin")
    found = given("sat 30 min before sleep", "Europe/Berlin", berlin("2026-11-27T17:00"), bedtime=0.25)
    assert f"{next(found).utc.astimezone(zone):%a %H:%M}" == "Sat 23:45"
    found = given("sat 30 min before sleep", "Europe/Berlin", berlin("2026-11-27T17:00"), bedtime=1.0)
    start = next(found)
    assert f"{start.utc.astimezone(zone):%a %H:%M}" == "Sun 00:30"
    assert start.evening == datetime.date(2026, 11, 28)


WRONG = {
    "weekdys 22:30": ('word 1, "weekdys"', 'Did you mean "weekdays"?'),
    "weekdays 22;30": ('word 2, "22;30"', "30 min before sleep"),
    "weekdays 24:00": ('word 2, "24:00"', "no time of day"),
    "weekdays": ("ends too early", "22:30"),
    "": ("ends too early", "every day"),
    "every 2 weeks fri 21:00": ('word 4, "fri"', "on fri"),
    "every ² days 21:00": ("²", "day"),
    "every 0 days 21:00": ('word 2, "0"', "from 1 to"),
    "every day 22:30 xcept 2026-12-24": ('word 4, "xcept"', 'Did you mean "except"?'),
    "every day 22:30 except someday": ('word 5, "someday"', "FILE.ics"),
    "2026-02-30 22:30": ('word 1, "2026-02-30"', "no date"),
    "every day 20 min before dawn": ('word 6, "dawn"', "sleep"),
    "RRULE:FREQ=SECONDLY 22:30": ("FREQ", "DAILY"),
    "RRULE:FREQ=DAILY;BYFOO=1 22:30": ("BYFOO", "It has: FREQ"),
    "RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3": ("9 starts a day", "8"),
    "RRULE:FREQ=DAILY": ("ends too early", "22:30"),
    "RRULE:FREQ=WEEKLY;BYDAY=XX 22:30": ("no rule of a calendar", "XX"),
    "x" * 700: ("600 characters", ""),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_rule_that_cannot_be_understood_says_which_word_and_what_there_is(text: str):
    with pytest.raises(AskedWrongly) as wrong:
        list(itertools.islice(given(text, "Europe/Berlin", FIRST), 1))
    for says in WRONG[text]:
        assert says in str(wrong.value)


def test_a_bedtime_of_nobody_is_asked_for():
    known = Known(datetime.date(2026, 1, 1), None, lambda name: "")
    with pytest.raises(AskedWrongly, match="--for NAME"):
        rule_of("every day 30 min before sleep", known)


def test_a_zone_that_does_not_exist_names_those_nearest():
    with pytest.raises(AskedWrongly, match='Did you mean "Europe/Berlin"'):
        zone_of("Europe/Berln")
    for name in ("../../etc/passwd", "/etc/localtime", "", "a\0b", "Europe"):
        with pytest.raises(AskedWrongly):
            zone_of(name)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
    ],
)
def test_a_rule_that_never_comes_is_refused(rule: str):
    """From a friday on. It is looked for until the year 9999, so from a year that is near."""
    assert (recurring.LAST + recurring.AWAY).year > 9_600
    with pytest.raises(AskedWrongly, match="never come"):
        recurring.Recurring(rule, datetime.datetime(2026, 11, 27, 22, 30))


def test_a_rule_is_the_same_worked_out_four_hundred_years_later():
    from dateutil.rrule import rrulestr

    for rule in ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=WEEKLY;INTERVAL=3"):
        first = datetime.datetime(2026, 11, 27, 22, 30)
        found = recurring.Recurring(rule, first)
        wanted = set(rrulestr(rule, dtstart=first).between(first, first + 2_200 * DAY, inc=True))
        days = (first.date() + number * DAY for number in range(2_201))
        assert {one for day in days for one in found.on(day)} == wanted
