"""Opening a file that somebody brings: it is checked before it is read, and its size is limited."""

from __future__ import annotations

import csv
import datetime
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain, quoted, shown

HEAD = 1 << 16
"""Bytes that say what a file is."""

LARGEST_TEXT = 32 << 20
"""Bytes of a table or of JSON: some twenty years of a watch."""

LARGEST = 16 << 30
"""Bytes of what is read in passing: XML, and the signals beside an EDF's annotations."""

YEARS = range(1970, 2101)
"""The years a night may be of: nobody was scored before, and clocks that were never set say so."""

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)? ?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    where: str
    """The path as it was given, made safe to show."""
    path: Path
    size: int
    head: bytes

    def chunks(self, size: int = HEAD) -> Iterator[bytes]:
        """All of it, in passing."""
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(size):
                    yield chunk
        except OSError as error:
            raise _unreadable(self.where, error) from None

    def text(self) -> str:
        """All of it as text; a WrittenWrongly where it is none, or far too much."""
        if self.size > LARGEST_TEXT:
            raise WrittenWrongly(self.where, f"this is larger than {LARGEST_TEXT >> 20} MiB of text.")
        content = b"".join(self.chunks())
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise WrittenWrongly(self.where, "this is UTF-16 text.", "Save it as UTF-8.")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise WrittenWrongly(f"{self.where}, line {line}", "this is not UTF-8 text.") from None
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise WrittenWrongly(f"{self.where}, line {line}", "there are zero bytes in it: this is no text.")
        return text


def opened(path: Path) -> Opened:
    """The file at this path, its first bytes read."""
    where = plain(str(path))
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise WrittenWrongly(where, "this is a folder, not a file.")
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting for ever
            raise WrittenWrongly(where, "this is not an ordinary file.")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as error:
        raise _unreadable(where, error) from None
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise WrittenWrongly(where, "this file is empty.")
    if found.st_size > LARGEST:
        raise WrittenWrongly(where, f"this is larger than {LARGEST >> 30} GiB, which no night is.")
    return Opened(where, path, found.st_size, head)


def broken_table(place: str) -> WrittenWrongly:
    """The error for a cell that Python's reader of tables refuses: one that goes on for too long."""
    what = f"a cell here has more than {csv.field_size_limit()} letters, which no table of sleep has"
    return WrittenWrongly(place, f"{what}.", "Is a quotation mark left open?")


def _unreadable(where: str, error: OSError | ValueError) -> WrittenWrongly:
    if isinstance(error, FileNotFoundError):
        return WrittenWrongly(where, "there is no such file.")
    if isinstance(error, PermissionError):
        return WrittenWrongly(where, "this file may not be read by you.")
    said = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
    return WrittenWrongly(where, f"this cannot be read ({plain(said.lower())}).")


def instant(text: object, place: str) -> datetime.datetime:
    """A date and a time of day, with its zone where one is given."""
    if isinstance(text, str) and _INSTANT.fullmatch(text.strip()):
        day, _, time = text.strip().replace("T", " ").partition(" ")
        try:
            found = datetime.datetime.fromisoformat(f"{day}T{time.replace(' ', '')}")
        except ValueError:
            found = None
        if found is not None and found.year in YEARS:
            return found
    shown_text = quoted(text) if isinstance(text, str) else "nothing" if text is None else shown(text)
    raise WrittenWrongly(
        place, f"{shown_text} is not a date and time.", "It is written 2026-11-30T22:15:00+01:00."
    )


def is_instant(text: str) -> bool:
    return bool(_INSTANT.fullmatch(text.strip()))


def number(text: str, place: str) -> float:
    """Seconds, or a count, as files write them."""
    if not _NUMBER.fullmatch(text.strip()):
        raise WrittenWrongly(place, f"{quoted(text)} is not a number of seconds.")
    return float(text.strip())


def between(first: datetime.datetime, then: datetime.datetime, place: str) -> float:
    """Seconds from one instant to another; both know their zone, or neither does."""
    if (first.tzinfo is None) != (then.tzinfo is None):
        raise WrittenWrongly(place, "some times here have a zone and others none.")
    return (then - first).total_seconds()
