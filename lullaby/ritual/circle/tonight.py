"""This evening of a circle, as a ritual is composed for it."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

from lullaby.ritual.circle.book import book_read
from lullaby.ritual.circle.brought import brought_in
from lullaby.ritual.circle.circles import find_circle
from lullaby.ritual.circle.dreams import DreamsOf, dreams_of, offered
from lullaby.ritual.circle.evening import Deal, Evening, evening_of
from lullaby.ritual.circle.member import Circle
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.serial import episode_of, serial_in
from lullaby.ritual.tonight import Present, Tonight, Turn
from lullaby.score.stories import story_files


def tonight_of(
    circle_name: str,
    date: datetime.date,
    mood: str = "",
    away: Collection[str] = (),
    guests: Sequence[str] = (),
    *,
    dreams: DreamsOf = dreams_of,
    to_share: bool = False,
) -> Tonight:
    """Who is there on this date, whose turn it is and what they bring, and the dreams that may be told. It
    changes nothing: `held` does, once the evening was held. `to_share`: as it may leave this machine, so
    without anybody who has not agreed to that, and without all that is theirs."""
    circle = find_circle(circle_name)
    with book_read(circle_name) as db:
        evening = evening_of(circle, db, date, away, guests)
        there = [member for member in evening.there if member.share or not to_share]
        return Tonight(
            date,
            mood,
            _present(evening, [member.present for member in there], to_share),
            _turn(circle, db, evening, evening.tells, to_share),
            _turn(circle, db, evening, evening.plays, to_share),
            tuple(one.dream for one in offered(db, there, date, dreams)),
            circle.name,
        )


def _present(evening: Evening, there: list[Present], to_share: bool) -> tuple[Present, ...]:
    guests = [] if to_share else [guest.present for guest in evening.guests]
    return tuple(sorted([*there, *guests], key=lambda one: one.seat))


def _turn(
    circle: Circle, db: sqlite3.Connection, evening: Evening, deal: Deal, to_share: bool
) -> Turn | None:
    """The turn that was dealt; None where nobody has it, or nothing of theirs may leave."""
    if not deal.did:
        return None
    member = next((one for one in circle.members if one.name == deal.did), None)
    if to_share and (member is None or not member.share):
        return None
    guests = [guest.present for guest in evening.guests if guest.present.name == deal.did]
    if member is None and not guests:
        return None
    who = member.present if member is not None else guests[0]
    found = None if member is None else brought_in(db, circle.name, deal.did, deal.role)
    if found is not None and found.used not in ("", evening.date.isoformat()):
        found = None
    serial = serial_in(db, circle)
    goes_on = deal.role is Role.TELL and found is None and serial is not None
    if not (goes_on and serial):
        return Turn(who, None if found is None else found.path)
    path = None if serial.is_woven else story_files(Path()).get(serial.name)
    if path is None and not serial.is_woven:
        return Turn(who)  # a story that is not here: their teller chooses another
    return Turn(who, path, episode_of(serial))
