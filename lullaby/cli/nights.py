"""Which night is meant: a score, a seed, a date, and whom it follows."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from lullaby.cli.bedside import Bedside
from lullaby.cli.scores import DEFAULT, add_save, add_told, score_of
from lullaby.cli.whom import add_whom, along, course_asked_for
from lullaby.errors import AskedWrongly

if TYPE_CHECKING:
    from lullaby.night import Night


def add_night(parser: argparse.ArgumentParser, *, mixing: bool = False) -> None:
    """What names a night; with `mixing`, a mix of voices may also be kept as a score."""
    parser.add_argument(
        "night",
        metavar="NIGHT",
        nargs="*",
        default=[],
        help=f"a score by name or path ({DEFAULT}), or voices with levels: rain sea:-6 bowl",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another night of the same score")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the date of the night (today)")
    add_whom(parser)
    parser.add_argument("--headphones", action="store_true", help="made for two ears, not two loudspeakers")
    parser.add_argument("--length", metavar="T", help="of a mix: 00:45:00, or so many seconds (08:00:00)")
    add_told(parser)
    if mixing:
        add_save(parser)


def _date(text: str) -> datetime.date:
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


def night_of(asked: argparse.Namespace, bedside: Bedside, date: datetime.date | None = None) -> Night:
    """The night of this date, or of the one that was asked for, or of today's; the seed is the score's
    own where none was asked for."""
    day = asked.date or date or bedside.clock.now().date()
    course = course_asked_for(asked)  # before a mix is kept: a wrong file leaves nothing behind
    score, seed = score_of(asked, bedside), seed_of(asked)
    return along(score, seed, day, course, asked, bedside)
