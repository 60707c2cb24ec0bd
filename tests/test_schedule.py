"""`lullaby ritual …` as a person types it."""

from __future__ import annotations

import datetime
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from typed import EVENING, Say, is_asked_wrongly, typing

from lullaby.cli import main
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.ritual.schedule.beginning import command_of, is_enough
from lullaby.ritual.schedule.book import rules, schedule, schedule_file
from lullaby.ritual.schedule.due import sweep
from lullaby.ritual.schedule.removing import remove_entries

HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261201
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def lullaby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Types `lullaby ritual …` on Monday 30 November 2026, 23:15 in Berlin."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return typing(capsys, "ritual")


@pytest.fixture(autouse=True)
def usual_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def add(say: Say, name: str = "bed", at: str = "weekdays 22:30", *more: str) -> None:
    said = say("add", name, "rain", "--at", at, "--zone", "Europe/Berlin", *more)
    assert said.code == 0, said.err


def test_a_rule_is_added_shown_and_removed(lullaby: Say):
    said = lullaby("add", "bed", "rain", "sea:-6", "--at", "weekdays 22:30", "--zone", "Europe/Berlin")
    assert (said.code, said.err.count("\n")) == (0, 1)
    assert "invites you next on Tuesday 01 December, 22:30" in said.out
    assert "weekdays 22:30" in lullaby("list").out
    assert "bed" in lullaby().out
    (facts,) = lullaby("list", "--json").facts
    assert (facts["night"], facts["zone"], facts["begins"]) == (["rain", "sea:-6"], "Europe/Berlin", "invite")
    assert facts["next"]["local"] == "2026-12-01T22:30:00+01:00"
    assert stat.S_IMODE(schedule_file().stat().st_mode) == 0o600
    assert lullaby("remove", "bed").code == 0
    assert "no rules" in lullaby("list").out


def test_next_says_local_utc_and_reason_in_order_over_all_rules(lullaby: Say):
    add(lullaby)
    add(lullaby, "late", "sat, sun 02:30", "--until", "07:00")
    found = lullaby("next", "--count", "4", "--after", "2027-03-26T12:00", "--json").facts
    assert [(one["name"], one["local"], one["utc"]) for one in found] == [
        ("bed", "2027-03-26T22:30:00+01:00", "2027-03-26T21:30:00+00:00"),
        ("late", "2027-03-27T02:30:00+01:00", "2027-03-27T01:30:00+00:00"),
        ("late", "2027-03-28T03:30:00+02:00", "2027-03-28T01:30:00+00:00"),
        ("bed", "2027-03-29T22:30:00+02:00", "2027-03-29T20:30:00+00:00"),
    ]
    assert "skip 02:30" in found[2]["reason"]
    assert found[2]["ends"] == "2027-03-28T07:00:00+02:00"
    assert "skip 02:30" in lullaby("next", "late", "--after", "2027-03-27T12:00").out


def test_a_bedtime_is_the_one_that_the_listeners_file_has_now(lullaby: Say):
    add_person(Person("kim", bedtime=23.0))
    add(lullaby, "bed", "every day 30 min before sleep", "--for", "kim")
    assert lullaby("next", "--json").facts[0]["local"].startswith("2026-12-01T22:30")
    from dataclasses import replace

    from lullaby.people.listeners import keep_person

    keep_person("kim", lambda person: replace(person, bedtime=22.0))
    assert lullaby("next", "--json").facts[0]["local"].startswith("2026-12-01T21:30")


def test_a_calendar_is_taken_in_so_that_a_lost_file_changes_no_night(lullaby: Say):
    Path("holidays.ics").write_text(HOLIDAYS)
    add(lullaby, "bed", "weekdays 22:30 except holidays.ics")
    Path("holidays.ics").unlink()
    assert lullaby("next", "--json").facts[0]["local"].startswith("2026-12-02T22:30")


def test_a_calendars_events_begin_nights_in_their_own_zone(lullaby: Say):
    event = HOLIDAYS.replace("DTSTART;VALUE=DATE:20261201", "DTSTART;TZID=Asia/Kolkata:20261201T213000")
    Path("nights.ics").write_text(event)
    assert lullaby("add", "bed", "rain", "--at", "nights.ics").code == 0
    (facts,) = lullaby("next", "--json").facts
    assert (facts["local"], facts["zone"]) == ("2026-12-01T21:30:00+05:30", "Asia/Kolkata")


def test_a_ritual_or_a_score_of_the_rules_name_is_what_begins(lullaby: Say):
    for name, night in (
        ("harbour-rain", ["harbour-rain"]),
        ("under-the-stars", ["under-the-stars"]),
        ("x", []),
    ):
        said = lullaby("add", name, "--at", "weekdays 22:30", "--json")
        assert said.facts["night"] == night, said.err
        assert said.facts["zone"] == "Europe/Berlin"


