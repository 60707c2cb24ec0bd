"""The clock's place in the night: is the sound where it should be by now?

Sound that was starved, that had no device, or that slept with its machine, is behind afterwards. It is put
right once it moves on as it should, by all that it has missed until then. A sound card's own clock, which is
never quite the machine's, is no reason to.
"""

from __future__ import annotations

import time

from lullaby.time import RATE

BEHIND, MOST_BEHIND = 0.5, 60.0
"""Seconds that the sound may be behind the clock before it is put right: at first, and where that did not
help. A skip is heard, and a slow machine falls behind anew while it makes what comes after it."""
SLOW_TICK = 0.5
"""The share of a tick in which too little was heard for a device that plays."""
DRIFT = 3e-4
"""What a sound card's clock may differ by from the machine's."""


def boot_time() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where there is one, and is never set."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Place:
    """Where a night should be. Times are the player's clock's, in seconds."""

    def __init__(self) -> None:
        self._allowed = BEHIND
        self.begin_anew()

    def begin_anew(self) -> None:
        """The place is wherever the sound is when it is looked at next."""
        self._starts: float | None = None
        """When the night would have begun."""
        self.skips()

    def skips(self) -> None:
        """The sound is on its way to another frame: how far it has come does not count."""
        self._last: tuple[float, int] | None = None

    def missed(self, now: float, frame: int) -> float:
        """Seconds by which a sound at this frame is behind the clock."""
        return 0.0 if self._starts is None else now - self._starts - frame / RATE

    def look(self, now: float, frame: int) -> float:
        """Seconds by which the sound, at this frame now, is to be put right: 0 where it is in its place, and
        while it still hangs."""
        last, self._last = self._last, (now, frame)
        if self._starts is None:
            self._starts = now - frame / RATE
        if last is None:
            return 0.0
        seconds, missed = now - last[0], self.missed(now, frame)
        if seconds - (frame - last[1]) / RATE > SLOW_TICK * seconds:
            return 0.0
        if missed > self._allowed:
            self._allowed = min(MOST_BEHIND, 4 * self._allowed)
            return missed
        if missed <= BEHIND:
            self._allowed = BEHIND
        self._starts += min(max(missed, -DRIFT * seconds), DRIFT * seconds)
        return 0.0
