"""Writing files: whole or not at all, never through a link, and one line for what a disk says no with."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO

from lullaby import places
from lullaby.errors import CouldNot

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The errors of a file system that has no more space for us."""


def opened(path: Path, flags: int) -> int:
    """A file descriptor, never through a link: what a link at our file's name leads to is somebody else's."""
    more = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags | more, 0o644)


def emptied(path: Path) -> BinaryIO:
    """The file, made where it is missing, emptied, to be written and read."""
    return os.fdopen(opened(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC), "r+b")


def put(path: Path, content: bytes) -> None:
    """The whole file or none, in the place of one that was there; a CouldNot says why not."""
    try:
        refuse_folder(path)
        places.put(path, content)
    except OSError as error:
        raise CouldNot(why_not(path, error)) from error


def refuse_folder(path: Path) -> None:
    """Refused before anything is made: the name is a folder's."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def why_not(path: Path, error: OSError, kept: str = "Nothing was kept.") -> str:
    """One line for a file that could not be written; `kept` says what became of what there was."""
    folder = path.absolute().parent
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"{path}: the disk is full. {kept}"
        case errno.EFBIG:
            return f"{path}: files here may not grow that large. {kept}"
        case errno.ENOENT | errno.ENOTDIR:
            if folder.is_dir():
                return f"{path}: nothing can be made in {folder}."
            return f"{path}: there is no folder {folder}."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{path}: nothing may be written in {folder}."
        case errno.EISDIR:
            return f"{path}: this is a folder, not a file."
        case errno.ENAMETOOLONG:
            return f"{path.name[:40]}…: this name is too long."
        case errno.ELOOP:
            return f"{path}: in {folder} there is a link where the unfinished file would stand."
    said = error.strerror or str(error) or type(error).__name__
    return f"{path}: this could not be written ({said.lower()}). {kept}"