def test_what_cannot_be_is_said_and_nothing_is_kept(lullaby: Say):
    wrong = {
        ("add", "bed", "nosuch", "--at", "weekdays 22:30"): 'no score and no voice "nosuch"',
        ("add", "bed", "rain", "--at", "weekdays 22:30", "--zone", "Europe/Berln"): "Europe/Berlin",
        ("add", "bed", "rain", "--at", "weekdys 22:30"): 'word 1, "weekdys"',
        ("add", "bed", "rain", "--at", "every day 30 min before sleep"): "--for NAME",
        ("add", "bed", "rain", "--at", "daily 22:30", "--for", "nobody"): 'no listener "nobody"',
        ("add", "bed", "rain", "--at", "daily 22:30", "--begins", "alone"): "--device",
        ("add", "bed", "rain", "--at", "daily 22:30", "--until", "25:00"): "no time of day",
        ("add", "bed", "rain", "--at", "daily 22:30", "--length", "soon"): "no length of time",
        ("add", "bed", "rain", "--at", "daily 22:30", "--grace", "2days"): "--grace goes from",
        ("add", "bed", "rain", "--at", "daily 22:30", "--with", "mina"): "NAME:ZONE:T",
        ("add", "bed", "rain", "--at", "daily 22:30", "--with", "mina:Nowhere:20min"): "no time zone",
        ("add", "bed", "rain", "--at", "daily 22:30 except gone.ics"): "cannot be read",
        ("add", "a\x1bb", "rain", "--at", "daily 22:30"): "a rule is called",
        ("run", "bed"): 'no rule "bed"',
        ("skip", "bed"): 'no rule "bed"',
        ("next", "--count", "0"): "--count goes from",
        ("calendar", "-o", "nights.txt"): "ends in .ics",
    }
    for words, says in wrong.items():
        is_asked_wrongly(lullaby, *words, says=says)
    assert lullaby("list", "--json").facts == []
    add(lullaby)
    is_asked_wrongly(lullaby, "add", "bed", "rain", "--at", "daily 22:30", says="already")
    is_asked_wrongly(lullaby, "next", "--after", "soon", says="--after")
    is_asked_wrongly(lullaby, "skip", "bed", "--date", "2026-12-05", says="nothing on 2026-12-05")
    for day, says in {"0001-01-01": "is over", "2026-11-20": "is over", "9999-12-31": "too far off"}.items():
        is_asked_wrongly(lullaby, "skip", "bed", "--date", day, says=says)
    is_asked_wrongly(lullaby, "skip", "bed", "--undo", says="nothing is skipped")
    is_asked_wrongly(lullaby, "pause", "bed", "--until", "2026-11-01", says="a day after")


def test_one_night_is_skipped_and_that_is_taken_back(lullaby: Say):
    add(lullaby)
    assert "Tuesday 01 December" in lullaby("skip", "bed").out
    assert lullaby("skip", "bed", "--date", "2026-12-03", "--json").facts["skipped"] == "2026-12-03T22:30"
    days = [one["evening"][-2:] for one in lullaby("next", "--count", "3", "--json").facts]
    assert days == ["02", "04", "07"]
    assert lullaby("skip", "bed", "--undo").code == 0
    assert lullaby("skip", "bed", "--undo", "--date", "2026-12-03").code == 0
    days = [one["evening"][-2:] for one in lullaby("next", "--count", "3", "--json").facts]
    assert days == ["01", "02", "03"]


def test_what_is_taken_back_is_a_skip_and_nothing_that_was_put_off(lullaby: Say):
    add(lullaby, "bed", "every day 23:45")
    lullaby("snooze", "bed")
    is_asked_wrongly(lullaby, "skip", "bed", "--undo", says="nothing is skipped")
    lullaby("skip", "bed", "--date", "2026-12-01")
    assert "01 December" in lullaby("skip", "bed", "--undo").out
    evenings = [one["evening"] for one in lullaby("next", "--count", "2", "--json").facts]
    assert evenings == ["2026-11-30", "2026-12-01"]


def test_a_night_put_off_can_be_skipped_and_had_again(lullaby: Say):
    add(lullaby, "bed", "every day 23:45")
    lullaby("snooze", "bed")
    lullaby("skip", "bed")
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-12-01"
    assert "30 November, 23:45" in lullaby("skip", "bed", "--undo").out
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-11-30"


def test_a_pause_stops_a_night_that_was_put_off(lullaby: Say):
    add(lullaby, "bed", "every day 23:45")
    lullaby("snooze", "bed")
    lullaby("pause", "bed")
    assert lullaby("next", "--json").facts[0]["evening"] > "2026-12-01"


