"""`lullaby journal share`, `withdraw`, `export`, `erase`, `keep-for`: what becomes of what is kept."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from lullaby.cli.journal.traces import before_forgetting, no_dream_was_told, told_nowhere
from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.journal import dreams
from lullaby.journal.book import SCHEMA, journal, journal_file
from lullaby.journal.book import keep_for as kept_for
from lullaby.journal.erasing import erase as erased
from lullaby.people.database import looked_into
from lullaby.people.private import put_new
from lullaby.score.plain_text import plain, quoted

_ENDINGS = {".json": "json", ".csv": "csv", ".md": "markdown"}


def share(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener = whose(asked)
    if listener is None:
        raise AskedWrongly("whose dream is it? --for NAME: nobody in particular is in no circle.")
    dream = dreams.consent(listener, asked.dream, True)
    return _of_dream(asked, bedside, dream, f"Dream {dream.number} may be told in your circle, once.")


def withdraw(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener = whose(asked)
    dream = dreams.consent(listener, asked.dream, False)
    told_nowhere(listener, [dream])
    return _of_dream(asked, bedside, dream, f"Dream {dream.number} is told to nobody any more.")


def _of_dream(asked: argparse.Namespace, bedside: Bedside, dream: dreams.KeptDream, says: str) -> int:
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_dream

        bedside.facts(facts_of_dream(dream))
    else:
        bedside.say(says)
    return 0


def export(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.journal import NOTHING, facts_of_exported, facts_of_journal
    from lullaby.journal.exporting import FORMS, exported

    path = Path(asked.file)
    form = asked.form or _ENDINGS.get(path.suffix.lower())
    if form is None:
        raise AskedWrongly(f"--as says the form of {quoted(asked.file)}: {', '.join(FORMS)}.")
    with looked_into(journal_file(whose(asked)), SCHEMA) as db:
        facts = NOTHING if db is None else facts_of_journal(db)
    put_new(path, exported(facts, form))
    if asked.json:
        bedside.facts(facts_of_exported(path, facts))
    else:
        count = sum(len(rows) for rows in facts.values())
        entries = "one entry" if count == 1 else f"{count} entries"
        among = ", dreams among them" if facts["dreams"] else ""
        bedside.say(plain(f"{path}: {entries}{among}. Nobody else may read it."))
    return 0


def erase(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener = whose(asked)
    what = "the whole journal" if asked.whole else f"dream {asked.dream}" if asked.dream else str(asked.night)
    if not asked.yes:
        raise AskedWrongly(f"{what} would be erased for good.\n    --yes does it.")
    kept: tuple[dreams.KeptDream, ...] = ()
    with contextlib.suppress(CouldNot), looked_into(journal_file(listener), SCHEMA) as db:
        kept = () if db is None else dreams.dreams_in(db)
    gone = 1
    if asked.dream is not None:
        dreams.erase_dream(listener, asked.dream)
        told_nowhere(listener, [dream for dream in kept if dream.number == asked.dream])
    else:
        if asked.whole:
            no_dream_was_told(listener)
        told_nowhere(listener, [dream for dream in kept if asked.whole or dream.date == asked.night])
        gone = erased(listener, asked.night)
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_erased

        bedside.facts(facts_of_erased(gone))
    else:
        bedside.say("There was nothing to erase." if not gone else f"Erased for good: {what}.")
    return 0


def keep_for(asked: argparse.Namespace, bedside: Bedside) -> int:
    days = None if asked.days == "always" else _days(asked.days)
    listener, today = whose(asked), bedside.clock.now().date()
    before_forgetting(listener, today)
    with journal(listener, today, bedside.note) as db:
        kept_for(db, days)
    if asked.json:
        from lullaby.evening.facts.journal import facts_of_keeping

        bedside.facts(facts_of_keeping(days))
    else:
        says = "until you erase it" if days is None else f"for {days} days, and then forgets it"
        bedside.say(f"It keeps what is in it {says}.")
    return 0


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise AskedWrongly(f"{quoted(text[:20])} is no number of days, and not: always.")
    return int(text)
