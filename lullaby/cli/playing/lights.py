"""How bright the face is: by the keys that were pressed, and by how long ago that was.

    bright ── no key for a while, or `l` ── dim ── no key for a minute ── black
                                             ▲                              │
                                             └────────── any key ───────────┘

Once dimmed it only grows bright again by `l`: somebody who pauses at three in the morning wants no lamp.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

IDLE = 60.0
"""Seconds without a key until it is dimmed, unless somebody says otherwise."""
BLACK = 60.0
"""Seconds without a key until what is dim is black."""
HELD = 1.5
"""Seconds for which a key counts as held after it was pressed: a terminal tells of no key that is let go, but
a held one repeats, first after half a second or so."""

LIGHTS_OUT, TIME = "l", "t"
"""Keys that are about the face alone."""


class Light(Enum):
    BRIGHT = "bright"
    DIM = "dim"
    BLACK = "black"


class Lights:
    """One night's lights."""

    def __init__(self, clock: Callable[[], float], idle: float = IDLE) -> None:
        """`clock`: seconds of any clock that goes on."""
        self._clock, self._idle = clock, idle
        self._pressed = clock()
        self._dim = idle == 0
        self._time = -HELD

    def press(self, key: str) -> bool:
        """A key was pressed; True where it was for the lights alone."""
        light = self.light
        self._pressed = self._clock()
        if key == LIGHTS_OUT:
            self._dim = light is not Light.DIM
        elif key == TIME:
            self._time = self._pressed
        return key in (LIGHTS_OUT, TIME)

    @property
    def light(self) -> Light:
        """How bright it is now."""
        since = self._clock() - self._pressed
        if not self._dim and since >= self._idle:
            self._dim = True
            self._pressed += self._idle  # the minute until it is black begins when it is dimmed
            since -= self._idle
        if not self._dim:
            return Light.BRIGHT
        return Light.DIM if since < BLACK else Light.BLACK

    @property
    def time_is_shown(self) -> bool:
        """Is the key held that shows what time it is?"""
        return self._clock() - self._time < HELD
