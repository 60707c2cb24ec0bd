"""The circle's book: evenings that were held and what was said about coming ones, as a private database.

Names stand in rows of their own, so that whoever leaves takes every one of theirs along, and what is even for
the others stays as it was.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lullaby.people import database
from lullaby.ritual.circle.circles import book_file
from lullaby.ritual.circle.rule import Account, Role

SCHEMA = (
    """
    create table evenings (date text primary key);
    create table shares (date text, role text, member text, of integer not null,
        primary key (date, role, member));
    create table turns (date text, role text, due text, did text, guest integer not null default 0,
        primary key (date, role));
    create table away (member text primary key, since text not null, until text);
    create table guests (date text, name text, teller text, instrument text, tells integer, plays integer,
        primary key (date, name));
    create table passes (date text, role text, member text, primary key (date, role, member));
    create table swaps (role text, first text, second text, half text, primary key (role, first, second));
    create table serial (name text primary key, number integer not null, sentence integer, sentences integer,
        text text, date text);
    create table brought (member text, role text, file text, kind text, title text, sha256 text,
        date text, used text, primary key (member, role));
    create table dreams (member text, number integer, date text, primary key (member, number))
    """,
    # the evening that was written down last, and how the serial stood before it: it may be taken back
    """
    create table last_held (date text primary key, serial text, number integer, sentence integer,
        sentences integer, text text, told text)
    """,
)  # fmt: skip


@contextlib.contextmanager
def book_of(circle: str) -> Iterator[sqlite3.Connection]:
    """The book, to write in: one transaction from here on, so that two processes take turns."""
    with database.opened(book_file(circle), SCHEMA) as db:
        db.execute("begin immediate")
        with db:
            yield db


@contextlib.contextmanager
def book_read(circle: str) -> Iterator[sqlite3.Connection]:
    """The book, to read; an empty one where there is none yet, and none is made."""
    with database.looked_into(book_file(circle), SCHEMA) as db:
        if db is not None:
            yield db
            return
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        for script in SCHEMA:
            empty.executescript(script)
        yield empty


def day_of(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def accounts(db: sqlite3.Connection, role: Role) -> dict[str, Account]:
    """What each member has had of this role so far."""
    found: dict[str, Account] = {}
    counts = "select member, of, count(*) from shares where role = ? group by member, of"
    for member, of, count in db.execute(counts, (role.value,)):
        one = found.get(member, Account())
        share = one.share + Fraction(count, of)
        found[member] = Account(one.evenings + count, share)
    taken = "select due, count(*), max(date) from turns where role = ? and due is not null group by due"
    for member, turns, last in db.execute(taken, (role.value,)):
        one = found.get(member, Account())
        found[member] = Account(one.evenings, one.share, turns, day_of(last))
    return found


@dataclass(frozen=True)
class Swap:
    """Two who have swapped a turn. `half`: whose turn the other has taken already; "" before that."""

    first: str
    second: str
    half: str = ""

    def other(self, name: str) -> str:
        return self.second if name == self.first else self.first


def swaps(db: sqlite3.Connection, role: Role) -> list[Swap]:
    rows = db.execute("select first, second, half from swaps where role = ? order by rowid", (role.value,))
    return [Swap(first, second, half or "") for first, second, half in rows]


def away_on(db: sqlite3.Connection, day: datetime.date) -> set[str]:
    """Who is away on this evening."""
    rows = db.execute(
        "select member from away where since <= :day and (until is null or until >= :day)",
        {"day": day.isoformat()},
    )
    return {member for (member,) in rows}


def passing_on(db: sqlite3.Connection, day: datetime.date, role: Role) -> set[str]:
    """Who said "not tonight"."""
    rows = db.execute("select member from passes where date = ? and role = ?", (day.isoformat(), role.value))
    return {member for (member,) in rows}
