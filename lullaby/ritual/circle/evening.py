"""One evening of the circle: who is there, whose turn it is, and why. Asking changes nothing."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.ritual.circle.book import Swap, accounts, away_on, passing_on, swaps
from lullaby.ritual.circle.member import Circle, Member
from lullaby.ritual.circle.reasons import no_turn, reason
from lullaby.ritual.circle.rule import Next, Role, dealt_to, in_turn, next_player
from lullaby.ritual.tonight import Present
from lullaby.score.plain_text import plain


@dataclass(frozen=True)
class Guest:
    """Somebody who is there for one evening."""

    present: Present
    tells: bool = False
    plays: bool = False

    def takes(self, role: Role) -> bool:
        return self.tells if role is Role.TELL else self.plays


@dataclass(frozen=True)
class Deal:
    """One turn of an evening."""

    role: Role
    due: str = ""
    """The member for whom it counts; "" where it counts for nobody."""
    did: str = ""
    """Who takes it: the same, or who has swapped with them, or a guest."""
    why: str = ""
    among: tuple[str, ...] = ()
    """Those among whom it is dealt out."""
    swap: Swap | None = None
    by_guest: bool = False


@dataclass(frozen=True)
class Evening:
    date: datetime.date
    there: tuple[Member, ...]
    """Members, from left to right."""
    guests: tuple[Guest, ...]
    tells: Deal
    plays: Deal
    held: bool = False

    def deal(self, role: Role) -> Deal:
        return self.tells if role is Role.TELL else self.plays


def evening_of(
    circle: Circle,
    db: sqlite3.Connection,
    day: datetime.date,
    away: Collection[str] = (),
    guests: Sequence[str] = (),
) -> Evening:
    """The evening of this date: as it was held, or as it is to be. `away`, `guests`: besides those whom the
    book knows of."""
    for name in away:
        circle.member(name)
    gone = away_on(db, day) | set(away)
    there = tuple(member for member in circle.seated if member.name not in gone)
    visiting = _guests(db, day, [name for name in guests if name])
    taken = {member.name.casefold() for member in circle.members}
    for guest in visiting:
        if guest.present.name.casefold() in taken:
            raise AskedWrongly(f"{plain(guest.present.name)} is a member, and no guest.")
    if db.execute("select 1 from evenings where date = ?", (day.isoformat(),)).fetchone():
        return _as_held(circle, db, day, there, visiting)
    tells = _dealt(Role.TELL, db, day, there, visiting, "")
    plays = _dealt(Role.PLAY, db, day, there, visiting, tells.did)
    return Evening(day, there, visiting, tells, plays)


def _guests(db: sqlite3.Connection, day: datetime.date, more: Sequence[str]) -> tuple[Guest, ...]:
    rows = db.execute(
        "select name, teller, instrument, tells, plays from guests where date = ? order by rowid",
        (day.isoformat(),),
    )
    found = {
        name: Guest(Present(name, teller or "", instrument or "", is_guest=True), bool(tells), bool(plays))
        for name, teller, instrument, tells, plays in rows
    }
    for name in more:
        found.setdefault(name, Guest(Present(name, is_guest=True)))
    return tuple(found.values())


def _dealt(
    role: Role,
    db: sqlite3.Connection,
    day: datetime.date,
    there: Sequence[Member],
    guests: Sequence[Guest],
    teller: str,
) -> Deal:
    for guest in guests:
        if guest.takes(role):
            return Deal(role, did=guest.present.name, why="a guest has this turn", by_guest=True)
    passing = passing_on(db, day, role)
    might = [member for member in there if role is Role.TELL or member.instrument]
    able = [member for member in might if member.name not in passing]
    had = accounts(db, role)
    order = in_turn(role, able, had)
    first = next_player(order, teller) if role is Role.PLAY else next(iter(order), None)
    if first is None:
        return Deal(role, why=no_turn(role, there, passing))
    among = dealt_to(able, [member for member in might if member.name in passing], had)
    due, why = first.member.name, reason(role, first, order, teller)
    swap = _swap_for(due, [member.name for member in able], swaps(db, role))
    if swap is not None:
        did = swap.other(due)
        says = "gives back a turn" if swap.half else "has swapped"
        return Deal(role, due, did, f"{did} {says} with {due}; {due}: {why}", among, swap)
    return Deal(role, due, due, why, among)


def _swap_for(due: str, able: Collection[str], agreed: Sequence[Swap]) -> Swap | None:
    """The swap that changes this turn: its first half with whoever of both comes first, the second when the
    other's turn comes."""
    for swap in agreed:
        if due in (swap.first, swap.second) and swap.half != due and swap.other(due) in able:
            return swap
    return None


def _as_held(
    circle: Circle,
    db: sqlite3.Connection,
    day: datetime.date,
    there: tuple[Member, ...],
    guests: tuple[Guest, ...],
) -> Evening:
    deals = {role: Deal(role, why="nobody had this turn") for role in Role}
    rows = db.execute("select role, due, did, guest from turns where date = ?", (day.isoformat(),))
    for role, due, did, guest in rows.fetchall():
        shared = db.execute("select member from shares where date = ? and role = ?", (day.isoformat(), role))
        deals[Role(role)] = Deal(
            Role(role),
            due or "",
            did or "",
            "this evening was held",
            tuple(member for (member,) in shared),
            by_guest=bool(guest),
        )
    return Evening(day, there, guests, deals[Role.TELL], deals[Role.PLAY], held=True)


def standing(circle: Circle, db: sqlite3.Connection, role: Role) -> list[Next]:
    """How it stands, whoever is there tonight: the one who is furthest behind first."""
    able = [member for member in circle.seated if role is Role.TELL or member.instrument]
    return in_turn(role, able, accounts(db, role))
