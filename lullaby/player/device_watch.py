"""The device's coming and going: told once each. Where it is back, sound goes on at the clock's place."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lullaby.errors import CouldNot
from lullaby.player.device import AS_A_FILE
from lullaby.player.outlet import DEAD, Outlet, State
from lullaby.time import RATE

LATENCY = 0.1
"""Seconds that the sound system holds, beside what the device says."""
MOST_LATENCY = 2.0


class DeviceWatch:
    """Whom the outlet tells what becomes of its device."""

    def __init__(
        self,
        outlet: Outlet,
        *,
        go_on: Callable[[], None],
        note: Callable[[str], None],
        happened: Callable[..., None],
    ) -> None:
        """`go_on` is called where a device is back, `happened` with what is to be logged."""
        self._outlet, self._go_on = outlet, go_on
        self._note, self._happened = note, happened
        self.is_lost = False
        """Has it played, and is gone?"""
        self._why = ""
        self._latency = LATENCY
        self._over: tuple[int, float] | None = None
        self.error: CouldNot | None = None
        """Why nothing can be played at all."""
        outlet.watched = self

    def look(self) -> None:
        self._outlet.look(time.monotonic())  # a device is not dead for having slept

    def plays(self, facts: dict[str, Any]) -> None:
        self._latency = min(MOST_LATENCY, float(facts["latency"]) + LATENCY)
        if not self.is_lost:
            self._happened("device", name=facts["device"], way=facts["way"])
            return
        self.is_lost = False
        self._note("The sound device is back.")
        self._go_on()

    def lost(self, why: str) -> None:
        if not self._outlet.opened:
            self._try_another_way(why)
        elif not self.is_lost:
            self.is_lost = True
            self._note(f"{why[0].upper()}{why[1:]}; it goes on when that is back.")
            self._happened("lost", why=why)

    def _try_another_way(self, why: str) -> None:
        """Nothing has ever been heard: the other library, or the end."""
        if self._outlet.way.way in ("usual", "portaudio"):
            self._why = why
            self._outlet.way = replace(self._outlet.way, way="miniaudio")
            self._outlet.open(time.monotonic())
        else:
            self.error = CouldNot(f"{self._why or why}; {AS_A_FILE}.")

    def forget(self) -> None:
        """The device was let go: nobody waits for it."""
        self.is_lost, self._over = False, None

    def has_played_out(self) -> bool:
        """Of a ring that is over: has the device played what it holds, too?"""
        ring = self._outlet.ring
        if not ring.over:
            self._over = None
            return False
        if self._over is None:
            self._over = (ring.heard, time.monotonic())
        heard, since = self._over
        gone = self._outlet.state is not State.PLAYS or ring.heard - heard >= self._latency * RATE
        return gone or time.monotonic() - since > DEAD + self._latency
