"""The alarm: a process of its own that waits for an hour, and then is heard, whatever else went wrong.

    python -m lullaby.player.alarm FOLDER

Everything it needs lies in its folder since it was set: when, on which device, how loud the machine was at
the rehearsal, and its sound as a plain WAV. So it asks no score, no voice and no other process. It alone may
change the device and raise the machine's volume: first the device of the rehearsal, then any that plays, then
the system's own player, and a plain tone where even its file is damaged.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.player import system_volume
from lullaby.player.awake import Awake
from lullaby.player.device import devices
from lullaby.player.system_volume import SystemVolume
from lullaby.time import RATE

if sys.platform != "win32":
    import fcntl

LOOKS = 2.0
"""Seconds between two looks at the clock, and at whether it is still wanted."""
LASTS = 15 * 60.0
"""Seconds that it rings, unless somebody stops it."""
SOFTEST = -40.0
"""dB: where it begins to rise from."""
WAITS = "waits"
"""A file that is locked for as long as a process waits for the alarm, or rings."""
COMES_UP = 60.0
"""Seconds that this process may take to come up."""

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Alarm:
    """What was set."""

    due: str
    """When, as ISO 8601 with its offset from UTC."""
    rise: float
    """Seconds in which it comes up."""
    device: str | None = None
    percent: int | None = None
    """The machine's volume when it was rehearsed."""
    ways: tuple[str, ...] = ("usual", "portaudio", "miniaudio")
    into: str | None = None
    """For tests: what is played goes into this file as well as nowhere."""

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.due)


def folder() -> Path:
    return places.home() / "alarm"


def save(alarm: Alarm, sound: Frames, where: Path) -> None:
    """Sets it: the sound first, then what makes it ring."""
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(where, 0o700)
    draft = where / "sound.part"
    _write(draft, sound * np.float32(0.7 / max(1e-9, float(np.abs(sound).max()))))
    draft.replace(where / "sound.wav")
    places.put(where / "alarm.json", json.dumps(asdict(alarm)).encode(), 0o600)


def _write(path: Path, sound: Frames) -> None:
    """A plain WAV of 16 bits, which every system's player takes."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * np.float32(32_767)).astype("<i2").tobytes())


def load(where: Path) -> Alarm | None:
    """What is set; None where nothing is, or where its file says nothing that can be understood."""
    try:
        facts = json.loads((where / "alarm.json").read_text("utf-8"))
        alarm = Alarm(**{**facts, "ways": tuple(facts["ways"])})
        float(alarm.rise)
        return alarm if alarm.when.tzinfo is not None else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def forget(where: Path) -> None:
    """It is not wanted any more: whoever waits or rings sees that, and ends."""
    for name in ("alarm.json", "sound.wav"):
        with contextlib.suppress(OSError):
            (where / name).unlink()


@contextlib.contextmanager
def waiting(where: Path) -> Iterator[None]:
    """While it lasts, and this process lives, `is_waited_for` says so in every other."""
    handle = None
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            handle = os.open(where / WAITS, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)  # the next one may be set before this one has seen it
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_waited_for(where: Path) -> bool | None:
    """Does a process wait for the alarm, or ring? None where that cannot be told."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(where / WAITS, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return None
    finally:
        os.close(handle)
    return False


def start(where: Path) -> int:
    """The process that waits, on its own from now on. A CouldNot where it does not come up."""
    with open(os.devnull, "r+b") as nowhere:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "lullaby.player.alarm", str(where)],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,  # it outlives the terminal and whoever set it
        )
    given_up = time.monotonic() + COMES_UP
    while is_waited_for(where) is False:
        if child.poll() is not None or time.monotonic() > given_up:
            child.kill()
            child.wait()
            forget(where)
            raise CouldNot("the process that is to wait for the alarm does not come up: set it again.")
        time.sleep(0.02)
    child.returncode = 0  # nobody waits for it: it is on its own
    return child.pid


