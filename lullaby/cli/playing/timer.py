"""The sleep timer of `lullaby play`: after how long it is silent, how long it fades, and at which hours it
arms itself."""

from __future__ import annotations

import argparse
import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lullaby.cli.options.hours import Hours, hours_of
from lullaby.cli.options.moments import moment
from lullaby.errors import AskedWrongly
from lullaby.player.ending import FADE
from lullaby.time import LONGEST, RATE

if TYPE_CHECKING:
    from lullaby.people.sleep_timer import SleepTimer

NONE = "none"


@dataclass(frozen=True)
class Timer:
    """When it is to be silent."""

    seconds: float | None = None
    """So long from when it is armed; None: there is no timer."""
    fade: float = FADE
    curve: str = "soft"
    between: Hours | None = None
    """The hours in which it is armed; None: it is as soon as the night begins."""


def add_timer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for-time", metavar="T", help="silent after 00:20:00, or so many seconds; or none")
    parser.add_argument("--between", metavar="H-H", help="that timer arms itself at these hours: 22:00-06:00")
    parser.add_argument(
        "--fade", metavar="T", help="the fade before that: 00:01:00, or all: across the whole time (00:01:00)"
    )
    parser.add_argument(
        "--curve",
        choices=("soft", "even"),
        help="its shape: slow at both ends (soft), or so many dB a second",
    )


def timer_of(asked: argparse.Namespace, today: datetime.date) -> Timer:
    """The timer that was asked for, or else the listener's own."""
    timer = timer_typed(asked)
    if timer.seconds is None and asked.for_time is None and asked.listener is not None:
        from lullaby.people.listeners import find_person

        own = find_person(asked.listener).own_timer(today)
        timer = Timer() if own is None else _kept(own)
    if timer.seconds is None:
        for option, value in (("--fade", asked.fade), ("--curve", asked.curve)):
            if value is not None:
                raise AskedWrongly(f"{option} is about the fade at the end of a timer: --for-time sets one.")
        return timer
    seconds, curve = timer.seconds, asked.curve or "soft"
    if asked.fade == "all":
        return replace(timer, fade=seconds, curve=curve)
    fade = FADE if asked.fade is None else moment("--fade", asked.fade) / RATE
    if fade < 0.05:
        raise AskedWrongly("--fade takes a twentieth of a second at the least.")
    return replace(timer, fade=min(fade, seconds), curve=curve)


def timer_typed(asked: argparse.Namespace) -> Timer:
    """The timer in --for-time and --between, without its fade."""
    frames = None if asked.for_time == NONE else moment("--for-time", asked.for_time)
    if frames is None:
        if asked.between is not None:
            raise AskedWrongly("--between says when a timer arms itself: --for-time sets one.")
        return Timer()
    if not RATE <= frames <= LONGEST:
        raise AskedWrongly("--for-time goes from 00:00:01 to 24:00:00.")
    return Timer(frames / RATE, between=asked.between and hours_of("--between", asked.between))


def _kept(own: SleepTimer) -> Timer:
    hours = own.between and Hours(*(_time(hour) for hour in own.between))
    return Timer(own.after, between=hours)


def _time(hours: float) -> datetime.time:
    minutes, second = divmod(round(hours * 3600) % 86_400, 60)
    return datetime.time(minutes // 60, minutes % 60, second)
