"""Files that concern somebody's health: nobody else may read them, or enter the folder they are in."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain import plain

Note = Callable[[str], None]


def quietly(said: str) -> None:
    """Says it to nobody."""


_OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What the owner's group and everybody else may do."""


def made(folder: Path) -> None:
    """The folder is there, or a CouldNot says why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CouldNot(_why(folder, error)) from error


def own_folder(folder: Path) -> None:
    """The folder, made where it is missing, such that nobody else sees into it."""
    made(folder.parent)
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


def mended(path: Path, note: Note) -> None:
    """Closes a file or folder that others could look into, and says so."""
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
def turn(folder: Path) -> Iterator[bool]:
    """One at a time may change what is in this folder: the others wait. What is killed lets go. Gives
    whether that is so: not every system and disk has locks."""
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CouldNot(_why(folder, error)) from error
    try:
        locked = False
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
            locked = True
        yield locked
    finally:
        os.close(handle)


def _why(path: Path, error: OSError) -> str:
    return f"{plain(str(path))}: {places.why_not(error, 'kept')}"
