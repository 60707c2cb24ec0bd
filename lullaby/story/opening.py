"""Opening a text that somebody brings: what it is must be an ordinary file of a size that a text has."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain


def checked(path: str | os.PathLike[str], largest: int) -> tuple[str, Path]:
    """The path as it is shown to people, and as it is opened; a WrittenWrongly where it cannot be."""
    where = plain(os.fspath(path))
    try:
        found = Path(path).stat()
        if stat.S_ISDIR(found.st_mode):
            raise WrittenWrongly(where, "this is a folder, not a file.")
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting for ever
            raise WrittenWrongly(where, "this is not an ordinary file.")
        with Path(path).open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise unreadable(where, error) from None
    if not found.st_size:
        raise WrittenWrongly(where, "this file is empty.")
    if found.st_size > largest:
        raise WrittenWrongly(where, f"this is larger than {largest >> 20} MiB, which no text is.")
    return where, Path(path)


def content(path: str | os.PathLike[str], largest: int) -> tuple[str, bytes]:
    """The path as it is shown to people, and all that is in the file."""
    where, found = checked(path, largest)
    try:
        return where, found.read_bytes()
    except OSError as error:
        raise unreadable(where, error) from None


def unreadable(where: str, error: OSError | ValueError) -> WrittenWrongly:
    if isinstance(error, FileNotFoundError):
        return WrittenWrongly(where, "there is no such file.")
    if isinstance(error, PermissionError):
        return WrittenWrongly(where, "this file may not be read by you.")
    said = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
    return WrittenWrongly(where, f"this cannot be read ({plain(said.lower())}).")
