"""The zip file of a pack: written the same way every time, and read as if a stranger had made it.

Its files are stored as they are, so none can be larger than the pack that it is in.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from lullaby import places
from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.ritual.circle.pack.names import HEAD, LARGEST, MOST_FILES, MOST_NAMES, largest
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, quoted

_DATE = (1980, 1, 1, 0, 0, 0)
_END, _END_LENGTH = b"PK\x05\x06", 22
_WHOLE = "Is it whole? Have it sent once more."


def write(path: Path, files: Mapping[str, bytes | Path]) -> None:
    """Writes a pack of these files, whole or not at all, for its owner alone."""
    try:
        with places.putting(path) as draft:
            os.chmod(draft, 0o600)
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, allowZip64=False) as file:
                for name in sorted(files, key=lambda name: (name != HEAD, name)):
                    content = files[name]
                    info = zipfile.ZipInfo(name, _DATE)
                    info.external_attr, info.create_system = 0o600 << 16, 3
                    file.writestr(info, content if isinstance(content, bytes) else content.read_bytes())
    except zipfile.LargeZipFile:
        raise CouldNot(f"{plain(str(path))}: this night is larger than a pack may be.") from None
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from None


class Zip:
    """The zip file of a pack, open for reading: its names are checked, its contents are not."""

    def __init__(self, path: Path) -> None:
        self.where = plain(str(path))
        self.size = _size(self.where, path)
        _not_too_many(self.where, path, self.size)
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, struct.error):
            raise WrittenWrongly(self.where, "this is no pack, or a damaged one.", _WHOLE) from None
        try:
            self.sizes = {info.filename: self._checked(info) for info in self._file.infolist()}
            self._together()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._file.close()

    def _checked(self, info: zipfile.ZipInfo) -> int:
        """The size of a file that may stand in a pack."""
        name = info.filename
        where = f"{self.where}, {quoted(info.orig_filename)}"
        if name != info.orig_filename or info.is_dir():
            raise WrittenWrongly(where, "this is not the name of a file.")
        try:
            most = largest(name)
        except Unfit as unfit:
            raise WrittenWrongly(where, f"this {plain(unfit.what)}") from None
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise WrittenWrongly(where, "this is a link, or no ordinary file; it is not followed.")
        if info.flag_bits & 0x41:
            raise WrittenWrongly(where, "this is locked by a password.")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise WrittenWrongly(where, "this is packed, and in a pack everything is stored as it is.")
        if info.file_size > most:
            raise WrittenWrongly(where, f"this is larger than {most >> 20} MiB.")
        return info.file_size

    def _together(self) -> None:
        names = list(self.sizes)
        if len(names) != len(self._file.infolist()):
            raise WrittenWrongly(self.where, "one of its files is in it twice.")
        lowered = {name.casefold() for name in names}
        if len(lowered) != len(names):
            raise WrittenWrongly(self.where, "two of its files are called alike, but for capital letters.")
        folders = {str(folder) for name in lowered for folder in PurePosixPath(name).parents}
        if folders & lowered:
            raise WrittenWrongly(self.where, "one of its files is called like a folder of others.")
        if sum(self.sizes.values()) > self.size:
            raise WrittenWrongly(self.where, "its files lie upon one another, and would grow when opened.")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in it, a piece at a time."""
        try:
            with self._file.open(name) as file:
                while piece := file.read(1 << 20):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
                OSError, KeyError, struct.error, OverflowError):  # fmt: skip
            raise WrittenWrongly(f"{self.where}, {quoted(name)}", "this is damaged.", _WHOLE) from None


def _size(where: str, path: Path) -> int:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise WrittenWrongly(where, "this is not an ordinary file.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise WrittenWrongly(where, "there is no such file.") from None
    except (OSError, ValueError):
        raise WrittenWrongly(where, "this file cannot be read.") from None
    if found.st_size > LARGEST:
        raise WrittenWrongly(where, f"this is larger than {LARGEST >> 30} GiB, which no pack is.")
    return found.st_size


def _not_too_many(where: str, path: Path, size: int) -> None:
    """Refuses a file with far too many others in it before any of their names is read. The list of them ends
    the file: behind it a pack has nothing."""
    with path.open("rb") as file:
        file.seek(max(0, size - _END_LENGTH))
        last = file.read(_END_LENGTH)
    if len(last) < _END_LENGTH or not last.startswith(_END):
        raise WrittenWrongly(where, "this is no pack, or only the beginning of one.", _WHOLE)
    count, names = struct.unpack_from("<HL", last, 10)
    if count > MOST_FILES or names > MOST_NAMES:
        raise WrittenWrongly(where, "there are far more files in it than in a pack.")
