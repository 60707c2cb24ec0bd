"""One value of a file that a person wrote, changed in its place: every comment and blank line stays.

Whatever comes out is read again before it is believed: where the lines cannot be told apart (a list over
many lines that looks like a table's head, say), there is no answer, and the whole file is written anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from lullaby.score import quoting

_MOST = 200
"""Lines that one value may take."""


def rewritten(text: str, table: Sequence[str], key: str, value: str) -> str | None:
    """The text with `key = value` in this table ([] is the top); None where that cannot be done safely."""
    lines = text.replace("\r\n", "\n").split("\n")
    row = f"{quoting.key(key)} = {value}"
    start, stop = _section(lines, table)
    if start is None:
        tail = [] if not lines[-1].strip() else [""]
        body = lines[:-1] if tail else lines
        gap = [""] if body and body[-1].strip() else []
        lines = [*body, *gap, f"[{'.'.join(map(quoting.key, table))}]", row, ""]
    elif (found := _row(lines, start, stop, key)) is not None:
        first, last, comment = found
        lines[first:last] = [row + comment]
    else:
        at = _end(lines, start, stop)
        lines.insert(at, row)
        if not table and start <= at < len(lines) - 1 and lines[at + 1].lstrip().startswith("["):
            lines.insert(at + 1, "")
    changed = "\n".join(lines)
    return changed if _is_only(text, changed, table, key, row) else None


def _section(lines: list[str], table: Sequence[str]) -> tuple[int | None, int]:
    """The lines of this table, without its head: [start, stop)."""
    start = None if table else 0
    for number, line in enumerate(lines):
        head = _head(line)
        if head is None:
            continue
        if start is not None:
            return start, number
        if head == list(table):
            start = number + 1
    return start, len(lines)


def _head(line: str) -> list[str] | None:
    """The names in [a."b c"], or None where this line is no table's head."""
    if not line.lstrip().startswith("["):
        return None
    inside: Any = _read(line)
    if inside is None:
        return None
    names = []
    while isinstance(inside, dict) and inside:
        (name, inside), *_ = inside.items()
        names.append(name)
    return names


def _row(lines: list[str], start: int, stop: int, key: str) -> tuple[int, int, str] | None:
    """Where this key stands, and the comment behind it: its first line, the line after its last."""
    for first in range(start, stop):
        if lines[first].lstrip().startswith(("#", "[")) or "=" not in lines[first]:
            continue
        for last in range(first + 1, min(stop, first + _MOST) + 1):
            found = _read("\n".join(lines[first:last]))
            if found is not None:
                if list(found) == [key]:
                    return first, last, _comment(lines[first:last])
                break
    return None


def _comment(lines: list[str]) -> str:
    """What stands behind the value, blanks and all."""
    before, end = lines[:-1], lines[-1]
    for at, c in enumerate(end):
        if c == "#" and _read("\n".join([*before, end[:at]])) is not None:
            return end[len(end[:at].rstrip()) :]
    return ""


def _end(lines: list[str], start: int, stop: int) -> int:
    """Behind the last line of the section that says something; at the top, before any table's comment."""
    said = [n for n in range(start, stop) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    if said:
        return said[-1] + 1
    # only comments: those that open the file stay before what is written into it
    at = start
    while at < stop and lines[at].lstrip().startswith("#"):
        at += 1
    return at


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_only(before: str, after: str, table: Sequence[str], key: str, row: str) -> bool:
    """Does it say the same but for this one value?"""
    was, now, value = _read(before), _read(after), _read(row)
    if was is None or now is None or value is None:
        return False
    here: Any = was
    for name in table:
        if not isinstance(here, dict):
            return False
        here = here.setdefault(name, {})
    if not isinstance(here, dict):
        return False
    here[key] = value[key]
    wanted: Mapping[str, Any] = was
    return wanted == now
