"""Two lullabies as they are: one serves, the other is paired with it by its code, and has it play."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, SoundServer

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.web.rooms.elsewhere import Elsewhere
from lullaby.web.rooms.known import known_rooms
from lullaby.web.rooms.pairing import pair_with
from lullaby.web.wanted import Wanted

pytestmark = [pytest.mark.sound, pytest.mark.skipif(sys.platform != "linux", reason="no PulseAudio")]
LULLABY = [sys.executable, "-P", "-m", "lullaby", "serve", "plain"]


@contextlib.contextmanager
def serving(home: Path, sound: SoundServer) -> Iterator[tuple[str, dict[str, str]]]:
    """Another lullaby, with a home of its own: its address, and its environment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cache = os.environ["LULLABY_CACHE"]
    env = {**os.environ, **sound.env, "LULLABY_HOME": str(home), "LULLABY_CACHE": cache}
    server = subprocess.Popen([*LULLABY, "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert server.poll() is None, "it ended"
            assert time.monotonic() < end
            time.sleep(0.05)
        yield f"127.0.0.1:{port}", env
    finally:
        server.terminate()
        server.wait()


def code_of(address: str, env: dict[str, str]) -> str:
    command = [*LULLABY[:-1], "--pair", "--json", "--port", address.rpartition(":")[2]]
    found = subprocess.run(command, env=env, capture_output=True, check=True, timeout=PATIENCE)
    return str(json.loads(found.stdout)["code"])


def until(room: Elsewhere, state: str) -> None:
    end = time.monotonic() + PATIENCE
    while (found := room.state()).state != state:
        assert time.monotonic() < end, found
        time.sleep(0.05)


def test_a_lullaby_that_serves_is_paired_with_and_plays(
    tmp_path: Path, sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "here"))
    with serving(tmp_path / "kitchen", sound_server) as (address, env):
        code = code_of(address, env)
        kitchen = Elsewhere(pair_with("kitchen", address, code))
        with pytest.raises(CouldNot, match="not the code"):
            pair_with("nursery", address, code)
        assert list(known_rooms()) == ["kitchen"]
        assert kitchen.state().state == "idle"
        with pytest.raises((AskedWrongly, CouldNot), match='no score and no voice "nonsense"'):
            kitchen.begin(Wanted(("nonsense",)))
        with pytest.raises(CouldNot, match="nothing plays"):
            kitchen.more()
        kitchen.begin(Wanted(("plain",), sleeper="none"))
        until(kitchen, "playing")
        kitchen.volume(-6.0)
        assert (kitchen.state().title, kitchen.state().volume) == ("Plain", -6.0)
        kitchen.stop()
        until(kitchen, "idle")
        kitchen.ready(Wanted(("plain",), sleeper="none"))
        until(kitchen, "ready")
        kitchen.sound(time.time())
        until(kitchen, "playing")
        kitchen.stop()
        until(kitchen, "idle")
        subprocess.run([*LULLABY[:-1], "--forget"], env=env, check=True, capture_output=True)
        with pytest.raises(CouldNot, match="pair them again"):
            kitchen.stop()
