"""Rooms that begin together: two players on one machine, and what is heard of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PATIENCE, RATE, SoundServer, a_sound_server
from rooms import TOKEN

from lullaby.errors import CouldNot
from lullaby.player.client import ask
from lullaby.web.rooms.elsewhere import Elsewhere
from lullaby.web.rooms.here import Here
from lullaby.web.rooms.known import known_room
from lullaby.web.rooms.room import Room
from lullaby.web.rooms.together import begin_together, states, stop_all
from lullaby.web.wanted import Wanted

STEADY = 'length = 01:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'
CORNERS = "front-left,front-right,rear-left,rear-right"
NULL_SINK, PAIR = ("load-module", "module-null-sink"), ("load-module", "module-remap-sink")
APART = 0.100
"""Seconds that two starts may lie apart: what is promised."""

pytestmark = [pytest.mark.sound, pytest.mark.skipif(sys.platform != "linux", reason="no PulseAudio")]


@contextlib.contextmanager
def at_home_in(home: Path) -> Iterator[None]:
    """What this process asks for is asked of the player of this home."""
    before = os.environ.get("LULLABY_HOME")
    os.environ["LULLABY_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ["LULLABY_HOME"] = str(before)


def told(home: Path, do: str, **more: Any) -> dict[str, Any] | None:
    with at_home_in(home), contextlib.suppress(CouldNot):
        return ask({"do": do, **more}, PATIENCE)
    return None


def until_ready(home: Path, player: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while (said := told(home, "state")) is None or said["state"] != "ready":
        assert player.poll() is None, "it ended"
        assert time.monotonic() < end, said
        time.sleep(0.05)


@pytest.fixture
def homes(tmp_path: Path) -> list[Path]:
    """Of two lullabies on one machine."""
    made = [tmp_path / "one", tmp_path / "two"]
    for home in made:
        (home / "scores").mkdir(parents=True)
        (home / "scores/steady.toml").write_text(STEADY)
    return made


def ready_players(homes: list[Path], env: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    command = [sys.executable, "-P", "-m", "lullaby", "play", "steady", "--sleeper", "none", "--plain"]
    return [
        subprocess.Popen(
            [*command, "--ready", "--device", f"corner{n}"],
            env={**env, "LULLABY_HOME": str(home), "LULLABY_CACHE": os.environ["LULLABY_CACHE"]},
            stdin=subprocess.DEVNULL,
        )
        for n, home in enumerate(homes)
    ]


@contextlib.contextmanager
def four_corners() -> Iterator[SoundServer]:
    """A sound card of four channels, two for each of two devices: what is heard of both has one clock."""
    with a_sound_server() as server, server.running():
        sound = ("format=float32le", "rate=48000")
        server.ask(*NULL_SINK, "sink_name=four", *sound, "channels=4", f"channel_map={CORNERS}")
        for n, pair in enumerate(("front-left,front-right", "rear-left,rear-right")):
            two = ("channels=2", "channel_map=front-left,front-right", f"master_channel_map={pair}")
            server.ask(*PAIR, f"sink_name=corner{n}", "master=four", *two, "remix=no")
        yield server


def test_two_players_are_heard_to_begin_so_far_apart_as_they_were_told(homes: list[Path]) -> None:
    """What is measured below would be seen if it were not so."""
    later = 0.25
    with four_corners() as server:
        players = ready_players(homes, {**os.environ, **server.env})
        try:
            for home, player in zip(homes, players, strict=True):
                until_ready(home, player)
            with recorded(server) as heard:
                at = time.time() + 0.5
                for n, home in enumerate(homes):
                    told(home, "play", at=at + n * later)
                first, second = firsts(heard)
            assert abs(second - first - later) <= APART
        finally:
            for player in players:
                player.kill()
                player.wait()


def test_two_rooms_that_are_begun_together_are_heard_within_a_tenth_of_a_second(
    homes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is this lullaby, the other one elsewhere, with a home of its own, over HTTP."""
    one, two = homes
    monkeypatch.setenv("LULLABY_HOME", str(one))
    with four_corners() as server:
        env = {**os.environ, **server.env}
        here = Here(["--sleeper", "none", "--device", "corner0"], env)
        with elsewhere(two, env, "--sleeper", "none", "--device", "corner1") as kitchen:
            try:
                with recorded(server) as heard:
                    done = begin_together([here, kitchen], Wanted(("steady",)), patience=PATIENCE)
                    assert done == {"here": None, "kitchen": None}
                    first, second = firsts(heard)
                    assert abs(second - first) <= APART
                    assert {state.state for state in states([here, kitchen]).values()} == {"playing"}
                    before = frames(heard)
                    assert stop_all([here, kitchen]) == {"here": None, "kitchen": None}
                    until_idle(here, kitchen)
                    gone = lasts(heard)
                assert abs(gone[0] - gone[1]) <= 1.0, "every fade begins within a second"
                assert min(gone) > before / RATE
            finally:
                stop_all([here, kitchen])


@contextlib.contextmanager
def elsewhere(home: Path, env: dict[str, str], *typed: str) -> Iterator[Elsewhere]:
    command = [sys.executable, str(Path(__file__).parent / "rooms.py"), *typed]
    with subprocess.Popen(
        command,
        env={**env, "LULLABY_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield Elsewhere(known_room("kitchen", process.stdout.readline().strip(), TOKEN))


def until_idle(*rooms: Room) -> None:
    end = time.monotonic() + PATIENCE
    while {state.state for state in states(rooms).values()} != {"idle"}:
        assert time.monotonic() < end
        time.sleep(0.05)


@contextlib.contextmanager
def recorded(server: SoundServer) -> Iterator[Path]:
    """All four channels, in a file that grows; it has begun when the block begins."""
    path = server.folder / "four.f32"
    command = ["parec", "-d", "four.monitor", "--raw", "--format=float32le", f"--rate={RATE}", "--channels=4"]
    command += [f"--channel-map={CORNERS}", "--no-remix", "--latency-msec=20"]
    with path.open("wb") as out, subprocess.Popen(command, env=server.env, stdout=out) as process:
        while path.stat().st_size == 0:
            assert process.poll() is None
            time.sleep(0.01)
        yield path
        process.terminate()


def frames(path: Path) -> int:
    return path.stat().st_size // 16


def lasts(path: Path) -> list[float]:
    """When each pair of channels is heard for the last time, in seconds of the recording."""
    heard = path.read_bytes()
    sound = np.frombuffer(heard[: len(heard) // 16 * 16], np.float32).reshape(-1, 2, 2)
    loud = np.abs(sound).max(axis=2) > 1e-6
    return [int(np.flatnonzero(loud[:, n])[-1]) / RATE for n in range(2)]


def firsts(path: Path) -> list[float]:
    """When each pair of channels is heard for the first time, in seconds of the recording."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        sound = np.frombuffer(path.read_bytes()[: path.stat().st_size // 16 * 16], np.float32).reshape(
            -1, 2, 2
        )
        loud = np.abs(sound).max(axis=2) > 1e-6
        if loud.any(axis=0).all():
            return [int(np.argmax(loud[:, n])) / RATE for n in range(2)]
        time.sleep(0.1)
    raise AssertionError("it is not heard in both")