def test_a_night_after_midnight_that_is_put_off_is_still_of_its_evening(lullaby: Say):
    add_person(Person("kim", bedtime=0.5))
    add(lullaby, "bed", "every day sleep", "--for", "kim")
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-11-30"
    lullaby("snooze", "bed")
    evenings = [one["evening"] for one in lullaby("next", "--count", "2", "--json").facts]
    assert evenings == ["2026-11-30", "2026-12-01"]


def test_every_other_day_counts_from_the_day_that_it_is_in_its_own_zone(lullaby: Say):
    """In Berlin it is still Monday, and in Tokyo Tuesday, 1 December."""
    assert lullaby("add", "bed", "rain", "--at", "every 2 days 22:30", "--zone", "Asia/Tokyo").code == 0
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-12-01"


def test_a_calendar_of_another_zone_is_not_read_by_this_ones_clocks(lullaby: Say):
    text = HOLIDAYS.replace("DTSTART;VALUE=DATE:20261201", "DTSTART;TZID=America/New_York:20261201T223000")
    Path("ny.ics").write_text(text)
    words = ("add", "bed", "rain", "--at", "ny.ics")
    is_asked_wrongly(lullaby, *words, "--zone", "Europe/Berlin", says="by the clocks of America/New_York")
    assert lullaby(*words).code == 0
    assert lullaby("next", "--json").facts[0]["local"] == "2026-12-01T22:30:00-05:00"


def test_a_circles_evening_is_begun_as_the_circles(lullaby: Say):
    from circles import friends

    friends()
    said = lullaby("add", "bed", "under-the-stars", "--at", "fri 21:00", "--circle", "friends")
    assert said.code == 0, said.err
    with schedule() as db:
        (rule,) = rules(db)
    assert command_of(rule, None, EVENING)[5:] == ["under-the-stars", "--circle", "friends"]
    is_asked_wrongly(
        lullaby, "add", "b", "under-the-stars", "--at", "fri 21:00", "--circle", "foes", says="foes"
    )


def test_an_evening_that_is_to_be_without_is_neither_begun_nor_invited_to(lullaby: Say):
    add(lullaby, "bed", "every day 23:14")
    assert main(["without"]) == 0
    with schedule() as db:
        (due,) = sweep(db, datetime.datetime(2026, 11, 30, 22, 14, 30, tzinfo=datetime.UTC), print).due
        rule = due.rule
    assert is_enough(rule).startswith("Tonight is one without")


def test_a_pause_is_a_week_or_until_a_day(lullaby: Say):
    add(lullaby, "bed", "every day 22:30")
    assert lullaby("pause", "bed", "--json").facts["paused_until"] == "2026-12-07"
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-12-07"
    assert "paused until Monday 07 December" in lullaby("list").out
    lullaby("pause", "bed", "--until", "2026-12-24")
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-12-24"
    lullaby("pause", "bed", "--undo")
    assert lullaby("next", "--json").facts[0]["evening"] == "2026-12-01"


def test_tonight_is_put_off_by_ten_minutes(lullaby: Say):
    add(lullaby, "bed", "every day 23:45")
    assert "23:55 tonight" in lullaby("snooze", "bed").out
    (facts,) = lullaby("next", "--json").facts
    assert facts["local"] == "2026-11-30T23:55:00+01:00"
    assert "put off from 23:45" in facts["reason"]
    assert lullaby("snooze", "bed", "--by", "20min", "--json").facts["local"] == "2026-12-01T00:15:00+01:00"
    add(lullaby, "far", "2026-12-24 20:00")
    is_asked_wrongly(lullaby, "snooze", "far", says="too far off")


def test_a_shared_bedtime_says_when_each_one_begins(lullaby: Say):
    who = ("--with", "mina:America/New_York:20min", "--with", "jo:Asia/Kolkata:45min", "--prepare", "30min")
    add(lullaby, "together", "sun 21:00", *who)
    # for two weeks in March New York has changed its clocks, and Berlin has not
    (facts,) = lullaby("next", "--after", "2027-03-15T12:00", "--json").facts
    assert (facts["local"], facts["ends"]) == ("2027-03-21T20:30:00+01:00", "2027-03-21T21:00:00+01:00")
    assert [(one["name"], one["local"]) for one in facts["with"]] == [
        ("mina", "2027-03-21T15:40:00-04:00"),
        ("jo", "2027-03-22T00:45:00+05:30"),
    ]
    silent = {datetime.datetime.fromisoformat(one["silent"]) for one in facts["with"]}
    assert silent == {datetime.datetime.fromisoformat(facts["ends"])}
    said = lullaby("next").out
    assert "mina begins on Sunday 14:40 in America/New_York, silent there at 15:00" in said


