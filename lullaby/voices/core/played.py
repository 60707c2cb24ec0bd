"""A note that an instrument is given to play, at its place in the night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lullaby.time import RATE

REACH = 101 * RATE
"""Frames that a note may be heard for after its release, whatever plays it: a bowl that rings for a minute is
100 dB down after 100 seconds."""

Row: TypeAlias = tuple[int, int, float, float, float]
"""A note as plain data."""


@dataclass(frozen=True, slots=True)
class Played:
    """One note that an instrument is given to play."""

    start: int
    """The frame since lights-out at which it is struck, or begins to sound."""
    frames: int
    """Until it is released; what is plucked or struck rings on by itself, damped from there."""
    hz: float
    velocity: float
    """How hard: 0 to 1; .6 is usual."""
    swell: float = 0.0
    """Seconds: it rises at least so slowly. For somebody asleep nothing has an attack: 2 s or more."""

    @property
    def stop(self) -> int:
        return self.start + self.frames

    @property
    def row(self) -> Row:
        return self.start, self.frames, self.hz, self.velocity, self.swell
