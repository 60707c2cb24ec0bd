"""A circle of four friends for the tests, and evenings on which it is held."""

from __future__ import annotations

import datetime

from lullaby.ritual.circle.circles import new_circle
from lullaby.ritual.circle.held import Held, held
from lullaby.ritual.circle.member import Circle, Member

FIRST = datetime.date(2026, 11, 1)
FRIENDS = (
    Member("anna", teller="lamp-keeper", instrument="harp", seat=-1.0),
    Member("bo", instrument="kalimba", seat=-0.3),
    Member("cleo", teller="neighbour", instrument="breathy-flute", seat=0.3),
    Member("dov", instrument="music-box", seat=1.0),
)


def friends(name: str = "friends", members: tuple[Member, ...] = FRIENDS, **how: str) -> Circle:
    circle = Circle(name, members, **how)
    new_circle(circle)
    return circle


def day(number: int) -> datetime.date:
    """The evening of this number, from 0."""
    return FIRST + datetime.timedelta(days=number)


def held_for(nights: int, circle: str = "friends", first: int = 0) -> list[Held]:
    return [held(circle, day(number)) for number in range(first, first + nights)]
