"""A zip file that somebody brings: a few of its files are read, each and all of them up to a limit.

Nothing is ever unpacked to a disk; a name in it is only a name.
"""

from __future__ import annotations

import os
import posixpath
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import unquote

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain, quoted
from lullaby.story import opening

LARGEST = 2 << 30
"""Bytes of a book with all its pictures."""
LARGEST_FILE = 16 << 20
"""Bytes of a chapter, unpacked: four times the Bible."""
LARGEST_IN_ALL = 256 << 20
"""Bytes of all that is read of one book."""
_SMALL, _RATIO = 1 << 20, 200
"""Bytes that may be packed however well; of more, how many times its own size a file may become."""
_MOST_FILES, _MOST_NAMES = 20_000, 4 << 20
"""Files in a book, and bytes that their names and dates take."""
_END, _END_LENGTH, _FAR_END, _FAR_LENGTH = b"PK\x05\x06", 22, b"PK\x06\x07", 20
_WHOLE = "Is it whole? Fetch it once more."


class Zipped:
    """A zip file, open for reading."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.where, self.path = opening.checked(path, LARGEST)
        self.taken = 0
        """Bytes that have been unpacked so far."""
        try:
            self._not_too_many(self._ending())
            self._file = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise self._no_zip() from error
        except OSError as error:
            raise opening.unreadable(self.where, error) from None
        self._by_name = {info.filename: info for info in self._file.infolist()}
        self._by_lower = {name.lower(): info for name, info in self._by_name.items()}

    def __enter__(self) -> Zipped:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    @property
    def infos(self) -> list[zipfile.ZipInfo]:
        """All that is known of each file, in order."""
        return self._file.infolist()

    def info(self, name: str) -> zipfile.ZipInfo:
        """The same of one file that is in it."""
        return self._by_name.get(name) or self._by_lower[name.lower()]

    def pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """A file of any kind, a piece at a time; a WrittenWrongly where it is damaged."""
        try:
            with self._file.open(info) as file:
                while piece := file.read(1 << 20):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise WrittenWrongly(self.place(info.filename), "this is damaged.", _WHOLE) from None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name or name.lower() in self._by_lower

    def place(self, name: str) -> str:
        """The place of a file in this one, as it is said to people."""
        return f"{self.where}, {plain(name)}"

    def read(self, name: str, most: int = LARGEST_FILE) -> bytes:
        """All of one file in it; a WrittenWrongly where it is missing, damaged, locked or far too much."""
        info = self._by_name.get(name) or self._by_lower.get(name.lower())
        where = self.place(name)
        if info is None:
            raise WrittenWrongly(where, "there is no such file in it.", _WHOLE)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise WrittenWrongly(where, "this is a link to another file; it is not followed.")
        if info.flag_bits & 1:
            raise WrittenWrongly(where, "this is locked by a password.", "Unlock it first.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WrittenWrongly(where, "this is packed in a way that no EPUB is.")
        if info.file_size > most:
            raise WrittenWrongly(where, f"this is larger than {most >> 20} MiB, which no chapter is.")
        if info.file_size > max(_SMALL, _RATIO * info.compress_size):
            times = info.file_size // max(1, info.compress_size)
            raise WrittenWrongly(where, f"this would unpack to {times} times its size, as no text does.")
        self.taken += info.file_size
        if self.taken > LARGEST_IN_ALL:
            raise WrittenWrongly(self.where, f"more than {LARGEST_IN_ALL >> 20} MiB of text are in it.")
        try:
            with self._file.open(info) as file:
                return file.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            raise WrittenWrongly(where, "this is damaged.", _WHOLE) from None

    def _ending(self) -> bytes:
        """The end of the file, in which it says how many files it holds."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - (1 << 16) - 64))
            return file.read()

    def _not_too_many(self, ending: bytes) -> None:
        """Refuses a file with far too many others in it before any of their names is read."""
        last = ending[-_END_LENGTH:]
        start = len(ending) - _END_LENGTH if last.startswith(_END) else ending.rfind(_END)
        if start < 0 or len(ending) < start + _END_LENGTH:
            return  # no zip file, which is said when it is opened
        count, size = struct.unpack_from("<HL", ending, start + 10)
        far = ending[max(0, start - _FAR_LENGTH) : start].startswith(_FAR_END)
        if far or count > _MOST_FILES or size > _MOST_NAMES:
            raise WrittenWrongly(self.where, "there are far more files in it than in a book.")

    def _no_zip(self) -> WrittenWrongly:
        with self.path.open("rb") as file:
            begun = file.read(4) == b"PK\x03\x04"
        if begun:
            return WrittenWrongly(
                self.where, "this is only the beginning of an EPUB, or a damaged one.", _WHOLE
            )
        return WrittenWrongly(
            self.where, "this is no EPUB: it is not a zip file.", "Is that its right ending?"
        )


def inside(folder: str, link: str, where: str) -> str:
    """The name of the file that a link means, from a folder of the zip file; a WrittenWrongly where it leads
    out of it."""
    name = unquote(link.split("#")[0].split("?")[0])
    found = posixpath.normpath(posixpath.join(folder, name)) if name else ""
    if "\\" in name or name.startswith("/") or ":" in name.split("/")[0] or found.startswith(".."):
        raise WrittenWrongly(where, f"it names {quoted(link)}, which is not inside of it.")
    return found
