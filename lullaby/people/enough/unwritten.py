"""Minutes of nights that were heard with `--no-journal`: only how long they were is kept, for a week, and
only where a limit counts them. Otherwise a limit would hold for nobody who leaves the journal out."""

from __future__ import annotations

import datetime
import sqlite3

from lullaby.people.enough.book import DAY, kept, looked, there_is
from lullaby.people.enough.own_limits import FREE, limits_on

_KEPT = 7 * DAY


def add_unwritten(listener: str | None, evening: datetime.date, seconds: float) -> None:
    """Counts a night of this evening, where a limit of its listener's does."""
    if not there_is(listener) or seconds <= 0:
        return
    with kept(listener) as db, db:
        if limits_on(db, evening) != FREE:
            db.execute("delete from unwritten where evening <= ?", ((evening - _KEPT).isoformat(),))
            row = (evening.isoformat(), round(seconds, 1))
            db.execute("insert into unwritten (evening, seconds) values (?, ?)", row)


def unwritten_by(listener: str | None, first: datetime.date, last: datetime.date) -> tuple[float, float]:
    """Minutes from evening to evening, and of these the minutes of the last."""
    if not there_is(listener):
        return 0.0, 0.0
    with looked(listener) as db:
        return (0.0, 0.0) if db is None else (_minutes(db, first, last), _minutes(db, last, last))


def _minutes(db: sqlite3.Connection, first: datetime.date, last: datetime.date) -> float:
    found = db.execute(
        "select total(seconds) from unwritten where evening between ? and ?",
        (first.isoformat(), last.isoformat()),
    )
    return float(found.fetchone()[0]) / 60
