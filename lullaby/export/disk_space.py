"""Disk space: how much a file takes, and no beginning where there is too little."""

from __future__ import annotations

import shutil
from pathlib import Path

from lullaby.errors import CouldNot

_SPARE = 1 << 20
"""Bytes asked for besides the file itself."""


def need_space(
    path: Path, needed: int, reused: int = 0, *, what: str = "this takes", kept: str = "Nothing was begun."
) -> None:
    """Refused where this file takes more bytes than are free beside the ones that are written over; `kept`
    says what becomes of what there is."""
    folder = path.absolute().parent
    free = shutil.disk_usage(folder).free
    if needed - reused + _SPARE > free:
        raise CouldNot(
            f"{path}: {what} about {size(needed)}, and only {size(free)} are free in {folder}. {kept}"
        )


def size(count: int) -> str:
    """Bytes for people: "304.9 MB"."""
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"
