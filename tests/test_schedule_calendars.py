"""Calendars out, read by another program's reader, and in, from strangers; entries that wake the watcher."""

from __future__ import annotations

import configparser
import datetime
import itertools
import plistlib
import shlex
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from lullaby.errors import WrittenWrongly
from lullaby.ritual.schedule import installing
from lullaby.ritual.schedule.book import KeptRule, add_rule, schedule
from lullaby.ritual.schedule.calendar_reading import MOST_EVENTS, days_in, events_in, starts_in, zone_in
from lullaby.ritual.schedule.calendar_writing import calendar_of
from lullaby.ritual.schedule.coming import coming
from lullaby.ritual.schedule.grammar import Known, rule_of
from lullaby.ritual.schedule.rule import starts
from lullaby.ritual.schedule.zones import UTC, zone_of

ADDED = datetime.datetime(2027, 3, 20, 12, tzinfo=UTC)
DAY = datetime.timedelta(days=1)


def calendar(*lines: str) -> str:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN")
    return "\r\n".join([*head, *lines, "END:VCALENDAR", ""])


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


# out


def test_a_calendar_of_nights_says_to_another_reader_what_next_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every instant, across both changes of clocks, by its own VTIMEZONE."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import vobject
    for zone, at in (("Europe/Berlin", "every day 02:30"), ("America/New_York", "weekdays 22:30")):
        with schedule() as db:
            rule = KeptRule(f"to sleep, {zone}; now", (), at, zone, "2027-03-20", until="07:00")
            kept = add_rule(db, rule, ADDED)
            found = [(kept, start) for start in itertools.islice(coming(db, kept, ADDED), 300)]
        text = calendar_of(found, ADDED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = vobject.readOne(text)
            read.validate()
            assert str(read.vtimezone.tzid.value) == zone
            got = [
                (one.dtstart.value.astimezone(UTC), one.dtend.value.astimezone(UTC), one.summary.value)
                for one in read.vevent_list
            ]
        assert got == [(start.utc, start.ends, rule.name) for _, start in found]
        assert len({one.uid.value for one in read.vevent_list}) == 300


def test_our_own_reader_takes_our_own_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    with schedule() as db:
        kept = add_rule(db, KeptRule("a", (), "every day 22:30", "Europe/Berlin", "2027-03-20"), ADDED)
        found = [(kept, start) for start in itertools.islice(coming(db, kept, ADDED), 30)]
    text = calendar_of(found, ADDED)
    assert zone_in(text, "a.ics") == "Europe/Berlin"
    rule = rule_of("a.ics", Known(datetime.date(2027, 3, 20), None, lambda name: text))
    again = itertools.islice(starts(rule, zone_of("Europe/Berlin"), ADDED), 30)
    assert [start.utc for start in again] == [start.utc for _, start in found]


# in


def test_days_of_a_calendar_are_left_out_all_of_them():
    holidays = calendar(
        event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"),
        event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY", uid="2"),
        event("DTSTART;TZID=Europe/Berlin:20261230T200000", "DURATION:PT6H", uid="3"),
        event("DTSTART;VALUE=DATE:20261210", "STATUS:CANCELLED", uid="4"),
    )
    known = Known(datetime.date(2026, 12, 1), None, lambda name: holidays)
    rule = rule_of('every day 22:30 except "my holidays.ics"', known)
    after = datetime.datetime(2026, 12, 1, tzinfo=UTC)
    found = itertools.takewhile(
        lambda start: start.evening <= datetime.date(2027, 1, 3),
        starts(rule, zone_of("Europe/Berlin"), after),
    )
    evenings = {start.evening for start in found}
    every = {datetime.date(2026, 12, 1) + k * DAY for k in range(34)}
    gone = ("2026-12-24", "2026-12-25", "2026-12-26", "2026-12-30", "2026-12-31", "2027-01-01")
    assert every - evenings == set(map(datetime.date.fromisoformat, gone))


def test_events_recur_are_left_out_and_are_moved():
    text = calendar(
        event("DTSTART;TZID=Europe/Berlin:20261130T213000", "RRULE:FREQ=DAILY;COUNT=5",
              "EXDATE;TZID=Europe/Berlin:20261202T213000", "RDATE;TZID=Europe/Berlin:20261210T200000"),
        event("DTSTART;TZID=Europe/Berlin:20261203T230000",
              "RECURRENCE-ID;TZID=Europe/Berlin:20261203T213000"),
    )  # fmt: skip
    on = starts_in(text, "n.ics")
    found = [f"{wall:%d %H:%M}" for k in range(20) for wall in on(datetime.date(2026, 11, 28) + k * DAY)]
    assert found == ["30 21:30", "01 21:30", "03 23:00", "04 21:30", "10 20:00"]


def test_times_in_utc_are_those_of_the_events_own_wall():
    """As RFC 5545 has an UNTIL: 21:30 in UTC is 22:30 in Berlin, which is the last night of them."""
    text = calendar(
        event("DTSTART;TZID=Europe/Berlin:20261130T223000", "RRULE:FREQ=DAILY;UNTIL=20261203T213000Z",
              "EXDATE:20261201T213000Z"),
        event("DTSTART;TZID=Europe/Berlin:20261202T233000", "RECURRENCE-ID:20261202T213000Z"),
    )  # fmt: skip
    on = starts_in(text, "n.ics")
    found = [f"{wall:%d %H:%M}" for k in range(10) for wall in on(datetime.date(2026, 11, 28) + k * DAY)]
    assert found == ["30 22:30", "02 23:30", "03 22:30"]


HOSTILE = {
    "nothing": "",
    "no calendar": "hello",
    "bytes": "\x00\x01\x02" * 100,
    "no event": calendar(),
    "cut": calendar(event("DTSTART:20261130T213000"))[:-40],
    "no start": calendar(event("SUMMARY:x")),
    "a wrong date": calendar(event("DTSTART:20261399T996000")),
    "seconds": calendar(event("DTSTART:20261130T213000", "RRULE:FREQ=SECONDLY")),
    "many a day": calendar(event("DTSTART:20261130T213000", "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9")),
    "many events": calendar(*[event("DTSTART:20261130T213000", uid=str(k)) for k in range(MOST_EVENTS + 1)]),
    "much work": calendar(
        *[
            event("DTSTART:19800101T213000", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(k))
            for k in range(200)
        ]
    ),
    "huge": calendar(event("DTSTART:20261130T213000", "SUMMARY:" + "x" * 600_000)),
    "long ago": calendar(event("DTSTART:00010101T213000", "RRULE:FREQ=DAILY")),
    "forever": calendar(event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20990101")),
    "two rules": calendar(event("DTSTART:20261130T213000", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY")),
    "a deep nest": "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 1500,
    "a wrong length": calendar(event("DTSTART:20261130T213000", "DURATION:soon")),
    "no zone": calendar(event("DTSTART;TZID=Mars/Olympus:20261130T213000")),
    "no such day": calendar(event("DTSTART:20261130T213000", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_strangers_calendar_is_refused_with_its_name_and_no_traceback(name: str):
    with pytest.raises(WrittenWrongly, match=r"holidays\.ics"):
        days_in(HOSTILE[name], "holidays.ics")


def test_a_calendar_of_whole_days_gives_no_time_to_begin():
    with pytest.raises(WrittenWrongly, match="no event in it has a time"):
        starts_in(calendar(event("DTSTART;VALUE=DATE:20261224")), "h.ics")


def test_a_calendar_in_two_zones_is_no_one_rule():
    text = calendar(
        event("DTSTART;TZID=Europe/Berlin:20261130T213000"),
        event("DTSTART;TZID=America/New_York:20261130T213000", uid="2"),
    )
    assert len(events_in(text, "n.ics")) == 2
    with pytest.raises(WrittenWrongly, match="several zones"):
        zone_in(text, "n.ics")


# entries

ODD = '/opt/50% of $HOME/"my" python'


@pytest.mark.parametrize(
    "program", ["/usr/bin/python3", "/opt/a b/python", "C:\\Program Files\\python.exe", ODD]
)
def test_entries_read_back_as_what_they_are_to_run(program: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setenv("LULLABY_HOME", "/home/me/sleep & rest")
    wanted = [program, "-P", "-m", "lullaby", "ritual", "watch"]
    (unit,) = installing.entries("systemd")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(unit.text)
    assert shlex.split(parser["Service"]["execstart"].replace("%%", "%").replace("$$", "$")) == wanted
    assert parser["Service"]["killmode"] == "process"
    (agent,) = installing.entries("launchd")
    facts = plistlib.loads(agent.content)
    assert facts["ProgramArguments"] == wanted
    assert facts["EnvironmentVariables"]["LULLABY_HOME"] == "/home/me/sleep & rest"
    (task,) = installing.entries("windows")
    tree = ET.fromstring(task.content)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert tree.findtext("t:Actions/t:Exec/t:Command", namespaces=space) == program
    assert tree.findtext("t:Actions/t:Exec/t:Arguments", namespaces=space) == " ".join(wanted[1:])
    assert tree.find("t:Triggers/t:LogonTrigger", space) is not None


def test_entries_only_wake_it_and_hold_no_rule():
    for system in ("systemd", "launchd", "windows"):
        for entry in installing.entries(system):
            assert "OnCalendar" not in entry.text
            assert "StartCalendarInterval" not in entry.text
            assert "CalendarTrigger" not in entry.text
