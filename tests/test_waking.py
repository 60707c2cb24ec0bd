"""`lullaby play --wake`: the night goes, and it grows light on the same device; driven from outside."""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from players import Playing, playing
from typed import Say, is_asked_wrongly, typing

from lullaby.cli.parser import parsed
from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.dawn import play_dawn
from lullaby.cli.playing.daybreak import Daybreak
from lullaby.cli.playing.driven import Driven
from lullaby.cli.playing.session import Session
from lullaby.cli.playing.waking import Waking, waking_of
from lullaby.cli.playing.watched import Watched
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.night import Night
from lullaby.player import Way
from lullaby.score.shortening import shortened
from lullaby.time import PAGE, RATE, WallClock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a door is a Unix socket")

OVER = datetime.timedelta(minutes=5)
FASTER = 20
"""Times life at which these nights are played."""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        monkeypatch.setenv("LULLABY_HOME", name)
        yield Path(name)


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def growing_light(minutes: float) -> list[str]:
    """The options of a night that begins to grow light in so many minutes, or in one more."""
    bright = datetime.datetime.now() + OVER + datetime.timedelta(minutes=minutes + 1)
    return ["--wake", f"{bright:%H:%M}", "--wake-over", "00:05:00", "--null", str(FASTER)]


def is_state(player: Playing, state: str) -> bool:
    return bool(player.ask("state")["state"] == state)


def grows_light(player: Playing) -> None:
    player.until(lambda: is_state(player, "waking"), "it does not grow light")


def test_it_grows_light_after_the_night(home: Path, lullaby: Say) -> None:
    log = home / "log.jsonl"
    with playing(home, *growing_light(4), "--log", str(log), "--volume", "-6") as player:
        before = player.ask("state")
        assert before["title"] == "Two Noises"
        light = datetime.datetime.fromisoformat(before["wakes"])
        assert f"it grows light at {light:%H:%M}" in lullaby("now").out
        grows_light(player)
        state = player.ask("state")
        assert (state["title"], state["wakes"], state["volume"]) == ("First Light", None, -6.0)
        player.until(lambda: player.level > -60, "nothing is heard of it")
        softly = player.level
        player.until(lambda: player.level > softly + 10, "it does not come up")

        assert player.ask("pause")["state"] == "paused"
        player.until(lambda: not player.sound(0.25).any(), "the pause is not silent")
        assert player.ask("play")["state"] == "waking"
        assert player.ask("woke")["state"] == "waking"
        assert "fades out" in lullaby("stop").out
        code, out, err = player.ends()
        assert (code, "Traceback" in err) == (0, False)
        assert f"It grows light at {light:%H:%M}, until {light + OVER:%H:%M}." in out
        assert not player.sound(1)[-1].any()
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    words = [next(iter(entry)) for entry in entries]
    assert words.index("end") < words.index("dawn") < words.index("pause")
    assert words.count("end") == words.count("device") == 2


def test_a_fade_and_a_timer_end_the_night_and_not_its_morning(home: Path) -> None:
    with playing(home, *growing_light(7), "--for-time", "00:01:00", "--fade", "5") as player:
        player.until(lambda: is_state(player, "resting"), "the timer does not end it")
        assert not player.sound(0.1).any()
        assert player.ask("more")["state"] in ("opening", "playing")
        player.until(lambda: player.level > -60, "more brings nothing")
        player.ask("pause")
        grows_light(player)
        assert player.ask("stop")["state"] == "fading"
        assert player.ends()[0] == 0


@pytest.mark.parametrize("rests", [False, True])
def test_who_stops_the_night_stops_its_morning(home: Path, rests: bool) -> None:
    with playing(home, *growing_light(30)) as player:
        if rests:
            player.ask("fade", seconds=1)
            player.until(lambda: is_state(player, "resting"), "it does not rest")
        player.ask("stop")
        code, _, err = player.ends()
        assert code == 0
        assert "It was stopped, so it will not grow light." in err


def test_a_key_in_the_window_has_it_at_once(home: Path) -> None:
    with playing(home, *growing_light(30), "--wake-window", "01:00:00") as player:
        player.comes_up()
        player.ask("woke")
        grows_light(player)
        player.ask("stop")
        code, out, _ = player.ends()
        assert code == 0
        assert "once evidence says that sleep is light." in out


