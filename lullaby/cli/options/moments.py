"""A time as it is typed: 00:10:00, 10:00 or a number of seconds."""

from __future__ import annotations

from typing import overload

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted
from lullaby.time import frames


@overload
def moment(option: str, text: str) -> int: ...
@overload
def moment(option: str, text: None) -> None: ...
def moment(option: str, text: str | None) -> int | None:
    """Frames since lights-out; None where the option was not given."""
    if text is None:
        return None
    try:
        frame = frames(text if ":" in text else float(text))
    except (ValueError, OverflowError):
        frame = -1
    if frame < 0:
        raise AskedWrongly(f"{option} {quoted(text)} is not a time like 00:10:00, 10:00 or 600 (seconds).")
    return frame
