"""Which bytes of a file a request is for, and whether it wants them at all (RFC 9110, sections 13 and 14).

    Range: bytes=480-959    the second packet          206
    Range: bytes=480-       all from there on          206
    Range: bytes=-480       the last packet            206
    Range: bytes=9999999-   nothing: it is not there   416

What cannot be understood counts as not said, as the RFC has it: the whole file is sent then, with 200.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ONE = re.compile(r"([0-9]{0,19})[ \t]*-[ \t]*([0-9]{0,19})")
_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True)
class Answer:
    """What is sent: a status, and the bytes from `start` to before `stop`."""

    status: int
    start: int = 0
    stop: int = 0

    def content_range(self, length: int) -> str | None:
        """The header that says which part this is; None where it is no part."""
        if self.status == 416:
            return f"bytes */{length}"
        return f"bytes {self.start}-{self.stop - 1}/{length}" if self.status == 206 else None


def answer_to(method: str, headers: Mapping[str, str], length: int, tag: str) -> Answer:
    """The answer to a GET or HEAD with these headers (their names in small letters), for a file of so many
    bytes and this strong entity tag, quotes and all."""
    if (expected := headers.get("if-match")) is not None and not _matches(expected, tag, weakly=False):
        return Answer(412)
    if (known := headers.get("if-none-match")) is not None and _matches(known, tag, weakly=True):
        return Answer(304)
    whole = Answer(200, 0, length)
    asked = headers.get("range")
    if method != "GET" or asked is None:
        return whole
    if (unless := headers.get("if-range")) is not None and unless.strip() != tag:
        return whole  # another file, or a date: this one has none
    return _part(asked, length) or whole


def _part(asked: str, length: int) -> Answer | None:
    """The part that is asked for; None where that cannot be understood, or is more than one part: a player
    that wants several asks again."""
    unit, equals, ranges = asked.partition("=")
    parts = [part for part in (part.strip() for part in ranges.split(",")) if part]
    if unit.strip().lower() != "bytes" or not equals or len(parts) != 1:
        return None
    found = _ONE.fullmatch(parts[0])
    if found is None or found[0].strip() == "-":
        return None
    first, last = found[1], found[2]
    if not first:  # so many bytes of the end
        count = min(int(last), length)
        return Answer(206, length - count, length) if count else Answer(416)
    if last and int(last) < int(first):
        return None
    if int(first) >= length:
        return Answer(416)
    return Answer(206, int(first), min(int(last) + 1 if last else length, length))


def _matches(listed: str, tag: str, *, weakly: bool) -> bool:
    """Is this tag in the list? Weakly, a tag and its weak form are one; strongly, a weak one is none."""
    if listed.strip() == "*":
        return True
    for found in _TAG.finditer(listed):
        weak = found[1] is not None
        if found[0].removeprefix("W/") == tag and (weakly or not weak):
            return True
    return False
