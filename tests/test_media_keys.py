"""A media key reaches the player, over a real session bus."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
from collections.abc import Callable

import pytest
from conftest import PATIENCE

from lullaby.player.media_keys import NAME, PATH, MediaKeys

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="MPRIS is of Linux desktops")


class Listener:
    """A player that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: queue.Queue[str] = queue.Queue()
        self.state, self.volume_db = "playing", -6.0

    def ask(self, what: Callable[[], None]) -> None:
        what()

    def pause(self) -> None:
        self.asked.put("pause")

    def resume(self) -> None:
        self.asked.put("resume")

    def stop(self) -> None:
        self.asked.put("stop")

    def skip(self) -> None:
        self.asked.put("skip")

    def set_volume(self, gain_db: float) -> None:
        self.asked.put(f"volume {gain_db:.1f}")


def called(method: str) -> None:
    """As a desktop does it for a key."""
    command = ["dbus-send", "--session", "--print-reply", f"--dest={NAME}", PATH]
    subprocess.run(
        [*command, f"org.mpris.MediaPlayer2.Player.{method}"],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )


@pytest.mark.usefixtures("bus")
def test_keys_reach_the_player() -> None:
    player = Listener()
    keys = MediaKeys(player, player.skip)
    assert keys.start(), keys.why
    try:
        for state, method, asked in (
            ("playing", "PlayPause", "pause"),
            ("paused", "PlayPause", "resume"),
            ("resting", "PlayPause", "resume"),
            ("playing", "Pause", "pause"),
            ("paused", "Play", "resume"),
            ("playing", "Next", "skip"),
            ("playing", "Stop", "stop"),
        ):
            player.state = state
            called(method)
            assert player.asked.get(timeout=PATIENCE) == asked
    finally:
        keys.close()


@pytest.mark.usefixtures("bus")
def test_a_desktop_reads_and_sets_the_volume() -> None:
    player = Listener()
    keys = MediaKeys(player, player.skip)
    assert keys.start(), keys.why

    async def asked() -> tuple[float, str]:
        from dbus_fast.aio import MessageBus

        bus = await MessageBus().connect()
        seen = await bus.introspect(NAME, PATH)
        there = bus.get_proxy_object(NAME, PATH, seen).get_interface("org.mpris.MediaPlayer2.Player")
        volume = await there.get_volume()
        await there.set_volume(3.0)  # nothing is ever louder than the night
        status = await there.get_playback_status()
        bus.disconnect()
        return volume, status

    try:
        volume, status = asyncio.run(asked())
        assert volume == pytest.approx(10 ** (-6 / 20))
        assert status == "Playing"
        assert player.asked.get(timeout=PATIENCE) == "volume 0.0"
    finally:
        keys.close()


def test_without_a_bus_it_plays_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    keys = MediaKeys(Listener(), lambda: None)
    assert not keys.start()
    assert keys.why
    keys.close()
