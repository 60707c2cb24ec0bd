"""When it is time to grow light: by the hour, by a key, by evidence; and what a night does for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from lullaby.chance import Key
from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.daybreak import AT_ONCE, FADE, Daybreak
from lullaby.cli.playing.waking import Waking
from lullaby.sleep.follower import Follower
from lullaby.sleep.sleeper import Sleeper
from lullaby.time import PAGE, RATE

SEVEN = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


@dataclass
class Night:
    """A player, as far as it is asked."""

    state: str = "playing"
    left: float = 4 * 3600.0
    let: list[float] = field(default_factory=list)

    @property
    def resting(self) -> bool:
        return self.state == "resting"

    @property
    def paused(self) -> bool:
        return self.state == "paused"

    def let_go(self, seconds: float) -> None:
        self.let.append(seconds)
        if self.state == "playing":
            self.state = "fading"


@dataclass
class Follows:
    sleeps_lightly: bool = False


class Morning:
    """A night that waits for its morning, with clocks that can be jumped."""

    def __init__(self, state: str = "resting", *, window: int = 0, lightly: bool = False) -> None:
        self.night, self.follows = Night(state), Follows(lightly)
        self.hour, self.counted = datetime(2026, 11, 26, 23, 0, tzinfo=UTC), 1_000.0
        self.notes: list[str] = []
        clocks = Clocks(lambda: self.counted, lambda: self.hour)
        waking = Waking(SEVEN, 15 * PAGE, window * PAGE)
        self.daybreak = Daybreak(waking, self.night, clocks, self.follows, self.notes.append)

    def at(self, clock: str, day: int = 27) -> Morning:
        """It is so late, and somebody looks."""
        hour, minute, *second = map(int, clock.split(":"))
        to = datetime(2026, 11, day, hour, minute, *second, tzinfo=UTC)
        self.counted += max(0.0, (to - self.hour).total_seconds())
        self.hour = to
        self.daybreak.look()
        return self

    @property
    def begins(self) -> str | None:
        started = self.daybreak.started
        return started and f"{started:%H:%M:%S}"


def test_without_evidence_it_begins_so_that_it_is_bright_at_the_hour() -> None:
    morning = Morning()
    assert morning.at("06:43:59").begins is None
    assert morning.daybreak.wakes == "2026-11-27T06:45:00+00:00"
    assert morning.at("06:44:30").begins == "06:45:00"
    assert morning.night.let == []
    morning.at("06:45:00")
    assert morning.night.let == [AT_ONCE]
    assert morning.daybreak.wakes is None


def test_a_night_that_still_sounds_goes_in_the_minute_before() -> None:
    morning = Morning("playing").at("06:44:00")
    assert morning.night.let == [FADE]


def test_a_night_whose_own_fade_is_over_by_then_is_left_to_it() -> None:
    morning = Morning("fading")
    morning.night.left = 20.0
    assert morning.at("06:44:10").begins == "06:45:00"
    assert morning.night.let == []
    morning.night.state = "resting"
    assert morning.at("06:45:00").night.let == [AT_ONCE]


@pytest.mark.parametrize("state", ["playing", "lost", "paused"])
def test_more_a_lost_device_and_a_pause_do_not_keep_the_morning_away(state: str) -> None:
    morning = Morning("playing").at("06:44:00")
    morning.night.state = state
    assert morning.at("06:44:59").night.let == [FADE]
    assert morning.at("06:45:00").night.let == [FADE, AT_ONCE]


@pytest.mark.parametrize("window", [0, 30])
def test_evidence_of_light_sleep_lets_it_begin_earlier_inside_the_window_alone(window: int) -> None:
    morning = Morning(window=window, lightly=True)
    assert morning.at("06:14:59").begins is None
    assert morning.at("06:15:00").begins == ("06:15:00" if window else None)


def test_a_night_that_sounds_takes_a_minute_to_go_for_light_sleep_too() -> None:
    morning = Morning("playing", window=30)
    assert morning.at("06:20:00").begins is None
    morning.follows.sleeps_lightly = True
    assert morning.at("06:25:00").begins == "06:26:00"
    assert morning.night.let == [FADE]


def test_who_says_that_they_woke_has_it_at_once_in_the_window_and_not_before() -> None:
    morning = Morning("playing", window=30).at("05:00:00")
    morning.daybreak.woke()
    assert morning.at("06:20:00").begins is None
    morning.daybreak.woke()
    assert morning.at("06:20:01").begins == "06:20:01"
    assert morning.night.let == [AT_ONCE]


def test_a_machine_that_slept_over_it_begins_as_it_wakes_and_not_past_half_an_hour() -> None:
    assert Morning().at("06:55").begins == "06:45:00"
    assert Morning().at("07:29").begins == "06:45:00"
    morning = Morning().at("07:31")
    assert morning.begins is None
    assert morning.notes == ["It is 07:31: too late to grow light for 07:00."]
    assert morning.daybreak.wakes is None
    assert morning.at("07:32").night.let == [AT_ONCE]
    still = Morning("playing").at("08:00").at("08:01")
    assert still.night.let == []


def test_a_clock_that_is_set_moves_the_morning_with_it() -> None:
    morning = Morning().at("06:30")
    assert morning.at("05:30").at("06:40").begins is None
    assert morning.at("06:45").begins == "06:45:00"


def follower(*signs: tuple[float, tuple[float, ...]]) -> Follower:
    found = Follower(Sleeper(), Key.root(5, "night", "any night") / "follower")
    for minute, likelihoods in signs:
        found.tell(round(minute * PAGE), likelihoods, source="watch")
    return found


N2 = (1.0, 3.0, 30.0, 0.1, 0.1)
N3 = (0.1, 0.1, 2.0, 30.0, 0.1)
REM = (0.2, 1.0, 1.0, 0.01, 30.0)
NOTHING = (1.0, 1.0, 1.0, 1.0, 1.0)
HOURS = 7 * 60


@pytest.mark.parametrize(
    ("signs", "after", "light"),
    [
        ([], 0.5, False),
        ([(m, NOTHING) for m in range(10)], 0.5, False),
        ([(m, N2) for m in range(10)], 0.5, True),
        ([(m, N3) for m in range(10)], 0.5, False),
        ([(m, REM) for m in range(10)], 0.5, False),
        ([(m, N2) for m in range(10)], 6, False),  # stale
        ([*((m, N2) for m in range(8)), (8, N3), (9, N3)], 0.5, False),
    ],
)
def test_only_fresh_and_sure_evidence_says_that_sleep_is_light(
    signs: list[tuple[float, tuple[float, ...]]], after: float, light: bool
) -> None:
    """Seven hours into the night the model alone guesses, and a guess wakes nobody."""
    found = follower(*((HOURS + minute, sign) for minute, sign in signs))
    assert found.sleeps_lightly(round((HOURS + 9 + after) * PAGE)) is light


def test_a_key_that_says_awake_is_evidence() -> None:
    found = follower()
    found.woke(HOURS * PAGE)
    assert found.sleeps_lightly(HOURS * PAGE + RATE)


def test_the_window_ends_where_the_dawn_begins_at_the_latest() -> None:
    waking = Waking(SEVEN, 10 * PAGE, 30 * PAGE)
    assert waking.bright - waking.begins == timedelta(minutes=10)
    assert waking.begins - waking.earliest == timedelta(minutes=30)
