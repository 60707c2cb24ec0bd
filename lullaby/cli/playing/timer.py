"""The sleep timer of `lullaby play`: when it is to be silent, and how long the fade before that is."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from lullaby.cli.options.moments import moment
from lullaby.errors import AskedWrongly
from lullaby.time import LONGEST, RATE

FADE = 60.0
"""Seconds of fade at the end of a timer."""


@dataclass(frozen=True)
class Timer:
    """When it is to be silent."""

    seconds: float | None = None
    """So long from when it is armed; None: there is no timer."""
    fade: float = FADE
    curve: str = "soft"


def add_timer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for-time", metavar="T", help="silent after 00:20:00, or so many seconds")
    parser.add_argument(
        "--fade", metavar="T", help="the fade before that: 00:01:00, or all: across the whole time (00:01:00)"
    )
    parser.add_argument(
        "--curve",
        choices=("soft", "even"),
        help="its shape: slow at both ends (soft), or so many dB a second",
    )


def timer_of(asked: argparse.Namespace) -> Timer:
    """The timer that was asked for."""
    frames = moment("--for-time", asked.for_time)
    if frames is None:
        for option, value in (("--fade", asked.fade), ("--curve", asked.curve)):
            if value is not None:
                raise AskedWrongly(f"{option} is about the fade at the end of a timer: --for-time sets one.")
        return Timer()
    if not RATE <= frames <= LONGEST:
        raise AskedWrongly("--for-time goes from 00:00:01 to 24:00:00.")
    seconds, curve = frames / RATE, asked.curve or "soft"
    if asked.fade == "all":
        return Timer(seconds, seconds, curve)
    fade = FADE if asked.fade is None else moment("--fade", asked.fade) / RATE
    if fade < 0.05:
        raise AskedWrongly("--fade takes a twentieth of a second at the least.")
    return Timer(seconds, min(fade, seconds), curve)
