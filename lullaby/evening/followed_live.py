"""Whose sleep a night follows while it is heard, and what that teaches of a listener."""

from __future__ import annotations

from lullaby.evening.prepare import Evening
from lullaby.people.listeners import find_person
from lullaby.people.traits import ADULT
from lullaby.player.live_follower import follower_for
from lullaby.sleep.follower import Follower
from lullaby.sleep.listener import sleeper_of


def follower_of(evening: Evening) -> Follower | None:
    """The follower of this evening's night; None where nobody is followed: a night without a sleeper, and a
    child's, whose sleep is never guessed."""
    night, name = evening.night, evening.request.listener
    if night.course is None or evening.request.alone:
        return None
    if name is None or night.date is None:
        return follower_for(night)
    person = find_person(name)
    age = person.age(night.date)
    if age is not None and age < ADULT:
        return None
    return follower_for(night, sleeper_of(person, night.date))


def learned_of(evening: Evening, awake_until: int | None) -> None:
    """After the night: how long falling asleep took this listener, where they have said so by a key."""
    name, day = evening.request.listener, evening.night.date
    if name is not None and day is not None and awake_until is not None:
        from lullaby.evening.learned import learn_from_keys

        learn_from_keys(name, day, awake_until)
