"""Values as they stand in a score: numbers, times and texts that cannot break out of their place.

Titles and names may come from strangers' files. A text stays one line, holds nothing that a terminal or a
reader of TOML would obey, and is escaped; a comment stays a comment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lullaby.score.settings import SILENT, Value
from lullaby.time import LONGEST, RATE

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BREAKS = ("Cc", "Zl", "Zp")
_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def one_line(text: str, longest: int = 200) -> str:
    """The text on one line, without marks that break or turn lines; half a letter is a lost one."""
    line = " ".join("".join(map(_kept, text[: 4 * longest])).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _kept(c: str) -> str:
    category = unicodedata.category(c)
    if category in _BREAKS or unicodedata.bidirectional(c) in _TURNS:
        return " "
    return "\ufffd" if category == "Cs" else c


def text(value: str) -> str:
    """A text in quotes."""
    escaped = one_line(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def key(name: str) -> str:
    """A name to the left of an equals sign, or in a table's head."""
    return name if _BARE.fullmatch(name) else text(name)


def comment(value: str) -> str:
    """A comment, hash and all; nothing where there is nothing to say."""
    line = one_line(value)
    return f"# {line}" if line else ""


def time(frames: int) -> str:
    """00:10:00; with a fraction where it is no whole second. A whole day is a text: TOML has no 24:00."""
    micro = round(frames * 1_000_000 / RATE)
    seconds, micro = divmod(micro, 1_000_000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if frames >= LONGEST:
        return f'"{clock}"'
    return clock + (f".{micro:06d}".rstrip("0") if micro else "")


def value(given: Value) -> str:
    """A setting's value, such that reading it gives the very same."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return text(given)
    if isinstance(given, tuple):
        return f"[{', '.join(value(entry) for entry in given)}]"
    if given == SILENT:
        return '"silent"'
    if given == int(given) and abs(given) < 1e15:
        return f"{int(given):_}"
    return repr(float(given))


def table(written: Mapping[str, str]) -> str:
    """{ level = -6, rate = 7 }, of values that are written already."""
    inside = ", ".join(f"{key(name)} = {value}" for name, value in written.items())
    return f"{{ {inside} }}" if inside else "{}"
