"""`lullaby enough month`: 28 evenings that grow shorter and softer, and what they show."""

from __future__ import annotations

import argparse

from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.evening.enough_month import result_of
from lullaby.journal.book import evening_of, journal, outlive
from lullaby.people.enough.book import DAY, kept, looked
from lullaby.people.enough.month import EVENINGS, Month, for_whom, month_in, start_month, stop_month

KEPT_AFTER = 14 * DAY
"""How long the journal keeps the month after its end, so that its result can be asked for."""


def start(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, now = whose(asked), bedside.clock.now()
    with kept(listener) as db:
        month = start_month(db, evening_of(now), listener or "")
    with journal(listener, now.date(), bedside.note) as book:
        outlive(book, month.begins, month.over + KEPT_AFTER)
    if asked.json:
        return _facts(month, asked, bedside)
    bedside.say(
        f"A month of {EVENINGS} evenings, until {month.over - DAY}. The sound grows a little shorter and "
        "softer each night, and three nights of each week, drawn by chance, go without."
    )
    bedside.say("lullaby morning each day, as soon as you are up: from that it is found out.")
    return _tonight(month, asked, bedside)


def status(asked: argparse.Namespace, bedside: Bedside) -> int:
    month = _month(asked)
    return _facts(month, asked, bedside) if asked.json else _tonight(month, asked, bedside)


def stop(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, evening = whose(asked), evening_of(bedside.clock.now())
    _month(asked)
    with kept(listener) as db:
        month = stop_month(db, evening)
    if month is None:
        raise AskedWrongly("no month runs.\n    lullaby enough month start begins one.")
    if asked.json:
        return _facts(month, asked, bedside)
    bedside.say("The month ends here, and that is fine. Nights are as they were.")
    bedside.say(f"lullaby enough month result{for_whom(listener)} says what it has shown so far.")
    return 0


def result(asked: argparse.Namespace, bedside: Bedside) -> int:
    now, month = bedside.clock.now(), _month(asked)
    if now.date() < month.over:
        raise AskedWrongly(
            f"the month runs until {month.over - DAY}: who looks before its end sees chance.\n"
            f"    lullaby enough month stop{for_whom(whose(asked))} ends it."
        )
    found = result_of(whose(asked), month, now.date())
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_result

        bedside.facts(facts_of_result(found))
        return 0
    for line in found.says:
        bedside.say(line)
    return 0


def _month(asked: argparse.Namespace) -> Month:
    with looked(whose(asked)) as db:
        month = None if db is None else month_in(db)
    if month is None:
        raise AskedWrongly("no month was begun yet.\n    lullaby enough month start begins one.")
    return month


def _tonight(month: Month, asked: argparse.Namespace, bedside: Bedside) -> int:
    night = month.night(evening_of(bedside.clock.now()))
    if night is None:
        bedside.say(
            f"The month ended on {month.over - DAY}. "
            f"lullaby enough month result{for_whom(whose(asked))} says what it showed."
        )
    elif night.without:
        bedside.say(f"Evening {night.number} of {EVENINGS}: tonight goes without sound.")
    else:
        bedside.say(
            f"Evening {night.number} of {EVENINGS}: {100 * night.share:.0f} % as long, "
            f"{abs(night.softer_db):.1f} dB softer."
        )
    return 0


def _facts(month: Month, asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.enough import facts_of_month

    bedside.facts(facts_of_month(month, evening_of(bedside.clock.now())))
    return 0
