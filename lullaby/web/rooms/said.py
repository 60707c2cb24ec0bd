"""What a listener has said and chosen, gathered from their file, their journal and what they arranged: for
suggestions, and kept nowhere."""

from __future__ import annotations

import datetime

from lullaby.evening.enough_gentle import wishes_on
from lullaby.journal.book import evening_of, journal, journal_file
from lullaby.journal.mornings import mornings_in
from lullaby.journal.nights import NightPlayed, nights_in
from lullaby.people.listeners import find_person
from lullaby.web.rooms.suggestions import Said

WEEKS = datetime.timedelta(weeks=2)
"""How far back it is looked."""


def said_by(listener: str | None, now: datetime.datetime) -> Said:
    """Of a listener, or of nobody in particular; an AskedWrongly where there is no such listener."""
    evening = evening_of(now)
    person = None if listener is None else find_person(listener)
    gentle = wishes_on(listener, evening).gentle
    if not journal_file(listener).exists():  # one that is not there is not made for this
        return Said(evening, person, gentle=gentle)
    with journal(listener, now.date()) as db:
        mornings = mornings_in(db, evening - WEEKS)
        nights = nights_in(db, evening - WEEKS)
    chosen = {night.evening: name for night in nights if (name := _score_of(night)) is not None}
    return Said(evening, person, mornings, chosen, gentle)


def _score_of(night: NightPlayed) -> str | None:
    """The name of its score; None for a mix, a story, an evening without."""
    words = night.asked
    if night.without or not words or words[0] != "render":
        return None
    named = [word for word in words[1:3] if not word.startswith("-")]
    only = len(words) < 3 or words[2].startswith("-")
    return named[0] if named and only else None
