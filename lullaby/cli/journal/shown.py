"""`lullaby journal`, `night`, `week`, `dreams`: what is kept, shown."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path

from lullaby.cli.journal.traces import before_forgetting
from lullaby.cli.journal.whose import whose
from lullaby.cli.options.hours import DAY
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.journal.book import SCHEMA, journal, journal_file
from lullaby.journal.diary import clinician_page
from lullaby.journal.dreams import dreams_in
from lullaby.journal.mornings import Morning, mornings_in
from lullaby.journal.nights import NightPlayed, nights_in
from lullaby.people.database import looked_into
from lullaby.score.plain_text import plain
from lullaby.time import RATE, clock

FIRST_YEAR = 1900
"""Nobody alive has slept before; the seven evenings before a date must be dates, too."""

LAST = 14
"""Evenings that are shown."""


def nights(asked: argparse.Namespace, bedside: Bedside) -> int:
    """The last evenings: what was heard, and what was said of them in the morning."""
    listener = whose(asked)
    if not journal_file(listener).exists():
        return _empty(asked, bedside)
    before_forgetting(listener, bedside.clock.now().date())
    with journal(listener, bedside.clock.now().date(), bedside.note) as db:
        if asked.json:
            from lullaby.evening.facts.journal import facts_of_journal

            bedside.facts(facts_of_journal(db))
            return 0
        heard, told = nights_in(db), {morning.evening: morning for morning in mornings_in(db)}
        dreams = {dream.date for dream in dreams_in(db)}
    evenings = sorted({night.evening for night in heard} | told.keys() | dreams)[-LAST:]
    if not evenings:
        return _empty(asked, bedside)
    for evening in evenings:
        bedside.say(f"{evening:%a} {evening}")
        for night in heard:
            if night.evening == evening:
                bedside.say(f"    {_night(night)}")
        if evening in told:
            bedside.say(f"    In the morning: {_morning(told[evening])}.")
        if evening in dreams:
            bedside.say("    A dream is kept.")
    return 0


def _empty(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.json:
        from lullaby.evening.facts.journal import NOTHING

        bedside.facts(NOTHING)
    else:
        bedside.say("Nothing is kept yet. lullaby play writes a night down, lullaby morning how it was.")
    return 0


def _night(night: NightPlayed) -> str:
    if night.without:
        return "A night without."
    begun = night.begun.astimezone()
    if night.ended is None:
        return plain(f"{night.title} from {begun:%H:%M}; its end was not written down.")
    return plain(f"{night.title} from {begun:%H:%M}, {clock(round(night.seconds * RATE))} of it.")


def _morning(morning: Morning) -> str:
    return plain(", ".join(_said(morning)) or "nothing was said")


def _said(morning: Morning) -> Iterator[str]:
    if morning.rested:
        yield f"slept {morning.rested}"
    if morning.latency_min is not None:
        yield f"asleep after {morning.latency_min} min"
    if morning.awake_min is not None:
        yield f"awake for {morning.awake_min} min"
    if morning.asleep_min is not None:
        yield f"asleep for {clock(round(morning.asleep_min * 60 * RATE))[:5]}"
    if morning.mood:
        yield morning.mood
    if morning.nightmare:
        yield "a nightmare"


def night(asked: argparse.Namespace, bedside: Bedside) -> int:
    """One evening, and the command that gives each of its nights again."""
    with looked_into(journal_file(whose(asked)), SCHEMA) as db:
        found = () if db is None else nights_in(db)
    evening = asked.date or max((one.evening for one in found), default=None)
    here = [one for one in found if one.evening == evening]
    if not here:
        when = "yet" if evening is None else f"on {evening}"
        raise AskedWrongly(f"nothing is written down of a night {when}.\n    lullaby journal shows what is.")

    from lullaby.night.engine import engine_name

    if asked.json:
        from lullaby.evening.facts.journal import facts_of_night

        bedside.facts([facts_of_night(one, engine_name()) for one in here])
        return 0
    for one in here:
        bedside.say(_night(one))
        if one.without:
            continue
        bedside.say(plain(f"    {shlex.join(['lullaby', *again(one)])}"))
        said = f"Its fingerprint is {one.fingerprint}"
        if one.engine != engine_name():
            said += (
                f"; it was made by engine {one.engine}, and here is {engine_name()}: it may sound otherwise"
            )
        bedside.say(f"    {said}.")
    return 0


def again(night: NightPlayed) -> tuple[str, ...]:
    """The command that renders it: from its log what was heard, else what was asked for."""
    if night.log and Path(night.log).is_file():
        return ("render", "--course", night.log)
    return night.asked


def week(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener = whose(asked)
    last = asked.to or bedside.clock.now().date() - DAY
    if last.year < FIRST_YEAR:
        raise AskedWrongly(f"a week ends in {FIRST_YEAR} or later, and not on {last}.")
    days = [last - back * DAY for back in range(6, -1, -1)]
    with looked_into(journal_file(listener), SCHEMA) as db:
        found = [] if db is None else [one for one in mornings_in(db, days[0]) if one.evening <= last]
    if asked.file and not asked.clinician:
        raise AskedWrongly("-o keeps the page that --clinician makes.")
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_week

        bedside.facts(facts_of_week(days, found))
    elif asked.clinician:
        page = clinician_page(listener, found, days)
        if asked.file:
            from lullaby.people.private import put_new

            put_new(Path(asked.file), page)
            bedside.say(plain(f"{asked.file} is kept, for you alone."))
        else:
            bedside.say(page.rstrip("\n"))
    elif not found:
        bedside.say(f"Nothing was said of the nights from {days[0]} to {last}.")
    else:
        for one in found:
            bedside.say(f"{one.evening:%a} {one.evening}: {_morning(one)}")
    return 0


def dreams(asked: argparse.Namespace, bedside: Bedside) -> int:
    with looked_into(journal_file(whose(asked)), SCHEMA) as db:
        found = () if db is None else dreams_in(db)
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_dream

        bedside.facts([facts_of_dream(dream) for dream in found])
    elif not found:
        bedside.say("No dream is kept: lullaby morning asks for one.")
    for dream in () if asked.json else found:
        told = ", may be told in the circle" if dream.consent else ""
        bedside.say(f"{dream.number}, {dream.date}{told}:")
        bedside.say(plain(f"    {dream.text}"))
    return 0
