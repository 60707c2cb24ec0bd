"""A diagnosis of an EDF's header in words, for a file that edfio could not read.

A header is text in fields of fixed width: 256 bytes for the recording, then 256 for each signal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lullaby.score.plain_text import quoted

BLOCK = 256

_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_SOME = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)

_OF_ALL = (
    (184, 192, "how many bytes it has", _WHOLE),
    (236, 244, "how many records follow", _WHOLE),
    (244, 252, "how many seconds a record lasts", _NUMBER),
    (252, 256, "how many signals there are", _WHOLE),
)
"""Where in the header, where it ends, what stands there, and what that looks like."""

_OF_EACH = (
    (104, 8, "its lowest value", _NUMBER),
    (112, 8, "its highest value", _NUMBER),
    (120, 8, "its lowest sample", _WHOLE),
    (128, 8, "its highest sample", _WHOLE),
    (216, 8, "how many samples a record has of it", _SOME),
)
"""Bytes of every signal before this field, bytes of the field itself, and the same."""


def fault(header: bytes) -> str:
    """The first fault in it, as a sentence without its end; `header` is as long as the file allows."""
    for start, stop, what, form in _OF_ALL:
        if wrong := _wrong(header[start:stop], form):
            return f"its header does not say {what}, but {wrong}"
    signals = int(header[252:256])
    if len(header) < BLOCK * (1 + signals):
        return "it ends inside its header"
    if int(header[184:192]) != BLOCK * (1 + signals):
        return f"its header is not as long as one of {signals} signals is"
    return next(_faults_of_signals(header, signals), "what it holds is not what its header says")


def _faults_of_signals(header: bytes, signals: int) -> Iterator[str]:
    for before, width, what, form in _OF_EACH:
        for k in range(signals):
            start = BLOCK + before * signals + width * k
            if wrong := _wrong(header[start : start + width], form):
                yield f"its header does not say of signal {k + 1} {what}, but {wrong}"


def _wrong(field: bytes, form: re.Pattern[str]) -> str:
    """The text of a field where a number should stand; an empty text where it is one."""
    text = field.decode("ascii", "replace").strip()
    return "" if form.fullmatch(text) else quoted(text) if text else "nothing"
