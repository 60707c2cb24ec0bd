"""`lullaby consent facing`, `preview`, `withdraw`, `quiet`: a story that faces a fear, and gentle nights."""

from __future__ import annotations

import argparse
from pathlib import Path

from lullaby.cli.enough.consent import of_listener
from lullaby.cli.enough.forgetting import forget_facing
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.evening.enough_gentle import spoken_of
from lullaby.journal.book import evening_of
from lullaby.people.enough.book import DAY, kept, looked
from lullaby.people.enough.evenings import (
    GENTLE_NIGHTS,
    Facing,
    digest_of,
    end_gentle,
    facing_on,
    gentle_until,
    set_facing,
    set_gentle,
    withdraw_facing,
)
from lullaby.score.plain_text import plain

ENDINGS = (".md", ".txt")


def facing(asked: argparse.Namespace, bedside: Bedside) -> int:
    """Consents to this text, this evening."""
    person, path = of_listener(asked, bedside), Path(asked.file).expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise AskedWrongly(f"{plain(str(path))}: the story is a text that ends in {' or '.join(ENDINGS)}.")
    if not asked.tonight:
        raise AskedWrongly("it is told on one evening, and only when you say so that day: --tonight.")
    evening = evening_of(bedside.clock.now())
    sentences = spoken_of(str(path))  # a mistake in it is said now, and not in the evening
    with kept(person.name) as db:
        if (until := gentle_until(db, evening)) is not None:
            raise AskedWrongly(
                f"nights are gentle until {until}, and no such story is told in them.\n"
                f"    lullaby consent quiet --end --for {plain(person.name)} ends that."
            )
        set_facing(db, evening, Facing(str(path.absolute()), digest_of(path)))
    if asked.json:
        from lullaby.evening.facts.consent import facts_of_facing

        bedside.facts(facts_of_facing(evening, str(path.absolute()), sentences))
        return 0
    words = f"--for {plain(person.name)}"
    bedside.say(f"It may be told this evening ({len(sentences)} sentences), and on no other.")
    bedside.say(plain(f"    lullaby consent preview {words}    what will be spoken"))
    bedside.say(plain(f"    lullaby tell {asked.file} {words}    tells it"))
    bedside.say(plain(f"    lullaby consent withdraw {words}    takes it back"))
    return 0


def preview(asked: argparse.Namespace, bedside: Bedside) -> int:
    person, evening = of_listener(asked, bedside), evening_of(bedside.clock.now())
    with looked(person.name) as db:
        found = None if db is None else facing_on(db, evening)
    if found is None:
        raise AskedWrongly(
            "no such story is told this evening.\n    lullaby consent facing FILE --tonight chooses one."
        )
    if not found.is_file(Path(found.path)):
        raise CouldNot(
            f"{plain(found.path)} is not what was chosen any more, so it is not told.\n"
            "    lullaby consent facing FILE --tonight chooses it as it is now."
        )
    sentences = spoken_of(found.path)
    if asked.json:
        from lullaby.evening.facts.consent import facts_of_facing

        bedside.facts(facts_of_facing(evening, found.path, sentences))
    else:
        for sentence in sentences:
            bedside.say(plain(sentence))
    return 0


def withdraw(asked: argparse.Namespace, bedside: Bedside) -> int:
    person = of_listener(asked, bedside)
    forget_facing(person.name)
    with looked(person.name) as db:
        gone = 0 if db is None else withdraw_facing(db)
    if asked.json:
        from lullaby.evening.facts.consent import facts_of_withdrawn

        bedside.facts(facts_of_withdrawn(gone))
    else:
        bedside.say("It is not told." if gone else "No such story was to be told.")
    return 0


def quiet(asked: argparse.Namespace, bedside: Bedside) -> int:
    """Takes up the offer of gentle nights, or ends them."""
    person, evening = of_listener(asked, bedside), evening_of(bedside.clock.now())
    until = None
    with kept(person.name) as db:
        if asked.end:
            end_gentle(db)
        else:
            set_gentle(db, evening)
            until = evening + (GENTLE_NIGHTS - 1) * DAY
    if asked.json:
        from lullaby.evening.facts.consent import facts_of_gentle

        bedside.facts(facts_of_gentle(until))
    elif until is None:
        bedside.say("Nights are as usual again.")
    else:
        bedside.say(
            f"Seven gentle nights, until {until}: quiet voices, calm stories, none that faces a fear. "
            f"lullaby consent quiet --end --for {plain(person.name)} ends them sooner."
        )
    return 0


OFFER = (
    "That sounds like a hard night. If you like, the next seven can be gentle: quiet voices and calm stories "
    "alone."
)


def offered(listener: str | None) -> str:
    """What is offered after a nightmare; nothing is changed by it."""
    if listener is None:
        return OFFER + " For a listener with a name, lullaby consent quiet --for NAME does that."
    return f"{OFFER} lullaby consent quiet --for {plain(listener)} does that."
