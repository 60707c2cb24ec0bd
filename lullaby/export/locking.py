"""A lock on a file, for one process at a time. The lock of a process that is killed is gone with it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lullaby.export.file_writing import opened

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 62
    """A byte that nobody writes to: on Windows what is locked cannot be read by others."""

    def _lock(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

else:
    import fcntl

    def _lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[BinaryIO | None]:
    """The file, open to read and write, made where it is missing; None while another process has it."""
    while True:
        with os.fdopen(opened(path, os.O_RDWR | os.O_CREAT), "r+b") as file:
            if not _lock(file):
                yield None
                return
            # whoever had it may have deleted it since we opened it: then ours has no name, and we begin again
            if _is_named(file, path):
                yield file
                return


def _is_named(file: BinaryIO, path: Path) -> bool:
    """Is this still the file that stands under this name?"""
    try:
        ours, named = os.fstat(file.fileno()), path.stat()
    except OSError:
        return False
    return (ours.st_ino, ours.st_dev) == (named.st_ino, named.st_dev)
