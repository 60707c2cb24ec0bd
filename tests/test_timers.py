"""The sleep timer: which one holds, and one that arms itself between two hours."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from players import playing
from typed import Say, typing

from lullaby.cli.options.hours import hours_of
from lullaby.cli.parser import parsed
from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.timer import Timer, timer_of
from lullaby.cli.playing.timer_hours import TimerHours
from lullaby.errors import AskedWrongly
from lullaby.people.listeners import find_person, person_file

TODAY = date(2026, 11, 30)
LASTS = 2_700.0


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        monkeypatch.setenv("LULLABY_HOME", name)
        yield Path(name)


@pytest.fixture
def lullaby(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Night:
    """A player with a timer, and the clocks it goes by."""

    def __init__(self, now: str, hours: str = "22:00-06:00") -> None:
        self.hour = datetime.fromisoformat(now).astimezone()
        self.counted = 500.0
        self.resting = False
        self.fade: object = None
        self.timer: float | None = None
        clocks = Clocks(lambda: self.counted, lambda: self.hour)
        self._hours = TimerHours(Timer(LASTS), hours_of("--between", hours), self, clocks)
        self._hours.look()

    def end_in(self, seconds: float, fade: float, curve: str) -> None:
        assert (fade, curve) == (60.0, "soft")
        self.timer = self.counted + seconds

    def more(self, seconds: float | None = None) -> None:
        self.timer = None if seconds is None or self.timer is None else self.timer + seconds

    def passes(self, **how_long: float) -> Night:
        """So much time goes by, and somebody looks."""
        gone = timedelta(**how_long)
        self.hour += gone
        self.counted += gone.total_seconds()
        self._hours.look()
        return self

    def set_clock(self, **by: float) -> Night:
        """The clock on the wall is set."""
        self.hour += timedelta(**by)
        self._hours.look()
        return self

    @property
    def left(self) -> float | None:
        return None if self.timer is None else self.timer - self.counted


def test_a_night_that_begins_between_the_hours_has_its_timer_at_once() -> None:
    assert Night("2026-11-30 23:10").left == LASTS
    assert Night("2026-11-30 05:59").left == LASTS


def test_one_that_plays_already_has_it_when_the_first_hour_comes() -> None:
    night = Night("2026-11-30 21:00")
    assert night.left is None
    assert night.passes(minutes=59.9).left is None
    assert night.passes(minutes=0.1).left == LASTS
    assert night.passes(minutes=30).left == LASTS - 1_800


def test_outside_of_them_there_is_none_and_the_second_hour_takes_it_away() -> None:
    assert Night("2026-11-30 06:00").left is None
    night = Night("2026-11-30 05:30")
    assert night.passes(minutes=29).left is not None
    assert night.passes(minutes=1).left is None
    assert night.passes(hours=15.9).left is None
    assert night.passes(hours=0.1).left == LASTS


def test_one_that_fades_already_goes_on_past_the_second_hour() -> None:
    night = Night("2026-11-30 05:15:30")
    night.passes(minutes=44)
    night.fade = True
    night.passes(minutes=1)
    assert night.timer is not None


def test_more_puts_it_off_and_no_clock_begins_it_anew() -> None:
    night = Night("2026-11-30 22:30").passes(minutes=40)
    night.more(600)
    assert night.left == 900
    assert night.set_clock(hours=-1).left == 900  # 22:10, and 21:10 on the next line
    assert night.set_clock(hours=-1).left == 900
    assert night.passes(hours=0.1).left == 540
    assert night.set_clock(hours=3).left == 540
    assert night.set_clock(hours=7).left is None  # morning
    assert night.set_clock(hours=-3).left is None  # these hours again: they were put off
    assert night.passes(hours=18).left == LASTS  # and those of the next night


def test_a_timer_that_was_undone_while_it_faded_stays_undone() -> None:
    night = Night("2026-11-30 22:00").passes(minutes=44.5)
    night.fade = True
    night.passes(minutes=0.1)
    night.fade = None
    night.more(None)
    assert night.passes(minutes=5).left is None


def test_a_clock_that_is_set_into_the_hours_arms_it_and_out_of_them_in_the_morning_disarms_it() -> None:
    night = Night("2026-11-30 20:00")
    assert night.set_clock(hours=3).left == LASTS
    assert night.set_clock(hours=-1.5).left == LASTS  # 21:30: it runs already
    assert night.passes(minutes=40).left == LASTS - 2_400  # nor does 22:00 begin it anew
    assert night.set_clock(hours=8).left is None
    assert night.set_clock(hours=-1).left == LASTS  # nobody put it off


@pytest.mark.usefixtures("zone")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone a process")
@pytest.mark.parametrize(("evening", "lasting"), [("2026-03-28 22:00", 7), ("2026-10-24 22:00", 9)])
def test_in_nights_in_which_clocks_change_the_hours_are_what_clocks_show(evening: str, lasting: int) -> None:
    night = Night(evening)
    night.hour = night.hour.astimezone(UTC)

    def by(hours: float) -> float | None:
        night.hour = (night.hour + timedelta(hours=hours)).astimezone()
        night.counted += hours * 3600
        night._hours.look()
        return night.timer

    assert by(lasting - 0.1) is not None
    assert by(0.2) is None


def test_nothing_is_armed_where_the_night_is_over_or_fades() -> None:
    night = Night("2026-11-30 21:59")
    night.resting = True
    assert night.passes(minutes=2).left is None
    night.resting = False
    assert night.passes(minutes=2).left == LASTS


def timer(*words: str) -> Timer:
    return timer_of(parsed(["play", *words]), TODAY)


def test_a_listeners_own_timer_holds_unless_another_is_asked_for(lullaby: Say) -> None:
    said = lullaby("people", "add", "kim", "--for-time", "00:45:00", "--between", "22:00-06:30")
    assert said.code == 0, said.err
    assert "between = [22:00:00, 06:30:00]" in person_file("kim").read_text()
    assert "Silent after 00:45:00, from 22:00 to 06:30." in lullaby("people", "show", "kim").out
    own = Timer(LASTS, between=hours_of("--between", "22:00-06:30"))
    assert timer("--for", "kim") == own
    assert timer("--for", "kim", "--fade", "all", "--curve", "even").fade == LASTS
    assert timer("--for", "kim", "--for-time", "600") == Timer(600.0)
    assert timer("--for", "kim", "--for-time", "none") == Timer()
    assert timer() == Timer()


def test_a_childs_night_ends_by_the_limits_of_their_age_alone(lullaby: Say) -> None:
    assert lullaby("people", "add", "bo", "--birth-year", "2019", "--for-time", "03:00:00").code == 0
    assert find_person("bo").timer is not None
    assert timer("--for", "bo") == Timer()


WRONG = {
    "--between 22:00-06:00": "--for-time sets one",
    "--for-time none --between 22:00-06:00": "--for-time sets one",
    "--for-time 600 --between 22:00": "is no stretch of hours like 22:00-06:00",
    "--for-time none --fade 5": "--for-time sets one",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_asked_wrongly_is_said(words: str) -> None:
    with pytest.raises(AskedWrongly, match=WRONG[words]):
        timer(*words.split())


@pytest.mark.skipif(sys.platform == "win32", reason="a door is a Unix socket")
def test_a_night_between_the_hours_is_silent_in_time_and_one_outside_plays_on(home: Path) -> None:
    now = datetime.now()
    inside, outside = (
        f"{now + timedelta(hours=first):%H:%M}-{now + timedelta(hours=last):%H:%M}"
        for first, last in ((-2, 4), (2, 4))
    )
    with playing(home, "--for-time", "5", "--fade", "2", "--between", outside) as player:
        player.until(lambda: player.frames > 3 * 48_000, "it does not play")
        assert player.ask("state")["left"] > 3_600
        player.ask("stop")
        assert player.ends()[0] == 0
    with playing(home, "--for-time", "4", "--fade", "2", "--between", inside, sounds=False) as player:
        code, out, _ = player.ends()
        assert code == 0
        assert f"Between {inside[:5]} and {inside[6:]} it is silent after 00:00:04." in out
