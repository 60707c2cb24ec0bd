"""An evening that was written down as held by mistake: taken back, as if nobody had said it.

Only the one that was written down last: what was said of evenings before it is not kept once it was held, so
of these nobody knows any more how they stood.
"""

from __future__ import annotations

import datetime
import sqlite3

from lullaby.errors import AskedWrongly
from lullaby.people.bookmarks import Bookmark
from lullaby.ritual.circle.book import book_of, day_of
from lullaby.ritual.circle.circles import book_file, find_circle
from lullaby.ritual.circle.member import Circle
from lullaby.ritual.circle.serial import Serial, put_back, serial_in
from lullaby.score.plain_text import plain, quoted

_NOT_KNOWN = (
    "only the evening that was written down last can be taken back, once. "
    "How it stood before the others is not kept."
)


def keep_last(db: sqlite3.Connection, day: datetime.date, before: Serial | None) -> None:
    """Writes down what is needed to take this evening back: the serial as it stood before, if it went on."""
    mark = None if before is None else before.stopped
    db.execute("delete from last_held")
    db.execute(
        "insert into last_held values (?, ?, ?, ?, ?, ?, ?)",
        (
            day.isoformat(),
            before and before.name,
            before and before.number,
            mark and mark.sentence,
            mark and mark.sentences,
            mark and mark.text,
            mark and mark.date and mark.date.isoformat(),
        ),
    )


def serial_on(db: sqlite3.Connection, circle: Circle, day: datetime.date) -> Serial | None:
    """What goes on, or went on, on this evening; None where nothing does, or nobody knows any more."""
    if db.execute("select 1 from evenings where date = ?", (day.isoformat(),)).fetchone() is None:
        return serial_in(db, circle)
    last = _last(db, circle)
    return last[1] if last is not None and last[0] == day else None


def _last(db: sqlite3.Connection, circle: Circle) -> tuple[datetime.date, Serial | None] | None:
    """The evening that was written down last, and the serial as it stood before it."""
    row = db.execute("select date, serial, number, sentence, sentences, text, told from last_held").fetchone()
    if row is None:
        return None
    date, name, number, sentence, sentences, text, told = row
    if name is None:
        return datetime.date.fromisoformat(date), None
    mark = None if sentence is None else Bookmark(sentence, sentences, text, day_of(told))
    return datetime.date.fromisoformat(date), Serial(name, name != circle.story, number, mark)


def undo_held(circle_name: str, day: datetime.date | None = None) -> datetime.date:
    """Takes back that the last evening was held, and gives its date: turns, shares and swaps, what was
    brought, the serial and the dreams are as they were. `day`: refused, unless it is that one."""
    circle = find_circle(circle_name)
    if not book_file(circle_name).exists():
        raise AskedWrongly(f"no evening of {quoted(circle.name)} was held yet.")
    with book_of(circle_name) as db:
        last = _last(db, circle)
        if last is None:
            any_held = db.execute("select 1 from evenings limit 1").fetchone()
            raise AskedWrongly(
                _NOT_KNOWN if any_held else f"no evening of {quoted(circle.name)} was held yet."
            )
        date, serial = last
        if day not in (None, date):
            raise AskedWrongly(f"{day}: {_NOT_KNOWN}\n    The last was {date}.")
        _swapped_again(db, date)
        if serial is not None:
            put_back(db, serial, date)
        for table in ("evenings", "shares", "turns", "dreams", "last_held"):
            db.execute(f"delete from {table} where date = ?", (date.isoformat(),))
        db.execute("update brought set used = null where used = ?", (date.isoformat(),))
    return date


def _swapped_again(db: sqlite3.Connection, date: datetime.date) -> None:
    """Each swap of which this evening was a half is agreed on again as it was before."""
    rows = db.execute(
        "select role, due, did from turns where date = ? and due != did",  # null is never unlike anything
        (date.isoformat(),),
    )
    for role, due, did in rows.fetchall():
        key = (role, *sorted((due, did)))
        where = "role = ? and first = ? and second = ?"
        agreed = db.execute(f"select half from swaps where {where}", key).fetchone()
        if agreed is None:  # it was the second half, and first among those that there are
            first = "(select coalesce(min(rowid), 1) - 1 from swaps)"
            db.execute(
                f"insert into swaps (rowid, role, first, second, half) values ({first}, ?, ?, ?, ?)",
                (*key, did),
            )
        elif agreed[0] == due:
            db.execute(f"update swaps set half = null where {where}", key)
        else:
            raise AskedWrongly(
                f"{plain(due)} and {plain(did)} have swapped again since {date}.\n"
                f"    Take that back first: lullaby circle swap {plain(due)} {plain(did)} --role {role}"
            )
