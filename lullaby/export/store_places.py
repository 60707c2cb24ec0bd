"""Where a store of segments keeps its bytes: a folder, or whatever fsspec reaches. The one door to fsspec."""

from __future__ import annotations

import contextlib
import itertools
import os
import platform
import re
from pathlib import Path
from typing import Any, Protocol

from lullaby.errors import AskedWrongly, CouldNot

_LARGEST = 1 << 26
"""Bytes of one segment that are ever read: a minute of stems has 23 million."""
_OURS = re.compile(r"[/\\][0-9a-f]{2}[/\\]([0-9a-f]{40}\.part|\.[0-9a-f]{40}\.[^/\\]+\.tmp)$")
"""Names that a store may have made, and nothing else is ever deleted."""


class Place(Protocol):
    """Where bytes are kept by name."""

    def has(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes | None:
        """The bytes under this name; None where there is nothing, or nothing that a store has written."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """All of it or nothing, in the place of what was there."""
        ...

    def drop(self, name: str) -> None: ...

    def forget(self) -> None:
        """Deletes whatever a store has written here, and nothing else."""
        ...


class Folder:
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
        """`places.put` is for files of one machine: it names drafts by process and thread, which two machines
        sharing this folder may both have, and forces every one of hundreds of segments to the disk. Here a
        draft is named after its machine, too, by a name that `forget` knows; and a segment that a power cut
        tears counts as missing, so that nothing need be forced."""
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft, file = self._draft(path)
        try:
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


class Remote:
    """A place that fsspec reaches: s3://, gs://, az://, sftp://, memory://."""

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


def place_at(where: str) -> Place:
    """The folder of this path, or the place at a URL that fsspec knows."""
    if "://" not in where:
        return Folder(Path(where))
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise CouldNot(f'{where}: this needs `pip install "lullaby[cluster]"`.') from error
    try:
        return Remote(*url_to_fs(where))
    except ValueError as error:
        raise AskedWrongly(f"{where}: {error}") from error
    except Exception as error:  # a library that this kind of URL needs, or a place that cannot be reached
        raise CouldNot(f"{where}: {error}".split("\n")[0]) from error
