"""What a listener asks of a player: it comes as it was asked for, and what was asked before is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from at_work import Playing
from nights import night_of

from lullaby.cli.playing.key_words import KeyWords
from lullaby.kernels.shared_numbers import REFILL, Slot
from lullaby.player import Outlet, Player, Way
from lullaby.player.awake import Awake
from lullaby.player.device import AS_A_FILE
from lullaby.player.device_watch import DeviceWatch
from lullaby.player.ending import SHORTEST, Ending
from lullaby.player.outlet import State
from lullaby.player.relay import Relay
from lullaby.player.ring import Ring
from lullaby.player.unfolding import SOONEST
from lullaby.player.words import Words
from lullaby.time import PAGE, RATE

SCENES = """length = 01:00:00
fade_in = 0.5
fade_out = 1
[voices]
a = "pink-noise"
[scene.first]
at = 0
a = 0
[scene.second]
at = 00:10:00
a = -3
[scene.third]
at = 00:40:00
a = 0
"""


def a_player(**how: Any) -> Player:
    return Player(night_of(SCENES), clock=lambda: 0.0, **how)


def test_a_timer_begins_its_fade_so_that_it_is_silent_on_time_and_by_its_own_curve() -> None:
    now = 100.0
    ending = Ending(Ring(), lambda: now)
    ending.end_in(60.0, fade=20.0, curve="even")
    for now, due in ((139.9, None), (140.0, (20.0, "even")), (155.0, (5.0, "even"))):  # noqa: B007
        assert ending.due() == due
    now = 170.0  # the machine slept over it
    assert ending.due() == (SHORTEST, "even")


def test_a_fade_that_is_asked_for_is_as_long_and_of_the_curve_that_was_asked_for() -> None:
    player = a_player()
    Words(player).do({"do": "fade", "seconds": 90, "curve": "even"})
    assert player.fade is not None
    assert (player.fade.seconds, player.fade.curve) == (90.0, "even")


def test_a_skip_goes_to_the_next_scene_and_no_further() -> None:
    entries = list[dict[str, object]]()
    player = a_player(log=entries.append)
    Words(player).do({"do": "skip"})
    assert entries[-1] == {"jump": 0, "to": 10 * PAGE}


def test_keys_say_what_they_are_for() -> None:
    said = list[str]()
    player = a_player()
    words = Words(player, awake=lambda: said.append("still awake"), woke=lambda: said.append("awake again"))
    keys = KeyWords(player, words, fade=42.0)
    for key in "aw":
        keys.press(key)
    assert said == ["still awake", "awake again"]
    assert keys.press("f") == "Fades."
    assert player.fade is not None
    assert player.fade.seconds == 42.0
    assert keys.press("m") == "Ten minutes more."
    assert (player.fade, player.left) == (None, 600.0)


def test_more_is_ten_minutes_where_nobody_says_how_many() -> None:
    player = a_player()
    player.end_in(300.0)
    assert Words(player).do({"do": "more"})["left"] == 900.0


def test_more_after_stop_takes_back_that_the_player_goes(tmp_path: Path) -> None:
    """After the next fade it rests, as it would have: and its morning comes."""
    with Playing(night_of(SCENES, gain=0.5), None, tmp_path / "heard.f32", stays=600.0, rests=True) as one:
        one.heard(0.5)
        one.player.ask(one.player.stop)
        one.player.ask(one.player.more)
        one.player.ask(partial(one.player.fade_out, 0.2))
        one.until(lambda: one.player.state == "resting")
        assert not one.player.stopped


def test_what_is_played_again_after_the_night_is_its_last_ten_minutes(tmp_path: Path) -> None:
    """Whoever wakes then is not to hear how the evening began."""
    night = night_of(SCENES, gain=0.5)
    with Playing(night, None, tmp_path / "heard.f32", stays=600.0, rests=True) as one:
        one.heard(0.5)
        one.player.ask(partial(one.player.fade_out, 0.2))
        one.until(lambda: one.player.state == "resting")
        one.player.ask(one.player.more)
        one.until(lambda: bool(one.said("again")))
        again = one.said("again")[0]["to"]
        assert again == night.length - night.plan.fade_out - 10 * PAGE
        one.until(lambda: one.player.frame > again and one.last(RATE // 100).any())


@pytest.mark.parametrize("later", [1.0, 3600.0])
def test_a_player_that_rests_ends_once_the_night_would_have(later: float, tmp_path: Path) -> None:
    now = 0.0
    with Playing(
        night_of(SCENES, gain=0.5),
        None,
        tmp_path / "heard.f32",
        stays=10.0 + later,
        rests=True,
        clock=lambda: now,
    ) as one:
        one.heard(0.2)
        one.player.ask(partial(one.player.fade_out, 0.1))
        one.until(lambda: one.player.state == "resting")
        now = 9.0 + later
        one.player.ask(lambda: None)
        one.until(lambda: one.player.state == "resting")
        now = 11.0 + later
        one.wait()
        assert one.said("end")


class Kept:
    """Says whether the machine is kept awake."""

    now = False

    def hold(self, wanted: bool) -> None:
        self.now = wanted

    def close(self) -> None:
        self.now = False


def test_the_machine_is_kept_awake_while_it_plays_and_only_then(tmp_path: Path) -> None:
    kept = Kept()
    with Playing(
        night_of(SCENES, gain=0.5),
        None,
        tmp_path / "heard.f32",
        stays=600.0,
        rests=True,
        awake=cast("Awake", kept),
    ) as one:
        one.until(lambda: kept.now)
        one.heard(0.5)
        assert kept.now
        one.player.ask(one.player.pause)
        one.until(lambda: not kept.now)
        one.player.ask(one.player.resume)
        one.until(lambda: kept.now)
        one.player.ask(partial(one.player.fade_out, 0.1))
        one.until(lambda: one.player.state == "resting" and not kept.now)
        one.player.ask(one.player.more)
        one.until(lambda: kept.now)
    assert not kept.now


class Later:
    """A player that does what it is asked for when somebody says so."""

    def __init__(self) -> None:
        self._asked = list[Callable[[], None]]()

    def ask(self, what: Callable[[], None]) -> None:
        self._asked.append(what)

    def turn(self) -> None:
        while self._asked:
            self._asked.pop(0)()


def test_what_the_night_no_longer_got_to_is_done_by_the_dawn() -> None:
    """Once, and in its order: whoever asked at the door waits for the answer."""
    done, words = list[int](), cast("Words", None)
    night, dawn = Later(), Later()
    relay = Relay(cast("Player", night), words)
    night.turn()
    for number in (1, 2):
        relay.ask(partial(done.append, number))
    relay.hand_over(cast("Player", dawn), words)
    assert done == []
    dawn.turn()
    assert done == [1, 2]
    relay.ask(partial(done.append, 3))
    night.turn()
    dawn.turn()
    assert done == [1, 2, 3]


def test_no_more_lies_ahead_of_what_is_heard_than_leaves_a_change_to_come_soon(tmp_path: Path) -> None:
    """A key is heard within two seconds: what is in the ring is heard as it was."""
    ticks = list[None]()
    with Playing(night_of(SCENES, gain=0.5), None, tmp_path / "heard.f32") as one:
        one.player.every_tick(lambda: ticks.append(None))
        one.heard(0.2)
        one.player.ask(one.player.pause)
        one.until(lambda: one.player.ring.silent)
        looked = len(ticks)
        one.until(lambda: len(ticks) > looked + 10)
        ahead = one.player.ring.written - one.player.ring.read
    assert REFILL < ahead <= 2 * RATE - 2 * SOONEST


@pytest.mark.parametrize("way", ["usual", "portaudio"])
def test_where_nothing_can_be_opened_the_other_library_is_tried_before_it_is_given_up(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet = Outlet(Ring(), Way(way, device="bed"))
    opened = list[Way]()
    monkeypatch.setattr(outlet, "open", lambda now: opened.append(outlet.way))
    watch = DeviceWatch(outlet, go_on=lambda: None, note=lambda line: None, happened=lambda what, **_: None)
    watch.lost("there is no PortAudio")
    assert opened == [Way("miniaudio", device="bed")]
    assert watch.error is None
    watch.lost("there is no miniaudio")
    assert len(opened) == 1
    assert str(watch.error) == f"there is no PortAudio; {AS_A_FILE}."
    assert "-o FILE with hear and tell" in AS_A_FILE


def test_a_device_is_not_let_go_before_it_has_played_what_it_holds() -> None:
    """Else the end of each fade would be cut off."""
    outlet = Outlet(Ring(), Way())
    watch = DeviceWatch(outlet, go_on=lambda: None, note=lambda line: None, happened=lambda what, **_: None)
    outlet.state = State.PLAYS
    watch.plays({"device": "bed", "way": "pulse", "latency": 0.2})
    assert not watch.has_played_out()
    outlet.ring.memory[Slot.OVER] = 1
    assert not watch.has_played_out()
    outlet.ring.memory[Slot.HEARD] += RATE // 5
    assert not watch.has_played_out()
    outlet.ring.memory[Slot.HEARD] += RATE // 5
    assert watch.has_played_out()
    outlet.ring.take_back()
    assert not watch.has_played_out()
