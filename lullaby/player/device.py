"""The one door to sounddevice: it is opened late, and says plainly when nobody is in.

PortAudio is a library of the system's own. Its Linux wheel comes without, and where no sound card is
found ALSA complains at length on the terminal; neither is the listener's business. Its list of devices is
frozen when it is loaded, so whoever wants to know what is there now asks in a fresh process.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lullaby.errors import CouldNot, choices

PATIENCE = 30.0
"""Seconds until a sound system that does not answer is given up."""

AS_A_FILE = "keep it as a file instead: lullaby render, or -o FILE with hear and tell"


@dataclass(frozen=True)
class Device:
    """A sound device that can play."""

    number: int
    """In its library's own list."""
    name: str
    usual: bool
    channels: int
    rate: float
    way: str = "portaudio"
    """The library that plays on it."""
    library_name: str = ""
    """What that library calls it, where that is not its name."""

    @property
    def address(self) -> tuple[str, str]:
        """What an outlet is to be told to play on it: the library, and the name that it knows."""
        return self.way, self.library_name or self.name

    @property
    def facts(self) -> dict[str, Any]:
        return asdict(self)


class Unheard(Exception):
    """The error of a device that cannot be played on, and why."""


def library() -> Any:
    """sounddevice, or None where it or PortAudio is missing."""
    try:
        with quiet():
            import sounddevice
    except (OSError, ImportError):
        return None
    return sounddevice


def port_audio_devices() -> list[Device]:
    """The devices that this process found when it loaded PortAudio."""
    found = library()
    if found is None:
        return []
    with quiet():
        listed = [dict(device) for device in found.query_devices()]
        usual = found.default.device[1]
    return [
        Device(k, one["name"], k == usual, one["max_output_channels"], one["default_samplerate"])
        for k, one in enumerate(listed)
        if one["max_output_channels"] > 0
    ]


def meant(name: str, devices: Sequence[Device]) -> list[Device]:
    """The device of this name; without one, all whose names hold it."""
    exact = [device for device in devices if name in (device.name, device.address[1])]
    return exact[:1] or [device for device in devices if name.casefold() in device.name.casefold()]


def called(name: str | None, devices: Sequence[Device]) -> Device | None:
    """The device of exactly this name: what was lost comes back on no other. Without one, the usual one."""
    if name is None:
        return next((device for device in devices if device.usual), devices[0] if devices else None)
    return next((device for device in devices if device.name == name), None)


def no_such(name: str, there: Sequence[Device]) -> CouldNot:
    """The error of a device that is not there, which says those that are."""
    from lullaby.score.plain_text import plain, quoted

    if not there:
        return CouldNot(f"there is no device {quoted(name)}, nor any other that plays or answers.")
    hint = plain(choices(name, [one.name for one in there], "There are"))
    return CouldNot(f"there is no device {quoted(name)}.\n    {hint}")


def devices() -> list[Device]:
    """The devices that can play now, the usual one marked; asked for in a process of its own."""
    command = [sys.executable, "-P", "-m", "lullaby.player.output", json.dumps({"list": True})]
    try:
        child = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
        said = child.stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    except OSError:
        return []
    found: list[Device] = []
    for line in said.splitlines():  # the last that was told in full
        with contextlib.suppress(ValueError, KeyError, TypeError):
            found = [Device(**row) for row in json.loads(line)["devices"]]
    return found


def has_mini_audio() -> bool:
    return importlib.util.find_spec("miniaudio") is not None


def needs_a_library() -> None:
    """A CouldNot where nothing could ever be played, whatever devices there are."""
    from lullaby.player import pulse

    # libpulse first: to load PortAudio is to look at every sound card
    if pulse.library() is None and not has_mini_audio() and library() is None:
        raise CouldNot(f"{without_port_audio()}; or {AS_A_FILE}.")


def without_port_audio() -> str:
    """What to do where it is missing, as a message says it."""
    how = {"linux": "sudo apt install libportaudio2, or pip install miniaudio"}.get(
        sys.platform, "pip install miniaudio"
    )
    if importlib.util.find_spec("sounddevice") is None:
        how = "pip install sounddevice"
    return f"nothing can be played without PortAudio: {how}"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """While this lasts nothing reaches stderr, not even from libraries written in C."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
