"""Facts about circles, for programs."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lullaby.ritual.circle.book import book_read, passing_on
from lullaby.ritual.circle.brought import Brought, brought_in
from lullaby.ritual.circle.circles import circle_file
from lullaby.ritual.circle.evening import Deal, Evening, evening_of, standing
from lullaby.ritual.circle.member import Circle, Member
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.serial import serial_in
from lullaby.ritual.circle.undoing import serial_on


def facts_of_circle(circle: Circle) -> dict[str, Any]:
    with book_read(circle.name) as db:
        serial = serial_in(db, circle)
        turns: dict[str, dict[str, Any]] = {name: {} for name in circle.names}
        for role in Role:
            for able in standing(circle, db, role):
                turns[able.member.name][role.value] = {
                    "turns": able.account.turns,
                    "share": round(float(able.account.share), 3),
                    "last": able.account.last and able.account.last.isoformat(),
                }
        brought = {
            name: [one for role in Role if (one := brought_in(db, circle.name, name, role))]
            for name in circle.names
        }
    return {
        "name": circle.name,
        "file": str(circle_file(circle.name)),
        "serial": None if serial is None else {"name": serial.name, "woven": serial.is_woven}
        | {"evenings": serial.number, "sentence": serial.stopped and serial.stopped.sentence},
        "members": [
            facts_of_member(member) | {"turns": turns[member.name]}
            | {"brought": [facts_of_brought(one) for one in brought[member.name]]}
            for member in circle.seated
        ],
    }  # fmt: skip


def facts_of_member(member: Member) -> dict[str, Any]:
    return asdict(member) | {"tunes": list(member.tunes), "likes": list(member.likes)}


def facts_of_brought(brought: Brought) -> dict[str, Any]:
    return {
        "member": brought.member,
        "for": brought.role.value,
        "kind": brought.kind,
        "title": brought.title,
        "file": str(brought.path),
        "sha256": brought.sha256,
        "used": brought.used or None,
    }


def facts_of_evening(circle: Circle, evening: Evening) -> dict[str, Any]:
    """Who is there, whose turn it is and why."""
    with book_read(circle.name) as db:
        serial = serial_on(db, circle, evening.date)
        passing = {role: passing_on(db, evening.date, role) for role in Role}
        brings = {
            deal.role: brought_in(db, circle.name, deal.did, deal.role)
            for deal in (evening.tells, evening.plays)
        }
    day = evening.date.isoformat()
    kept = {role: one for role, one in brings.items() if one is not None and one.used in ("", day)}
    return {
        "circle": circle.name,
        "date": evening.date.isoformat(),
        "held": evening.held,
        "there": [member.name for member in evening.there],
        "guests": [guest.present.name for guest in evening.guests],
        "not_tonight": {
            role.value: [member.name for member in evening.there if member.name in passing[role]]
            for role in Role
        },
        "tells": _deal(evening.tells, kept.get(Role.TELL)),
        "plays": _deal(evening.plays, kept.get(Role.PLAY)),
        "serial": None if serial is None or Role.TELL in kept else serial.says,
    }


def _deal(deal: Deal, brought: Brought | None) -> dict[str, Any]:
    return {
        "who": deal.did or None,
        "for": deal.due or None,
        "why": deal.why,
        "brings": None if brought is None else {"kind": brought.kind, "title": brought.title},
    }


def facts_of_tonight(circle: Circle, day: datetime.date) -> dict[str, Any]:
    with book_read(circle.name) as db:
        evening = evening_of(circle, db, day)
    return facts_of_evening(circle, evening)


def facts_of_held(circle: Circle, evening: Evening, is_new: bool) -> dict[str, Any]:
    return facts_of_evening(circle, evening) | {"new": is_new}


def facts_of_undone(circle: Circle, day: datetime.date) -> dict[str, Any]:
    """An evening that does not count as held any more, as it is to be."""
    return facts_of_tonight(circle, day) | {"undone": True}


def facts_of_removed(name: str, path: Path) -> dict[str, Any]:
    """A circle, or a member, that is gone."""
    return {"name": name, "file": str(path), "removed": True}


def facts_of_said(circle: str, member: str, **said: object) -> dict[str, Any]:
    """What a member has said about an evening."""
    return {"circle": circle, "member": member} | said
