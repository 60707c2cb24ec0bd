"""A file a person wrote, from bytes to tables; whatever is wrong with it as a file is said here."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.checks import TIMES
from lullaby.score.plain_text import plain, quoted, short

LARGEST = 1 << 20
"""Bytes of the largest file that is read: a thousand times a long score."""

_DEEPEST = 32
"""Parts in a dotted key. Python's reader slows with their square, and nobody writes eight."""

_MOST_TIMES = 20
"""Times that are none: from there on the first are told, and no more of the file."""

_STANDS_IN = "0.0e-321"
"""Written for a time that is none; no number in a score is so small."""

_MOST_LINES = 200
"""Lines among which an open quote is looked for: each is read again with all before it."""

_MOST_HOURS = 'No night is longer than 24 hours, and that whole day is a text: "24:00:00".'
_UNCLOSED = ("Illegal character '\\n'", "Unterminated string", 'Expected "\'"')
_KEY = re.compile(r"""\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=|\s*(\[+[^\]]*\]+)""")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_TIME_LIKE = re.compile(r"\d{1,2}:\d{1,2}(?::\d{1,2})?(?:\.\d+)?")
_DOTTED = re.compile(r"""(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)""" + f"{{{_DEEPEST}}}")


class Unreadable(float):
    """Stands for a value that could not be read, which has been noted."""


@dataclass(frozen=True)
class Source:
    """A file's text and its tables."""

    where: str
    """The path as it was given, made safe to show."""
    path: Path
    text: str
    values: Mapping[str, object]
    mistakes: tuple[WrittenWrongly, ...] = ()
    """Of single values: the rest of the file could be read."""

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
    dotted = (line for line in text.split("\n") if line.count(".") >= _DEEPEST)
    if any(_DOTTED.match(line.lstrip(" \t[{")) for line in dotted):
        raise WrittenWrongly(where, "tables stand too deep inside each other.")
    mistakes: list[WrittenWrongly] = []
    try:
        values = _values(where, text, mistakes)
    except tomllib.TOMLDecodeError as error:  # unless that is only because of a time before it
        raise mistakes[0] if mistakes else _located(where, text, str(error)) from None
    except RecursionError:
        raise WrittenWrongly(where, "lists or tables stand too deep inside each other.") from None
    except ValueError:  # an integer of thousands of digits, a date that is not in the calendar
        raise WrittenWrongly(where, "there is a number or a date in it that nothing can hold.") from None
    return Source(where, Path(path), text, values, tuple(mistakes))


def _values(where: str, text: str, mistakes: list[WrittenWrongly]) -> Mapping[str, object]:
    """The tables of this text. Times that are none are noted, and something unreadable stands in for them, so
    that the rest is read."""
    while True:
        try:
            return deepcopy(_tables(text))
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            found = None if place is None else _time_at(text, int(place[1]), int(place[2]))
            if place is None or found is None or len(mistakes) >= _MOST_TIMES or _is_twice(str(error)):
                raise
            lines = text.split("\n")
            line = lines[int(place[1]) - 1]
            start = found.start()
            start -= line[:start].endswith(("-", "+"))  # or a sign stays, and another number stands in
            mistakes.append(_no_time(f"{where}, line {place[1]}", line[start : found.end()]))
            lines[int(place[1]) - 1] = line[:start] + _STANDS_IN + line[found.end() :]
            text = "\n".join(lines)


@lru_cache(maxsize=256)
def _tables(text: str) -> dict[str, object]:
    """The tables of a text, which shipped voices are read for again and again; they are not to be changed."""
    return tomllib.loads(text, parse_float=_float)


def _float(text: str) -> float:
    return Unreadable() if text == _STANDS_IN else float(text)


def _time_at(text: str, number: int, column: int) -> re.Match[str] | None:
    """What looks like a time in this line and column, where the reader stopped."""
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    times = _TIME_LIKE.finditer(line)
    return next((time for time in times if time.start() <= column and column - 2 <= time.end()), None)


def _no_time(where: str, time: str) -> WrittenWrongly:
    hint = _MOST_HOURS if abs(int(time.partition(":")[0])) >= 24 else TIMES
    return WrittenWrongly(where, f"{time} is not a time.", hint)


def bytes_at(where: str, path: Path, most: int) -> bytes:
    """What is in this file, and one byte more where it has more than `most`; a WrittenWrongly says why it
    could not be read."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise WrittenWrongly(where, "this is a folder, not a file.")
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting for ever
            raise WrittenWrongly(where, "this is not an ordinary file.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise WrittenWrongly(where, "there is no such file.") from None
    except PermissionError:
        raise WrittenWrongly(where, "this file may not be read by you.") from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise WrittenWrongly(where, f"this cannot be read ({plain(said.lower())}).") from None


def text_at(where: str, path: Path) -> str:
    """The text of this file; a WrittenWrongly says why it could not be read."""
    content = bytes_at(where, path, LARGEST)
    if len(content) > LARGEST:
        raise WrittenWrongly(where, "this is larger than 1 MiB, which nobody wrote by hand.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrittenWrongly(
            f"{where}, line {line}", "this is not UTF-8 text.", "Save it as UTF-8."
        ) from None


def _located(where: str, text: str, said: str) -> WrittenWrongly:
    """The reader's complaint with its line, in our words where ours are clearer."""
    said = said.replace("\n", "\\n")
    place = _PLACE.search(said)
    if place is None:
        if said.startswith(_UNCLOSED):
            return _unclosed(where, text)
        return WrittenWrongly(where, f"the file ends too early ({_reworded(said)}).")
    number, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    spot, shown = f"{where}, line {number}", short(plain(line.strip()), 72)
    if _is_twice(said):
        key = _KEY.match(line)
        name = quoted(key[1] or key[2]) if key else "this"
        return WrittenWrongly(spot, f"{name} is written a second time.", shown)
    if found := _time_at(text, number, column):
        return _no_time(spot, found[0])
    return WrittenWrongly(spot, f"{_reworded(said[: place.start()])}.", shown)


def _unclosed(where: str, text: str) -> WrittenWrongly:
    """A quote is open where the file ends; the line that opens it is the first that cannot be read up to its
    own end."""
    lines = text.split("\n")
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        try:
            tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError as error:
            if str(error).startswith(_UNCLOSED):
                return WrittenWrongly(
                    f"{where}, line {number}", f"{_reworded(str(error))}.", short(plain(line.strip()), 72)
                )
    return WrittenWrongly(where, "a quote that is opened is not closed.")


def _is_twice(said: str) -> bool:
    """Does the reader complain of what is there already?"""
    return said.startswith(("Cannot", "Duplicate"))  # … declare, overwrite, redefine, mutate


def _reworded(said: str) -> str:
    said = plain(said.strip()).removesuffix(" (at end of document)")
    if said.startswith(_UNCLOSED):
        return "a quote that is opened is not closed"
    return said[:1].lower() + said[1:]
