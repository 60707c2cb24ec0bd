"""Which night is meant: a score by name or path, with a seed and a date."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from lullaby.cli.bedside import Bedside
from lullaby.errors import AskedWrongly

if TYPE_CHECKING:
    from lullaby.night import Night

DEFAULT = "harbour-rain"
"""The night where none is named."""


def add_night(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "night", metavar="NIGHT", nargs="?", default=DEFAULT, help=f"a score by name or path ({DEFAULT})"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another night of the same score")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the date of the night (today)")


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


def night_of(asked: argparse.Namespace, bedside: Bedside) -> Night:
    """The night of this date; the seed is the score's own where none was asked for."""
    from lullaby.night import load

    return load(asked.night, seed=seed_of(asked), date=asked.date or bedside.clock.now().date())
