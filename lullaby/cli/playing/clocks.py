"""The two clocks by which a night is played."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lullaby.time import Clock

if TYPE_CHECKING:
    from lullaby.player import Way


@dataclass(frozen=True)
class Clocks:
    """Clocks that run as fast as the night does."""

    seconds: Callable[[], float]
    """Counts seconds, also while the machine sleeps, and is never set: for how long something takes."""
    wall: Callable[[], datetime.datetime]
    """Shows the hour, and may be set: for when something is to be."""


def clocks_of(way: Way, wall: Clock) -> Clocks:
    from lullaby.player.place import boot_time

    began, hour = boot_time(), wall.now()

    def seconds() -> float:
        return began + way.speed * (boot_time() - began)

    if way.way != "null":
        return Clocks(seconds, wall.now)
    return Clocks(seconds, lambda: hour + datetime.timedelta(seconds=seconds() - began))
