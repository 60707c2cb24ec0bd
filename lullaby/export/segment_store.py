"""Encoded segments kept by their address, in a folder or an object store, so that none is made twice.

Whatever is torn, foreign or under the wrong name counts as missing. Many may use a store at once and nobody
has to be asked: two who write the same write the same bytes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lullaby.errors import CouldNot
from lullaby.export.file_writing import FULL
from lullaby.export.journal import pages_folder
from lullaby.export.segment_bytes import from_bytes, to_bytes
from lullaby.export.segments import Encoded
from lullaby.export.store_places import Folder, Place, place_at

T = TypeVar("T")


@dataclass
class Count:
    """How many segments a store was asked for, and how many of them it did not have."""

    handed: int = 0
    made: int = 0


@dataclass(frozen=True)
class Store:
    """Segments by their address."""

    where: str
    place: Place
    temporary: bool = False
    """Does it only hold segments until they stand in a file?"""
    count: Count = field(default_factory=Count, compare=False)

    def has(self, address: str) -> bool:
        """Is there anything under this address? Only `get` says whether it is whole."""
        return self._tried(lambda: self.place.has(_name(address)))

    def get(self, address: str) -> Encoded | None:
        found = self._tried(lambda: self.place.read(_name(address)))
        return None if found is None else from_bytes(address, found)

    def put(self, address: str, encoded: Encoded) -> None:
        self._tried(lambda: self.place.write(_name(address), to_bytes(address, encoded)))

    def used(self, address: str) -> None:
        """Notes that the segment stands in the file now: a temporary store drops it, so that no disk holds it
        twice."""
        self.count.handed += 1
        if self.temporary:
            self._tried(lambda: self.place.drop(_name(address)))

    def forget(self) -> None:
        """Delete every segment that is kept here, and nothing else."""
        with contextlib.suppress(CouldNot):
            self._tried(self.place.forget)

    def _tried(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except Exception as error:  # every object store has errors of its own
            if isinstance(error, OSError) and error.errno in FULL:
                said = "there is no space left"
            else:
                said = (getattr(error, "strerror", None) or str(error) or type(error).__name__).split("\n")[0]
            raise CouldNot(
                f"{self.where}: pages cannot be kept here ({said[:120]}). What is finished is kept."
            ) from error


def store_at(where: str) -> Store:
    """The store in a folder, or at a URL; made when there is something to keep."""
    return Store(where, place_at(where))


def store_beside(path: Path) -> Store:
    """The temporary store beside a file that is being made; whoever makes that forgets it in the end."""
    folder = pages_folder(path)
    return Store(str(folder), Folder(folder), temporary=True)


def _name(address: str) -> str:
    return f"{address[:2]}/{address}.part"
