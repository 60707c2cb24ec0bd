"""`lullaby ritual list` and `next`: the rules, and what comes by them."""

from __future__ import annotations

import argparse
import datetime
import heapq
import itertools
import sqlite3
from collections.abc import Iterator

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, LullabyError
from lullaby.ritual.schedule.book import KeptRule, find_rule, looked_at, rules
from lullaby.ritual.schedule.coming import Coming, coming, elsewhere
from lullaby.ritual.schedule.zones import instant, local, zone_of
from lullaby.score.plain_text import plain, quoted

MOST = 1000
NONE = 'There are no rules: lullaby ritual add NAME --at "weekdays 22:30"'


def listed(asked: argparse.Namespace, bedside: Bedside) -> int:
    now = bedside.clock.now()
    with looked_at() as db:
        found = [] if db is None else [(rule, _next(db, rule, now, bedside)) for rule in rules(db)]
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_rule

        bedside.facts([facts_of_rule(rule, start) for rule, start in found])
        return 0
    if not found:
        bedside.say(NONE)
    for rule, start in found:
        bedside.say(plain(f"{rule.name}: {rule.at}, {rule.zone}{_how(rule)}"))
        if start is not None:
            bedside.say(f"    next {_when(start)}")
        if rule.paused_until is not None and rule.paused_until > local(now, zone_of(rule.zone)).date():
            bedside.say(f"    paused until {rule.paused_until:%A %d %B}")
    return 0


def coming_rows(
    db: sqlite3.Connection, chosen: list[KeptRule], after: str | None, now: datetime.datetime
) -> Iterator[tuple[KeptRule, Coming]]:
    """What comes by these rules, in order."""
    by_name = {rule.name: rule for rule in chosen}
    for start in heapq.merge(*(coming(db, rule, _after(after, rule, now)) for rule in chosen)):
        yield by_name[start.name], start


def coming_next(asked: argparse.Namespace, bedside: Bedside) -> list[tuple[KeptRule, Coming]]:
    if not 1 <= asked.count <= MOST:
        raise AskedWrongly(f"--count goes from 1 to {MOST}.")
    now = bedside.clock.now()
    with looked_at() as db:
        chosen = rules(db) if asked.name is None else [find_rule(db, asked.name)]
        if db is None:
            return []
        return list(itertools.islice(coming_rows(db, chosen, asked.after, now), asked.count))


def _after(text: str | None, rule: KeptRule, now: datetime.datetime) -> datetime.datetime:
    """The instant of --after: by the rule's own clock, unless it says its offset."""
    if text is None:
        return now
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise AskedWrongly(
            f"--after {quoted(text)} is no time like 2027-03-27T12:00 or 2027-03-27T12:00+01:00."
        ) from None
    if not 1990 <= found.year < 2190:
        raise AskedWrongly("--after goes from 1990 to 2189.")
    return instant(found, zone_of(rule.zone)) if found.tzinfo is None else found


def _next(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime, bedside: Bedside) -> Coming | None:
    try:
        return next(coming(db, rule, now), None)
    except LullabyError as error:  # a listener who is gone, say: the others are shown all the same
        bedside.note(f"{plain(rule.name)}: {error}")
        return None


def _how(rule: KeptRule) -> str:
    said = "; begins by itself" if rule.begins == "alone" else "; invites"
    said += f" on {rule.device}" if rule.device else ""
    return f"{said}; {' '.join(rule.night)}" if rule.night else said


def _when(start: Coming) -> str:
    ends = "" if start.ends is None else f", silent at {start.ends.astimezone(start.local.tzinfo):%H:%M}"
    return f"{start.local:%A %d %B %Y, %H:%M (%Z)}{ends}"


def show_coming(found: list[tuple[KeptRule, Coming]], bedside: Bedside) -> None:
    for rule, start in found:
        bedside.say(plain(f"{rule.name}: {_when(start)}"))
        bedside.say(plain(f"    {start.reason}"))
        for one in elsewhere(rule, start):
            begins = f"{one.begins:%A %H:%M} in {one.who.zone}, silent there at {one.silent:%H:%M}"
            bedside.say(plain(f"    {one.who.name} begins on {begins}"))


def coming_command(asked: argparse.Namespace, bedside: Bedside) -> int:
    found = coming_next(asked, bedside)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_many

        bedside.facts(facts_of_many(found))
    elif not found:
        bedside.say(NONE if asked.name is None else "Nothing comes by it.")
    else:
        show_coming(found, bedside)
    return 0
