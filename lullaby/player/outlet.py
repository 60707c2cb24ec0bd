"""The outlet: the process that plays, watched. A device that is lost is opened again.

A stream can say that it is active and be dead, so what counts is whether the callback is called. Where it is
not for a second, the process is ended and a fresh one opens the device again: after a quarter of a second,
then ever more seldom. It is always the device that played first, and never another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, Protocol

from lullaby.player.child_process import ChildProcess, CopiedProcess
from lullaby.player.ring import Ring
from lullaby.time import RATE

DEAD = 1.0
"""Seconds without a callback after which a device counts as dead."""
BEGINS = 5.0
"""The same for one that has only taken what it can hold: some sound servers wake up seldom."""
STARTS = 120.0
"""Seconds until the process must have said its first word. Each word says in how many seconds the next will
come, until it plays: a slow machine may take a minute to load it, a sound system must answer sooner."""
STEADY = 5.0
"""Seconds that a device must play for; one that is lost sooner is tried ever more seldom all the same."""
FIRST_AGAIN, LAST_AGAIN = 0.25, 15.0
"""Seconds until a device is tried again: at first, and after it failed again and again."""


@dataclass(frozen=True)
class Way:
    """How to play: by which library, on which device, in how large blocks."""

    way: str = "usual"
    """`usual`: the sound server where there is one, else PortAudio."""
    device: str | None = None
    frames: int = 1_024
    speed: float = 1.0
    into: str | None = None
    comes_first: bool = True
    """Is the system asked to run what plays before other processes?"""
    wakes: bool = False
    """An alarm: it has a volume of its own in the mixer, where nobody has muted it."""


class State(Enum):
    OPENING = "opening"
    PLAYS = "plays"
    LOST = "lost"
    """It could not be opened, or was and is gone; it is tried again."""


class Watched(Protocol):
    """Who is told of the device."""

    def plays(self, facts: dict[str, Any]) -> None: ...

    def lost(self, why: str) -> None: ...


class Outlet:
    """One device, played on from a process of its own. `look` is to be called several times a second."""

    def __init__(self, ring: Ring, way: Way) -> None:
        self.ring = ring
        self.way = way
        self.watched: Watched | None = None
        self._child: ChildProcess | None = None
        self.state = State.OPENING
        self.opened = False
        """Has it ever played?"""
        self._since = 0.0
        self._within = STARTS
        self._calls, self._begun = -1, 0
        self._again = FIRST_AGAIN
        self._looked = self._looking_since = self._plays_since = 0.0
        self.opens = 0
        """How often a device was tried."""

    def open(self, now: float, *, forks: bool = False) -> None:
        """`forks`: what plays is a copy of this process, where that can be."""
        self.state, self._since, self._looked = State.OPENING, now, now
        self._within = STARTS
        self.opens += 1
        self.ring.starts_from_nothing()
        self._calls = self.ring.calls
        facts = {**asdict(self.way), "ring": self.ring.handle}
        kind = CopiedProcess if forks else ChildProcess
        self._child = kind("lullaby.player.output", facts, self.ring.fds)

    def look(self, now: float) -> None:
        """What has become of the device?"""
        if now - self._looked > DEAD:  # nobody looked: the machine slept, and maybe so did the callback
            self._looking_since = now
        self._looked = now
        if self.state is State.LOST:
            if now - self._since >= self._again:
                self._again = min(LAST_AGAIN, 2 * self._again)
                self.open(now)
            return
        ended = self._child is None or self._child.ended  # what it said before that is there by now
        said = self._said(now)
        if self.state is State.OPENING:
            if said is not None and "plays" in said:
                self.state, self.opened = State.PLAYS, True
                self._since, self._plays_since, self._calls = now, now, self.ring.calls
                self._begun = self.ring.heard + round(2 * RATE * said["plays"]["latency"])
                self.way = replace(self.way, way=said["plays"]["way"], device=said["plays"]["device"])
                if self.watched:
                    self.watched.plays(said["plays"])
            elif said is not None or ended or now - self._since > self._within:
                self._lose(now, (said or {}).get("why", "the sound system does not answer"))
            return
        calls = self.ring.calls
        if calls != self._calls:
            self._calls, self._since = calls, now
            if now - self._plays_since > STEADY:
                self._again = FIRST_AGAIN
        elif ended or now - max(self._since, self._looking_since) > self._patience:
            self._lose(now, (said or {}).get("why", "the sound device went away"))

    def _said(self, now: float) -> dict[str, Any] | None:
        """What the process has said, but for how long its next word may take."""
        while self._child is not None and (said := self._child.said()) is not None:
            if "within" not in said:
                return said
            self._since, self._within = now, float(said["within"])
        return None

    @property
    def _patience(self) -> float:
        """Seconds that it may take until the callback is called again."""
        return DEAD if self.ring.heard >= self._begun else BEGINS

    def _lose(self, now: float, why: str) -> None:
        self._end()
        self.ring.starts_from_nothing()
        self.state, self._since = State.LOST, now
        if self.watched:
            self.watched.lost(why)

    def tell(self, word: str) -> None:
        """A word for the process that plays."""
        if self._child is not None:
            self._child.tell(word)

    def close(self) -> None:
        self.tell("end")
        self._end(patience=2.0)

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    def _end(self, patience: float = 0.0) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end(patience)
