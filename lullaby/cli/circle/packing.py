"""`lullaby circle pack`: a night in one file."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from lullaby.cli.circle.composing import ritual_asked
from lullaby.cli.options.nights import evening_of
from lullaby.cli.options.sleepers import course_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.evening import Evening, Request, prepared
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.export import size
from lullaby.journal.book import evening_of as evening_of_now
from lullaby.night.night_log import NightLog
from lullaby.ritual.circle.book import book_read
from lullaby.ritual.circle.circles import find_circle, which
from lullaby.ritual.circle.evening import evening_of as evening_of_circle
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.consent import turns_to_share
from lullaby.ritual.circle.pack.facts import facts_of_head
from lullaby.ritual.circle.pack.packing import may_be_packed, packed_night
from lullaby.score import Score
from lullaby.score.plain_text import plain


def pack(asked: argparse.Namespace, bedside: Bedside) -> int:
    path, starting = Path(asked.file), starting_at(asked, bedside)
    may_be_packed(path, asked.listener)  # before anything is said of the night, or spoken
    say_when(asked, starting, bedside)
    turns = _turns(asked, bedside)
    found = ritual_asked(asked, bedside)
    if found is None:
        ritual, evening = None, evening_of(asked, bedside)
    else:
        ritual, score = found
        evening = _evening_of_ritual(asked, bedside, score)
    with bedside.working(f"Packing {evening.night.score.title}"):
        head = packed_night(
            evening, path, starting, turns=turns, with_recordings=asked.with_recordings, ritual=ritual
        )
    if asked.json:
        bedside.facts(facts_of_head(head, path))
        return 0
    local = starting.astimezone(bedside.clock.now().tzinfo)
    bedside.say(plain(f"{path}: {head.title}, {size(path.stat().st_size)}, begins {local:%Y-%m-%d %H:%M}."))
    bedside.say(plain(f"    lullaby circle open {path} --play"))
    return 0


def _evening_of_ritual(asked: argparse.Namespace, bedside: Bedside, score: Score) -> Evening:
    """The evening of a ritual, as everybody has it."""
    course = course_of(asked)
    if isinstance(course, NightLog):
        raise AskedWrongly("a pack holds a night that is still to come, and this is the log of one heard.")
    request = Request(
        score,
        listener=asked.listener,
        date=asked.date or evening_of_now(bedside.clock.now()),
        sleeper=course or asked.sleeper,
        course_file=asked.course or "",
        all_night=asked.all_night,
        headphones=asked.headphones,
    )
    with bedside.speaking() as progress:
        return prepared(request, storytelling=Storytelling(progress=progress))


def starting_at(asked: argparse.Namespace, bedside: Bedside) -> datetime.datetime:
    now = bedside.clock.now()
    return starts.next_quarter(now) if asked.at is None else starts.instant_of(asked.at, now)


def say_when(asked: argparse.Namespace, starting: datetime.datetime, bedside: Bedside) -> None:
    """A remark where it begins on another evening than it is made for, or where that instant is past."""
    now = bedside.clock.now()
    local = starting.astimezone(now.tzinfo)
    if starting < now:
        bedside.note(
            f"{local:%Y-%m-%d %H:%M} is past: who plays it is late already, and hears what is left of it. "
            "--now plays it from its beginning."
        )
    if asked.date is not None and evening_of_now(local) != asked.date:
        bedside.note(
            f"This is the night of {asked.date}, and it begins on {local:%Y-%m-%d} at {local:%H:%M}: "
            "--at says another instant."
        )


def _turns(asked: argparse.Namespace, bedside: Bedside) -> tuple[tuple[str, str], ...]:
    """Whose turn it is on the night's date, where a circle is named."""
    if asked.circle is None:
        return ()
    circle = find_circle(which(asked.circle), bedside.note)
    with book_read(circle.name) as db:
        return turns_to_share(
            evening_of_circle(circle, db, asked.date or evening_of_now(bedside.clock.now()))
        )
