"""A file on its way: `.NAME.part` holds what is made, `.NAME.lullaby` says how far that is and of what.

The part is the file itself, with room left at its start for what is known last; whoever stops, however
hard, leaves a beginning that the same command goes on from. The journal is a line for every part, with a
digest of its bytes, so nothing is believed that is not there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lullaby.errors import CouldNot
from lullaby.export.locking import held
from lullaby.export.parts import Sizes
from lullaby.export.placing import emptied, opened

_LONGEST_LINE = 1 << 22
"""Bytes of a journal line: a cover of three megabytes."""
_LONGEST_PART = 1 << 28
"""Bytes of a part: two minutes of anything are less."""


def part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def journal_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lullaby")


def pages_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.pages")


def left_of(path: Path) -> list[Path]:
    """What there is of an unfinished file of this name: the file itself, its journal, and minutes that were
    finished before their turn."""
    return [place for place in (part_of(path), journal_of(path), pages_of(path)) if os.path.lexists(place)]


def begun(path: Path) -> Mapping[str, Any] | None:
    """What an unfinished file of this name was begun as; None where there is none to go on with."""
    if not (part_of(path).is_file() and journal_of(path).is_file()):
        return None  # the last of it took its place already, or it is none of ours
    with contextlib.suppress(OSError), open(journal_of(path), "rb") as journal:
        return _line(journal)
    return None


def unfinished_like(folder: Path, before: str, after: str) -> list[Path]:
    """Files on their way in this folder whose names begin and end so; the one begun last comes first."""
    found = []
    for journal in folder.glob(".*.lullaby"):
        name = journal.name[1:].removesuffix(".lullaby")
        if name.startswith(before) and name.endswith(after):
            with contextlib.suppress(OSError):
                found.append((-journal.stat().st_mtime_ns, folder / name))
    return [path for _, path in sorted(found)]


def _line(journal: BinaryIO) -> dict[str, Any] | None:
    """The next line of a journal; None at its end, and where a line is torn or none of ours."""
    text = journal.readline(_LONGEST_LINE)
    if not text.endswith(b"\n"):
        return None
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_number(name: str) -> None:
    raise ValueError(name)


class LeftUnfinished(CouldNot):
    """A file could not be finished, and what is made of it is kept."""


class Unfinished:
    """Held by one process at a time; `claimed` opens it."""

    def __init__(self, path: Path, journal: BinaryIO) -> None:
        self._path, self._journal = path, journal
        self._part: BinaryIO | None = None
        journal.seek(0)
        self.opening: Mapping[str, Any] | None = _line(journal)
        """What this file was begun as."""
        self.is_new = self.opening is None
        """Has nobody begun it before us?"""
        self.parts = 0
        self._sizes: list[Sizes] = []

    def begin(self, opening: Mapping[str, Any], head: int) -> None:
        """A new file: whatever was there is forgotten."""
        self._journal.truncate(0)
        self._journal.seek(0)
        self.opening, self.is_new = opening, True
        self._say(opening)
        self._part = emptied(part_of(self._path))
        self._part.write(bytes(head))

    def go_on(self, head: int, packets: Sequence[int | None]) -> None:
        """The same file again, from the last part that is wholly there; `packets` are those of each part,
        None where any number may be."""
        part = part_of(self._path)
        try:
            self._part = os.fdopen(opened(part, os.O_RDWR), "r+b")
        except FileNotFoundError:
            self._part = emptied(part)
            self._part.write(bytes(head))
        self._part.seek(head)
        keep, end = self._journal.tell(), head
        while (line := _line(self._journal)) and (sizes := self._there(line, packets)) is not None:
            self.parts, keep, end = self.parts + 1, self._journal.tell(), self._part.tell()
            self._sizes.append(sizes)
        self._part.seek(end)
        self._part.truncate()
        self._journal.seek(keep)
        self._journal.truncate()

    def _there(self, line: Mapping[str, Any], packets: Sequence[int | None]) -> Sizes | None:
        """The sizes of the part this line tells of, if its bytes stand in the file as it says."""
        assert self._part is not None
        try:
            number, length, digest = line["part"], line["bytes"], line["digest"]
            sizes = np.frombuffer(base64.b64decode(line["sizes"], validate=True), "<u4")
            known = number == self.parts < len(packets) and packets[number] in (None, len(sizes))
            if not (known and isinstance(length, int) and 0 <= length < _LONGEST_PART):
                return None
            body = self._part.read(length)
        except (KeyError, TypeError, ValueError):
            return None
        right = len(body) == length and _digest(body) == digest
        return sizes.astype(np.uint32) if right else None

    def add(self, body: bytes, sizes: Sizes) -> None:
        """The next part, and a line that it is there."""
        assert self._part is not None
        self._part.write(body)
        self._part.flush()
        told = base64.b64encode(np.asarray(sizes, "<u4").tobytes()).decode()
        self._say({"part": self.parts, "bytes": len(body), "digest": _digest(body), "sizes": told})
        self._sizes.append(sizes)
        self.parts += 1

    @property
    def sizes(self) -> Sizes:
        """Of every packet so far."""
        return np.concatenate([np.zeros(0, np.uint32), *self._sizes])

    @property
    def length(self) -> int:
        """Bytes that stand in the unfinished file."""
        return part_of(self._path).stat().st_size if self._part else 0

    @property
    def there(self) -> int:
        """Bytes of an unfinished file of this name, which are gone on with or written over."""
        try:
            return part_of(self._path).stat().st_size
        except FileNotFoundError:
            return 0

    def finish(self, head: bytes) -> None:
        """The file takes its place, whole and safely on the disk."""
        assert self._part is not None
        self._part.seek(0)
        self._part.write(head)
        self._part.flush()
        os.fsync(self._part.fileno())
        self._part.close()
        os.replace(part_of(self._path), self._path)
        with contextlib.suppress(OSError):  # where folders cannot be synchronised, they need not be
            folder = os.open(self._path.absolute().parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        self.forget()

    def forget(self) -> None:
        """Nothing is left of it."""
        self.close()
        for path in (part_of(self._path), journal_of(self._path)):
            with contextlib.suppress(OSError):
                path.unlink()

    def tidy(self) -> None:
        """Let go of it; what is made stays."""
        if os.path.lexists(part_of(self._path)):
            self.close()
        else:
            self.forget()

    def close(self) -> None:
        if self._part:
            with contextlib.suppress(OSError):  # what could not be written was said already
                self._part.close()

    def _say(self, line: Mapping[str, Any]) -> None:
        self._journal.write(json.dumps(line).encode() + b"\n")
        self._journal.flush()


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[Unfinished]:
    """This file, ours alone; another who is at it is left alone, and that is said."""
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(held(journal_of(path)))
        if journal is None:
            raise CouldNot(f"{path}: another render is making this file. Nothing was touched.")
        unfinished = Unfinished(path, journal)
        # a journal without its part is no beginning: however we leave, it does not stay behind
        stack.callback(unfinished.tidy)
        yield unfinished


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
