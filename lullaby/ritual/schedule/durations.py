"""Lengths of time as people write them: 30min, 8h, 8:00:00."""

from __future__ import annotations

import re

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted
from lullaby.time import clock_seconds

_UNITS = {
    "s": 1,
    "sec": 1,
    "min": 60,
    "m": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86_400,
}
_UNITS |= {"minute": 60, "day": 86_400, "days": 86_400}


def seconds_of(option: str, text: str, least: int, most: int) -> int:
    """Whole seconds, within bounds; an AskedWrongly says how they are written."""
    match = re.fullmatch(r"(\d{1,6})\s*([a-z]+)", text.strip().lower())
    found = -1
    if match is not None and match[2] in _UNITS:
        found = int(match[1]) * _UNITS[match[2]]
    elif ":" in text:
        try:
            found = round(clock_seconds(text))
        except ValueError:
            found = -1
    if found < 0:
        raise AskedWrongly(f"{option} {quoted(text)} is no length of time like 30min, 8h or 08:00:00.")
    if not least <= found <= most:
        raise AskedWrongly(f"{option} goes from {in_words(least)} to {in_words(most)}.")
    return found


def in_words(seconds: int) -> str:
    """ "30 min", "8 h", "2 days"."""
    for unit, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0 and (unit != "days" or seconds >= 2 * size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
