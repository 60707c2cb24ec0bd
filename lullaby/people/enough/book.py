"""The file in which a listener keeps what is enough."""

from __future__ import annotations

import contextlib
import datetime
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lullaby import places
from lullaby.people.database import looked_into, opened

SCHEMA = (
    """
    create table limits (
        number integer primary key, name text not null, value text not null, evening text not null
    );
    create table pledges (number integer primary key, holder text not null, word text not null, ends text);
    create table months (
        number integer primary key, begins text not null, seed integer not null, stopped text
    );
    create table evenings (evening text not null, what text not null, text text not null default '',
        primary key (evening, what));
    create table said (what text primary key, day text not null)
    """,
    "create table unwritten (number integer primary key, evening text not null, seconds real not null)",
)
"""Days are written as dates. An evening is the date on which it begins: it lasts until noon of the next."""

DAY = datetime.timedelta(days=1)


def enough_file(listener: str | None) -> Path:
    """The file of a listener, or of nobody in particular."""
    return places.home() / "enough.db" if listener is None else places.home() / "enough" / f"{listener}.db"


@contextlib.contextmanager
def kept(listener: str | None) -> Iterator[sqlite3.Connection]:
    """The database, made where it is missing."""
    with opened(enough_file(listener), SCHEMA) as db:
        yield db


@contextlib.contextmanager
def looked(listener: str | None) -> Iterator[sqlite3.Connection | None]:
    """The same to read from; None where nothing was ever decided."""
    with looked_into(enough_file(listener), SCHEMA) as db:
        yield db


def there_is(listener: str | None) -> bool:
    return os.path.lexists(enough_file(listener))


def said_once(db: sqlite3.Connection, what: str, today: datetime.date, again_after: int) -> bool:
    """May this be said today? It is not said again for so many days then."""
    with db:
        row = db.execute("select day from said where what = ?", (what,)).fetchone()
        if row is not None and (today - datetime.date.fromisoformat(row[0])).days < again_after:
            return False
        db.execute("insert or replace into said values (?, ?)", (what, today.isoformat()))
    return True
