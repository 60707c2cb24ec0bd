"""`lullaby leave`: everything exported, what plays stopped, everything taken away."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from lullaby import places
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.leaving import take_along, take_away, target_of
from lullaby.people.listeners import names
from lullaby.people.private import put_new
from lullaby.ritual.schedule.removing import remove_entries
from lullaby.score.plain_text import plain

PATIENCE = 60.0
"""Seconds in which what plays has faded out."""


def leave(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player import alarm

    target = target_of(Path(asked.to))
    home = places.home()
    if not asked.yes:
        raise AskedWrongly(
            f"everything of lullaby's would be copied to {plain(str(target))} and erased here, in "
            f"{plain(str(home))}; its cache, {plain(str(places.cache()))}, would be emptied, and what plays "
            "or is to wake somebody would end.\n    --yes does it."
        )
    readable = _readable()  # a damaged journal is said before anything is copied or stopped
    _stopped()
    count = take_along(target)
    try:
        for name, text in readable.items():
            put_new(target / name, text)
    except Exception:
        bedside.note(plain(f"{target} holds a copy of everything; nothing is taken away."))
        raise
    alarm.forget(alarm.folder())
    entries = remove_entries()
    others = take_away()
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_leaving

        bedside.facts(facts_of_leaving(target, count, entries, others))
        return 0
    bedside.say(plain(f"All that is yours is in {target} ({count} files), for you alone."))
    for entry in entries:
        bedside.say(plain(f"Removed: {entry}"))
    for path in others:
        bedside.say(plain(f"Left, because it is not lullaby's: {path}"))
    bedside.say("Nothing of lullaby's is left but the program itself. Sleep well without it.")
    return 0


def _stopped() -> None:
    """Ends what plays."""
    from lullaby.player import door_path
    from lullaby.player.client import NothingPlays, ask

    try:
        ask({"do": "stop"})
    except NothingPlays:
        return
    end = time.monotonic() + PATIENCE
    while door_path.found() is not None and _answers():
        if time.monotonic() > end:
            raise CouldNot("what plays does not end. Nothing is taken away; lullaby stop, and then again.")
        time.sleep(0.2)


def _answers() -> bool:
    from lullaby.player.client import NothingPlays, ask

    try:
        ask({"do": "state"})
    except NothingPlays:
        return False
    except CouldNot:  # it is too busy to answer
        return True
    return True


def _readable() -> dict[str, str]:
    """The journals once more as files by name, for people and for other programs."""
    from lullaby.evening.facts.journal import facts_of_journal
    from lullaby.journal.book import SCHEMA, journal_file
    from lullaby.journal.exporting import exported
    from lullaby.people.database import looked_into

    files = {}
    for listener in (None, *names()):
        with looked_into(journal_file(listener), SCHEMA) as db:
            facts = None if db is None else facts_of_journal(db)
        for ending, form in ((".json", "json"), (".md", "markdown")) if facts else ():
            name = f"journal of {listener}" if listener else "journal"
            files[f"{name}{ending}"] = exported(facts or {}, form)
    return files
