"""What a listener has heard, as their journal has it: the minutes of tonight and of the week, and their
energy."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass

from lullaby.errors import CouldNot
from lullaby.people.enough.book import DAY
from lullaby.people.enough.unwritten import unwritten_by

WEEK = 7


@dataclass(frozen=True)
class Heard:
    """Of seven evenings, the last of which is tonight."""

    tonight_min: float = 0.0
    week_min: float = 0.0
    energy: float = 0.0
    """Of what was heard on a device that somebody had measured: minutes times 10^(dBA / 10). A night counts
    as loud as it opened, which is never too little."""
    unmeasured_min: float = 0.0
    """Minutes of the week of which nobody knows how loud they were."""
    without_end: int = 0
    """Nights of the week whose end was not written down: nobody knows their minutes."""
    without: bool = False
    """Was tonight chosen to be one without?"""


@dataclass(frozen=True)
class Evening:
    """What was heard on one evening."""

    minutes: float
    without: bool


def heard_by(listener: str | None, evening: datetime.date) -> Heard:
    """What this listener has heard, by their journal and, where a limit counts it, beside it. A journal that
    cannot be read counts nothing: a night does not wait for that, and the player says so."""
    from lullaby.journal.book import SCHEMA, journal_file
    from lullaby.journal.nights import NightPlayed, nights_in
    from lullaby.people.database import looked_into

    path = journal_file(listener)
    first = evening - (WEEK - 1) * DAY
    beside, beside_tonight = unwritten_by(listener, first, evening)
    if not os.path.lexists(path):
        return Heard(beside_tonight, beside, unmeasured_min=beside)
    nights: list[NightPlayed] = []
    with contextlib.suppress(CouldNot), looked_into(path, SCHEMA) as db:
        found: Iterable[NightPlayed] = () if db is None else nights_in(db, first)
        nights = [night for night in found if night.evening <= evening]
    heard = [night for night in nights if not night.without]
    return Heard(
        sum(night.seconds for night in heard if night.evening == evening) / 60 + beside_tonight,
        sum(night.seconds for night in heard) / 60 + beside,
        sum(night.seconds / 60 * 10 ** (night.dba / 10) for night in heard if night.dba is not None),
        sum(night.seconds for night in heard if night.dba is None) / 60 + beside,
        sum(night.ended is None for night in heard),
        any(night.without for night in nights if night.evening == evening),
    )


def evenings_of(listener: str | None, since: datetime.date) -> dict[datetime.date, Evening]:
    """The evenings of which something is written down."""
    from lullaby.journal.book import SCHEMA, journal_file
    from lullaby.journal.nights import nights_in
    from lullaby.people.database import looked_into

    found: dict[datetime.date, Evening] = {}
    with looked_into(journal_file(listener), SCHEMA) as db:
        for night in () if db is None else nights_in(db, since):
            before = found.get(night.evening, Evening(0.0, False))
            minutes = before.minutes + (0.0 if night.without else night.seconds / 60)
            found[night.evening] = Evening(minutes, before.without or night.without)
    return found
