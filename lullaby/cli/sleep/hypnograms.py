"""Which night of a file is meant, and what is said of one."""

from __future__ import annotations

import argparse
import datetime
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain, quoted

if TYPE_CHECKING:
    from lullaby.sleep.hypnograms import Hypnogram

FORMS = (
    "EDF+ annotations, YASA and Visbrain text, CSV, BIDS tsv, Profusion XML, Apple Health export.xml, "
    "Fitbit and Oura JSON, Sleep as Android CSV"
)


def add_file(parser: argparse.ArgumentParser, *, many: bool = False) -> None:
    parser.add_argument("files" if many else "file", metavar="FILE", nargs="+" if many else None, help=FORMS)
    parser.add_argument(
        "--night",
        metavar="N|DATE",
        help="of several nights in a file, one: its number, or the date of its evening (2026-11-30)",
    )


def nights_in(path: str, night: str | None, option: str = "--night") -> list[tuple[int, Hypnogram]]:
    """The nights of this file that are meant, with their numbers in it; `option` is what said which."""
    from lullaby.sleep.hypnograms import read_hypnograms

    found = list(enumerate(read_hypnograms(path), 1))
    if night is None:
        return found
    if re.fullmatch(r"\d{1,9}", night, re.ASCII):
        chosen = [one for one in found if one[0] == int(night)]
    else:
        day = _day(night, option)
        chosen = [one for one in found if one[1].evening == day]
    if not chosen:
        raise AskedWrongly(f"{plain(path)} has no night {plain(night)}.\n    {_there_are(found)}")
    return chosen


def _day(night: str, option: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(night)
    except ValueError:
        what = "is neither the number of a night nor a date"
        raise AskedWrongly(f"{option} {quoted(night)} {what}, like 2 or 2026-11-30.") from None


def _there_are(found: Sequence[tuple[int, Hypnogram]]) -> str:
    days = [str(one.evening) for _, one in found if one.evening is not None]
    if not days:
        return f"There are {len(found)}, numbered from 1, and none has a date."
    return f"There are {len(found)}, numbered from 1, from {min(days)} to {max(days)}."


def titled(number: int, night: Hypnogram) -> str:
    if night.start is None:
        return f"Night {number}"
    zone = f" UTC{night.start:%z}" if night.start.tzinfo else ""
    return f"Night {number}, {night.evening}, from {night.start:%H:%M}{zone}"