def test_evidence_of_light_sleep_has_it_early_also_where_the_night_is_over(home: Path) -> None:
    rows = "".join(f"{second},0.1,3,30,0.1,0.1\n" for second in range(200, 3_000, 10))
    (home / "watch.csv").write_text("time_s,awake,n1,n2,n3,rem\n" + rows)
    words = ["--sleeper", "typical", "--date", "2026-11-30", "--evidence", str(home / "watch.csv")]
    with playing(home, *words, *growing_light(50), "--wake-window", "01:00:00") as player:
        player.ask("fade", seconds=1)
        player.until(lambda: is_state(player, "resting"), "it does not rest")
        grows_light(player)
        player.ask("stop")
        assert player.ends()[0] == 0


class Log:
    """A log that is kept here."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def write(self, entry: dict[str, Any]) -> None:
        self.entries.append(entry)


@pytest.mark.parametrize(("late", "start"), [(5, 0), (150, 150), (1_500, 300)])
def test_a_machine_that_slept_over_the_beginning_goes_on_at_the_clocks_place(
    home: Path, late: int, start: int
) -> None:
    """From nothing all the same, and slowly; and from full brightness where the hour is past."""
    now = datetime.datetime(2026, 11, 27, 7, 0, tzinfo=datetime.UTC)
    waking = Waking(now + OVER - datetime.timedelta(seconds=late), 5 * PAGE)
    clocks, log, bedside = Clocks(lambda: 0.0, lambda: now), Log(), Bedside(WallClock())
    daybreak = Daybreak(waking, cast("Any", None), clocks, None, bedside.note)
    daybreak.started = waking.begins
    dawn = waking.dawn_of(prepared(Request("plain", sleeper="none")))
    short = shortened(replace(dawn.night.score, fade_out=RATE), (start + 40) * RATE)
    dawn = replace(dawn, night=Night(short, gain=float(dawn.night.gain)))
    heard = home / "heard.f32"
    session = Session(
        clocks, Driven(None, Watched(Keys(), bedside, None, None), 60.0), bedside, cast("Any", log)
    )
    play_dawn(dawn, daybreak, Way("null", speed=15, into=str(heard)), session)
    assert log.entries[0] == {"dawn": "First Light", "from": start * RATE, "over": 5 * PAGE}
    sound = np.fromfile(heard, np.float32).reshape(-1, 2)
    first = int(np.nonzero(sound.any(axis=1))[0][0])
    seconds = sound[first:][: 30 * RATE].reshape(-1, 2 * RATE)
    levels = np.sqrt(np.mean(seconds**2, axis=1))
    assert levels[:3].max() < 0.3 * levels.max()


WRONG = {
    "--wake 7": "is no time of day like 07:00",
    "--wake-over 00:10:00": "--wake says when it does",
    "--wake-with plain": "--wake says when it does",
    "--wake 07:00 --wake-over 00:20:00": "--wake-over goes from 00:05:00 to 00:15:00",
    "--wake 07:00 --wake-window 02:00:00": "--wake-window goes from 00:00:00 to 01:00:00",
    "--wake 07:00 --wake-with plainn --null 1": "there is no score",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_asked_wrongly_is_said(words: str, lullaby: Say) -> None:
    is_asked_wrongly(lullaby, "play", "rain", *words.split(), says=WRONG[words])


@pytest.mark.parametrize(("now", "refused"), [("06:44:59", False), ("06:45:00", True), ("07:00:00", False)])
def test_an_hour_that_comes_before_it_could_grow_light_is_refused(now: str, refused: bool) -> None:
    asked = parsed(["play", "--wake", "07:00"])
    hour = datetime.datetime.fromisoformat(f"2026-11-27T{now}").astimezone()
    if refused:
        with pytest.raises(AskedWrongly, match="is too soon: growing light takes 00:15:00"):
            waking_of(asked, hour)
    else:
        waking = waking_of(asked, hour)
        assert waking is not None
        assert waking.begins > hour
