"""`lullaby why`: what is heard at one moment of a night, and what made it so."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.moments import AFTER, moment
from lullaby.cli.options.nights import add_night, night_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.night import Night


def add(commands: Any) -> None:
    parser = commands.add_parser("why", help="what is heard at one moment, and why", allow_abbrev=False)
    add_night(parser)
    parser.add_argument("time", metavar="TIME", help="since lights-out: 00:10:00, 10:00 or so many seconds")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    frame = moment("TIME", asked.time)

    from lullaby.cli.why.sentences import lines_of
    from lullaby.evening.facts.moment import facts_of_moment
    from lullaby.night.why import why

    night = night_of(asked, bedside, until=frame + AFTER)
    if frame >= night.length:
        raise _outside(night, asked.time)
    with bedside.working(f"Listening to {night.score.title}"):
        found = why(night, frame)
    if asked.json:
        bedside.facts(facts_of_moment(night, found))
    else:
        for line in lines_of(night, found):
            bedside.say(plain(line))
    return 0


def _outside(night: Night, time: str) -> AskedWrongly:
    """Where a score goes on and its night does not, that is said, too: who asks about then expects sound."""
    said = f"{plain(time)} is outside the night: it lasts until {clock(night.length)}."
    if night.length < night.score.length and night.course is not None:
        said += (
            f"\n    The score lasts {clock(night.score.length)}, but the night ends once its sleeper sleeps: "
            '--sleeper none plays all of it, --all-night "reason" too, softer as sleep deepens.'
        )
    return AskedWrongly(said)
