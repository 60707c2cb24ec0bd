"""A file that one process holds at a time. What is killed lets go of it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lullaby.export.placing import opened

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 62
    """A byte that nobody writes to: locking keeps others from reading what is locked."""

    def _taken(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

else:
    import fcntl

    def _taken(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def held(path: Path) -> Iterator[BinaryIO | None]:
    """The file open to read and write, made where it is missing; None while another process holds it."""
    while True:
        with os.fdopen(opened(path, os.O_RDWR | os.O_CREAT), "r+b") as file:
            if not _taken(file):
                yield None
                return
            # whoever held it may have finished, and taken the name away, while we came
            if _is_named(file, path):
                yield file
                return


def _is_named(file: BinaryIO, path: Path) -> bool:
    try:
        ours, named = os.fstat(file.fileno()), path.stat()
    except OSError:
        return False
    return (ours.st_ino, ours.st_dev) == (named.st_ino, named.st_dev)
