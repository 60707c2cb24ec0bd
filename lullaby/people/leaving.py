"""Leaving lullaby: all that is kept copied to a folder, and then taken away, with nothing left behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.private import make_private_folder
from lullaby.score.plain_text import plain

OWN = (
    "alarm", "bookmarks.json", "cache", "circles", "devices.toml", "enough", "enough.db", "journal",
    "journal.db", "journal-logs", "people", "player", "schedule", "schedule.db", "scores", "voices",
    "web",
)  # fmt: skip
"""What lullaby keeps in its folder. Where somebody has named the folder (LULLABY_HOME) there may be more in
it, which is not lullaby's to take away."""
_BESIDE = ("-wal", "-shm", "-journal")
OWN_CACHES = ("kernels", "speech")
_PASSING = ("alarm", "cache", "player", "web")
"""What is nobody's to take along: it is made again, or is about a process, or about this machine alone."""


def is_own(name: str) -> bool:
    for ending in _BESIDE:
        name = name.removesuffix(ending)
    return name in OWN or (name.startswith(".") and name.endswith(".part"))


def kept_files() -> Iterator[Path]:
    """All that is a listener's own, below the home, by its path from there."""
    home = places.home()
    if not home.is_dir():
        return
    for top in sorted(home.iterdir()):
        if not is_own(top.name) or top.name in _PASSING or top.name.startswith("."):
            continue
        files = [top] if not top.is_dir() or top.is_symlink() else sorted(top.rglob("*"))
        yield from (path.relative_to(home) for path in files if path.is_file())


def target_of(folder: Path) -> Path:
    """The folder to take everything along in: a new one, and none of lullaby's own."""
    target = folder.expanduser().absolute()
    for own in (places.home(), places.cache()):
        if target.resolve().is_relative_to(own.resolve()):
            raise AskedWrongly(f"{plain(str(folder))} is in a folder that is taken away: name another.")
    if os.path.lexists(target):
        raise AskedWrongly(f"{plain(str(folder))} is there already: name a new folder.")
    return target


def take_along(target: Path) -> int:
    """Copies everything, for its owner alone, and reads it back; how many files that were. Where anything
    cannot be copied a CouldNot says so, and nothing is left half done."""
    make_private_folder(target)
    try:
        count = 0
        for path in kept_files():
            source, copy = places.home() / path, target / path
            for folder in reversed(copy.relative_to(target).parents[:-1]):
                make_private_folder(target / folder)
            shutil.copyfile(source, copy)
            os.chmod(copy, 0o600)
            if _digest(source) != _digest(copy):
                raise OSError(0, "what was copied reads otherwise")
            count += 1
        return count
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        said = (error.strerror or type(error).__name__).lower()
        raise CouldNot(
            f"{plain(str(target))}: not everything could be copied ({said}). Nothing is taken away."
        ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_away() -> list[Path]:
    """Takes away all that is lullaby's; gives what stays, because it is not."""
    home, cache = places.home(), places.cache()
    others: list[Path] = []
    for folder, own in ((cache, OWN_CACHES.__contains__), (home, is_own)):
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if own(path.name):
                _gone(path)
            else:
                others.append(path)
        for empty in _emptied(folder):
            with contextlib.suppress(OSError):
                empty.rmdir()
    return others


def _emptied(folder: Path) -> Iterator[Path]:
    """A folder and, where lullaby chose its place, those that were made for it: up to the user's own."""
    yield folder
    if os.environ.get("LULLABY_HOME") or os.environ.get("LULLABY_CACHE"):
        return
    for above in folder.parents:
        if above == Path.home() or not above.is_relative_to(Path.home()):
            return
        yield above


def _gone(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        raise CouldNot(f"{plain(str(path))}: this could not be taken away ({said}).") from error
