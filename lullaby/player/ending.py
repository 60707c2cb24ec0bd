"""How a player's sound ends before the night does: a fade that has begun, and a timer that begins one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lullaby.kernels.shared_numbers import EVEN, SOFT
from lullaby.time import RATE

if TYPE_CHECKING:
    from lullaby.player.ring import Ring

CURVES = {"soft": SOFT, "even": EVEN}
SHORTEST = 0.05
"""Seconds of the fade of a timer that is due already."""
FADE = 60.0
"""Seconds of a fade of which nobody says how long it is: at the end of a timer, or asked for now."""


@dataclass
class Fade:
    """A fade to silence that was begun, and where."""

    frame: int
    seconds: float
    curve: str
    began: float


@dataclass
class Timer:
    """When it is to be silent, after a fade of so many seconds."""

    ends: float
    fade: float
    curve: str


class Ending:
    """The fade and the timer of one player. Times are its clock's."""

    def __init__(self, ring: Ring, clock: Callable[[], float]) -> None:
        self._ring, self._clock = ring, clock
        self.fade: Fade | None = None
        self._timer: Timer | None = None

    @property
    def timer_ends(self) -> float | None:
        """When it is to be silent by the timer."""
        return None if self._timer is None else self._timer.ends

    @property
    def is_set(self) -> bool:
        return self.fade is not None or self._timer is not None

    def fade_out(self, frame: int, seconds: float, curve: str) -> Fade:
        """From this frame on. One under way goes on from where it is, faster or slower: its curve stays."""
        if self.fade is not None:
            frame, curve = self.fade.frame, self.fade.curve
        self.fade = Fade(frame, seconds, curve, self._clock())
        self.keep_on_time()
        return self.fade

    def keep_on_time(self) -> None:
        """A fade that has begun ends when it was to end. The callback goes on from where it is: while nobody
        called it, the fade stood still."""
        if self.fade is not None:
            seconds, faded = max(SHORTEST, self.left), max(self._ring.faded, 1e-3)
            self._ring.fade_out(round(seconds * RATE / faded), CURVES[self.fade.curve])

    def take_back(self) -> None:
        """Undoes the fade that has begun, at once."""
        self.fade = None
        self._ring.take_back()

    def end_in(self, seconds: float, fade: float = FADE, curve: str = "soft") -> None:
        """A timer: so many seconds from now it is silent, after a fade that begins that long before."""
        self._timer = Timer(self._clock() + seconds, min(fade, seconds), curve)

    def put_off(self, seconds: float) -> None:
        """The timer ends so much later; where there is none, one begins now."""
        if self._timer is None:
            self.end_in(seconds)
        else:
            self._timer.ends = max(self._timer.ends, self._clock()) + seconds

    def wait(self, seconds: float) -> None:
        """The timer, if there is one, counts from so much later on."""
        if self._timer is not None:
            self._timer.ends += seconds

    def forget_timer(self) -> None:
        self._timer = None

    def forget(self) -> None:
        """It is over: neither fade nor timer has anything more to do."""
        self.fade = self._timer = None

    def due(self) -> tuple[float, str] | None:
        """Seconds and curve of the fade that the timer is to begin now."""
        timer, now = self._timer, self._clock()
        if timer is None or self.fade is not None or now < timer.ends - timer.fade:
            return None
        return max(SHORTEST, timer.ends - now), timer.curve

    @property
    def left(self) -> float:
        """Seconds until it is silent by fade or timer."""
        if self.fade is not None:
            return self.fade.began + self.fade.seconds - self._clock()
        return math.inf if self._timer is None else self._timer.ends - self._clock()
