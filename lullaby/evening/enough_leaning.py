"""Leaning on it: sound every night for a month, and more of it as the month goes. Said once, and kindly."""

from __future__ import annotations

import datetime

from lullaby.evening.enough_heard import Evening, evenings_of
from lullaby.people.enough.book import DAY, kept, said_once

NIGHTS = 30
GROWN = 1.15
"""Times as long in the last ten nights as in the first ten."""
AGAIN_AFTER = 90
"""Days."""
SAYS = (
    "Sound was there on each of the last 30 nights, a little longer than before. Nothing is wrong with that. "
    "If you ever wonder whether you still need it: lullaby enough month start finds out gently, and "
    "lullaby without is one night off."
)


def leans(evenings: dict[datetime.date, Evening], today: datetime.date) -> bool:
    """Was there sound on every one of the last 30 evenings, and more at their end than at their beginning?"""
    minutes = [
        evenings[day].minutes if day in evenings else 0.0
        for day in (today - back * DAY for back in range(NIGHTS, 0, -1))
    ]
    return min(minutes) > 0 and sum(minutes[-10:]) > GROWN * sum(minutes[:10])


def leaning(listener: str | None, today: datetime.date) -> str | None:
    """What is said of it today; None on most days, and for 90 after it was said."""
    if not leans(evenings_of(listener, today - NIGHTS * DAY), today):
        return None
    with kept(listener) as db:
        return SAYS if said_once(db, "leaning", today, AGAIN_AFTER) else None