def test_nights_become_a_calendar_once(lullaby: Say):
    add(lullaby)
    assert lullaby("calendar", "-o", "nights.ics", "--count", "5").code == 0
    assert Path("nights.ics").read_text().count("BEGIN:VEVENT") == 5
    assert stat.S_IMODE(Path("nights.ics").stat().st_mode) == 0o600
    is_asked_wrongly(lullaby, "calendar", "-o", "nights.ics", says="is there already")


def test_an_entry_is_shown_and_written_only_when_asked(
    lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    unit = tmp_path / ".config/systemd/user/lullaby-ritual.service"
    said = lullaby("install", "systemd")
    assert "ExecStart=" in said.out
    assert not unit.exists()
    said = lullaby("install", "systemd", "--write")
    assert unit.read_text().startswith("[Unit]")
    assert "systemctl --user enable --now lullaby-ritual.service" in said.err
    assert lullaby("install", "launchd", "--json").facts["written"] is False


def test_running_a_night_is_the_ordinary_command_line_and_begins_it_for_the_watchers(
    lullaby: Say, monkeypatch: pytest.MonkeyPatch
):
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda program, words: became.append(words))
    add(lullaby, "bed", "every day 23:30", "--until", "07:00", "--device", "headphones")
    lullaby("run", "bed")
    words = ["play", "rain", "--device", "headphones", "--for-time", "07:45:00"]
    assert became == [[sys.executable, "-P", "-m", "lullaby", *words]]
    with schedule() as db:
        assert sweep(db, EVENING + datetime.timedelta(minutes=20), print).due == ()


def test_a_watcher_that_cannot_read_the_schedule_says_so_in_its_exit_code(lullaby: Say):
    add(lullaby)
    schedule_file().write_bytes(b"no database at all" * 100)
    said = lullaby("watch", "--once")
    assert said.code == 1
    assert "damaged" in said.err


def test_two_nights_due_at_once_are_both_begun(lullaby: Say):
    add(lullaby, "one", "every day 23:30")
    add(lullaby, "two", "every day 23:30")
    with schedule() as db:
        due = sweep(db, EVENING + datetime.timedelta(minutes=20), print).due
    assert [one.rule.name for one in due] == ["one", "two"]


def test_a_schedule_of_a_newer_lullaby_is_left_as_it_is(lullaby: Say):
    add(lullaby)
    with schedule() as db:
        db.execute("pragma user_version = 99")
    for words in (("list",), ("next",), ("skip", "bed")):
        said = lullaby(*words)
        assert said.code == 1
        assert "newer lullaby" in said.err


def test_a_night_that_a_rule_begins_writes_down_that_it_has_begun_before_it_is_heard(
    lullaby: Say, tmp_path: Path
):
    """The real command line, into nothing; another process with the same claim is told, and plays nothing."""
    from lullaby.ritual.schedule.beginning import CLAIM
    from lullaby.time import WallClock

    add(lullaby, "bed", "every day 00:00", "--grace", "12h")
    now = WallClock().now()
    with schedule() as db, db:
        db.execute("update rules set settled = '1990-01-01T00:00:00+00:00'")
    with schedule() as db:
        rows = [one for one in sweep(db, now, lambda line: None).due]
        if not rows:  # in the afternoon: the claim that a watcher would have made at noon
            from lullaby.ritual.schedule.book import find_rule
            from lullaby.ritual.schedule.claims import claim

            mine = claim(db, find_rule(db, "bed").number, "2000-01-01T00:00", now)
        else:
            mine = rows[0].claim
    command = [sys.executable, "-m", "lullaby", "play", "rain", "--null", "1000", "--to", "2", "--plain"]
    env = {**os.environ, CLAIM: str(mine)}
    first = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert first.returncode == 0, first.stderr
    with schedule() as db:
        (state,) = db.execute("select state from nights where state != 'missed'").fetchone()
    assert state == "begun"
    again = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert again.returncode == 0
    assert "Another process has begun this night" in again.stderr
    assert "plays for" not in again.stdout


def test_leaving_takes_the_entries_out_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "me/lullaby"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / "me").mkdir()
    for system in ("systemd", "launchd", "windows"):
        assert main(["ritual", "install", system, "--write"]) == 0
    wanted = tmp_path / "me/.config/systemd/user/default.target.wants"
    wanted.mkdir()
    (wanted / "lullaby-ritual.service").symlink_to("../lullaby-ritual.service")
    asked: list[Sequence[str]] = []
    found = remove_entries(asked.append)
    assert len(found) == 3
    assert [command[0] for command in asked] == ["systemctl", "launchctl", "schtasks"]
    assert not [path for path in (tmp_path / "me").rglob("*") if "lullaby-ritual" in path.name]
    assert not (tmp_path / "me/.config/systemd").exists()
    assert remove_entries(asked.append) == []
