"""A file on its way: `.NAME.part` holds what is made of it, `.NAME.lullaby` says how far that is and of what.

The first is the file itself, with a gap at its start for the head, which is known last. Whoever is stopped,
however hard, leaves a beginning that the same command goes on from: the journal has a line for every segment
with a digest of its bytes, so nothing is believed that is not there.
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
from lullaby.export.file_request import Beginning
from lullaby.export.file_writing import emptied, opened
from lullaby.export.journal import journal_file, next_line, partial_file
from lullaby.export.locking import locked
from lullaby.export.segments import PacketSizes

_LONGEST_SEGMENT = 1 << 28
"""Bytes of a segment: two minutes of anything are less."""


class LeftUnfinished(CouldNot):
    """A file could not be finished, and what is made of it is kept."""


class Unfinished:
    """The only process that writes this file has it; `claimed` opens it."""

    def __init__(self, path: Path, journal: BinaryIO) -> None:
        self._path, self._journal = path, journal
        self._file: BinaryIO | None = None
        journal.seek(0)
        line = next_line(journal)
        self.is_new = line is None
        """Has nobody begun it before us?"""
        self.beginning = None if line is None else Beginning.from_line(line)
        """The start of the file as its journal tells it, if that can be read."""
        self.segments = 0
        """The number of segments that are there, from the first on."""
        self._sizes: list[PacketSizes] = []

    def begin(self, beginning: Beginning, head: int) -> None:
        """A new file with a head of so many bytes: whatever was there is forgotten."""
        self._journal.truncate(0)
        self._journal.seek(0)
        self.beginning, self.is_new = beginning, True
        self._note(beginning.as_line())
        self._file = emptied(partial_file(self._path))
        self._file.write(bytes(head))

    def go_on(self, head: int, packets: Sequence[int | None]) -> None:
        """Opens the unfinished file again, after the last segment that is wholly there; `packets` are the
        numbers of packets of each segment, None where any number may be."""
        path = partial_file(self._path)
        try:
            self._file = os.fdopen(opened(path, os.O_RDWR), "r+b")
        except FileNotFoundError:
            self._file = emptied(path)
            self._file.write(bytes(head))
        self._file.seek(head)
        keep, end = self._journal.tell(), head
        while (line := next_line(self._journal)) and (sizes := self._confirmed(line, packets)) is not None:
            self.segments, keep, end = self.segments + 1, self._journal.tell(), self._file.tell()
            self._sizes.append(sizes)
        self._file.seek(end)
        self._file.truncate()
        self._journal.seek(keep)
        self._journal.truncate()

    def _confirmed(self, line: Mapping[str, Any], packets: Sequence[int | None]) -> PacketSizes | None:
        """The packet sizes of the segment this line tells of, if its bytes stand in the file as it says."""
        assert self._file is not None
        try:
            number, length, digest = line["segment"], line["bytes"], line["digest"]
            sizes = np.frombuffer(base64.b64decode(line["sizes"], validate=True), "<u4")
            known = number == self.segments < len(packets) and packets[number] in (None, len(sizes))
            if not (known and isinstance(length, int) and 0 <= length < _LONGEST_SEGMENT):
                return None
            body = self._file.read(length)
        except (KeyError, TypeError, ValueError):
            return None
        right = len(body) == length and _digest(body) == digest
        return sizes.astype(np.uint32) if right else None

    def add(self, body: bytes, sizes: PacketSizes) -> None:
        """The next segment, and a line that it is there."""
        assert self._file is not None
        self._file.write(body)
        self._file.flush()
        encoded = base64.b64encode(np.asarray(sizes, "<u4").tobytes()).decode()
        self._note({"segment": self.segments, "bytes": len(body), "digest": _digest(body), "sizes": encoded})
        self._sizes.append(sizes)
        self.segments += 1

    @property
    def sizes(self) -> PacketSizes:
        """The sizes of every packet so far."""
        return np.concatenate([np.zeros(0, np.uint32), *self._sizes])

    @property
    def length(self) -> int:
        """Bytes that are made and kept; none where another file's beginning still stands there."""
        return partial_file(self._path).stat().st_size if self._file else 0

    @property
    def bytes_to_reuse(self) -> int:
        """Bytes on the disk of an unfinished file of this name, which are gone on with or written over."""
        try:
            return partial_file(self._path).stat().st_size
        except FileNotFoundError:
            return 0

    def finish(self, head: bytes) -> None:
        """The file takes its place, whole and safely on the disk."""
        assert self._file is not None
        self._file.seek(0)
        self._file.write(head)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(partial_file(self._path), self._path)
        with contextlib.suppress(OSError):  # where folders cannot be synchronised, they need not be
            folder = os.open(self._path.absolute().parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        self.forget()

    def forget(self) -> None:
        """Deletes the unfinished file and its journal."""
        self.close()
        for path in (partial_file(self._path), journal_file(self._path)):
            with contextlib.suppress(OSError):
                path.unlink()

    def tidy(self) -> None:
        """Let go of it. What is made stays; a journal of nothing does not."""
        if os.path.lexists(partial_file(self._path)):
            self.close()
        else:
            self.forget()

    def close(self) -> None:
        if self._file:
            with contextlib.suppress(OSError):  # what could not be written was said already
                self._file.close()

    def _note(self, line: Mapping[str, Any]) -> None:
        self._journal.write(json.dumps(line).encode() + b"\n")
        self._journal.flush()


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[Unfinished]:
    """The unfinished file, locked for this process alone; a CouldNot where another process is making it."""
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(locked(journal_file(path)))
        if journal is None:
            raise CouldNot(f"{path}: another render is making this file. Nothing was touched.")
        unfinished = Unfinished(path, journal)
        stack.callback(unfinished.tidy)
        yield unfinished


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
