"""Files that a voice file or a score names, such as recordings: found beside it and nowhere else, known by
their hash.

A score or a voice file may come from a stranger, so a name can only mean a file in that file's own folder or
below, or in the listener's own folder of such files; a link that leads out of there is not followed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from lullaby import places
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain

LARGEST = 4 << 30
"""Bytes of the largest file that is taken: more than six hours of uncompressed stereo."""

_PIECE = 1 << 20


@dataclass(frozen=True)
class AttachedFile:
    """A file by its place and by its content."""

    path: Path
    sha256: str

    @property
    def address(self) -> str:
        """The file as one word of a plan, which may be sent anywhere."""
        return f"{self.sha256} {self.path}"

    @classmethod
    def from_address(cls, address: str) -> AttachedFile:
        sha256, _, path = address.partition(" ")
        return cls(Path(path), sha256)


def name(value: object, beside: str = "voice file") -> str:
    """The name of a file in a folder, or in a folder within it: "creek.mp3", "walks/creek.mp3"."""
    found = checks.text(value)
    parts = PurePosixPath(found).parts
    leads_out = found.startswith(("/", "~")) or ".." in parts or any(c in found for c in '\\:*?"<>|')
    if leads_out:
        raise Unfit(f"is not beside the {beside}.", f"A sound lies in the {beside}'s own folder or below.")
    if not parts or any(part.startswith(".") or part != part.strip() for part in parts):
        raise Unfit("is not the name of a file.")
    return found


def attached(named: str, beside: Path, own: str = "voices") -> AttachedFile:
    """The file of this name; an Unfit says why it is not taken. `own`: the folder of the listener's own."""
    folders = dict.fromkeys((beside.absolute().parent, (places.home() / own).absolute()))
    for folder in folders:
        if (folder / named).exists() or (folder / named).is_symlink():
            return _taken(folder, named)
    raise Unfit("is not there.", f"It is looked for in {plain(str(next(iter(folders))))}.")


def _taken(folder: Path, named: str) -> AttachedFile:
    path, facts = file_in(folder, named)
    try:
        return AttachedFile(path, content(path, facts.st_size, facts.st_mtime_ns, facts.st_ino))
    except OSError as error:
        raise _unreadable(error) from None


def file_in(folder: Path, named: str) -> tuple[Path, os.stat_result]:
    """The file of this name in this folder or below it, and what is known of it; an Unfit says why it is
    not taken. The name has been checked by `name`."""
    try:
        path = (folder / named).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()):
            raise Unfit("is a link that leads out of the folder.", "Put the sound itself there.")
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would keep us waiting for ever
            raise Unfit("is not an ordinary file.")
        if facts.st_size == 0:
            raise Unfit("is empty.")
        if facts.st_size > LARGEST:
            raise Unfit("is larger than 4 GiB.", "Cut out of it what you like best.")
        return path, facts
    except FileNotFoundError:
        raise Unfit("is not there.") from None
    except (OSError, RuntimeError) as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError | RuntimeError) -> Unfit:
    said = getattr(error, "strerror", None) or "a link that leads round in a circle"
    return Unfit(f"cannot be read ({plain(said.lower())}).")


@lru_cache(maxsize=256)
def content(path: Path, size: int, changed: int, number: int) -> str:
    """The SHA-256 of a file, read once for as long as it stays as it is."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
