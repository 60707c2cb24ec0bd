"""Names that any system can hold."""

from __future__ import annotations

_MOST_BYTES = 200
"""File systems hold 255; an unfinished file's name is a little longer than the file's own."""


def file_name(title: str, last: str = "") -> str:
    """The title as a name, and behind it what must not be cut off: a date, say."""
    shown = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else " " for c in title)
    words = " ".join(shown.split()).lstrip(".")
    while len(words.encode(errors="replace")) > _MOST_BYTES - len(last.encode()) - 1:
        words = words[:-1].rstrip()
    return f"{words or 'night'} {last}".rstrip()
