"""When it is to grow light: `lullaby play --wake 07:00`."""

from __future__ import annotations

import argparse
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lullaby.cli.options.hours import hour_of, next_time
from lullaby.cli.options.moments import moment
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.time import PAGE, RATE, clock

if TYPE_CHECKING:
    from lullaby.evening import Evening

OVER = 15 * PAGE
"""Frames in which it grows light, where nobody says otherwise."""
SHORTEST_OVER, LONGEST_OVER = 5 * PAGE, 15 * PAGE
LONGEST_WINDOW = 60 * PAGE


@dataclass(frozen=True)
class Waking:
    """When it is to grow light."""

    bright: datetime.datetime
    """The hour that was set: it is as bright as it gets then."""
    over: int
    """Frames in which it comes up."""
    window: int = 0
    """Frames by which it may begin earlier, where sleep is light."""
    score: str | None = None
    """What is heard; None: the usual."""

    def dawn_of(self, evening: Evening) -> Evening:
        """What is heard then, for the same listener on the same device."""
        from lullaby.evening import dawn

        return dawn.dawn_of(evening, self.over, self.score or dawn.USUAL)

    @property
    def begins(self) -> datetime.datetime:
        """When it begins at the latest."""
        return self.bright - datetime.timedelta(seconds=self.over / RATE)

    @property
    def earliest(self) -> datetime.datetime:
        return self.begins - datetime.timedelta(seconds=self.window / RATE)


def add_waking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wake", metavar="HH:MM", help="it grows light, and is bright at this hour")
    parser.add_argument("--wake-over", metavar="T", help="in how long it comes up (00:15:00)")
    parser.add_argument(
        "--wake-window", metavar="T", help="it may begin so much earlier, once evidence says: light sleep"
    )
    parser.add_argument("--wake-with", metavar="SCORE", help="what it grows light with (first-light)")


def waking_of(asked: argparse.Namespace, now: datetime.datetime) -> Waking | None:
    """When it is to grow light; None where nobody asked for it."""
    if asked.wake is None:
        for option in ("over", "window", "with"):
            if getattr(asked, f"wake_{option}") is not None:
                raise AskedWrongly(f"--wake-{option} is about growing light: --wake says when it does.")
        return None
    over = _frames(asked, "over", OVER, SHORTEST_OVER, LONGEST_OVER)
    window = _frames(asked, "window", 0, 0, LONGEST_WINDOW)
    waking = Waking(next_time(hour_of(asked.wake), now), over, window, asked.wake_with)
    if waking.begins <= now:
        raise AskedWrongly(
            f"--wake {asked.wake} is too soon: growing light takes {clock(over)}; --wake-over says how long."
        )
    return waking


def _frames(asked: argparse.Namespace, option: str, usual: int, least: int, most: int) -> int:
    text: str | None = getattr(asked, f"wake_{option}")
    found = moment(f"--wake-{option}", text)
    if found is None:
        return usual
    if not least <= found <= most:
        raise AskedWrongly(f"--wake-{option} goes from {clock(least)} to {clock(most)}.")
    return found


def say_waking(waking: Waking, bedside: Bedside) -> None:
    sooner = ""
    if waking.window:
        sooner = f"; from {waking.earliest:%H:%M} on, once evidence says that sleep is light"
    bedside.say(f"It grows light at {waking.begins:%H:%M}, until {waking.bright:%H:%M}{sooner}.")
