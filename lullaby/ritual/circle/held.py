"""An evening that was really held: only this moves the turns on, once for each date."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lullaby.people.bookmarks import Bookmark
from lullaby.ritual.circle.book import book_of
from lullaby.ritual.circle.circles import find_circle
from lullaby.ritual.circle.dreams import DreamsOf, dreams_of, keep_told, offered
from lullaby.ritual.circle.evening import Deal, Evening, evening_of
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.serial import gone_on
from lullaby.ritual.circle.undoing import keep_last
from lullaby.ritual.tonight import Tonight


@dataclass(frozen=True)
class Held:
    evening: Evening
    is_new: bool
    """False where this date was held before: then nothing has changed."""


def held(
    circle_name: str,
    day: datetime.date,
    *,
    away: Collection[str] = (),
    guests: Sequence[str] = (),
    tonight: Tonight | None = None,
    stopped: Bookmark | None = None,
    dreams: DreamsOf = dreams_of,
) -> Held:
    """Writes down that the evening of this date was held: whose turn it was, what they had brought, where the
    serial stopped (`stopped`; None: it was told to its end, or none was), and which dreams were told.
    `tonight`: what the evening was composed for; what is not in it was not told."""
    circle = find_circle(circle_name)
    with book_of(circle_name) as db:
        evening = evening_of(circle, db, day, away, guests)
        if evening.held:
            return Held(evening, False)
        db.execute("insert into evenings values (?)", (day.isoformat(),))
        brought = {role: _brings(db, deal) for role, deal in ((d.role, d) for d in _deals(evening))}
        for deal in _deals(evening):
            _keep(db, day, deal)
            if deal.did and brought[deal.role] and _used(tonight, deal.role):
                db.execute(
                    "update brought set used = ? where member = ? and role = ?",
                    (day.isoformat(), deal.did, deal.role.value),
                )
        goes_on = tonight is None or (tonight.tells is not None and tonight.tells.goes_on is not None)
        before = None
        if evening.tells.did and not brought[evening.tells.role] and goes_on:
            before = gone_on(db, circle, day, stopped)
        keep_last(db, day, before)
        keep_told(db, day, offered(db, evening.there, day, dreams), tonight)
        # what was said of evenings that are over is not kept
        db.execute("delete from passes where date < ?", (day.isoformat(),))
        db.execute("delete from guests where date < ?", (day.isoformat(),))
        db.execute("delete from away where until < ?", (day.isoformat(),))
    return Held(evening, True)


def _used(tonight: Tonight | None, role: Role) -> bool:
    """Was what somebody brought told, or played? Where nobody says otherwise, it was."""
    if tonight is None:
        return True
    turn = tonight.tells if role is Role.TELL else tonight.plays
    return turn is not None and turn.brings is not None


def _deals(evening: Evening) -> tuple[Deal, Deal]:
    return evening.tells, evening.plays


def _brings(db: sqlite3.Connection, deal: Deal) -> bool:
    found = "select 1 from brought where member = ? and role = ? and used is null"
    return db.execute(found, (deal.did, deal.role.value)).fetchone() is not None


def _keep(db: sqlite3.Connection, day: datetime.date, deal: Deal) -> None:
    if not deal.did:
        return
    role = deal.role.value
    did = None if deal.by_guest else deal.did  # a guest's name goes with the evening
    db.execute(
        "insert into turns values (?, ?, ?, ?, ?)",
        (day.isoformat(), role, deal.due or None, did, deal.by_guest),
    )
    for name in deal.among:
        db.execute("insert into shares values (?, ?, ?, ?)", (day.isoformat(), role, name, len(deal.among)))
    if deal.swap is not None:
        key = (role, deal.swap.first, deal.swap.second)
        where = "role = ? and first = ? and second = ?"
        if deal.swap.half:
            db.execute(f"delete from swaps where {where}", key)
        else:
            db.execute(f"update swaps set half = ? where {where}", (deal.due, *key))
