"""What a listener's own nights teach: how long falling asleep takes them, kept in their file as `latency`.

It is worked out anew from all the nights that are kept, so the same nights always give the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from lullaby.errors import AskedWrongly
from lullaby.people.kept_nights import KeptNight, keep_nights
from lullaby.people.listeners import Person, find_person, keep_person, person_file
from lullaby.score.plain_text import plain
from lullaby.sleep.hypnograms import Hypnogram
from lullaby.sleep.learning import Lesson, learn, pressed, scored
from lullaby.sleep.listener import sleeper_of
from lullaby.sleep.stages import EPOCH_S, Stage
from lullaby.time import RATE

KEYS, FILE = "keys", "file"


def learn_from_keys(name: str, date: datetime.date, awake_until: int | None) -> Person:
    """The listener after a night that was followed live. `awake_until` is the frame of the last key that said
    "still awake" before sleep came; a night without one says nothing."""
    if awake_until is None:
        return find_person(name)
    return _learned(name, [KeptNight(date, KEYS, awake_min=awake_until / RATE / 60)])


def learn_from_nights(name: str, nights: Sequence[Hypnogram]) -> Person:
    """The listener after these nights, as somebody scored them."""
    if any(night.evening is None for night in nights):
        raise AskedWrongly("a night without a date says nothing of when it was: it cannot be learned from.")
    return _learned(name, [_kept(night) for night in nights])


def _kept(night: Hypnogram) -> KeptNight:
    stages = [-1] * -(-night.stop // (EPOCH_S * RATE))
    for run in night.runs:
        first, last = (round(frame / RATE / EPOCH_S) for frame in (run.start, run.stop))
        stages[first:last] = [int(run.stage)] * (last - first)
    # a watch that begins with sleep does not know when the light went out
    begins_awake = night.runs[0].start == 0 and night.runs[0].stage is Stage.AWAKE
    assert night.evening is not None
    return KeptNight(
        night.evening,
        FILE,
        stages=tuple(stages),
        lights_out=begins_awake,
        all_stages=not night.four_class,
    )


def _learned(name: str, nights: Sequence[KeptNight]) -> Person:
    person = find_person(name)
    for night in nights:
        sleeper_of(person, night.date)  # whose sleep is not simulated is not learned either
    kept = keep_nights(person_file(name), nights)
    today = max(night.date for night in kept)
    lessons = [_lesson(person, night, (today - night.date).days) for night in kept]
    return keep_person(name, learn(lessons, person.insomnia).applied_to)


def _lesson(person: Person, night: KeptNight, days: float) -> Lesson:
    sleeper = sleeper_of(person, night.date)
    if night.awake_min is not None:
        return pressed(sleeper, night.awake_min, days)
    return scored(sleeper, night.stages, days, lights_out=night.lights_out, all_stages=night.all_stages)


def says(person: Person) -> str:
    """The latency in words."""
    return (
        f"{plain(person.name)} takes {person.latency:g} times as long to fall asleep as somebody of their "
        "age and sleep, by their own nights."
    )
