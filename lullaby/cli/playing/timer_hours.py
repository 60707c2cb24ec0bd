"""A sleep timer that arms itself between two hours of the day.

Hours are the wall clock's, and how long the timer runs is counted by a clock that nobody sets. Where the wall
clock is set, what hours it is now counts; but a timer that runs is not begun anew by that, and one that the
listener has put off stays as they left it, up to the second hour.
"""

from __future__ import annotations

import datetime
from typing import Protocol

from lullaby.cli.options.hours import Hours
from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.timer import Timer


class Player(Protocol):
    """What is asked of the night's player."""

    resting: bool

    @property
    def timer(self) -> float | None: ...

    @property
    def fade(self) -> object: ...

    def end_in(self, seconds: float, fade: float, curve: str) -> None: ...

    def more(self) -> None: ...


Stretch = tuple[datetime.datetime, datetime.datetime]


class TimerHours:
    """Looks, every tick, whether the timer is to be armed. Everything in the player's own thread."""

    def __init__(self, timer: Timer, hours: Hours, player: Player, clocks: Clocks) -> None:
        self._timer, self._hours, self._player, self._clocks = timer, hours, player, clocks
        self._armed: Stretch | None = None
        """The hours for which it was armed."""
        self._set: float | None = None
        """When it was to be silent, as it was armed."""
        self._put_off: datetime.datetime | None = None
        """The first of the hours in which the listener has put it off."""

    def look(self) -> None:
        if self._player.resting or self._player.fade is not None:
            return
        now = self._clocks.wall()
        if self._armed is not None:
            if self._player.timer != self._set:
                self._put_off = self._armed[0]
            if now >= self._armed[1]:
                self._player.more()  # it ends no longer
                self._armed = None
            elif self._player.timer is None:  # it was fading already, and was undone
                self._armed = None
            return
        found = self._hours.around(now)
        if found is not None and found[0] != self._put_off:
            assert self._timer.seconds is not None
            self._player.end_in(self._timer.seconds, self._timer.fade, self._timer.curve)
            self._armed, self._set = found, self._player.timer
