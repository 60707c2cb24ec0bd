"""The clock's place in the night: is the sound where it should be by now?

Sound that was starved, or a machine that slept, is behind afterwards. How far is only certain once it moves
on as it should, and so that is when it is put right.
"""

from __future__ import annotations

import time

from lullaby.time import RATE

BEHIND = 0.5
"""Seconds that the sound may be behind the clock before it is put right."""
SLOW_TICK = 0.5
"""The share of a tick in which too little was heard for a device that plays."""


def boot_time() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where there is one, and is never set."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Place:
    """Compares what was heard with what should have been, look by look."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """What was heard so far does not count."""
        self._last: tuple[float, int] | None = None
        self._behind = 0.0

    def seconds_behind(self, now: float, frame: int, moves: bool) -> float:
        """Seconds that the sound is to be put right by now: 0 where it is right, or is late just now.
        `moves`: should it have moved at all?"""
        before, self._last = self._last, (now, frame)
        if before is None or not moves:
            self._behind = 0.0
            return 0.0
        seconds = now - before[0]
        missed = seconds - (frame - before[1]) / RATE
        if missed > SLOW_TICK * seconds:
            self._behind += missed
            return 0.0
        behind, self._behind = self._behind, 0.0
        return behind if behind > BEHIND else 0.0
