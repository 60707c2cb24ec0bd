"""Frames, spans and clocks: the only units in which lullaby counts time.

A frame is one stereo sample at 48 kHz. Inside the program time is a whole number of frames since
lights-out; seconds and "00:10:00" exist only at the edges, where people and files are.
"""

from __future__ import annotations

import datetime as _datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

RATE = 48_000
"""Frames a second, everywhere."""

STEP = 64
"""Frames between two control points: gains and colours move 750 times a second."""

SLOW = 5 * STEP
"""Frames between two points of what moves slowly: 150 a second, joined by straight lines."""

BLOCK = 48_000
"""Frames a voice makes at a time: a second, small enough to stay in a core's own cache."""

PAGE = 60 * RATE
"""A fixed minute: the unit of rendering, caching, resuming, encoding and sharing out."""

LONGEST = 24 * 3600 * RATE
"""The most frames of a night, a day: up to here a frame number fits 32 bits, and so does its chance."""

_CLOCK = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)\Z")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Whole frames [start, stop) since lights-out. Half-open, always."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not (isinstance(self.start, int) and isinstance(self.stop, int)):
            raise TypeError("a span is made of whole frames; use lullaby.span for clock times")
        if self.start < 0 or self.stop < self.start:
            raise ValueError(f"a span runs forward from lights-out, not from {self.start} to {self.stop}")

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def seconds(self) -> float:
        return len(self) / RATE

    def __and__(self, other: Span) -> Span:
        """The frames both have; an empty span where they share none."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.stop, other.stop)))

    def blocks(self, size: int = BLOCK) -> Iterator[Span]:
        """The span in pieces of `size` frames, the last one as long as what is left."""
        for start in range(self.start, self.stop, size):
            yield Span(start, min(start + size, self.stop))

    def pages(self) -> Iterator[int]:
        """Numbers of the pages this span touches."""
        return iter(range(self.start // PAGE, -(-self.stop // PAGE)) if len(self) else range(0))


def page_span(number: int) -> Span:
    return Span(number * PAGE, (number + 1) * PAGE)


def frames(when: str | float) -> int:
    """Frames of "01:30:00", "02:30" or a number of seconds."""
    if isinstance(when, str):
        return round(clock_seconds(when) * RATE)
    return round(when * RATE)


def clock_seconds(text: str) -> float:
    """Seconds of "HH:MM:SS" or "MM:SS"; a ValueError says what a clock time looks like."""
    match = _CLOCK.match(text.strip())
    if match is None:
        raise ValueError(f'"{text}" is not a time like 00:10:00 or 10:00')
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


def clock(frame: int) -> str:
    """The frame as "HH:MM:SS", cut to the second."""
    whole = frame // RATE
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def span(start: str | float, stop: str | float) -> Span:
    """A span from clock times or seconds: `span("00:10:00", "00:12:00")`."""
    return Span(frames(start), frames(stop))


class Clock(Protocol):
    """The wall clock, handed in. Only cli, ritual and player ever ask it."""

    def now(self) -> _datetime.datetime: ...


class WallClock:
    """The clock on this machine's wall, with its time zone."""

    def now(self) -> _datetime.datetime:
        return _datetime.datetime.now().astimezone()
