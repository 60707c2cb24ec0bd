"""The way from a listener's file to the Sleeper that the model of sleep takes."""

from __future__ import annotations

import datetime

from lullaby.errors import AskedWrongly
from lullaby.people.person import Person
from lullaby.people.traits import ADULT
from lullaby.score.plain_text import plain
from lullaby.sleep.sleeper import Sleeper

_USUAL = Sleeper()


def sleeper_of(
    person: Person,
    date: datetime.date,
    *,
    hours_awake: float = _USUAL.hours_awake,
    debt_h: float = _USUAL.debt_h,
    bedtime: float | None = None,
    in_bed_min: float = _USUAL.in_bed_min,
) -> Sleeper:
    """This listener at lights-out; an AskedWrongly below 18, where a timer ends the night instead."""
    age = person.age(date)
    if age is not None and age < ADULT:
        minutes = person.limits(date).ends_min
        raise AskedWrongly(
            f"{plain(person.name)} may be younger than {ADULT}, and the model of sleep knows adults only: "
            f"a timer of {minutes} minutes ends the night, under the limits of "
            f"{'an infant' if person.limits(date).profile == 'infant' else 'a child'}."
        )
    return Sleeper(
        age=_USUAL.age if age is None else min(float(age), 120.0),
        sex=person.sex,
        bedtime=person.bedtime if bedtime is None else bedtime,
        hours_awake=hours_awake,
        debt_h=debt_h,
        hyper=person.insomnia,
        chronotype=person.chronotype,
        in_bed_min=in_bed_min,
        latency=person.latency,
    )
