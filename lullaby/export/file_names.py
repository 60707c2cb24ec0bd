"""Names for files that any file system can hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable

from lullaby.time import RATE

_MOST_BYTES = 200
"""File systems hold 255; an unfinished file's name is a little longer than the file's own."""
_HELD_BYTES = 255
"""Bytes of a name that file systems hold."""
_MOST_OF_A_NAME = 80
"""Bytes of a listener's or another file's name within one: of the title something is to be seen, too."""
_FOR_A_LISTENER = re.compile(r"(^| )\d{4}-\d\d-\d\d for \S", re.ASCII)
_FORBIDDEN = '/\\:*?"<>|'
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that Windows takes for a device, whatever ending they are given."""


def night_name(
    title: str,
    date: str,
    *,
    listener: str = "",
    start: int | None = None,
    stop: int | None = None,
    others: Iterable[str] = (),
) -> str:
    """The name, without an ending, of the file that a night is kept as where nobody gave it one.

    Two that sound different are called differently: it says whom the night was made for, the cut (in frames;
    None where none was asked for) and whatever `others` make it another: "headphones", "seed 5", "podcast".

        Harbour in the Rain 2026-11-26 for kim 00.10.00-00.12.00 headphones
    """
    words = [date]
    if listener:
        words.append(f"for {_shortened(_allowed(listener), _MOST_OF_A_NAME)}")
    if start is not None and stop is not None:
        words.append(f"{_clock(start)}-{_clock(stop)}")
    elif start is not None:
        words.append(f"from {_clock(start)}")
    elif stop is not None:
        words.append(f"to {_clock(stop)}")
    words += [_shortened(_allowed(other), _MOST_OF_A_NAME) for other in others]
    return file_name(title, " ".join(words))


def names_a_listener(name: str) -> bool:
    """Does a name as above say whom its night was made for?"""
    return bool(_FOR_A_LISTENER.search(name))


def file_name(title: str, last: str = "") -> str:
    """The title as a name, and behind it what must not be cut off: a date, say."""
    words = _shortened(_allowed(title).lstrip("."), _MOST_BYTES - len(last.encode()) - 1)
    name = f"{words or 'night'} {last}".rstrip(". ")
    return f"_{name}" if name.partition(".")[0].lower() in _DEVICES else name


def name_around(before: str, name: str, after: str) -> str:
    """A name that belongs to another: `.NAME.part`. Where it is too long for a file system, a hash of all of
    NAME stands for its end."""
    whole = f"{before}{name}{after}"
    if len(os.fsencode(whole)) <= _HELD_BYTES:
        return whole
    known = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    room = _HELD_BYTES - len(os.fsencode(f"{before}-{known}{after}"))
    return f"{before}{os.fsencode(name)[:room].decode(errors='ignore')}-{known}{after}"


def _allowed(text: str) -> str:
    """The text with blanks for what some file system does not allow."""
    return " ".join("".join(c if c.isprintable() and c not in _FORBIDDEN else " " for c in text).split())


def _shortened(text: str, most: int) -> str:
    """The longest beginning of it that so many bytes hold, no letter cut in two."""
    while text and len(text.encode(errors="replace")) > most:
        text = text[:-1].rstrip()
    return text


def _clock(frame: int) -> str:
    """ "00.10.00", and a fraction where there is one, so that no two cuts share a name."""
    second, rest = divmod(frame, RATE)
    fraction = f"{rest / RATE:.6f}".lstrip("0").rstrip("0").rstrip(".")
    return f"{second // 3600:02d}.{second // 60 % 60:02d}.{second % 60:02d}{fraction}"
