"""`lullaby consent`: what somebody fears, avoids and likes. It is asked by day: nobody is to lie in the dark
with a list of what they are afraid of."""

from __future__ import annotations

import argparse
import datetime
import sys
from dataclasses import replace

from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.listeners import find_person, keep_person
from lullaby.people.person import Person
from lullaby.people.story_wishes import favourite
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, quoted

BEFORE_BED, AFTER_BED = 1.0, 8.0
"""Hours before and after a listener's bedtime in which nothing of this is asked."""
_NONE = "none"
_QUESTIONS = (
    ("fears", "Is there something that frightens you? In words, with commas: "),
    ("avoid", "Words that no story should have, and no sound be called: "),
    ("themes", "Things you like to hear of, such as trains, the moon: "),
)


def of_listener(asked: argparse.Namespace, bedside: Bedside) -> Person:
    name = whose(asked)
    if name is None:
        raise AskedWrongly("of whom? --for NAME: nobody in particular has no fears.")
    return find_person(name, bedside.note)


def is_bedtime(person: Person, now: datetime.datetime) -> bool:
    """Is it an hour in which this listener goes to bed, or sleeps?"""
    since = (now.hour + now.minute / 60 - (person.bedtime - BEFORE_BED)) % 24
    return since < BEFORE_BED + AFTER_BED


def by_day(person: Person, now: datetime.datetime) -> None:
    if is_bedtime(person, now):
        raise CouldNot(
            "This is for the daytime: it is easier to think about with the curtains open. Nothing is lost; "
            "what you said before holds tonight as well. Sleep well."
        )


def consent(asked: argparse.Namespace, bedside: Bedside) -> int:
    person = of_listener(asked, bedside)
    given = {name: text for name, _ in _QUESTIONS if (text := getattr(asked, name)) is not None}
    asks = not given and not asked.json and sys.stdin is not None and sys.stdin.isatty()
    if given or asks:
        by_day(person, bedside.clock.now())
    if asks:
        given = _answers(bedside)
    if given:
        person = keep_person(person.name, lambda before: said_by(before, given))
    if asked.json:
        from lullaby.evening.facts.consent import facts_of_consent

        bedside.facts(facts_of_consent(person))
        return 0
    for says, words in (
        ("Feared, and never told or heard", person.avoid.fears),
        ("Never to be heard", person.avoid.words),
        ("Liked in stories", person.stories.favourites),
    ):
        bedside.say(plain(f"{says}: {', '.join(words) or 'nothing was said'}."))
    return 0


def _answers(bedside: Bedside) -> dict[str, str]:
    bedside.say(f"Enter leaves a question out; {_NONE} takes back what was said; Ctrl-C leaves the rest.")
    found = {}
    try:
        for name, question in _QUESTIONS:
            if text := input(question).strip():
                found[name] = text
    except (KeyboardInterrupt, EOFError):
        bedside.say()
    return found


def said_by(person: Person, given: dict[str, str]) -> Person:
    """The listener with these answers in the place of the old ones."""
    avoid, stories = person.avoid, person.stories
    if "fears" in given:
        avoid = replace(avoid, fears=_words("fears", given["fears"]))
    if "avoid" in given:
        avoid = replace(avoid, words=_words("avoid", given["avoid"]))
    if "themes" in given:
        try:
            liked = tuple(favourite(word) for word in _words("themes", given["themes"]))
        except Unfit as unfit:
            raise AskedWrongly(f"--themes {quoted(given['themes'][:40])} {unfit.what} {unfit.hint}") from None
        stories = replace(stories, favourites=liked)
    return replace(person, avoid=avoid, stories=stories)


def _words(option: str, text: str) -> tuple[str, ...]:
    if text.strip().lower() == _NONE:
        return ()
    found = tuple(dict.fromkeys(" ".join(word.split()) for word in text.split(",") if word.strip()))
    if not found or not all(any(c.isalnum() for c in word) and len(word) <= 100 for word in found):
        raise AskedWrongly(f"--{option} {quoted(text[:40])}: words with commas between them, or none.")
    return found
