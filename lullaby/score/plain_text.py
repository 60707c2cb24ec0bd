"""Text that a person wrote, quoted in plain words, on one line and safe to show.

Names and values reach a terminal inside messages, so nothing in them may move its cursor, change its
colours or fill its screen.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

_SHORT = 48
"""Characters of a name or a value that a message repeats."""


def plain(text: str) -> str:
    """The text with everything that cannot be seen escaped: control, direction and line marks."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def short(text: str, most: int = _SHORT) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def quoted(text: str) -> str:
    return f'"{short(plain(text))}"'


def together(names: Sequence[str]) -> str:
    """ "rain, sea and bowl"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(count: int, noun: str) -> str:
    """ "one row", "3 rows"."""
    return f"one {noun}" if count == 1 else f"{count} {noun}s"


def called(value: object) -> str:
    """The sort of thing this is, as a person would say it."""
    if value is None:  # in JSON
        return "nothing"
    if isinstance(value, bool):
        return "a yes or no"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, datetime.time):
        return "a time"
    return "a date"


def figure(number: float) -> str:
    """A number as people write it: 900, not 900.0; "silent" where it is no level at all."""
    if number == float("-inf"):
        return "silent"
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.6g}"


def shown(value: object) -> str:
    """The value much as it was written, cut where it would be long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        # Python itself refuses to print an integer of some thousand digits.
        return str(value) if value.bit_length() <= 64 else "(a huge number)"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, list | tuple):
        inside = ", ".join(shown(v) for v in value[:4] if not isinstance(v, list | dict))
        whole = len(value) <= 4 and not any(isinstance(v, list | dict) for v in value)
        return f"[{inside}]" if whole else "[…]"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, datetime.time | datetime.date):
        return value.isoformat()
    return called(value)


def extent(low: float, high: float, unit: str = "") -> str:
    """ "from 0 to 400 per second", or only the end there is."""
    unit = f" {unit}" if unit else ""
    if high == float("inf"):
        return "any number" + unit if low == float("-inf") else f"{figure(low)}{unit} or more"
    if low == float("-inf"):
        return f"{figure(high)}{unit} or less"
    return f"from {figure(low)} to {figure(high)}{unit}"


def count_words(text: str) -> int:
    """Words with a letter or a number in them."""
    return sum(word[0].isalnum() or any(c.isalnum() for c in word) for word in text.split())