def sound_of(where: Path) -> Frames:
    """Its sound; a soft tone of two notes where the file is gone or damaged."""
    try:
        with wave.open(str(where / "sound.wav"), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (2, 2, RATE):
                raise ValueError("not a sound of ours")
            data = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        sound: Frames = data.astype(np.float32) / np.float32(32_768)
        if len(sound) >= RATE and sound.any():
            return sound
    except (OSError, EOFError, ValueError, wave.Error):
        pass
    seconds = np.arange(2 * RATE) / RATE
    note = np.where(seconds < 1, 440.0, 554.37) * seconds
    tone = 0.5 * np.sin(2 * np.pi * note) * np.sin(np.pi * (seconds % 1)) ** 2
    both: Frames = np.stack([tone, tone], axis=1).astype(np.float32)
    return both


def rising(sound: Frames, rise: float, rang: float, frames: int, at: int) -> Frames:
    """The next frames: the sound again and again, after `rang` seconds of ringing."""
    index = (at + np.arange(frames)) % len(sound)
    along = np.clip((rang + np.arange(frames) / RATE) / max(rise, 0.05), 0.0, 1.0)
    gain = 10.0 ** (SOFTEST * (1 - along) / 20)
    found: Frames = sound[index] * gain[:, None].astype(np.float32)
    return found


Wanted = Callable[[], bool]
Place = tuple[str, str | None]
"""A way to play, and a device."""


class Ringing:
    """An alarm that rings, on whatever plays."""

    def __init__(self, alarm: Alarm, sound: Frames, where: Path | None = None) -> None:
        """`where`: a folder for what the system's own players are handed."""
        self._alarm, self._sound = alarm, sound
        self._where = where or folder()
        self._rang, self._at = 0.0, 0
        self.tried: list[Place] = []
        self.sink: str | None = None
        """The sink of the sound server that it rang on last."""

    def places(self) -> Iterator[Place]:
        """Where it may be heard, one after the other: on the device of the rehearsal first."""
        for way in self._alarm.ways:
            if self._alarm.device is not None:
                yield way, self._alarm.device
            yield way, None
        if "portaudio" in self._alarm.ways:
            yield from (device.address for device in devices())

    def run(self, wanted: Wanted, lasts: float = LASTS) -> None:
        """Rings until it is not wanted any more: everywhere again, for as long as it takes."""
        until = time.monotonic() + lasts
        while wanted() and time.monotonic() < until:
            for place in self.places():
                if not wanted() or time.monotonic() >= until:
                    return
                self.tried.append(place)
                with contextlib.suppress(Exception):  # whatever it is, there are other ways
                    self._ring_on(place, wanted, until)
            self._by_the_system(wanted, until)

    def _ring_on(self, place: Place, wanted: Wanted, until: float) -> None:
        """Rings on this device until it is lost or does not answer."""
        from lullaby.player.outlet import Outlet, State, Way
        from lullaby.player.ring import Ring

        ring = Ring()
        outlet = Outlet(ring, Way(*place, into=self._alarm.into, wakes=True))
        outlet.open(time.monotonic())
        ring.play(RATE // 20)
        raised = False
        try:
            while wanted() and time.monotonic() < until:
                outlet.look(time.monotonic())
                if outlet.state is State.LOST:
                    return
                if outlet.state is State.PLAYS and not raised:
                    raised = True
                    self.sink = outlet.way.device if outlet.way.way == "pulse" else None
                    self._raise(self.sink)
                while ring.written - ring.read < RATE:
                    frames = RATE // 4
                    ring.write(rising(self._sound, self._alarm.rise, self._rang, frames, self._at))
                    self._rang += frames / RATE
                    self._at += frames
                time.sleep(0.05)
        finally:
            ring.pause(RATE // 4)
            if outlet.state is State.PLAYS:
                time.sleep(0.4)
            outlet.close()

    def _raise(self, sink: str | None) -> None:
        """The device that rings is made as loud as it was at the rehearsal."""
        if self._alarm.percent is not None:
            system_volume.raise_to(SystemVolume(self._alarm.percent, muted=False), sink)

    def _by_the_system(self, wanted: Wanted, until: float) -> None:
        """Nothing of ours is heard: the system's own players, with a file made for them."""
        for player in ("paplay", "pw-play", "aplay", "afplay"):
            if shutil.which(player) is None or not wanted() or time.monotonic() >= until:
                continue
            self._raise(None)
            path = self._where / "ring.wav"
            with contextlib.suppress(OSError):
                _write(path, rising(self._sound, self._alarm.rise, self._rang, 20 * RATE, self._at))
                if _played_by([player, str(path)], wanted, until):
                    self._rang += 20
                    return


def _played_by(command: list[str], wanted: Wanted, until: float) -> bool:
    """Has this program played to its end, for as long as it was wanted?"""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as playing:
        while playing.poll() is None:
            if not wanted() or time.monotonic() >= until:
                playing.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                playing.wait(0.1)
    return playing.returncode == 0


def main(words: list[str]) -> int:
    """Waits, rings, and ends; also where what is set is changed or taken back."""
    where = Path(words[0])
    alarm = load(where)
    if alarm is None:
        return 1

    def wanted() -> bool:
        return load(where) == alarm

    awake = Awake(lambda line: None)
    with waiting(where), contextlib.closing(awake):
        awake.hold(True)
        while wanted() and time.time() < alarm.when.timestamp():
            time.sleep(min(LOOKS, max(0.05, alarm.when.timestamp() - time.time())))
        if wanted():
            Ringing(alarm, sound_of(where), where).run(wanted)
    if wanted():
        forget(where)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
