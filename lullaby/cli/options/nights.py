"""Which night is meant: the options that say so, and the request that they are."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from lullaby.cli.options.listener import add_device, add_for
from lullaby.cli.options.mixes import add_mix, mix_or_score
from lullaby.cli.options.rituals import add_ritual, logged_words
from lullaby.cli.options.sleepers import add_sleeper, course_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.evening import Evening, Request
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.night import Night


def add_night(parser: argparse.ArgumentParser, *, mixing: bool = False) -> None:
    """Adds NIGHT and its options; with `mixing`, a mix of voices may also be kept as a score."""
    parser.add_argument(
        "night",
        metavar="NIGHT",
        nargs="*",
        default=[],
        help="a score or a ritual by name or path (harbour-rain), or voices with levels: rain sea:-6 bowl",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another night of the same score")
    parser.add_argument("--date", type=date_of, metavar="YYYY-MM-DD", help="the date of the night (today)")
    add_sleeper(parser)
    add_for(parser)
    parser.add_argument(
        "--all-night", metavar="REASON", help="play until its length is over, softer as sleep deepens"
    )
    parser.add_argument("--go-on", action="store_true", help="its story from just before where it stopped")
    parser.add_argument("--headphones", action="store_true", help="made for two ears, not two loudspeakers")
    add_device(parser)
    add_ritual(parser)
    add_mix(parser, saving=mixing)


def date_of(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date like 2026-11-30') from None


def seed_of(asked: argparse.Namespace) -> int | None:
    """The seed that was asked for, held to the bounds a score's has."""
    if asked.seed is not None and not 0 <= asked.seed <= 10**15:
        raise AskedWrongly("--seed is a whole number from 0 to 1000000000000000.")
    seed: int | None = asked.seed
    return seed


def _today(asked: argparse.Namespace, bedside: Bedside) -> datetime.date:
    """Today; of a circle's evening, which goes on after midnight, its own date."""
    if getattr(asked, "circle", None):
        from lullaby.journal.book import evening_of

        return evening_of(bedside.clock.now())
    return bedside.clock.now().date()


def request_of(asked: argparse.Namespace, bedside: Bedside) -> Request:
    """The request that was typed, for the date that was asked for or for today."""
    from lullaby.evening import Request
    from lullaby.evening.logged import request_again
    from lullaby.night.night_log import NightLog

    course = course_of(asked)  # before a mix is kept: a wrong file leaves nothing behind
    if isinstance(course, NightLog):
        asked = logged_words(asked, course)
        return request_again(course, mix_or_score(asked, bedside, course.day) if asked.night else None)
    day = asked.date or _today(asked, bedside)
    seed = seed_of(asked)
    return Request(
        mix_or_score(asked, bedside, day),
        listener=asked.listener,
        seed=seed,
        date=day,
        sleeper=course or asked.sleeper,
        course_file=asked.course or "",
        all_night=asked.all_night,
        headphones=asked.headphones,
        device=asked.device,
        go_on=asked.go_on,
        heard_on=heard_on(asked, bedside),
        anyway=getattr(asked, "anyway", False),
    )


def heard_on(asked: argparse.Namespace, bedside: Bedside) -> datetime.date | None:
    """The evening on which it is heard, where it is heard now: by the clock, whatever --date says."""
    if "anyway" not in asked:  # only what is heard now has that option
        return None
    from lullaby.journal.book import evening_of

    return evening_of(bedside.clock.now())


def evening_of(
    asked: argparse.Namespace,
    bedside: Bedside,
    *,
    say: bool = True,
    storytelling: Callable[[], Storytelling] | None = None,
    until: int | None = None,
) -> Evening:
    """The night that was asked for. What a listener should know of it is said, but for whom it follows.
    `storytelling` makes what has its stories spoken, where it has some; else they are spoken now, as far as
    they are heard up to the frame `until`."""
    from lullaby.evening import prepared
    from lullaby.evening.narration.storytelling import Storytelling

    with bedside.speaking() as progress:
        story = Storytelling(progress=progress, until=until) if storytelling is None else storytelling()
        evening = prepared(request_of(asked, bedside), storytelling=story)
    if say:
        say_notes(evening, bedside)
    return evening


def say_notes(evening: Evening, bedside: Bedside, *, follows: bool = False) -> None:
    """Prints what a listener should know of a night; with `follows`, also whose sleep it follows."""
    from lullaby.evening.notes import Follows

    for note in evening.notes:
        if follows or not isinstance(note, Follows):
            bedside.note(note.says)


def night_of(asked: argparse.Namespace, bedside: Bedside, until: int | None = None) -> Night:
    """The night that was asked for, and nothing but."""
    return evening_of(asked, bedside, until=until).night
