"""`lullaby circle turn`, `away`, `guest`, `swap`, `not-tonight`, `held`, `bring`: evening by evening."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.journal.book import evening_of
from lullaby.ritual.circle import brought, sayings
from lullaby.ritual.circle.circles import find_circle, which
from lullaby.ritual.circle.facts import (
    facts_of_brought,
    facts_of_held,
    facts_of_said,
    facts_of_tonight,
    facts_of_undone,
)
from lullaby.ritual.circle.held import held as evening_held
from lullaby.ritual.circle.member import Circle
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.undoing import undo_held
from lullaby.score.plain_text import plain, together

_A_YEAR = datetime.timedelta(days=366)


def _day(asked: argparse.Namespace, bedside: Bedside) -> datetime.date:
    day: datetime.date = asked.date or evening_of(bedside.clock.now())
    return day


def _coming(asked: argparse.Namespace, bedside: Bedside) -> datetime.date:
    """The same, of an evening about which something is said ahead: nobody knows it years before, and a slip
    of the hand would stay in the book until then."""
    day = _day(asked, bedside)
    if day > evening_of(bedside.clock.now()) + _A_YEAR:
        raise AskedWrongly(f"--date {day} is more than a year ahead. Say it when that evening is nearer.")
    return day


def turn(asked: argparse.Namespace, bedside: Bedside) -> int:
    circle = find_circle(which(asked.circle), bedside.note)
    facts = facts_of_tonight(circle, _day(asked, bedside))
    if asked.json:
        bedside.facts(facts)
    else:
        _say(facts, bedside)
    return 0


def _say(facts: Mapping[str, Any], bedside: Bedside) -> None:
    there = [f"{name}{_passes(name, facts)}" for name in facts["there"]]
    there += [f"{name} (a guest)" for name in facts["guests"]]
    bedside.say(plain(f"{facts['date']}: {together(there) if there else 'nobody'}"))
    for role in ("tells", "plays"):
        deal = facts[role]
        bedside.say(plain(f"    {deal['who'] or 'Nobody'} {role}: {deal['why']}."))
        if deal["brings"] is not None:
            bedside.say(plain(f"        They bring a {deal['brings']['kind']}: {deal['brings']['title']}."))
    if facts["serial"] is not None and facts["tells"]["who"] is not None:
        bedside.say(plain(f"        It goes on: {facts['serial']}."))


def _passes(name: str, facts: Mapping[str, Any]) -> str:
    """What is said beside the name of somebody who takes no turn tonight."""
    roles = [role for role, names in facts["not_tonight"].items() if name in names]
    return "" if not roles else f" (not tonight{'' if len(roles) == len(Role) else f': {roles[0]}'})"


def away(asked: argparse.Namespace, bedside: Bedside) -> int:
    circle, day = which(asked.circle), _coming(asked, bedside)
    if asked.back:
        sayings.back(circle, asked.member)
        return _said(asked, bedside, f"{asked.member} is there again.", away=False)
    sayings.away(circle, asked.member, day, asked.until)
    last = f"until {asked.until}" if asked.until else "until they are back (--back)"
    until = asked.until and asked.until.isoformat()
    return _said(asked, bedside, f"{asked.member} is away {last}.", since=day.isoformat(), until=until)


def guest(asked: argparse.Namespace, bedside: Bedside) -> int:
    circle, day = which(asked.circle), _coming(asked, bedside)
    asked.member = asked.name
    if asked.stays_out:
        sayings.no_guest(circle, asked.name, day)
        return _said(asked, bedside, f"{asked.name} does not come on {day}.", guest=False)
    sayings.guest(
        circle,
        asked.name,
        day,
        teller=asked.teller,
        instrument=asked.instrument,
        tells=asked.tells,
        plays=asked.plays,
    )
    return _said(asked, bedside, f"{asked.name} comes on {day}.", guest=True, date=day.isoformat())


def swap(asked: argparse.Namespace, bedside: Bedside) -> int:
    role = Role(asked.role or "tell")
    is_on = sayings.swap(which(asked.circle), asked.first, asked.second, role)
    asked.member = asked.first
    says = "take each other's next turn" if is_on else "take their own turns again"
    text = f"{asked.first} and {asked.second} {says} to {role.value}."
    return _said(asked, bedside, text, swapped=is_on, **{"with": asked.second}, role=role.value)


def not_tonight(asked: argparse.Namespace, bedside: Bedside) -> int:
    day = _coming(asked, bedside)
    roles = [Role(asked.role)] if asked.role else [*Role]
    sayings.not_tonight(which(asked.circle), asked.member, day, roles)
    text = f"{asked.member} takes no turn on {day}, and keeps what they are owed."
    return _said(asked, bedside, text, date=day.isoformat(), roles=[role.value for role in roles])


def held(asked: argparse.Namespace, bedside: Bedside) -> int:
    circle, day = find_circle(which(asked.circle), bedside.note), _day(asked, bedside)
    if asked.undo:
        return _undone(asked, bedside, circle)
    if day > evening_of(bedside.clock.now()):
        raise AskedWrongly(f"{day} is still to come.")
    found = evening_held(circle.name, day)
    facts = facts_of_held(circle, found.evening, found.is_new)
    if asked.json:
        bedside.facts(facts)
        return 0
    if not found.is_new:
        bedside.note(f"{day} was held already, and counts once.")
    _say(facts, bedside)
    return 0


def _undone(asked: argparse.Namespace, bedside: Bedside, circle: Circle) -> int:
    day = undo_held(circle.name, asked.date)
    facts = facts_of_undone(circle, day)
    if asked.json:
        bedside.facts(facts)
        return 0
    bedside.say(f"{day} does not count as held any more.")
    _say(facts, bedside)
    return 0


def bring(asked: argparse.Namespace, bedside: Bedside) -> int:
    circle = which(asked.circle)
    if asked.nothing == (asked.file is not None):
        raise AskedWrongly("name a FILE that they bring, or --nothing.")
    if asked.nothing:
        brought.take_back(circle, asked.member)
        return _said(asked, bedside, f"{asked.member} brings nothing; no trace of it is kept.", brings=None)
    found = brought.bring(circle, asked.member, Path(asked.file), bedside.clock.now().date())
    if asked.json:
        bedside.facts(facts_of_brought(found))
    else:
        bedside.say(plain(f"{found.member} brings a {found.kind}: {found.title}"))
        bedside.say(plain(f"    {found.path}"))
    return 0


def _said(asked: argparse.Namespace, bedside: Bedside, text: str, **said: object) -> int:
    if asked.json:
        bedside.facts(facts_of_said(which(asked.circle), asked.member, **said))
    else:
        bedside.say(plain(text))
    return 0
