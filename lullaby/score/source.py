"""A file a person wrote, from bytes to tables; whatever is wrong with it as a file is said here."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.checks import TIMES
from lullaby.score.plain_text import plain, short

LARGEST = 1 << 20
"""Bytes of the largest file that is read: a thousand times a long score."""

_DEEPEST = 32
"""Parts in a dotted key. Python's reader slows with their square, and nobody writes eight."""

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_TIME_LIKE = re.compile(r"\d{1,2}:\d{1,2}(?::\d{1,2})?(?:\.\d+)?")
_DOTTED = re.compile(r"""(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)""" + f"{{{_DEEPEST}}}")


@dataclass(frozen=True)
class Source:
    """A file's text and its tables."""

    where: str
    """The path as it was given, made safe to show."""
    path: Path
    text: str
    values: Mapping[str, object]

    @property
    def description(self) -> str:
        """The comment that opens the file, without the file's own name; a bare "#" ends it."""
        lines: list[str] = []
        for line in self.text.splitlines():
            if not line.startswith("#") or not (words := line.lstrip("#").strip()):
                break
            lines.append(words)
        return re.sub(rf"^\S*{re.escape(self.path.name)}\s*[—–:-]+\s*", "", " ".join(lines))


def read_source(path: str | os.PathLike[str]) -> Source:
    """The file at this path, as tables; a WrittenWrongly says why it could not be."""
    where = plain(os.fspath(path))
    return source_of(text_at(where, Path(path)), path)


def source_of(text: str, path: str | os.PathLike[str]) -> Source:
    """The source for a text that stands, or will stand, at this path."""
    where = plain(os.fspath(path))
    text = text.replace("\r\n", "\n")
    if any(_DOTTED.match(line.lstrip(" \t[{")) for line in text.split("\n")):
        raise WrittenWrongly(where, "tables stand too deep inside each other.")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _located(where, text, str(error)) from None
    except RecursionError:
        raise WrittenWrongly(where, "lists or tables stand too deep inside each other.") from None
    except ValueError:  # an integer of thousands of digits, a date that is not in the calendar
        raise WrittenWrongly(where, "there is a number or a date in it that nothing can hold.") from None
    return Source(where, Path(path), text, values)


def text_at(where: str, path: Path) -> str:
    """The text of this file; a WrittenWrongly says why it could not be read."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise WrittenWrongly(where, "this is a folder, not a file.")
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting for ever
            raise WrittenWrongly(where, "this is not an ordinary file.")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise WrittenWrongly(where, "there is no such file.") from None
    except PermissionError:
        raise WrittenWrongly(where, "this file may not be read by you.") from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise WrittenWrongly(where, f"this cannot be read ({plain(said.lower())}).") from None
    if len(content) > LARGEST:
        raise WrittenWrongly(where, "this is larger than 1 MiB, which nobody wrote by hand.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrittenWrongly(f"{where}, line {line}", "this is not UTF-8 text.") from None


def _located(where: str, text: str, said: str) -> WrittenWrongly:
    """The reader's complaint with its line, in our words where ours are clearer."""
    said = said.replace("\n", "\\n")
    place = _PLACE.search(said)
    if place is None:
        return WrittenWrongly(where, f"the file ends too early ({_reworded(said)}).")
    number, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    spot = f"{where}, line {number}"
    for found in _TIME_LIKE.finditer(line):
        if found.start() <= column and column - 2 <= found.end():
            hint = 'The whole day is a text: "24:00:00".' if found[0].startswith("24") else TIMES
            return WrittenWrongly(spot, f"{found[0]} is not a time.", hint)
    return WrittenWrongly(spot, f"{_reworded(said[: place.start()])}.", short(plain(line.strip()), 72))


def _reworded(said: str) -> str:
    said = plain(said.strip()).removesuffix(" (at end of document)")
    if said.startswith(("Cannot", "Duplicate")):  # … declare, overwrite, redefine, mutate
        return "this is written a second time"
    return said[:1].lower() + said[1:]
