"""The end of a night for its morning: when it is time to grow light, the player lets the night go.

Without evidence it begins so that it is bright at the hour that was set. Within the window before that it
begins at once where the listener says that they woke, or as soon as evidence, never a guess alone, says that
sleep is light. Hours are the wall clock's, whatever becomes of that, and of the machine, in between.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol

from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.waking import Waking

FADE = 60.0
"""Seconds in which a night that still sounds goes, before it grows light."""
AT_ONCE = 5.0
"""Seconds of that where there is no time to lose."""
TOO_LATE = datetime.timedelta(minutes=30)
"""So long after the hour that was set it no longer grows light."""


class Follows(Protocol):
    """What is asked of who follows the sleeper."""

    sleeps_lightly: bool


class Night(Protocol):
    """What is asked of the night's player."""

    resting: bool
    paused: bool

    @property
    def state(self) -> str: ...

    @property
    def left(self) -> float: ...

    def let_go(self, seconds: float) -> None: ...


class Daybreak:
    """Looks, every tick, whether it is time. Everything in the player's own thread."""

    def __init__(
        self,
        waking: Waking,
        player: Night,
        clocks: Clocks,
        live: Follows | None,
        note: Callable[[str], None],
    ) -> None:
        """Without `live` nobody is followed."""
        self.waking = waking
        self._player, self._clocks, self._live, self._note = player, clocks, live, note
        self._woke = self._missed = False
        self._over_at: float | None = None
        """When the night is to be over, by the clock that counts."""
        self.started: datetime.datetime | None = None
        """When it begins, or should have."""

    @property
    def wakes(self) -> str | None:
        """When it is to grow light, as ISO 8601; None where that is past or was missed."""
        return None if self._missed or self.started else self.waking.begins.isoformat()

    def woke(self) -> None:
        """The listener says that they woke: in the window it begins at once."""
        self._woke = self._clocks.wall() >= self.waking.earliest

    def look(self) -> None:
        if self._missed:
            if self._player.resting:
                self._player.let_go(AT_ONCE)
        elif self._over_at is None:
            self._decide(self._clocks.wall())
        elif self._clocks.seconds() >= self._over_at and (
            self._player.resting or self._player.left > AT_ONCE  # a longer fade does not hold up the morning
        ):
            self._player.let_go(AT_ONCE)

    def _decide(self, now: datetime.datetime) -> None:
        fade = datetime.timedelta(seconds=FADE)
        if now > self.waking.bright + TOO_LATE:
            self._missed = True
            self._note(f"It is {now:%H:%M}: too late to grow light for {self.waking.bright:%H:%M}.")
        elif now >= self.waking.begins - fade:
            self._begin(self.waking.begins, now)
        elif self._woke:
            self._begin(now, now)
        elif now >= self.waking.earliest and self._live is not None and self._live.sleeps_lightly:
            self._begin(now if self._player.resting else now + fade, now)

    def _begin(self, start: datetime.datetime, now: datetime.datetime) -> None:
        seconds = max(0.0, (start - now).total_seconds())
        self.started = start
        self._over_at = self._clocks.seconds() + seconds
        silent = self._player.resting or self._player.paused
        if not silent and self._player.left > seconds:
            self._player.let_go(max(AT_ONCE, seconds))
