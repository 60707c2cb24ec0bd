"""A time as it is typed: 00:10:00, 10:00 or a number of seconds; and `--from` and `--to`."""

from __future__ import annotations

import argparse
from typing import overload

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted
from lullaby.time import RATE, Span, clock, frames

AFTER = 4 * RATE
"""Frames after a cut that are looked at ahead of it."""


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


def add_cut(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", metavar="T", help="from 00:10:00, or so many seconds, on")
    parser.add_argument("--to", dest="stop", metavar="T", help="up to here")


def heard_until(asked: argparse.Namespace) -> int | None:
    """The frame at which --to stops, and what follows within a few seconds: nothing after it is heard. None
    where nothing was said."""
    stop = moment("--to", asked.stop)
    return None if stop is None else stop + AFTER


def cut(asked: argparse.Namespace, length: int) -> Span:
    """The frames between --from and --to of a night of this length."""
    start, stop = moment("--from", asked.start), moment("--to", asked.stop)
    if stop is not None and (start or 0) >= stop:
        raise AskedWrongly(f"--from {asked.start or 0} is not before --to {asked.stop}.")
    first = start or 0
    if first >= length:
        raise AskedWrongly(f"--from {asked.start} is outside the night: it lasts until {clock(length)}.")
    return Span(first, length if stop is None else stop)
