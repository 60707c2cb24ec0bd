"""`lullaby circle pack`: a night in one file."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from lullaby.cli.options.nights import evening_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.export import size
from lullaby.ritual.circle.book import book_read
from lullaby.ritual.circle.circles import find_circle, which
from lullaby.ritual.circle.evening import evening_of as evening_of_circle
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.consent import turns_to_share
from lullaby.ritual.circle.pack.facts import facts_of_head
from lullaby.ritual.circle.pack.packing import packed_night
from lullaby.score.plain_text import plain


def pack(asked: argparse.Namespace, bedside: Bedside) -> int:
    path, starting = Path(asked.file), starting_at(asked, bedside)
    turns = _turns(asked, bedside)
    evening = evening_of(asked, bedside)
    with bedside.working(f"Packing {evening.night.score.title}"):
        head = packed_night(evening, path, starting, turns=turns, with_recordings=asked.with_recordings)
    if asked.json:
        bedside.facts(facts_of_head(head, path))
        return 0
    local = starting.astimezone(bedside.clock.now().tzinfo)
    bedside.say(plain(f"{path}: {head.title}, {size(path.stat().st_size)}, begins {local:%Y-%m-%d %H:%M}."))
    bedside.say(plain(f"    lullaby circle open {path} --play"))
    return 0


def starting_at(asked: argparse.Namespace, bedside: Bedside) -> datetime.datetime:
    now = bedside.clock.now()
    return starts.next_quarter(now) if asked.at is None else starts.instant_of(asked.at, now)


def _turns(asked: argparse.Namespace, bedside: Bedside) -> tuple[tuple[str, str], ...]:
    """Whose turn it is on the night's date, where a circle is named."""
    if asked.circle is None:
        return ()
    circle = find_circle(which(asked.circle), bedside.note)
    with book_read(circle.name) as db:
        return turns_to_share(evening_of_circle(circle, db, asked.date or bedside.clock.now().date()))
