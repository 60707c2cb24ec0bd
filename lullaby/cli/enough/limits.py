"""`lullaby enough` and `enough set`: what is enough, and what has been heard of it."""

from __future__ import annotations

import argparse

from lullaby.cli.enough.words import word_typed
from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.evening.enough import Standing, standing
from lullaby.evening.enough_leaning import leaning
from lullaby.journal.book import evening_of
from lullaby.people.enough.book import DAY, kept, looked
from lullaby.people.enough.own_limits import NAMES, NONE, change, next_noon, to_come, written
from lullaby.people.enough.pledge import WAITS, pledge_on, proved
from lullaby.score.plain_text import plain

_SAID = {
    "nightly": "minutes a night",
    "weekly": "minutes in seven evenings",
    "dose": "dBA over 40 hours in seven evenings",
    "quiet_nights": "quiet nights",
}


def _line(name: str) -> str:
    """What a limit is of, where a line begins with it."""
    said = _SAID[name]
    return said if said.startswith("dBA") else said.capitalize()


def _none(name: str) -> str:
    return "none" if name == "quiet_nights" else "no limit"


def shown(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, now = whose(asked), bedside.clock.now()
    evening = evening_of(now)
    at = standing(listener, evening)
    with looked(listener) as db:
        coming = [] if db is None else to_come(db, evening)
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_standing

        bedside.facts(facts_of_standing(at, coming))
        return 0
    for name in NAMES:
        value = written(getattr(at.limits, name))
        bedside.say(f"{_line(name)}: {_none(name) if value == NONE else value}.")
    for name, value, day in coming:
        bedside.say(f"From {day}, noon: {_SAID[name]} {value}.")
    if at.held_by is not None:
        bedside.say(plain(f"{at.held_by} holds a pledge with you: a limit is raised with their word."))
    for line in _heard(at):
        bedside.say(line)
    if said := leaning(listener, now.date()):
        bedside.say(said)
    return 0


def _heard(at: Standing) -> list[str]:
    heard = at.heard
    lines = [f"Heard tonight {heard.tonight_min:.0f} minutes, in seven evenings {heard.week_min:.0f}."]
    if at.month is not None:
        without = ", one without" if at.month.without else ""
        lines.append(f"Evening {at.month.number} of the month{without}.")
    if at.limits.dose is not None and heard.unmeasured_min:
        lines.append(
            f"{heard.unmeasured_min:.0f} of these minutes are in no dose: nobody has measured how loud they "
            "were (lullaby calibrate)."
        )
    if heard.without_end:
        lines.append(
            f"Nights whose end was not written down, and that count as far as is known: {heard.without_end}."
        )
    return lines


def set_limits(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, now = whose(asked), bedside.clock.now()
    evening = evening_of(now)
    wanted = {name: text for name in NAMES if (text := getattr(asked, name)) is not None}
    if not wanted:
        raise AskedWrongly("which limit?\n    --nightly, --weekly, --dose or --quiet-nights.")
    with looked(listener) as found:
        pledge = None if found is None else pledge_on(found, evening)
    loosens = next_noon(now.date())
    if pledge is not None and asked.word:
        proved(pledge, word_typed(f"The word that {plain(pledge.holder)} chose: "))
    elif pledge is not None:
        loosens = max(loosens, evening + WAITS)
    with kept(listener) as db:
        later = change(db, wanted, evening, loosens)
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_change

        bedside.facts(facts_of_change(wanted, later, evening))
        return 0
    for name, day in later.items():
        if day is None:
            bedside.say(f"{_line(name)}: {plain(wanted[name])}, from now on.")
        else:
            bedside.say(f"{_line(name)}: {plain(wanted[name])}, from {day}, noon.")
    if pledge is not None and not asked.word and any(later.values()):
        bedside.say(
            plain(f"{pledge.holder} holds a pledge: with their word (--word) it is {now.date() + DAY}.")
        )
    return 0
