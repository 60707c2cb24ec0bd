"""Whether a file has changed that nights are made of: a score, a voice, a story, a listener's limits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from lullaby.player.place import boot_time

LOOKS = 1.0
"""Seconds between two looks: a phone asks for many ranges in one."""


class Changes:
    """The files in some folders, as far as their times and sizes tell."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._looked = -LOOKS
        self._seen: object = None

    def stamp(self) -> object:
        """Another one once something has changed."""
        now = boot_time()
        if now - self._looked >= LOOKS:
            self._looked = now
            self._seen = hash(tuple(one for folder in self._folders for one in _files(folder)))
        return self._seen


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # it is not there, or not yet
        return
    for entry in found:
        try:
            if entry.is_dir():
                yield from _files(Path(entry.path))
            else:
                there = entry.stat()
                yield entry.path, there.st_mtime_ns, there.st_size
        except OSError:
            continue
