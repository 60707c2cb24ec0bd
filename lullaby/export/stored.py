"""Finished parts kept by their address, in a folder or an object store: what was made once is not made again.

Whatever is torn, foreign or under the wrong name counts as missing. Many may use a store at once and nobody
has to be asked: two who write the same write the same bytes.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.entries import entry, part_in
from lullaby.export.parts import Made
from lullaby.export.placing import FULL
from lullaby.export.unfinished import pages_of

_LARGEST = 1 << 26
"""Bytes of an entry that are ever read: a minute of stems has 23 million."""
_OURS = re.compile(r"[/\\][0-9a-f]{2}[/\\]([0-9a-f]{40}\.part|\.[0-9a-f]{40}\.[^/\\]+\.tmp)$")

T = TypeVar("T")


class Place(Protocol):
    """Where bytes are kept by name."""

    def has(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes | None: ...

    def write(self, name: str, data: bytes) -> None: ...

    def drop(self, name: str) -> None: ...

    def forget(self) -> None: ...


@dataclass(frozen=True)
class Store:
    """Parts by their address."""

    where: str
    place: Place
    passing: bool = False
    """Does it only hold what waits for its turn in a file?"""

    def has(self, address: str) -> bool:
        """Is there anything under this address? Only `get` says whether it is whole."""
        return self._asked(lambda: self.place.has(_name(address)))

    def get(self, address: str) -> Made | None:
        found = self._asked(lambda: self.place.read(_name(address)))
        return None if found is None else part_in(address, found)

    def put(self, address: str, made: Made) -> None:
        self._asked(lambda: self.place.write(_name(address), entry(address, made)))

    def used(self, address: str) -> None:
        """It stands in the file now: a passing store keeps it no longer, so that no disk holds it twice."""
        if self.passing:
            self._asked(lambda: self.place.drop(_name(address)))

    def forget(self) -> None:
        """Take away every part that is kept here, and nothing else."""
        with contextlib.suppress(CouldNot):
            self._asked(self.place.forget)

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except Exception as error:  # every object store has errors of its own
            if isinstance(error, OSError) and error.errno in FULL:
                said = "there is no room left"
            else:
                said = (getattr(error, "strerror", None) or str(error) or type(error).__name__).split("\n")[0]
            raise CouldNot(
                f"{self.where}: pages cannot be kept here ({said[:120]}). What is finished is kept."
            ) from error


class _Folder:
    """A folder of this machine, or of one that many share."""

    _drafts = itertools.count()

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str) -> bool:
        return (self._root / name).is_file()

    def read(self, name: str) -> bytes | None:
        path = self._root / name
        if not path.is_file():  # a pipe of that name would keep us waiting
            return None
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size <= _LARGEST:
                return file.read()
        return None

    def write(self, name: str, data: bytes) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, file = self._draft(path)
        try:
            # not forced to the disk: what a power cut tears counts as missing
            with file:
                file.write(data)
            os.replace(draft, path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise

    def _draft(self, path: Path) -> tuple[Path, Any]:
        """A file that nobody else has: not another thread, nor another machine that shares the folder."""
        while True:
            unique = f"{platform.node()}-{os.getpid()}-{next(self._drafts)}"
            draft = path.with_name(f".{path.stem}.{unique}.tmp")
            with contextlib.suppress(FileExistsError):
                return draft, open(draft, "xb")

    def drop(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def forget(self) -> None:
        for shard in self._root.glob("[0-9a-f][0-9a-f]"):
            for path in shard.iterdir():
                if _OURS.search(str(path)):
                    path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # not empty: somebody else's
                shard.rmdir()
        with contextlib.suppress(OSError):
            self._root.rmdir()


class _Far:
    """Whatever fsspec reaches: s3://, gs://, az://, sftp://, memory://."""

    def __init__(self, files: Any, root: str) -> None:
        self._files, self._root = files, root.rstrip("/")

    def has(self, name: str) -> bool:
        return bool(self._files.exists(f"{self._root}/{name}"))

    def read(self, name: str) -> bytes | None:
        path = f"{self._root}/{name}"
        try:
            if not 0 < (self._files.size(path) or 0) <= _LARGEST:
                return None
            found: bytes = self._files.cat_file(path)
        except FileNotFoundError:
            return None
        return found

    def write(self, name: str, data: bytes) -> None:
        path = f"{self._root}/{name}"
        try:
            self._files.pipe_file(path, data)
        except FileNotFoundError:  # where there are real folders; a bucket that is missing stays so
            with contextlib.suppress(FileExistsError):
                self._files.mkdir(path.rpartition("/")[0], create_parents=False)
            self._files.pipe_file(path, data)

    def drop(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/{name}")

    def forget(self) -> None:
        ours = [path for path in self._files.find(self._root) if _OURS.search(path)]
        if ours:
            self._files.rm(ours)


def store_at(where: str) -> Store:
    """The store in a folder, or at a URL that fsspec knows; made when there is something to keep."""
    if "://" not in where:
        return Store(where, _Folder(Path(where)))
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise CouldNot(f'{where}: this needs `pip install "lullaby[cluster]"`.') from error
    try:
        return Store(where, _Far(*url_to_fs(where)))
    except ValueError as error:
        raise AskedWrongly(f"{where}: {error}") from error
    except Exception as error:  # a library that this kind of URL needs, or a place that cannot be reached
        raise CouldNot(f"{where}: {error}".split("\n")[0]) from error


def store_beside(path: Path) -> Store:
    """The store that stands beside a file until it is whole; then it is to be forgotten."""
    folder = pages_of(path)
    return Store(str(folder), _Folder(folder), passing=True)


def _name(address: str) -> str:
    return f"{address[:2]}/{address}.part"
