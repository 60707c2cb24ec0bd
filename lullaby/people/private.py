"""Private files and folders (modes 0600 and 0700), written whole, with a lock while one is changed."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain

Note = Callable[[str], None]


def say_nothing(said: str) -> None:
    """Says it to nobody."""


_OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The permissions of the owner's group and everybody else."""


def make_folder(folder: Path) -> None:
    """The folder is there, or a CouldNot says why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CouldNot(_why(folder, error)) from error


def make_private_folder(folder: Path) -> None:
    """The folder, made where it is missing, such that nobody else sees into it."""
    make_folder(folder.parent)
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if not folder.is_dir():
            raise CouldNot(f"{plain(str(folder))}: this is not a folder, so nothing can be kept in it.")
    except OSError as error:
        raise CouldNot(_why(folder, error)) from error
    # a umask takes away from the mode, even from the owner; nor may an older folder stay open
    with contextlib.suppress(OSError):
        if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
            os.chmod(folder, 0o700)


def close_to_others(path: Path, note: Note) -> None:
    """Takes others' rights to a file or folder away, and says so."""
    if sys.platform == "win32":  # a home folder there is closed by itself, and modes mean little
        return
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    if not mode & _OTHERS:
        return
    try:
        os.chmod(path, mode & ~_OTHERS)
    except OSError:
        note(f"{plain(str(path))}: others on this machine may look into it, and it could not be closed.")
    else:
        note(f"{plain(str(path))}: others on this machine could look into it; it is closed now.")


def read_text(path: Path) -> str | None:
    """What is in the file; None where there is none, and a CouldNot where it may not be read."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise CouldNot(f"{plain(str(path))}: this may not be read.") from None


def put_new(path: Path, text: str) -> None:
    """The whole file or none, for its owner alone, and never over another."""
    try:
        places.put_new(path, text.encode(), 0o600)
    except FileExistsError:
        raise AskedWrongly(f"{plain(str(path))} is there already, and is left as it is.") from None
    except OSError as error:
        raise CouldNot(_why(path, error)) from error
    finally:
        places.tidy(path.parent)


def put(path: Path, text: str) -> None:
    """The whole file in the place of the one that was there."""
    path = Path(os.path.realpath(path))  # who keeps the file elsewhere and a link here keeps both
    try:
        places.put(path, text.encode(), 0o600)
    except OSError as error:
        raise CouldNot(_why(path, error)) from error
    finally:
        places.tidy(path.parent)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """A lock on this folder: others wait, and a killed process lets go of it. Gives whether there is one: not
    every system and disk has locks."""
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CouldNot(_why(folder, error)) from error
    try:
        is_locked = False
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
            is_locked = True
        yield is_locked
    finally:
        os.close(handle)


def _why(path: Path, error: OSError) -> str:
    return f"{plain(str(path))}: {places.why_not(error, 'kept')}"
