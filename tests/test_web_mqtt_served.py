"""`lullaby serve --mqtt` as it is: a switch in Home Assistant plays a night, and off fades it out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from brokers import a_broker, listening
from conftest import SoundServer

from lullaby.web.mqtt.offered import NOBODY

pytestmark = [pytest.mark.sound, pytest.mark.skipif(sys.platform != "linux", reason="no PulseAudio")]


def test_a_switch_in_home_assistant_plays_a_night(tmp_path: Path, sound_server: SoundServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cache = os.environ["LULLABY_CACHE"]
    env = {**os.environ, **sound_server.env, "LULLABY_HOME": str(tmp_path), "LULLABY_CACHE": cache}
    with a_broker() as broker, listening(broker) as home:
        command = [sys.executable, "-P", "-m", "lullaby", "serve", "plain", "--port", str(port)]
        with subprocess.Popen(
            [*command, "--mqtt", broker.address], env=env, stdout=subprocess.DEVNULL
        ) as server:
            try:
                home.until(lambda: any(payload == b"online" for _, payload, *_ in home.heard))
                (ours,) = {topic.split("/")[0] for topic, *_ in home.heard if topic.endswith("/available")}
                state = f"{ours}/state"
                home.until(lambda: home.table(state).get("playing") == "OFF")
                home.say(f"{ours}/score/set", "Plain")
                home.say(f"{ours}/playing/set", "ON")
                home.until(lambda: home.table(state).get("title") == "Plain")
                home.until(lambda: home.table(state)["left"] > 0)
                home.say(f"{ours}/volume/set", "-9")
                home.until(lambda: home.table(state)["volume"] == -9)
                home.say(f"{ours}/playing/set", "OFF")
                home.until(lambda: home.table(state)["playing"] == "OFF")
                assert (home.table(state)["title"], home.table(state)["listener"]) == ("nothing", NOBODY)
            finally:
                server.kill()
        home.until(lambda: home.last(f"{ours}/available") == b"offline")
