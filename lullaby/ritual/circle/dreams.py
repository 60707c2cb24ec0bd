"""Dreams that were written in the morning, and that their dreamers want told in the evening.

The text stays in each dreamer's own journal; the circle's book knows only which were told, by number. One
whose dreamer takes it back is in neither from then on.
"""

from __future__ import annotations

import datetime
import importlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from lullaby.people.database import compacted
from lullaby.ritual.circle.book import SCHEMA, book_of
from lullaby.ritual.circle.circles import book_file, find_circle, names
from lullaby.ritual.circle.member import Member
from lullaby.ritual.tonight import SharedDream, Tonight

AT_MOST = 3
"""Dreams of an evening; the oldest come first, the others have other evenings."""


class KeptDream(Protocol):
    """A dream as the journal gives it."""

    @property
    def number(self) -> int: ...
    @property
    def date(self) -> datetime.date: ...
    @property
    def text(self) -> str: ...


DreamsOf: TypeAlias = Callable[[Member], Sequence[KeptDream]]
"""Reads what a member wants told. What they did not agree to is not among it."""


@dataclass(frozen=True)
class Offered:
    """A dream that may be told tonight."""

    member: str
    number: int
    dream: SharedDream


def dreams_of(member: Member) -> Sequence[KeptDream]:
    """What this member's journal on this machine says may be told; nothing where they have none here."""
    if not member.listener:
        return ()
    try:
        journal: Any = importlib.import_module("lullaby.journal.dreams")
    except ModuleNotFoundError:
        return ()
    return tuple(journal.told_dreams(member.listener))


def offered(
    db: sqlite3.Connection, there: Iterable[Member], day: datetime.date, read: DreamsOf
) -> tuple[Offered, ...]:
    """The dreams for this evening: of those who are there, written by then, and not told yet or told on this
    very evening."""
    rows = db.execute("select member, number from dreams where date != ?", (day.isoformat(),))
    told = set(rows.fetchall())
    found = [
        Offered(member.name, kept.number, SharedDream(member.name, kept.text, kept.date))
        for member in there
        for kept in read(member)
        if kept.date <= day and (member.name, kept.number) not in told
    ]
    return tuple(sorted(found, key=lambda one: (one.dream.date, one.number))[:AT_MOST])


def keep_told(
    db: sqlite3.Connection, day: datetime.date, offers: Sequence[Offered], tonight: Tonight | None
) -> None:
    """Writes down which were told: those the evening was composed for, or all that were offered."""
    for one in offers:
        if tonight is None or one.dream in tonight.dreams:
            row = (one.member, one.number, day.isoformat())
            db.execute("insert or ignore into dreams values (?, ?, ?)", row)


def forget_dream(listener: str, number: int | None) -> None:
    """Takes the trace of a dream out of every circle's book: its dreamer has taken it back. None: of all."""
    for name in names():
        known = [member.name for member in find_circle(name).members if member.listener == listener]
        if not known or not book_file(name).exists():
            continue
        with book_of(name) as db:
            for member in known:
                which = "" if number is None else " and number = ?"
                values = (member,) if number is None else (member, number)
                db.execute(f"delete from dreams where member = ?{which}", values)
        compacted(book_file(name), SCHEMA)
