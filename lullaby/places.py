"""Where things are: what ships with lullaby, and the few folders it keeps of its own.

`LULLABY_HOME` moves everything the program keeps into one folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(what: str) -> Path:
    """The folder of shipped "voices" or "scores": inside an installed copy, or beside the source."""
    installed = _PACKAGE / "library" / what
    return installed if installed.is_dir() else _PACKAGE.parent / what


def home() -> Path:
    """The listener's own folder: voices, scores, and what later parts of the program keep."""
    if moved := os.environ.get("LULLABY_HOME"):
        return Path(moved).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "lullaby"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "lullaby"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "lullaby"


def cache() -> Path:
    """Where compiled instruments are kept; safe to delete at any time."""
    if moved := os.environ.get("LULLABY_CACHE"):
        return Path(moved).expanduser()
    if os.environ.get("LULLABY_HOME"):
        return home() / "cache"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "lullaby" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lullaby"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lullaby"


def folders(what: str, beside: Path | None = None) -> list[Path]:
    """Folders searched for "voices" or "scores", nearest first: beside the file that names one,
    the listener's own, the shipped ones."""
    found = [home() / what, shipped(what)]
    if beside is not None:
        found = [beside / what, beside.parent / what, *found]
    return [folder for i, folder in enumerate(found) if folder.is_dir() and folder not in found[:i]]
