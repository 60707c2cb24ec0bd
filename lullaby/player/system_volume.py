"""The volume that a whole device plays at, read and set by the tools that each system brings.

Only an alarm ever raises it: to the level at which it was rehearsed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

USUAL = "@DEFAULT_SINK@"
"""What pactl calls the usual sink."""
PATIENCE = 5.0
"""Seconds until a tool that does not answer is given up."""


@dataclass(frozen=True)
class SystemVolume:
    """The volume of a device in percent, and whether it is muted."""

    percent: int
    muted: bool

    @property
    def heard(self) -> int:
        return 0 if self.muted else self.percent


def read(sink: str | None = None) -> SystemVolume | None:
    """The volume of this sink of the sound server, or of the usual device; None where nothing can tell."""
    name = sink or USUAL
    if sys.platform == "darwin":
        said = _asked("osascript", "-e", "get volume settings") or ""
        percent = re.search(r"output volume:(\d+)", said)
        return percent and SystemVolume(int(percent[1]), "output muted:true" in said)
    if (volume := _asked("pactl", "get-sink-volume", name)) is not None:
        muted = _asked("pactl", "get-sink-mute", name) or ""
        percents = [int(found) for found in re.findall(r"(\d+)%", volume)]
        return SystemVolume(max(percents), "yes" in muted.lower()) if percents else None
    if (said := _asked("amixer", "-M", "sget", "Master")) is not None:
        percents = [int(found) for found in re.findall(r"\[(\d+)%\]", said)]
        return SystemVolume(max(percents), "[off]" in said) if percents else None
    return None


def raise_to(wanted: SystemVolume, sink: str | None = None) -> bool:
    """This sink, or the usual device, is at least so loud from now on; False where nothing here can do it."""
    now, name = read(sink), sink or USUAL
    if now is None:
        return False
    percent = str(max(now.percent, min(100, wanted.percent)))
    if sys.platform == "darwin":
        return (
            _asked("osascript", "-e", f"set volume output volume {percent} without output muted") is not None
        )
    if _asked("pactl", "set-sink-volume", name, f"{percent}%") is not None:
        return _asked("pactl", "set-sink-mute", name, "0") is not None
    return _asked("amixer", "-M", "sset", "Master", f"{percent}%", "unmute") is not None


def _asked(*command: str) -> str | None:
    """What a tool says; None where it is not here, fails or hangs."""
    if shutil.which(command[0]) is None:
        return None
    try:
        found = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout
