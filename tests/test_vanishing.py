"""A device that vanishes from a real sound server: it is waited for, and nothing is heard on any other."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from at_work import Playing
from conftest import PATIENCE, SoundServer, a_sound_server
from nights import night_of
from numpy.typing import NDArray

from lullaby.cli.parser import parsed
from lullaby.cli.playing.devices import way_of
from lullaby.errors import CouldNot
from lullaby.player import Way
from lullaby.player import outlet as outlets
from lullaby.time import RATE

STEADY = 'length = 01:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'
AWAY = ("The sound device went away; it goes on when that is back.", "The sound device is back.")
BED = ("load-module", "module-null-sink", "sink_name=bed", "format=float32le", "rate=48000", "channels=2")

pytestmark = [pytest.mark.sound, pytest.mark.skipif(sys.platform != "linux", reason="no PulseAudio")]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with a_sound_server() as server:
        for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_SERVER"):
            monkeypatch.setenv(name, server.env[name])
        yield server


def a_player(folder: Path) -> Playing:
    return Playing(night_of(STEADY, gain=0.5), None, folder / "nothing", way=Way(frames=512))


def is_back(one: Playing, times: int) -> None:
    one.until(lambda: len(one.said("back")) == times and one.player.state == "playing")
    one.heard(2.2)


@contextlib.contextmanager
def unlooked_for(one: Playing) -> Iterator[None]:
    """No device is tried while this lasts: who begins to record in it has the player's first sound."""
    tries, held, on = one.outlet.open, threading.Event(), threading.Event()

    def tries_later(now: float, *, forks: bool = False) -> None:
        held.set()
        on.wait(PATIENCE)
        tries(now, forks=forks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one.outlet, "open", tries_later)
        one.until(held.is_set)
        try:
            yield
        finally:
            on.set()


def loudest(sound: NDArray[np.float32]) -> float:
    """RMS of the loudest quarter of a second."""
    quarters = sound[: len(sound) // 12_000 * 12_000, 0].reshape(-1, 12_000)
    return float(np.sqrt(np.square(quarters).mean(axis=1)).max())


def comes_up(sound: NDArray[np.float32]) -> bool:
    """Does it come up from nothing?"""
    heard = np.abs(sound[int(np.flatnonzero(sound[:, 0])[0]) :, 0])
    return bool(heard[: RATE // 20].max() < 0.1 * heard.max())


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_a_sink_that_vanishes_is_waited_for_and_no_other_is_heard(
    server: SoundServer, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody named it: it was the usual one. Once it is gone another is, also when it is there again."""
    monkeypatch.setattr(outlets, "STEADY", 0.0)
    with server.running():
        module = server.ask(*BED)
        server.ask("set-default-sink", "bed")
        with server.recording("night") as other, a_player(tmp_path) as one:
            one.heard(0.5)
            with server.recording("bed") as heard:
                heard.wait(2.0)
                before = loudest(heard.sound)
            assert (one.outlet.way.way, one.outlet.way.device) == ("pulse", "bed")
            for time_ in range(1, times + 1):
                server.ask("unload-module", module)
                one.until(lambda: one.player.state == "lost")
                assert server.ask("get-default-sink") == "night"
                with contextlib.ExitStack() as recording:
                    with unlooked_for(one):
                        module = server.ask(*BED)
                        server.ask("set-default-sink", "night")
                        heard = recording.enter_context(server.recording("bed"))
                    is_back(one, time_)
                    heard.wait(0.2)
                    assert comes_up(heard.sound)
                    assert before / 4 < loudest(heard.sound) < before * 1.3
            assert not other.sound.any()
    assert one.notes == list(AWAY * times)
    assert len(one.said("lost")) == len(one.said("back")) == times
    assert one.outlet.opens <= 1 + 4 * times


def test_a_sink_that_is_suspended_and_a_server_that_is_killed_are_waited_for(
    server: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlets, "LAST_AGAIN", 1.0)
    with server.running() as process, a_player(tmp_path) as one:
        one.heard(1.0)
        server.ask("suspend-sink", "night", "1")
        one.until(lambda: one.player.state == "lost")
        opens = one.outlet.opens
        one.until(lambda: one.outlet.opens >= opens + 2)
        assert one.player.state == "lost"
        server.ask("suspend-sink", "night", "0")
        is_back(one, 1)
        process.kill()
        one.until(lambda: one.player.state == "lost")
        opens = one.outlet.opens
        one.until(lambda: one.outlet.opens >= opens + 2)
        process.wait()
        with contextlib.ExitStack() as again:
            with unlooked_for(one):
                again.enter_context(server.running())
                heard = again.enter_context(server.recording())
            is_back(one, 2)
            heard.wait(0.2)
            assert comes_up(heard.sound)
            one.player.ask(one.player.stop)
            one.wait()
    assert one.error is None
    assert one.notes == list(AWAY * 2)


def test_whoever_looks_for_a_device_that_is_gone_loads_nothing_heavy(server: SoundServer) -> None:
    """It does so four times a minute for as long as the device is away."""
    asked = json.dumps({"way": "pulse", "device": "bed", "frames": 512, "ring": "0"})
    command = [sys.executable, "-X", "importtime", "-m", "lullaby.player.output", asked]
    with server.running():
        child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(child.stdout.splitlines()[-1]) == {
        "why": "the device bed does not play (no such entity)"
    }
    assert "numba" not in child.stderr
    assert "numpy" not in child.stderr


def there_is_a_sink_by_the_bed(server: SoundServer) -> None:
    """Which is not the usual one."""
    server.ask(*BED, 'sink_properties=device.description="By\\ the\\ bed"')
    server.ask("set-default-sink", "night")


def sounds_beside_the_bed_alone(server: SoundServer, way: Way, folder: Path) -> Way:
    """What plays this way is heard there and on no other sink; the way as it then is."""
    with (
        server.recording("bed") as heard,
        server.recording("night") as other,
        Playing(night_of(STEADY, gain=0.5), None, folder / "nothing", way=way) as one,
    ):
        one.heard(1.0)
        heard.wait(0.2)
        assert loudest(heard.sound) > 0
        assert not other.sound.any()
        return one.outlet.way


def test_a_sink_is_listed_by_its_description_and_played_on_by_it(server: SoundServer, tmp_path: Path) -> None:
    with server.running():
        there_is_a_sink_by_the_bed(server)
        listed = subprocess.run(
            [sys.executable, "-m", "lullaby", "play", "--list-devices", "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        found = [one for one in json.loads(listed.stdout) if one["way"] == "pulse"]
        assert [(one["name"], one["usual"]) for one in found][1:] == [("By the bed", False)]
        assert [one["usual"] for one in found] == [True, False]
        way = way_of(parsed(["play", "--device", "by the bed"]))
        assert (way.way, way.device) == ("pulse", "bed")
        with pytest.raises(CouldNot, match=r"There are: .*By the bed"):
            way_of(parsed(["play", "--device", "somewhere else"]))
        sounds_beside_the_bed_alone(server, way, tmp_path)


def test_without_the_servers_own_library_a_named_sink_is_still_the_one_that_plays(
    server: SoundServer, tmp_path: Path
) -> None:
    with server.running():
        there_is_a_sink_by_the_bed(server)
        way = Way("miniaudio", device="By the bed", frames=512)
        assert sounds_beside_the_bed_alone(server, way, tmp_path).device == "By the bed"
