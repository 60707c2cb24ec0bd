"""Erasing for good: what is gone is in no file any more, neither in the database nor in its log."""

from __future__ import annotations

import contextlib
import datetime
import shutil

from lullaby.errors import CouldNot
from lullaby.journal.book import SCHEMA, journal_file, logs_folder, logs_of, remove_logs
from lullaby.people.database import compacted, looked_into, removed

TABLES = {"nights": "evening", "dreams": "date", "mornings": "evening"}


def erase(listener: str | None, evening: datetime.date | None = None) -> int:
    """Erases one evening with its dreams and its morning, or the whole journal; gives how many entries that
    were."""
    path = journal_file(listener)
    if evening is None:
        return _whole(listener)
    with looked_into(path, SCHEMA) as db:
        if db is None:
            return 0
        logs = logs_of(db, "evening = ?", evening.isoformat())
        with db:
            gone = sum(
                db.execute(f"delete from {table} where {column} = ?", (evening.isoformat(),)).rowcount
                for table, column in TABLES.items()
            )
        remove_logs(listener, logs)
    compacted(path, SCHEMA)
    return gone


def _whole(listener: str | None) -> int:
    """All of it, even where the file is damaged and can be read no more."""
    path, gone = journal_file(listener), 0
    with contextlib.suppress(CouldNot), looked_into(path, SCHEMA) as db:
        if db is not None:
            gone = sum(db.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES)
    was_there = removed(path)
    shutil.rmtree(logs_folder(listener), ignore_errors=True)
    return max(gone, int(was_there))
