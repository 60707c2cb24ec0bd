"""Is a box still playing? It is believed by the bytes it fetches, and never by what it says.

    the night by the clock   |-----------------------------------> now
    bytes fetched            |=========================================>     it is ahead: all is well
    later, the same          |=========================================>          · · · · now: it has stalled

All bytes of a night take the same time: so the bytes tell up to where a box can have played. It may have
fetched ahead, and then nothing for long; but what it was ahead by all the time it does not use up.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

STILL = 20.0
"""Seconds that a box may stand still."""
USUAL = 120.0
"""Seconds over which it is seen how far ahead it is when it fetches more."""
_FILLING = 5.0
"""Seconds by which it is further ahead after half of that time, while it still fills what it has room for."""
_LEAP = 1 << 20
"""Bytes by which a box may skip: one that looks at the file's end for tags has not played until there."""


class Fetched:
    """How far each night that is just being cast has been sent. In memory alone; told by whoever sends."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def expect(self, night: str) -> None:
        """From now on until `forget`."""
        self._until[night] = 0

    def forget(self, night: str) -> None:
        self._until.pop(night, None)

    def taken(self, night: str, start: int, count: int) -> None:
        """So many bytes of it have left, from `start` on. Of a night that nobody casts nothing is kept."""
        until = self._until.get(night)
        if until is not None and start <= until + _LEAP:
            self._until[night] = max(until, start + count)

    def until(self, night: str) -> int:
        return self._until.get(night, 0)


@dataclass
class Watch:
    """A look at one address that a box was given, in seconds of the night by the clock."""

    start: float
    """The place at which it begins, which is when the box was told."""
    _until: float = field(init=False)
    _ahead: deque[tuple[float, float]] = field(default_factory=deque, init=False)
    """When it fetched something, and how far it was ahead just before: the last of it."""

    def __post_init__(self) -> None:
        self._until = self.start

    def stalled(self, now: float, until: float) -> bool:
        """Has it used up what it can have, or what it always had? `until` is the place it has fetched to."""
        if until > self._until:
            self._ahead.append((now, self._until - now))
            self._until = until
            while self._ahead[0][0] < now - USUAL:
                self._ahead.popleft()
            return until - now <= -STILL
        return self._until - now <= max(self._usually_ahead() - STILL, -STILL)

    def has_fetched(self) -> bool:
        return self._until > self.start

    def has_left(self, now: float) -> bool:
        """Is there anything that it has fetched, and by the clock not yet played?"""
        return self._until - now > STILL / 10

    def _usually_ahead(self) -> float:
        """The least that it was ahead by when it fetched more; 0 while it still fills what it has room for:
        how much of that it is going to use up before it asks again, nobody has seen."""
        if not self._ahead:
            return 0.0
        half = self._ahead[-1][0] - USUAL / 2
        earlier = [by for when, by in self._ahead if when < half]
        later = [by for when, by in self._ahead if when >= half]
        if earlier and min(later) > min(earlier) + _FILLING:
            return 0.0
        return min(earlier + later)
