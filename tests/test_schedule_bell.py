"""The bell, on a sound card that is only pretended: heard on the device that was named, and over nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SoundServer

SINK = "module-null-sink", "sink_name=bed", "format=float32le", "rate=48000", "channels=2"
SAYS = "from lullaby.ritual.schedule.bell import ring; print('said:', ring({!r}))"
ASKS = "from lullaby.ritual.schedule.sounding import sounding; print('said:', sounding().why_not)"


def said_by(server: SoundServer, home: Path, code: str) -> str:
    env = {**server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}", "LULLABY_HOME": str(home)}
    env |= {"LULLABY_CACHE": os.environ["LULLABY_CACHE"]}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout.rpartition("said:")[2].strip()


@pytest.mark.sound
def test_it_is_heard_on_the_named_device_and_on_no_other(sound_server: SoundServer, tmp_path: Path) -> None:
    module = sound_server.ask("load-module", *SINK)
    sound_server.ask("set-default-sink", "night")
    try:
        with sound_server.recording("bed") as there, sound_server.recording("night") as elsewhere:
            assert said_by(sound_server, tmp_path, SAYS.format("bed")) == ""
            heard, unheard = np.array(there.sound), np.array(elsewhere.sound)
    finally:
        sound_server.ask("unload-module", module)
    assert 0.01 < np.abs(heard).max() < 0.1
    assert np.abs(unheard).max() == 0


@pytest.mark.sound
def test_a_device_that_is_not_there_is_said(sound_server: SoundServer, tmp_path: Path) -> None:
    assert "is not there" in said_by(sound_server, tmp_path, SAYS.format("headphones"))


@pytest.mark.sound
def test_another_program_that_plays_is_seen_and_when_it_ends_it_is_not(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    assert said_by(sound_server, tmp_path, ASKS) == "None"
    command = ["pacat", "--raw", "--client-name=A film", "/dev/zero"]
    with subprocess.Popen(command, env=sound_server.env) as film:
        try:
            while "application.name" not in sound_server.ask("list", "sink-inputs"):
                assert film.poll() is None
            assert said_by(sound_server, tmp_path, ASKS) == "A film plays"
        finally:
            film.kill()
    while "application.name" in sound_server.ask("list", "sink-inputs"):
        pass
    assert said_by(sound_server, tmp_path, ASKS) == "None"
