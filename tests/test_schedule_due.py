"""What is due: missed nights and their grace, clocks that jump, watchers that sleep."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule import beginning, claims
from lullaby.ritual.schedule.book import KeptRule, Other, add_rule, pause_rule, schedule
from lullaby.ritual.schedule.changing import skip, snooze
from lullaby.ritual.schedule.claims import BEGUN, CLAIMED, FAILED, INVITED, MISSED
from lullaby.ritual.schedule.coming import coming, elsewhere
from lullaby.ritual.schedule.due import Due, Swept, sweep
from lullaby.ritual.schedule.holders import Holder, holder, lives, me
from lullaby.ritual.schedule.watching import STEP, Watch
from lullaby.ritual.schedule.zones import zone_of

ADDED = "2026-11-02T12:00"
BERLIN = zone_of("Europe/Berlin")
GONE = Holder(2**22 + 5, "1", me().boot)
"""No process."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    return tmp_path


def berlin(text: str) -> datetime.datetime:
    return (
        datetime.datetime.fromisoformat(text)
        .replace(tzinfo=zone_of("Europe/Berlin"))
        .astimezone(datetime.UTC)
    )


def a_rule(at: str = "every day 22:30", **how: object) -> KeptRule:
    rule = KeptRule(
        **{"name": "bed", "night": (), "zone": "Europe/Berlin", "anchor": "2026-11-02", "at": at, **how}
    )  # type: ignore[arg-type]
    with schedule() as db:
        return add_rule(db, rule, berlin(ADDED))


def swept(now: str, said: list[str] | None = None) -> Swept:
    with schedule() as db:
        return sweep(db, berlin(now), (said if said is not None else []).append)


def state(key: str) -> str | None:
    with schedule() as db:
        row = db.execute("select state from nights where key = ?", (key,)).fetchone()
    return None if row is None else row[0]


def died(key: str) -> None:
    """Whoever was beginning this night is gone."""
    with schedule() as db, db:
        db.execute("update nights set pid = ?, born = ? where key = ?", (GONE.pid, GONE.born, key))


