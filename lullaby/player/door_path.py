"""Where the player's door is: a Unix socket in a folder of the listener's own that nobody else may enter.

The path of a socket may have no more than some hundred bytes. Where the listener's folder lies deeper, the
socket stands in a short private folder of the system's, and a file in the listener's folder says where.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from lullaby import places
from lullaby.people.private import make_private_folder, put

LONGEST = 107 if sys.platform == "linux" else 103
"""Bytes of a socket's path."""
_AWAY = "lullaby-"
"""How the name of a folder elsewhere begins."""


def folder() -> Path:
    return places.home() / "player"


def near() -> Path:
    """Where the socket is, if that is short enough."""
    return folder() / "door"


def elsewhere() -> Path:
    """The file that says where it is otherwise."""
    return folder() / "door.txt"


def fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST


def found() -> Path | None:
    """The socket of a player that plays, or was killed; None where there is none of this user's own."""
    path = near()
    if not fits(path):
        try:
            path = Path(elsewhere().read_text("utf-8"))
        except (OSError, ValueError):
            return None
    try:
        there = os.lstat(path)
    except (OSError, ValueError):
        return None
    return path if stat.S_ISSOCK(there.st_mode) and there.st_uid == os.geteuid() else None


def made() -> Path:
    """The path at which a socket can now be made: nothing stands there. The folder is there and private, and
    whoever calls this holds the lock on it."""
    forgotten()
    path = near()
    if fits(path):
        return path
    path = _short_folder(path) / "door"
    with contextlib.suppress(OSError):
        path.unlink()
    put(elsewhere(), str(path))
    return path


def forgotten() -> None:
    """Takes the socket away, and what an earlier one that was killed has left."""
    away = None
    with contextlib.suppress(OSError, ValueError):
        away = Path(elsewhere().read_text("utf-8"))
    for path in (near(), away, elsewhere()):
        if path is not None and (path in (near(), elsewhere()) or _is_ours(path.parent)):
            with contextlib.suppress(OSError):
                path.unlink()
    if away is not None and _is_ours(away.parent):
        with contextlib.suppress(OSError):
            away.parent.rmdir()


def _short_folder(long: Path) -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime) and _is_private(Path(runtime)):
        path = Path(runtime) / f"{_AWAY}{hashlib.sha256(os.fsencode(long)).hexdigest()[:12]}"
        if fits(path / "door"):
            make_private_folder(path)
            if _is_ours(path):
                return path
    made = Path(tempfile.mkdtemp(prefix=_AWAY))
    if not fits(made / "door"):
        made.rmdir()
        made = Path(tempfile.mkdtemp(prefix=_AWAY, dir="/tmp"))
    return made


def _is_ours(folder: Path) -> bool:
    return folder.name.startswith(_AWAY) and _is_private(folder)


def _is_private(folder: Path) -> bool:
    """Is it a folder, no link to one, that this user alone may enter?"""
    try:
        there = os.lstat(folder)
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(there.st_mode) and there.st_uid == os.geteuid() and not there.st_mode & 0o077
