"""Bare `lullaby`: what tonight would be, and what to type next."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.score.plain_text import figure, together
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.night import Night


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening import Request, prepared
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.evening.request import DEFAULT

    now = bedside.clock.now()
    night = prepared(Request(DEFAULT, date=now.date()), storytelling=Storytelling(until=0)).night
    score = night.score
    ends = now + datetime.timedelta(seconds=night.length / RATE)
    bedside.say(f"Tonight: {score.title}, {clock(night.length)} at {figure(score.level)} LUFS.")
    if score.description:
        bedside.say(f"    {score.description}")
    bedside.say(f"    It opens with {together(_opening(night))}.")
    bedside.say(f"    Begun now it ends at {ends:%H:%M}.")
    bedside.say()
    bedside.say("lullaby hear rain       hear a voice alone")
    bedside.say("lullaby render          keep tonight as a file in this folder")
    bedside.say("lullaby scores          the other nights there are")
    return 0


def _opening(night: Night) -> list[str]:
    """The voices that sound in the minute that sets the loudness."""
    opening = night.opening
    heard = [one.name for one in night.plan.tracks if not one.is_silent(opening)]
    return heard or ["silence"]
