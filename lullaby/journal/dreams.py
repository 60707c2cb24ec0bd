"""Dreams: kept for their dreamer alone, unless the dreamer wants one told in the circle."""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.journal.book import SCHEMA, Note, journal, journal_file, refuse_forgotten
from lullaby.people.database import compacted, looked_into
from lullaby.people.private import say_nothing
from lullaby.score.plain_text import plain

LONGEST = 4_000
"""Characters."""


@dataclass(frozen=True)
class KeptDream:
    number: int
    date: datetime.date
    """The evening of the night in which it was dreamed."""
    text: str
    consent: bool
    """May it be told in the circle?"""


def keep_dream(
    listener: str | None,
    text: str,
    date: datetime.date,
    today: datetime.date,
    *,
    shared: bool = False,
    note: Note = say_nothing,
) -> int:
    """Writes a dream down and gives its number."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise AskedWrongly(f"a dream has from 1 to {LONGEST} characters, and this has {len(said)}.")
    with journal(listener, today, note) as db, db:
        refuse_forgotten(db, date, today)
        row = (date.isoformat(), said, int(shared))
        found = db.execute("insert into dreams (date, text, shared) values (?, ?, ?)", row)
        assert found.lastrowid is not None
        return found.lastrowid


def dreams_in(db: sqlite3.Connection, since: datetime.date | None = None) -> tuple[KeptDream, ...]:
    rows = db.execute(
        "select number, date, text, shared from dreams where date >= ? order by date, number",
        ("" if since is None else since.isoformat(),),
    )
    return tuple(KeptDream(n, datetime.date.fromisoformat(day), text, bool(ok)) for n, day, text, ok in rows)


def told_dreams(listener: str) -> tuple[KeptDream, ...]:
    """The dreams that this listener wants told in the circle; of one without a journal none."""
    with looked_into(journal_file(listener), SCHEMA) as db:
        return () if db is None else tuple(dream for dream in dreams_in(db) if dream.consent)


def consent(listener: str | None, number: int, given: bool) -> KeptDream:
    """Says whether a dream may be told. The text stays here either way; the circle keeps none."""
    with looked_into(journal_file(listener), SCHEMA) as db:
        if db is not None:
            with db:
                db.execute("update dreams set shared = ? where number = ?", (int(given), number))
            for dream in dreams_in(db):
                if dream.number == number:
                    return dream
    raise _none(listener, number)


def erase_dream(listener: str | None, number: int) -> None:
    path = journal_file(listener)
    with looked_into(path, SCHEMA) as db:
        gone = 0
        if db is not None:
            with db:
                gone = db.execute("delete from dreams where number = ?", (number,)).rowcount
    if not gone:
        raise _none(listener, number)
    compacted(path, SCHEMA)


def _none(listener: str | None, number: int) -> AskedWrongly:
    whose = "this journal" if listener is None else f"{plain(listener)}'s journal"
    return AskedWrongly(f"there is no dream {number} in {whose}.\n    lullaby journal dreams lists them.")
