"""What members say about coming evenings: away, a guest, a swap, not tonight."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterable

from lullaby.errors import AskedWrongly
from lullaby.ritual.circle.book import book_of
from lullaby.ritual.circle.circles import checked_name, find_circle
from lullaby.ritual.circle.rule import Role
from lullaby.score.plain_text import plain


def away(circle: str, member: str, since: datetime.date, until: datetime.date | None = None) -> None:
    """They are away from this evening on, up to and with the last one; without a last until they are back."""
    find_circle(circle).member(member)
    if until is not None and until < since:
        raise AskedWrongly(f"--until {until}: that is before {since}.")
    last = None if until is None else until.isoformat()
    with book_of(circle) as db:
        db.execute("insert or replace into away values (?, ?, ?)", (member, since.isoformat(), last))


def back(circle: str, member: str) -> None:
    """They are there again."""
    find_circle(circle).member(member)
    with book_of(circle) as db:
        db.execute("delete from away where member = ?", (member,))


def guest(
    circle: str,
    name: str,
    day: datetime.date,
    *,
    teller: str = "",
    instrument: str = "",
    tells: bool = False,
    plays: bool = False,
) -> None:
    """Somebody comes on this evening. A turn that they take counts for nobody."""
    checked_name(name)
    if any(name.casefold() == there.casefold() for there in find_circle(circle).names):
        raise AskedWrongly(f"{plain(name)} is a member, and no guest.")
    if plays and not instrument:
        raise AskedWrongly(f"{plain(name)} plays nothing: --instrument VOICE says what.")
    from lullaby.ritual.circle.known import check_voices  # all kinds of voices: not for who only asks

    check_voices(teller, instrument)
    with book_of(circle) as db:
        for role, takes in (("tells", tells), ("plays", plays)):
            other = _other_guest(db, role, name, day) if takes else None
            if other is not None:
                raise AskedWrongly(
                    f"{plain(other)} {role} already that evening.\n"
                    f"    lullaby circle guest {plain(other)} --not --date {day}: they do not come after all."
                )
        row = (day.isoformat(), name, teller, instrument, tells, plays)
        db.execute("insert or replace into guests values (?, ?, ?, ?, ?, ?)", row)


def _other_guest(db: sqlite3.Connection, role: str, name: str, day: datetime.date) -> str | None:
    """Another guest who has this turn on this evening; there is one turn for guests."""
    found = f"select name from guests where date = ? and name != ? and {role}"
    row = db.execute(found, (day.isoformat(), name)).fetchone()
    return None if row is None else str(row[0])


def no_guest(circle: str, name: str, day: datetime.date) -> None:
    with book_of(circle) as db:
        db.execute("delete from guests where date = ? and name = ?", (day.isoformat(), name))


def swap(circle: str, first: str, second: str, role: Role) -> bool:
    """Both take each other's next turn. Said once more it is taken back, unless half of it is done; gives
    whether they have swapped now."""
    found = find_circle(circle)
    one, other = sorted((found.member(first).name, found.member(second).name))
    if one == other:
        raise AskedWrongly(f"{plain(one)} has nobody to swap with here.")
    if role is Role.PLAY:
        for name in (one, other):
            if not found.member(name).instrument:
                raise AskedWrongly(f"{plain(name)} has no instrument, and takes no turn to play.")
    key = (role.value, one, other)
    with book_of(circle) as db:
        where = "role = ? and first = ? and second = ?"
        row = db.execute(f"select half from swaps where {where}", key).fetchone()
        if row is None:
            db.execute("insert into swaps values (?, ?, ?, null)", key)
        elif row[0] is None:
            db.execute(f"delete from swaps where {where}", key)
        else:
            raise AskedWrongly(f"{plain(row[0])}'s turn was taken already; the other half is still to come.")
    return row is None


def not_tonight(circle: str, member: str, day: datetime.date, roles: Iterable[Role] = Role) -> None:
    """They are there, and take no turn on this evening. What they are owed stays."""
    find_circle(circle).member(member)
    with book_of(circle) as db:
        for role in roles:
            row = (day.isoformat(), role.value, member)
            db.execute("insert or ignore into passes values (?, ?, ?)", row)
