"""The file of a journal, what it keeps for how long, and what it forgets by itself."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly
from lullaby.people.database import is_full, opened
from lullaby.people.listeners import person_file
from lullaby.people.private import say_nothing

Note = Callable[[str], None]

SCHEMA = (
    """
    create table nights (
        number integer primary key, evening text not null, begun text not null, ended text,
        heard text not null
    );
    create index nights_by_evening on nights (evening);
    create table dreams (
        number integer primary key autoincrement, date text not null, text text not null,
        shared integer not null default 0
    );
    create table mornings (evening text primary key, answers text not null);
    create table settings (name text primary key, value text not null)
    """,
)
"""`heard` and `answers` are JSON: what a night or a morning is may grow. A dream's number is never given
again, so that what was told of it elsewhere can never mean another."""

USUAL_DAYS = 30
"""Days after which what is written here is forgotten, unless its owner says otherwise."""
MOST_DAYS = 36_500
_NOON = datetime.timedelta(hours=12)


def journal_file(listener: str | None) -> Path:
    """The journal of a listener, or of nobody in particular."""
    if listener is None:
        return places.home() / "journal.db"
    person_file(listener)  # an AskedWrongly where nobody can be called so
    return places.home() / "journal" / f"{listener}.db"


def logs_folder(listener: str | None) -> Path:
    """Where logs of nights are kept that nobody gave a place."""
    return journal_file(listener).with_suffix("") if listener is not None else places.home() / "journal-logs"


def logs_of(db: sqlite3.Connection, where: str, value: str) -> list[Path]:
    """The logs of the nights of which this is true, as they are written down."""
    rows = db.execute(f"select json_extract(heard, '$.log') from nights where {where}", (value,))
    return [Path(log) for (log,) in rows if log]


def remove_logs(listener: str | None, logs: Sequence[Path]) -> None:
    """Takes these away, as far as they are the journal's own: one that somebody gave a place stays there."""
    folder = logs_folder(listener).absolute()
    for path in logs:
        if path.absolute().parent == folder:
            with contextlib.suppress(OSError):
                path.unlink()
    with contextlib.suppress(OSError):  # where it is empty
        folder.rmdir()


def evening_of(moment: datetime.datetime) -> datetime.date:
    """The evening that a moment belongs to, by the clock it was read from: until noon it is yesterday's."""
    return (moment.replace(tzinfo=None) - _NOON).date()


@contextlib.contextmanager
def journal(
    listener: str | None, today: datetime.date, note: Note = say_nothing
) -> Iterator[sqlite3.Connection]:
    """The journal, open; what is older than it keeps is forgotten first."""
    with opened(journal_file(listener), SCHEMA) as db:
        try:
            forget(db, listener, today, note)
        except sqlite3.OperationalError as error:
            if not is_full(error):
                raise
            note("The disk is full: what is due to be forgotten is forgotten once there is room.")
        yield db


def setting(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("select value from settings where name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def set_to(db: sqlite3.Connection, name: str, value: str | None) -> None:
    if value is None:
        db.execute("delete from settings where name = ?", (name,))
    else:
        db.execute("insert or replace into settings values (?, ?)", (name, value))


def kept_days(db: sqlite3.Connection) -> int | None:
    """Days for which things are kept; None: for good."""
    said = setting(db, "keep for")
    if said == "always":
        return None
    return USUAL_DAYS if said is None else int(said)


def keep_for(db: sqlite3.Connection, days: int | None) -> None:
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise AskedWrongly(f"a journal keeps from 1 to {MOST_DAYS} days, or always.")
    with db:
        set_to(db, "keep for", "always" if days is None else str(days))


def outlive(db: sqlite3.Connection, since: datetime.date | None, until: datetime.date | None) -> None:
    """Keeps what was written from `since` on until a day is over, however long ago that was: a month that
    runs needs all of its nights. None: as always."""
    with db:
        set_to(db, "outlives since", None if since is None else since.isoformat())
        set_to(db, "outlives until", None if until is None else until.isoformat())


def forgets_before(db: sqlite3.Connection, today: datetime.date) -> datetime.date | None:
    """The day from which on all is kept when the journal is opened today; None: nothing is forgotten.

    A clock that is wrong must not cost anybody a year: when the day has jumped further than the journal
    keeps, nothing is forgotten until it has been opened on a later day, too."""
    days = kept_days(db)
    seen, doubted = _day(setting(db, "seen")), _day(setting(db, "doubted"))
    if days is None or doubted == today or (doubted is None and _has_jumped(db, seen, today, days)):
        return None
    return _oldest_kept(db, today, days)


def _oldest_kept(db: sqlite3.Connection, today: datetime.date, days: int) -> datetime.date:
    oldest = today - datetime.timedelta(days=days)
    since, until = _day(setting(db, "outlives since")), _day(setting(db, "outlives until"))
    return min(oldest, since) if since is not None and until is not None and today <= until else oldest


def refuse_forgotten(db: sqlite3.Connection, day: datetime.date, today: datetime.date) -> None:
    """An AskedWrongly where what is written of this day would be forgotten at once."""
    days = kept_days(db)
    if days is not None and day < _oldest_kept(db, today, days):
        raise AskedWrongly(
            f"{day} is longer ago than the {days} days that this journal keeps.\n"
            "    lullaby journal keep-for DAYS, or always, keeps more."
        )


def _has_jumped(db: sqlite3.Connection, seen: datetime.date | None, today: datetime.date, days: int) -> bool:
    return seen is not None and today - seen > datetime.timedelta(days=days) and _oldest(db) is not None


def forget(
    db: sqlite3.Connection, listener: str | None, today: datetime.date, note: Note = say_nothing
) -> int:
    """Forgets what is older than the journal keeps, and says how many rows that were."""
    days, seen = kept_days(db), _day(setting(db, "seen"))
    gone, logs = 0, []
    with db:
        before = forgets_before(db, today)
        if days is not None and _day(setting(db, "doubted")) is None and _has_jumped(db, seen, today, days):
            set_to(db, "doubted", today.isoformat())
            note(
                f"The journal was last opened on {seen}, and by this machine's clock it is {today}. "
                "Nothing is forgotten yet: that waits for another day."
            )
        elif before is not None:
            set_to(db, "doubted", None)
            until = _day(setting(db, "outlives until"))
            if until is not None and today > until:
                set_to(db, "outlives since", None)
                set_to(db, "outlives until", None)
            logs = logs_of(db, "evening < ?", before.isoformat())
            for table, column in (("nights", "evening"), ("dreams", "date"), ("mornings", "evening")):
                found = db.execute(f"delete from {table} where {column} < ?", (before.isoformat(),))
                gone += found.rowcount
        if seen != today:
            set_to(db, "seen", today.isoformat())
    remove_logs(listener, logs)
    if gone:
        db.execute("pragma wal_checkpoint(truncate)")
    return gone


def _oldest(db: sqlite3.Connection) -> str | None:
    (found,) = db.execute(
        "select min(day) from (select min(evening) day from nights union all select min(date) from dreams "
        "union all select min(evening) from mornings)"
    ).fetchone()
    return None if found is None else str(found)


def _day(text: str | None) -> datetime.date | None:
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        return None
