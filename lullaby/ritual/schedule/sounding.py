"""Does anything sound here? Nothing that begins by itself begins over other sound.

Our own player is asked through its door. What other programs play is known from the sound server (`pactl`),
else from what ALSA says of its cards. On macOS and Windows no program is told what another one plays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import CouldNot
from lullaby.score.plain_text import plain, short

PATIENCE = 5.0
ALSA = Path("/proc/asound")


@dataclass(frozen=True)
class Sounding:
    """What sounds here."""

    ours: str | None = None
    """The title of a night that plays."""
    other: str | None = None
    """Another program that plays."""
    is_known: bool = True
    """Can it be told what other programs play?"""

    @property
    def why_not(self) -> str | None:
        """Why nothing may begin by itself, in a few words; None where it may."""
        if self.ours is not None:
            return f"{self.ours} plays"
        if self.other is not None:
            return f"{self.other} plays"
        return None if self.is_known else "it cannot be told here whether anything else plays"


def sounding() -> Sounding:
    ours = _ours()
    if ours is not None:
        return Sounding(ours=ours)
    if sys.platform != "linux":
        return Sounding(is_known=False)
    playing = _of_the_server()
    if playing is None:
        playing = _of_alsa(ALSA)
    if playing is None:
        return Sounding(is_known=False)
    return Sounding(other=playing[0] if playing else None)


def _ours() -> str | None:
    from lullaby.player.client import NothingPlays, ask

    try:
        state = ask({"do": "state"}, PATIENCE)
    except NothingPlays:
        return None
    except CouldNot:
        return "a night"  # it is there, and too busy to say which
    return plain(short(str(state.get("title") or "a night")))


def _of_the_server() -> list[str] | None:
    """Programs that play by the sound server; None where it cannot be asked."""
    if shutil.which("pactl") is None:
        return None
    try:
        told = subprocess.run(
            ["pactl", "--format=json", "list", "sink-inputs"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
        streams = json.loads(told.stdout.decode("utf-8", "replace") or "[]")
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if not isinstance(streams, list):
        return None
    return [_program(one) for one in streams if isinstance(one, dict) and not one.get("corked")]


def _program(stream: dict[str, Any]) -> str:
    properties = stream.get("properties")
    name = properties.get("application.name") if isinstance(properties, dict) else None
    return plain(short(str(name or "another program")))


def _of_alsa(folder: Path) -> list[str] | None:
    """Cards that play, as the system itself says; None where it does not."""
    if not folder.is_dir():
        return None
    found = []
    for status in sorted(folder.glob("card*/pcm*p/sub*/status")):
        try:
            if "state: RUNNING" in status.read_text("ascii", "replace"):
                found.append("another program")
        except OSError:
            continue
    return found