def test_there_are_so_many_rules_at_the_most(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lullaby.ritual.schedule.book.MOST_RULES", 2)
    a_rule(name="one")
    a_rule(name="two")
    with pytest.raises(AskedWrongly, match="2 rules are the most"):
        a_rule(name="three")


# the grace


def test_a_night_is_claimed_when_it_is_due_and_not_before():
    a_rule()
    early = swept("2026-11-02T22:29")
    assert (early.due, early.next_at) == ((), berlin("2026-11-02T22:30"))
    (due,) = swept("2026-11-02T22:30").due
    assert due.start.key == "2026-11-02T22:30"
    assert swept("2026-11-02T22:31").due == ()


def test_a_late_night_within_the_grace_begins_and_ends_at_its_own_until():
    a_rule(until="07:00")
    (due,) = swept("2026-11-02T22:59").due
    command = beginning.command_for(due, berlin("2026-11-02T22:59"))
    assert command[command.index("--for-time") + 1] == "08:01:00"


def test_eight_hours_are_eight_hours_however_late_it_begins():
    a_rule(length=8 * 3600)
    (due,) = swept("2026-11-02T22:59").due
    command = beginning.command_for(due, berlin("2026-11-02T22:59"))
    assert command[command.index("--for-time") + 1] == "08:00:00"


def test_until_seven_is_seven_on_the_night_that_clocks_change():
    a_rule("sat 23:00", until="07:00", grace=0)
    for evening, lasts in (("2027-03-27T23:00", "07:00:00"), ("2027-10-30T23:00", "09:00:00")):
        (due,) = swept(evening).due
        assert beginning.command_for(due, berlin(evening))[-2] == lasts


def test_a_night_past_its_grace_is_left_out_and_that_is_said_once():
    a_rule()
    said: list[str] = []
    assert swept("2026-11-02T23:01", said).due == ()
    assert swept("2026-11-02T23:02", said).due == ()
    assert len(said) == 1
    assert "was missed" in said[0]
    assert state("2026-11-02T22:30") == MISSED


def test_many_missed_nights_are_one_line():
    a_rule()
    said: list[str] = []
    assert swept("2027-02-02T12:00", said).due == ()
    assert len(said) == 1
    assert "92 nights were missed" in said[0]


def test_a_night_whose_own_end_is_over_is_left_out_even_within_its_grace():
    a_rule(until="23:00", grace=3600)
    said: list[str] = []
    assert swept("2026-11-02T23:05", said).due == ()
    assert len(said) == 1


def test_a_rule_does_not_miss_what_came_before_it_was_added():
    a_rule("every day 11:45")
    said: list[str] = []
    assert swept("2026-11-02T12:01", said).due == ()
    assert said == []


def test_a_clock_that_was_a_year_ahead_for_a_while_costs_no_night():
    a_rule()
    swept("2027-11-20T12:00")
    for day in ("2026-11-02", "2026-11-03", "2027-11-19"):
        (due,) = swept(f"{day}T22:31").due
        assert due.start.key == f"{day}T22:30"


def test_a_clock_set_back_an_hour_begins_nothing_twice():
    a_rule()
    (due,) = swept("2026-11-02T22:31").due
    with schedule() as db:
        assert claims.settle(db, due.claim, BEGUN)
    for now in ("2026-11-02T21:31", "2026-11-02T22:30", "2026-11-02T22:45", "2026-11-02T23:30"):
        assert swept(now).due == ()


# whoever dies at it


def test_a_night_whose_process_died_before_it_began_is_taken_up_within_the_grace_alone():
    a_rule()
    (first,) = swept("2026-11-02T22:30").due
    died(first.start.key)
    (again,) = swept("2026-11-02T22:40").due
    assert again.claim.tries == 2
    with schedule() as db:
        assert not claims.take_over(db, first.claim)  # the one thought dead comes too late
        assert not claims.settle(db, first.claim, BEGUN)
    died(first.start.key)
    said: list[str] = []
    assert swept("2026-11-02T23:01", said).due == ()
    assert state(first.start.key) == MISSED
    assert len(said) == 1


def test_a_night_that_has_begun_is_never_begun_again_whoever_died():
    a_rule()
    (due,) = swept("2026-11-02T22:30").due
    with schedule() as db:
        claims.settle(db, due.claim, BEGUN)
    died(due.start.key)
    assert swept("2026-11-02T22:40").due == ()


def test_a_night_that_cannot_be_begun_is_given_up_after_some_tries():
    a_rule()
    said: list[str] = []
    for minute in range(30, 36):
        swept(f"2026-11-02T22:{minute}", said)
        died("2026-11-02T22:30")
    assert state("2026-11-02T22:30") == FAILED
    assert len(said) == 1


def test_a_process_of_the_same_number_is_not_the_one_that_died():
    mine = me()
    assert lives(mine)
    assert not lives(Holder(mine.pid, "1", mine.boot))
    assert not lives(Holder(mine.pid, mine.born, "another start of this machine"))
    assert not lives(GONE)


def test_a_process_that_ended_and_was_not_fetched_is_gone():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        held = holder(child.pid)
        assert lives(held)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays unfetched
        assert not lives(held)


def test_what_plays_confirms_once_and_not_after_its_grace(monkeypatch: pytest.MonkeyPatch):
    a_rule()
    (due,) = swept("2026-11-02T22:31").due
    clock = Clock(berlin("2026-11-02T22:31"))
    assert beginning.confirmed(clock) is None  # begun by no schedule
    monkeypatch.setenv(beginning.CLAIM, str(due.claim))
    late = Clock(berlin("2026-11-02T23:05"))
    assert "over" in str(beginning.confirmed(late))
    monkeypatch.setenv(beginning.CLAIM, str(due.claim))
    assert beginning.confirmed(clock) is None
    assert state(due.start.key) == BEGUN
    monkeypatch.setenv(beginning.CLAIM, str(due.claim))
    assert "Another" in str(beginning.confirmed(clock))


# skip, snooze, pause


def keys(rule: KeptRule, after: str, count: int = 3) -> list[str]:
    with schedule() as db:
        found = coming(db, next(one for one in _rules(db) if one.name == rule.name), berlin(after))
        return [start.key for _, start in zip(range(count), found, strict=False)]


def _rules(db: object) -> list[KeptRule]:
    from lullaby.ritual.schedule.book import rules

    return rules(db)  # type: ignore[arg-type]


def test_a_skipped_night_does_not_begin():
    rule = a_rule()
    with schedule() as db:
        skip(db, rule, berlin("2026-11-02T20:00"), None)
    assert keys(rule, ADDED)[0] == "2026-11-03T22:30"
    assert swept("2026-11-02T22:31").due == ()


def test_a_night_put_off_begins_ten_minutes_later_ends_as_planned_and_can_be_put_off_again():
    rule = a_rule(until="07:00")
    (invited,) = swept("2026-11-02T22:30").due
    with schedule() as db:
        claims.settle(db, invited.claim, INVITED)
        assert snooze(db, rule, berlin("2026-11-02T22:32"), 600) == berlin("2026-11-02T22:42")
    assert swept("2026-11-02T22:41").due == ()
    (again,) = swept("2026-11-02T22:42").due
    assert again.start.key == "2026-11-02T22:30~1"
    assert again.start.ends == berlin("2026-11-03T07:00")
    with schedule() as db:
        snooze(db, rule, berlin("2026-11-02T22:43"), 600)
    (third,) = swept("2026-11-02T22:53").due
    assert third.start.key == "2026-11-02T22:30~2"


def test_put_off_twice_it_begins_once_and_skipped_then_it_does_not():
    rule = a_rule()
    with schedule() as db:
        snooze(db, rule, berlin("2026-11-02T22:00"), 600)
        assert snooze(db, rule, berlin("2026-11-02T22:00"), 600) == berlin("2026-11-02T22:50")
    assert keys(rule, ADDED, 2) == ["2026-11-02T22:30~2", "2026-11-03T22:30"]
    with schedule() as db:
        skip(db, rule, berlin("2026-11-02T22:00"), None)
    assert keys(rule, ADDED, 1) == ["2026-11-03T22:30"]


def test_put_off_eight_hours_are_still_eight_hours():
    rule = a_rule(length=8 * 3600)
    with schedule() as db:
        snooze(db, rule, berlin("2026-11-02T22:00"), 600)
    (due,) = swept("2026-11-02T22:40").due
    assert due.start.ends == berlin("2026-11-03T06:40")


def test_a_paused_rule_rests_and_goes_on_by_itself():
    rule = a_rule()
    with schedule() as db:
        pause_rule(db, rule, datetime.date(2026, 11, 9))
    assert keys(rule, ADDED)[0] == "2026-11-09T22:30"
    said: list[str] = []
    assert swept("2026-11-05T23:30", said).due == ()
    assert said == []


def test_all_are_silent_at_the_same_instant_and_each_begins_by_their_own_clock():
    others = (Other("mina", "America/New_York", 1200), Other("jo", "Asia/Kolkata", 2700))
    rule = a_rule("sun 21:00", prepare=1800, others=others)
    with schedule() as db:
        for day, start in zip(range(60), coming(db, rule, berlin(ADDED)), strict=False):
            assert start.ends is not None, day
            there = elsewhere(rule, start)
            silent = {one.silent.astimezone(datetime.UTC) for one in there} | {start.ends}
            assert len(silent) == 1
            assert f"{start.local:%a %H:%M}" == "Sun 20:30"
            for one in there:
                assert one.silent - one.begins == datetime.timedelta(seconds=one.who.prepare)
                assert str(one.begins.tzinfo) == one.who.zone
    (due,) = swept("2026-11-08T20:30").due
    assert beginning.command_for(due, berlin("2026-11-08T20:30"))[-2] == "00:30:00"


def test_a_rule_that_cannot_be_understood_any_more_stands_in_nobodys_way():
    a_rule("every day 30 min before sleep", listener="gone", name="a")
    a_rule(name="b")
    said: list[str] = []
    (due,) = swept("2026-11-02T22:31", said).due
    assert due.rule.name == "b"
    assert "gone" in said[0]


# watching


@dataclass
class Clock:
    """A clock that moves when somebody waits, and may jump."""

    at: datetime.datetime
    passed: float = 0.0
    jumps: dict[int, float] = field(default_factory=dict)
    waits: int = 0

    def now(self) -> datetime.datetime:
        return self.at

    def ticks(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> None:
        self.waits += 1
        self.passed += seconds
        self.at += datetime.timedelta(seconds=seconds + self.jumps.pop(self.waits, 0.0))


@dataclass
class Begun:
    """What was begun, and when."""

    clock: Clock
    nights: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, due: Due, command: list[str]) -> subprocess.Popen[bytes]:
        self.nights.append(
            (due.start.key, f"{self.clock.now().astimezone(zone_of('Europe/Berlin')):%d %H:%M:%S}")
        )
        with schedule() as db:
            claims.settle(db, due.claim, BEGUN)
        child = subprocess.Popen(["true"])
        child.wait()
        return child


def watched(clock: Clock, until: str, said: list[str] | None = None) -> tuple[Watch, Begun]:
    begun = Begun(clock)
    note = (said if said is not None else []).append
    watch = Watch(clock, note, clock.wait, clock.ticks, begin=begun)
    watch.run(lambda: clock.now() < berlin(until))
    return watch, begun


def test_a_watcher_begins_each_night_at_its_minute_and_wakes_seldom():
    a_rule()
    clock = Clock(berlin("2026-11-02T12:00"))
    watch, begun = watched(clock, "2026-11-05T12:00")
    assert begun.nights == [(f"2026-11-0{day}T22:30", f"0{day} 22:30:00") for day in (2, 3, 4)]
    assert watch.wakes <= 3 * (86_400 / STEP + 10)
    assert watch.sweeps <= 3 * 32


def test_a_watcher_that_was_suspended_notices_within_a_step():
    a_rule()
    # some seconds before its time the machine sleeps for twenty minutes; later for three hours
    clock = Clock(berlin("2026-11-02T22:20"), jumps={15: 1200.0, 3000: 3 * 3600.0})
    _, begun = watched(clock, "2026-11-03T12:00")
    assert [key for key, _ in begun.nights] == ["2026-11-02T22:30"]
    assert begun.nights[0][1] <= "02 22:48:01"


def test_a_machine_that_slept_past_the_grace_says_so_and_begins_nothing():
    a_rule()
    clock = Clock(berlin("2026-11-02T22:20"), jumps={5: 7200.0})
    said: list[str] = []
    _, begun = watched(clock, "2026-11-03T12:00", said)
    assert begun.nights == []
    assert len(said) == 1


def test_a_watcher_sees_a_rule_that_another_command_adds():
    clock = Clock(berlin("2026-11-02T22:00"))
    begun = Begun(clock)

    def goes_on() -> Iterator[bool]:
        for step in range(200):
            if step == 10:
                a_rule()
            yield clock.now() < berlin("2026-11-02T23:00")
        yield False

    steps = goes_on()
    Watch(clock, [].append, clock.wait, clock.ticks, begin=begun).run(lambda: next(steps))
    assert begun.nights == [("2026-11-02T22:30", "02 22:30:00")]


def test_two_watchers_do_not_wake_each_other_for_nothing():
    a_rule()
    clocks = [Clock(berlin("2026-11-02T12:00")) for _ in range(2)]
    watches = [Watch(clock, [].append, clock.wait, clock.ticks, begin=Begun(clock)) for clock in clocks]
    count = [0]

    def goes_on() -> bool:
        count[0] += 1
        if count[0] % 50 == 0:
            watches[1].once()
        return clocks[0].now() < berlin("2026-11-02T20:00")

    watches[0].run(goes_on)
    assert watches[0].sweeps <= 10


def test_a_night_whose_starter_cannot_run_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    a_rule()

    def fails(due: Due, command: list[str]) -> subprocess.Popen[bytes]:
        raise OSError(11, "Resource temporarily unavailable")

    clock, said = Clock(berlin("2026-11-02T22:30")), list[str]()
    Watch(clock, said.append, clock.wait, clock.ticks, begin=fails).once()
    assert "could not be begun" in said[0]
    (due,) = swept("2026-11-02T22:31").due
    assert due.claim.tries == 2
    assert state(due.start.key) == CLAIMED


@pytest.mark.soak
def test_a_day_of_waiting_takes_less_than_five_seconds_of_the_processor():
    a_rule()
    clock = Clock(berlin("2026-11-02T12:00"))
    before = time.process_time()
    watched(clock, "2026-11-03T12:00")
    assert time.process_time() - before < 5.0
