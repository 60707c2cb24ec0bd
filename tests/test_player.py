"""Listening is copying: every frame once and in order, and an early end is a fade."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PATIENCE, Recording, SoundServer
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.player import device, listening
from lullaby.player.ring import FADE, Ring
from lullaby.time import RATE

Sound = NDArray[np.float32]


def counting(start: int, frames: int) -> Sound:
    """Frames that say which they are."""
    numbers = np.arange(start, start + frames, dtype=np.float32)
    return np.stack([numbers, -numbers], axis=1)


def played(ring: Ring, sizes: list[int]) -> Sound:
    blocks = []
    for size in sizes:
        out = np.full((size, 2), np.nan, np.float32)
        ring.fill(out)
        blocks.append(out)
    return np.concatenate(blocks)


def test_frames_come_out_as_they_went_in():
    ring = Ring(capacity=1_000)
    heard = []
    for turn in range(20):
        assert ring.pour_in(counting(turn * 600, 600))
        heard.append(played(ring, [512, 88]))
    np.testing.assert_array_equal(np.concatenate(heard), counting(0, 12_000))


def test_pouring_waits_for_room():
    ring = Ring(capacity=1_000)
    pouring = threading.Thread(target=ring.pour_in, args=(counting(0, 5_000),))
    pouring.start()
    heard = np.empty((0, 2), np.float32)
    while len(heard) < 5_000:
        before = ring.played
        block = played(ring, [64])
        heard = np.concatenate([heard, block[: ring.played - before]])
    pouring.join()
    np.testing.assert_array_equal(heard, counting(0, 5_000))


def test_the_last_block_says_so():
    ring = Ring()
    ring.pour_in(counting(1, 100))
    ring.end()
    out = np.full((64, 2), np.nan, np.float32)
    assert ring.fill(out)
    assert not ring.fill(out)
    np.testing.assert_array_equal(out[:36], counting(65, 36))
    assert not out[36:].any()


def test_what_has_not_come_in_time_is_silence():
    ring = Ring()
    ring.pour_in(counting(1, 10))
    out = played(ring, [64])
    np.testing.assert_array_equal(out[:10], counting(1, 10))
    assert not out[10:].any()


def test_letting_go_takes_a_second_and_no_step_is_heard():
    ring = Ring()
    ring.pour_in(np.ones((3 * RATE, 2), np.float32))
    played(ring, [1_000])
    ring.let_go()
    assert not ring.pour_in(np.ones((10, 2), np.float32))
    out, more = np.empty((480, 2), np.float32), True
    heard = []
    while more:
        more = ring.fill(out)
        heard.append(out.copy())
    fade = np.concatenate(heard)[:, 0]
    assert len(fade) == FADE == RATE
    assert fade[0] == 1
    assert np.all(np.diff(fade) <= 0)
    assert np.abs(np.diff(fade)).max() < 1e-4
    assert fade[-1] < 1e-6


class Speaker:
    """A device that plays as fast as it is given sound."""

    def __init__(self, blocks: int = 10**6, interrupt_after: int = -1) -> None:
        self.heard: list[Sound] = []
        self._blocks, self._interrupt_after = blocks, interrupt_after

    def __call__(self, fill: Any, finished: Any) -> Speaker:
        self._fill, self._finished = fill, finished
        return self

    def __enter__(self) -> None:
        def play() -> None:
            out = np.empty((4_800, 2), np.float32)
            for block in range(self._blocks):
                if block == self._interrupt_after:
                    signal.raise_signal(signal.SIGINT)
                more = self._fill(out)
                self.heard.append(out.copy())
                if not more:
                    break
            self._finished()

        self._playing = threading.Thread(target=play)
        self._playing.start()

    def __exit__(self, *_: object) -> None:
        self._playing.join()

    @property
    def sound(self) -> Sound:
        return np.concatenate(self.heard)


def pieces(seconds: int) -> list[Sound]:
    return [np.full((RATE, 2), 0.5, np.float32) for _ in range(seconds)]


def test_a_night_is_heard_to_its_end(monkeypatch: pytest.MonkeyPatch):
    """Every frame once and in order; what this device asked for too soon is silence between them."""
    speaker = Speaker()
    monkeypatch.setattr(listening, "playing", speaker)
    sounds = [counting(1 + second * RATE, RATE) for second in range(9)]
    assert listening.listen(sounds, 9 * RATE)
    np.testing.assert_array_equal(speaker.sound[speaker.sound[:, 0] != 0], np.concatenate(sounds))


def test_a_device_that_goes_away_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "playing", Speaker(blocks=3))
    with pytest.raises(CouldNot, match="went away"):
        listening.listen(pieces(9), 9 * RATE)


def test_what_goes_wrong_in_the_making_is_not_lost(monkeypatch: pytest.MonkeyPatch):
    def broken() -> Any:
        yield from pieces(6)
        raise ZeroDivisionError

    monkeypatch.setattr(listening, "playing", Speaker())
    with pytest.raises(ZeroDivisionError):
        listening.listen(broken(), 9 * RATE)


def test_without_a_library_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for said, line in (
        ("OSError('PortAudio library not found')", "PortAudio library"),
        ("ImportError('no such module')", "pip install sounddevice"),
    ):
        (tmp_path / "sounddevice.py").write_text(f"raise {said}\n")
        env = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
        child = subprocess.run(
            [sys.executable, "-m", "lullaby", "hear", "pink-noise", "--seconds", "1"],
            env=env, capture_output=True, text=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert child.returncode == 1
        assert line in child.stderr
        assert "-o FILE" in child.stderr
        assert len(child.stderr.splitlines()) == 1


def test_without_a_device_one_line_says_to_keep_it(monkeypatch: pytest.MonkeyPatch):
    class NoCard:
        class PortAudioError(Exception):
            pass

        def OutputStream(self, **_: Any) -> None:
            raise self.PortAudioError("Error querying device -1")

    monkeypatch.setattr(device, "sounddevice", NoCard)
    with pytest.raises(CouldNot, match="there is no sound device; keep it with -o FILE"):
        listening.listen(pieces(1), RATE)


def hearing(server: SoundServer, *words: str) -> subprocess.Popen[str]:
    env = {**server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    return subprocess.Popen(
        [sys.executable, "-m", "lullaby", "hear", *words], env=env, stderr=subprocess.PIPE, text=True
    )


def loud(heard: Recording) -> NDArray[np.bool_]:
    """Which tenths of a second hold sound."""
    sound = heard.sound[:, 0]
    tenths = sound[: len(sound) // 4_800 * 4_800].reshape(-1, 4_800)
    found: NDArray[np.bool_] = np.abs(tenths).max(axis=1) > 1e-4
    return found


@pytest.mark.sound
def test_hear_really_sounds_for_as_long_as_it_should(sound_server: SoundServer):
    with sound_server.recording() as heard, hearing(sound_server, "pink-noise", "--seconds", "3") as child:
        assert child.wait(timeout=PATIENCE) == 0
        heard.wait(0.5)
        # on a machine that is too busy to play there are gaps, and yet all of it is heard
        gaps = np.count_nonzero(np.diff(np.flatnonzero(loud(heard))) > 1)
        assert 27 <= np.count_nonzero(loud(heard)) - gaps <= 33
        assert child.communicate()[1] == ""


@pytest.mark.sound
def test_ctrl_c_ends_in_a_fade(sound_server: SoundServer):
    with sound_server.recording() as heard, hearing(sound_server, "pink-noise", "--seconds", "60") as child:
        while not loud(heard)[-10:].all() or len(loud(heard)) < 10:
            heard.wait(0.2)
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=PATIENCE) == (None, "Stopped.\n")
        assert child.returncode == 130
        heard.wait(0.5)
        sound = np.abs(heard.sound).max(axis=1)
    sound = sound[sound > 0]  # without what a busy machine was too late for
    last = int(np.flatnonzero(sound > 1e-5)[-1])
    before = sound[last - RATE * 3 // 2 : last - RATE].max()
    assert sound[last - RATE // 4 :].max() < 0.5 * before
    assert sound[last - RATE // 20 :].max() < 0.02 * before


@pytest.mark.sound
def test_doctor_finds_the_sound_card(sound_server: SoundServer):
    env = {**sound_server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    child = subprocess.run(
        [sys.executable, "-m", "lullaby", "doctor"], env=env, capture_output=True, text=True, check=True
    )
    assert "usual yes" in child.stdout
