"""A member who leaves: every trace of them goes, and what is even for the others stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lullaby import places
from lullaby.people.database import compacted
from lullaby.ritual.circle.book import SCHEMA, book_of
from lullaby.ritual.circle.circles import (
    book_file,
    brought_folder,
    circle_file,
    erase_folder,
    find_circle,
    keep_circle,
)
from lullaby.ritual.circle.member import Circle

_BY_MEMBER = ("shares", "away", "passes", "brought", "dreams")


def leave(circle_name: str, member: str) -> Path:
    """Takes a member out of their circle for good: name, turns, what they brought, which dreams were told.
    Killed half way, said again it goes on: their name leaves the circle's file last."""
    find_circle(circle_name).member(member)
    erase_folder(brought_folder(circle_name, member))
    if book_file(circle_name).exists():
        with book_of(circle_name) as db:
            for table in _BY_MEMBER:
                db.execute(f"delete from {table} where member = ?", (member,))
            db.execute("delete from swaps where first = ? or second = ?", (member, member))
            db.execute("delete from turns where due = ? and (did = ? or did is null)", (member, member))
            db.execute("update turns set due = null where due = ?", (member,))
            db.execute("update turns set did = null where did = ?", (member,))
        compacted(book_file(circle_name), SCHEMA)

    def without(circle: Circle) -> Circle:
        return replace(circle, members=tuple(one for one in circle.members if one.name != member))

    keep_circle(circle_name, without)
    places.tidy(circle_file(circle_name).parent)
    return circle_file(circle_name)
