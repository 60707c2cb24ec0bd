"""`lullaby enough pledge`: somebody holds the limits with a listener."""

from __future__ import annotations

import argparse

from lullaby.cli.enough.words import word_typed
from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.journal.book import evening_of
from lullaby.people.enough.book import kept, looked
from lullaby.people.enough.pledge import end_pledge, make_pledge, pledge_on
from lullaby.score.plain_text import plain


def pledge(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, evening = whose(asked), evening_of(bedside.clock.now())
    with looked(listener) as found:
        held = None if found is None else pledge_on(found, evening)
    word = None  # typed before the file is opened to write
    if asked.end and held is not None and asked.word:
        word = word_typed(f"The word that {plain(held.holder)} chose: ")
    elif not asked.end and held is None:
        word = word_typed(f"A word that {plain(asked.holder)} chooses, and you do not see: ", twice=True)
    with kept(listener) as db:
        if asked.end:
            ended = end_pledge(db, evening, word)
            if ended is None:
                raise AskedWrongly("nobody holds a pledge with you.")
            holder, ends = ended[0].holder, ended[1]
            says = f"The pledge with {holder} ends {'now' if ends <= evening else f'at noon of {ends}'}."
        else:
            made = make_pledge(db, asked.holder, word or "", evening)
            holder, ends = made.holder, None
            says = (
                f"{holder} holds a pledge with you. Limits may always be lowered; raising one takes their "
                "word, or a week."
            )
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_pledge

        bedside.facts(facts_of_pledge(holder, ends))
    else:
        bedside.say(plain(says))
    return 0
