"""Takes away what was entered into the system so that nights begin by themselves."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.ritual.schedule.installing import LABEL, folder_of
from lullaby.score.plain_text import plain

FILES = {"systemd": f"{LABEL}.service", "launchd": f"{LABEL}.plist", "windows": f"{LABEL}.xml"}
_PATIENCE = 20.0
"""Seconds that a system has to let go of an entry."""

Run = Callable[[Sequence[str]], object]


def _run(command: Sequence[str]) -> object:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):  # it is not there, or does not answer
        return subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    return None


def remove_entries(run: Run = _run) -> list[str]:
    """Removes every entry that is there, and has the system stop what it began by it; says which files those
    were."""
    found = []
    for system, name in FILES.items():
        path = folder_of(system) / name
        if not os.path.lexists(path):
            continue
        run(_letting_go(system))
        try:
            path.unlink()
            if system == "systemd":  # what `enable` made
                (path.parent / "default.target.wants" / name).unlink(missing_ok=True)
        except OSError as error:
            raise CouldNot(f"{plain(str(path))}: {places.why_not(error, 'taken away')}") from error
        for folder in (path.parent / "default.target.wants", path.parent, path.parent.parent):
            if system == "systemd":
                with contextlib.suppress(OSError):  # something else is in it
                    folder.rmdir()
        found.append(str(path))
    return found


def _letting_go(system: str) -> list[str]:
    if system == "systemd":
        return ["systemctl", "--user", "disable", "--now", f"{LABEL}.service"]
    if system == "launchd":
        return ["launchctl", "bootout", f"gui/{os.getuid()}/{LABEL}"]
    return ["schtasks", "/delete", "/tn", LABEL, "/f"]
