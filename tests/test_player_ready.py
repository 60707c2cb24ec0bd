"""A player that is ready, and waits to be told when it begins."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from conftest import PATIENCE
from nights import night_of
from players import playing

from lullaby.errors import CouldNot
from lullaby.player import Outlet, Player, Way
from lullaby.player.ring import Ring

STEADY = 'length = 01:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    return tmp_path


def a_player(waits: float | None) -> Player:
    return Player(night_of(STEADY), outlet=Outlet(Ring(), Way("null")), waits=waits)


def until(so: object, player: Player) -> None:
    end = time.monotonic() + PATIENCE
    while player.state != so:
        assert time.monotonic() < end, player.state
        time.sleep(0.01)


def test_what_is_ready_is_silent_until_it_is_told_to_play(home: Path) -> None:
    with playing(home, "--ready", sounds=False) as player:

        def state() -> str:
            try:
                return str(player.ask("state")["state"])
            except CouldNot:
                return ""

        player.until(lambda: state() == "ready", "it is never ready")
        began = player.frames
        player.until(lambda: player.frames > began + 24_000, "its device stands still")
        assert not player.sound(60).any()
        assert player.ask("state")["at"] == 60.0
        with pytest.raises(CouldNot, match='"at" goes'):
            player.ask("play", at=time.time() + 3600)
        player.ask("play", at=time.time() + 0.2)
        player.until(lambda: player.level > -60, "nothing sounds")
        player.ask("stop")
        assert player.ends()[0] == 0


def test_it_waits_no_longer_than_it_was_said_to() -> None:
    player = a_player(0.3)
    player.run()
    assert player.ring.first == -1, "it sounded"


def test_a_fade_that_was_begun_before_the_moment_comes_is_not_undone() -> None:
    player = a_player(PATIENCE)
    run = threading.Thread(target=player.run, daemon=True)
    run.start()
    try:
        until("ready", player)
        player.resume_at(time.time())
        until("playing", player)
        player.ask(lambda: player.fade_out(PATIENCE))
        until("fading", player)
        came = threading.Event()
        player.resume_at(time.time())
        threading.Timer(0.3, player.ask, (came.set,)).start()
        assert came.wait(PATIENCE)
        assert player.state == "fading"
    finally:
        player.ask(player.stop)
        run.join(PATIENCE)


def test_its_timer_waits_along() -> None:
    player = a_player(PATIENCE)
    player.end_in(0.4, 0.1)
    run = threading.Thread(target=player.run, daemon=True)
    run.start()
    try:
        until("ready", player)
        asked_of = threading.Event()
        threading.Timer(0.6, asked_of.set).start()  # more than the timer has
        asked_of.wait()
        assert player.state == "ready"
        player.ask(player.resume)
        until("fading", player)
        assert player.ring.first > 0
    finally:
        player.ask(player.stop)
        run.join(PATIENCE)
    assert not run.is_alive()
