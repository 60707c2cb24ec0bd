"""A player of its own process, which plays to nobody: driven by its door, and heard in the file it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from conftest import FRAME, PATIENCE, RATE
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.player.client import ask

NIGHT = """title = "Two Noises"
length = 08:00:00
[voices]
low = "pink-noise"
high = "white-noise"
[scene.first]
at = 0
low = -10
high = -10
[scene.second]
at = 00:20:00
low = -10
high = "silent"
"""


TAKES_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""What a shell does for a command: the terminal at its standard input is its own."""


@dataclass
class Playing:
    process: subprocess.Popen[str]
    heard: Path

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        return ask({"do": do, **more}, PATIENCE)

    def until(self, what: Callable[[], Any], why: str) -> Any:
        """Until it is so; a player that ends meanwhile ends the waiting."""
        end = time.monotonic() + PATIENCE
        while not (found := what()):
            assert time.monotonic() < end, why
            try:
                code = self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
            if not (found := what()):
                raise AssertionError(f"{why}: it ended with {code}")
        return found

    @property
    def frames(self) -> int:
        return self.heard.stat().st_size // FRAME if self.heard.exists() else 0

    def sound(self, seconds: float) -> NDArray[np.float32]:
        """The last so many seconds that were played; fewer where there are not so many."""
        frames = min(self.frames, round(seconds * RATE))
        if not frames:
            return np.zeros((0, 2), np.float32)
        with self.heard.open("rb") as file:
            file.seek((self.frames - frames) * FRAME)
            return np.frombuffer(file.read(frames * FRAME), np.float32).reshape(-1, 2)

    @property
    def level(self) -> float:
        """dB of the last quarter of a second."""
        sound = self.sound(0.25)
        return float(20 * np.log10(max(1e-9, np.sqrt(np.mean(sound**2))))) if len(sound) else -180.0

    def comes_up(self) -> float:
        """Waits until it is as loud as it is going to be: dB of a second."""

        def steady() -> float | None:
            sound = self.sound(2)
            if len(sound) < 2 * RATE:
                return None
            before, now = (20 * np.log10(1e-9 + np.sqrt(np.mean(part**2))) for part in np.split(sound, 2))
            return float(now) if abs(now - before) < 0.5 and now > -60 else None

        return float(self.until(steady, "it does not come up"))

    def ends(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


def fell_without_a_step(sound: NDArray[np.float32]) -> None:
    """The sound falls to silence in a quarter of a second or more, and its envelope never by half from one
    20th of a second to the next while it can be heard."""
    blocks = sound[: len(sound) // 2_400 * 2_400].reshape(-1, 4_800)
    envelope = np.sqrt(np.mean(blocks**2, axis=1))
    loud = envelope > 0.02 * envelope.max()
    first, last = np.nonzero(loud)[0][[0, -1]]
    ratios = envelope[first + 1 : last + 1] / envelope[first:last]
    assert ratios[-10:].min() > 0.4
    assert last - np.nonzero(envelope > 0.6 * envelope.max())[0][-1] >= 5, "it is cut off"


def answers() -> dict[str, Any] | None:
    """What the player says, once there is one."""
    try:
        return ask({"do": "state"}, PATIENCE)
    except CouldNot:
        return None


@contextmanager
def playing(
    home: Path, *words: str, sounds: bool = True, terminal: int | None = None, drawn: bool = False
) -> Iterator[Playing]:
    """`lullaby play` of two noises, until the block ends; it has begun to sound when the block begins.
    With a `terminal`, that is its standard input; where it may be `drawn` on, its output, too."""
    (home / "scores").mkdir(parents=True, exist_ok=True)
    (home / "scores/two-noises.toml").write_text(NIGHT)
    heard = home / "heard.f32"
    heard.unlink(missing_ok=True)
    command = [sys.executable, *(("-c", TAKES_TERMINAL) if terminal is not None else ())]
    command += ["-m", "lullaby", "play", "two-noises", "--sleeper", "none"]
    command += ["--from", "60", "--null", "1", "--heard", str(heard), *words]
    env = {**os.environ, "LULLABY_HOME": str(home), "LULLABY_CACHE": os.environ["LULLABY_CACHE"]}
    if drawn:
        env = {name: value for name, value in env.items() if name != "NO_COLOR"}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        command,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL if terminal is None else terminal,
        stdout=terminal if drawn else subprocess.PIPE,
        stderr=terminal if drawn else subprocess.PIPE,
        start_new_session=terminal is not None,
    )
    try:
        found = Playing(process, heard)
        if sounds:
            found.until(answers, "nobody answers")
            found.until(lambda: found.level > -60, "nothing sounds")
        yield found
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
