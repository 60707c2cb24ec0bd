"""Where things are: what ships with lullaby, the few folders it keeps of its own, and how a small file is
put in its place.

`LULLABY_HOME` moves everything the program keeps into one folder.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import re
import sys
import threading
from collections.abc import Iterator
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
    """The folder in which compiled instruments are kept; safe to delete at any time."""
    if moved := os.environ.get("LULLABY_CACHE"):
        return Path(moved).expanduser()
    if os.environ.get("LULLABY_HOME"):
        return home() / "cache"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "lullaby" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lullaby"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lullaby"


def speech(name: str) -> Path:
    """The file of a spoken sentence on the shelf; safe to delete at any time, for it can be spoken again. A
    name that is a whole path stands for a sentence that lies elsewhere, in a pack that is open."""
    if os.path.isabs(name):
        return Path(f"{name}.wav")
    return cache() / "speech" / name[:2] / f"{name}.wav"


def speech_digest(pcm: bytes) -> str:
    """Twenty letters that are the same exactly where the samples of a sentence are."""
    return hashlib.sha256(pcm).hexdigest()[:20]


def folders(what: str, source_folder: Path | None = None) -> list[Path]:
    """Folders searched for "voices" or "scores", nearest first: beside the file that names one,
    the listener's own, the shipped ones."""
    found = [home() / what, shipped(what)]
    if source_folder is not None:
        found = [source_folder / what, source_folder.parent / what, *found]
    return [folder for i, folder in enumerate(found) if folder.is_dir() and folder not in found[:i]]


def put(path: Path, content: bytes, mode: int | None = None) -> None:
    """The whole file or none, in the place of one that was there; an OSError says why not. With a `mode` it
    has that whatever the umask."""
    with _draft(path, content, mode) as draft:
        os.replace(draft, path)


def try_put(path: Path) -> None:
    """Would `put` succeed? Tried before long work; an OSError says why not, and nothing is left."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    path.exists()  # a name that is too long is said here
    with _draft(path, b"", None):
        pass


@contextlib.contextmanager
def putting(path: Path) -> Iterator[Path]:
    """A passing name beside it to write a large file under; that is put in its place when the block ends, and
    nothing is left where it fails."""
    with _draft(path, b"", None) as draft:
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)


def put_new(path: Path, content: bytes, mode: int | None = None) -> None:
    """Writes a file as `put` does, but never over another: a FileExistsError where something stands there
    already."""
    with _draft(path, content, mode) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a disk without links, a card from a camera, say
            _write(path, content, mode)


def why_not(error: OSError, done: str = "written") -> str:
    """The machine's error about a small file, and what to do about it where that is plain."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            todo = " Make room on that disk; nothing that was there is lost."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            todo = " Name a folder in which you may write."
        case errno.ENOENT:
            todo = " Make its folder first, or name one that is there."
        case errno.EISDIR:
            todo = " Name a file in that folder."
        case errno.ENAMETOOLONG:
            todo = " Give it a shorter name."
        case _:
            todo = ""
    said = error.strerror or type(error).__name__
    return f"this could not be {done} ({said.lower()}).{todo}"


_drafts = itertools.count()
_DRAFT = re.compile(r"\.(\d+)-\d+-\d+\.part", re.ASCII)
_HOUR = 3600.0


def tidy(folder: Path, *, alone: bool = False) -> None:
    """Tidies up after a change in this folder: takes away the drafts that killed processes left there, an
    hour older than the change or of a process that is gone. `alone`: nobody else may be writing here, so any
    draft is such a one."""
    with contextlib.suppress(OSError):
        now = folder.stat().st_mtime
        for path in list(folder.iterdir()):
            draft = _DRAFT.fullmatch(path.name)
            if draft is not None and (alone or _left(path, int(draft[1]), now)):
                with contextlib.suppress(OSError):
                    path.unlink()


def _left(draft: Path, process: int, now: float) -> bool:
    with contextlib.suppress(OSError):
        if now - draft.lstat().st_mtime > _HOUR:
            return True
    if sys.platform == "win32" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)  # nothing is sent: it only asks whether that process is there
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's, or a number no process has
        return False
    return False


@contextlib.contextmanager
def _draft(path: Path, content: bytes, mode: int | None) -> Iterator[Path]:
    """The content on the disk under a passing name beside its place."""
    draft = path
    while draft == path or os.path.lexists(draft):  # of one that was killed, a draft may be left
        draft = path.with_name(f".{os.getpid()}-{threading.get_ident()}-{next(_drafts)}.part")
    try:
        _write(draft, content, mode)
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _write(path: Path, content: bytes, mode: int | None) -> None:
    """A file that was not there before, safely on the disk."""
    usual = 0o666 if mode is None else mode
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), usual)
    with open(handle, "wb") as file:
        if mode is not None:
            os.chmod(path, mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
