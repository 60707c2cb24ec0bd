"""Checks on values in files. A check returns the value, or says what is wrong with it.

Each check's complaint finishes a sentence that the cursor begins: `drops = 900` "is too high; …".
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from lullaby.errors import choices as listed
from lullaby.score.plain_text import called, extent, quoted, shown
from lullaby.time import RATE, clock, clock_seconds

T = TypeVar("T")

TIMES = 'A time is written 00:10:00 (hours, minutes, seconds), "10:00", or as a number of seconds.'

_LONGEST_NUMBER = 10**15
"""Past this no setting reaches, and a float no longer holds every whole number."""

_TURNING = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that break a line or turn it round; joiners, which names and pictures need, are not among them."""


class Unfit(Exception):
    """A value that is not what it should be, and perhaps what would be."""

    def __init__(self, what: str, hint: str = "") -> None:
        self.what, self.hint = what, hint
        super().__init__(what)


def number(value: object, low: float, high: float, unit: str = "") -> float:
    """A finite number in [low, high]; true and false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"is {called(value)}, not a number ({extent(low, high, unit)}).")
    if isinstance(value, float) and not math.isfinite(value):
        raise Unfit(f"is not a number that can be reached; it goes {_goes(low, high, unit)}.")
    if value > high or value > _LONGEST_NUMBER:
        raise Unfit(f"is too high; it goes {_goes(low, high, unit)}.")
    if value < low or value < -_LONGEST_NUMBER:
        raise Unfit(f"is too low; it goes {_goes(low, high, unit)}.")
    return float(value)


def _goes(low: float, high: float, unit: str) -> str:
    words = extent(low, high, unit)
    return words if words.startswith("from") else f"with {words}"


def whole(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        wrong = "not whole" if isinstance(value, float) else called(value)
        raise Unfit(f"is {wrong}; a whole number is needed.")
    if not low <= value <= high:
        raise Unfit(f"is too {'low' if value < low else 'high'}; it goes from {low} to {high}.")
    return value


def moment(value: object, low: int, high: int) -> int:
    """Frames of a time of day, a clock written as text, or a number of seconds."""
    seconds: float
    if isinstance(value, datetime.time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    elif isinstance(value, str):
        try:
            seconds = clock_seconds(value)
        except ValueError:
            raise Unfit("is not a time.", TIMES) from None
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"is {called(value)}, not a time.", TIMES)
    elif not abs(value) < _LONGEST_NUMBER:  # nan compares with nothing
        raise Unfit("is not a time.", TIMES)
    else:
        seconds = value
    frame = round(seconds * RATE)
    if not low <= frame <= high:
        wrong = "too little" if frame < low else "too much"
        raise Unfit(f"is {wrong}; it goes from {lasting(low)} to {lasting(high)}.")
    return frame


def lasting(frames: int) -> str:
    """A length of time for people: "0.5 s", "00:10:00"."""
    return clock(frames) if frames % RATE == 0 else f"{frames / RATE:g} s"


MOST_BYTES = 200
"""Bytes of a file's name without its ending: file systems hold 255 of all."""


def text(value: object, longest: int = 200) -> str:
    """One line of text, with nothing in it that a terminal would obey."""
    if not isinstance(value, str):
        raise Unfit(f"is {called(value)}, not a text in quotes.")
    if len(value) > longest:
        raise Unfit(f"is too long: at most {longest} characters.")
    # neither kind is printable, and nearly every text is: a story has tens of thousands of letters
    if not value.isprintable() and any(unicodedata.category(c) == "Cc" or c in _TURNING for c in value):
        raise Unfit("has a character in it that cannot be shown.")
    return value


def name(value: object, longest: int = 100) -> str:
    """A name that may become a file's: it stays in the folder where it is looked for."""
    found = text(value, longest)
    if not found or found != found.strip() or found.startswith("."):
        raise Unfit("is not a name.")
    if any(c in found for c in '/\\:*?"<>|') or ".." in found:
        raise Unfit("is not a name: a name has no folder in it.")
    return found


def file_name(value: object) -> str:
    """A name that becomes a file's on any system, an ending beside it."""
    found = name(value)
    try:
        length = len(found.encode())
    except UnicodeEncodeError:
        raise Unfit("has a character in it that cannot be shown.") from None
    if length > MOST_BYTES:
        raise Unfit("is too long for a name.")
    return found


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"is {called(value)}, not true or false.")
    return value


def choice(value: object, choices: Sequence[str]) -> str:
    if not isinstance(value, str):
        raise Unfit(f"is {called(value)}, not one of {', '.join(map(quoted, choices))}.")
    if value not in choices:
        raise Unfit("is not one of its words.", listed(value, choices, "It may be"))
    return value


def entries(value: object, check: Callable[[object], T]) -> tuple[T, ...]:
    """Each entry of a list, checked; a complaint names the entry."""
    if not isinstance(value, list):
        raise Unfit(f"is {called(value)}, not a list.")
    found: list[T] = []
    for entry in value:
        try:
            found.append(check(entry))
        except Unfit as unfit:
            raise Unfit(f": {shown(entry)} {unfit.what}", unfit.hint) from None
    return tuple(found)
