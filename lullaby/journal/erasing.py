"""Erasing for good: what is gone is in no file any more, neither in the database nor in its log."""

from __future__ import annotations

import datetime

from lullaby.journal.book import SCHEMA, journal_file, tidy_logs
from lullaby.people.database import compacted, looked_into, removed

TABLES = {"nights": "evening", "dreams": "date", "mornings": "evening"}


def erase(listener: str | None, evening: datetime.date | None = None) -> int:
    """Erases one evening with its dreams and its morning, or the whole journal; gives how many entries that
    were."""
    path = journal_file(listener)
    with looked_into(path, SCHEMA) as db:
        if db is None:
            return 0
        gone = 0
        with db:
            for table, column in TABLES.items():
                where = "" if evening is None else f" where {column} = ?"
                values = () if evening is None else (evening.isoformat(),)
                gone += db.execute(f"delete from {table}{where}", values).rowcount
        tidy_logs(db, listener)
    if evening is None:
        removed(path)
    else:
        compacted(path, SCHEMA)
    return gone
