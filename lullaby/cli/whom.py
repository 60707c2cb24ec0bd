"""Whom a night follows: nobody, a made-up sleeper, the listener's own, or a night that was slept."""

from __future__ import annotations

import argparse
import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.bedside import Bedside
from lullaby.cli.hypnograms import nights_in
from lullaby.cli.listener import add_for, person_of
from lullaby.errors import AskedWrongly
from lullaby.people.traits import ADULT
from lullaby.score.plain import plain
from lullaby.sleep.sleeper import SLEEPERS
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.people.caps import Caps
    from lullaby.people.limits import Limits
    from lullaby.people.listeners import Person
    from lullaby.score import Score
    from lullaby.sleep.course import Course


def add_whom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sleeper",
        choices=SLEEPERS,
        help="whom the night follows: a slow one, so that it leaves few too early (the default), a typical "
        "one (the default with --for), or none, and it plays to its end",
    )
    parser.add_argument(
        "--course",
        metavar="FILE",
        help="follow a night that was slept, in any form that `lullaby sleep read` takes; lights went out "
        "where the file says so, else where it begins",
    )
    parser.add_argument(
        "--course-night",
        metavar="N|DATE",
        help="of several nights in that file, one, as `sleep read --night` says it",
    )
    add_for(parser)


def course_asked_for(asked: argparse.Namespace) -> Course | None:
    """The course in the file that was named; None where none was."""
    if asked.course is None:
        if asked.course_night is not None:
            raise AskedWrongly("--course-night chooses inside a file, and --course names none.")
        return None
    if asked.sleeper is not None:
        raise AskedWrongly("--course and --sleeper both say whom the night follows: leave one of them out.")

    from lullaby.sleep.hypnograms import course_of

    found = nights_in(asked.course, asked.course_night, "--course-night")
    if len(found) > 1:
        raise AskedWrongly(
            f"{plain(asked.course)}: there are {len(found)} nights in it, and --course-night says which."
        )
    return course_of(found[0][1])


def along(
    score: Score,
    seed: int | None,
    day: datetime.date,
    course: Course | None,
    asked: argparse.Namespace,
    bedside: Bedside,
) -> Night:
    """The night of this date along this course, or else the sleep of whom was asked for."""
    from lullaby.night.followed import USUAL, followed

    person = person_of(asked, bedside)
    if person is not None:
        return _night_for(person, score, seed, day, course, asked, bedside)
    from lullaby.people.limits import limits_at

    caps = _caps(None, limits_at(None), score, bedside)
    who = course or asked.sleeper or USUAL
    return followed(score, seed, day, who, caps=caps, headphones=asked.headphones)


def _caps(person: Person | None, limits: Limits, score: Score, bedside: Bedside) -> Caps:
    """How loud this score may be on the device that is used, for a listener or for anybody."""
    from lullaby.people.caps import caps_for
    from lullaby.people.devices import known_of

    return caps_for(limits, known_of(person, note=bedside.note), score.all_night is not None)


def _night_for(
    person: Person,
    score: Score,
    seed: int | None,
    day: datetime.date,
    course: Course | None,
    asked: argparse.Namespace,
    bedside: Bedside,
) -> Night:
    """The night as this listener may hear it. A child's sleep is never guessed, and a timer ends the night
    even where it was scored."""
    from lullaby.night.followed import followed
    from lullaby.people.caps import UNCAPPED
    from lullaby.people.listeners import avoided
    from lullaby.score.shorter import shorter
    from lullaby.sleep.listener import sleeper_of

    who, whole, score = asked.sleeper, score, avoided(person, score, day)
    gone = [part.name for part in whole.voices if score.part(part.name) is None]
    if gone:
        bedside.note(f"Left out for {plain(person.name)}: {plain(', '.join(gone))}.")
    age, limits = person.age(day), person.limits(day)
    caps = _caps(person, limits, score, bedside)
    night = partial(followed, seed=seed, day=day, caps=caps, headphones=asked.headphones)
    if age is not None and age < ADULT:
        bedside.note(limits.says(calibrated=caps != UNCAPPED))
        return night(shorter(score, limits.usual_min * 60 * RATE), sleeper=course or "none")
    if course is not None or who == "none":
        return night(score, sleeper=course or "none")
    return night(score, sleeper=sleeper_of(person, day), slow=who == "slow")


def say_whom_it_follows(night: Night, asked: argparse.Namespace, bedside: Bedside) -> None:
    """One line where that made a difference, and always of a file: it may be the wrong one. What was done,
    and what else there is to choose."""
    if night.course is None or (asked.course is None and night.length == night.score.length):
        return
    asleep = next((run.start for run in night.course.runs if run.stage.asleep), None)
    plays = f"--sleeper none plays all {clock(night.score.length)}"
    if asked.course is None:
        other = "slow" if night.follows.startswith("typical") else "typical"
        whom = "a made-up sleeper who " + (
            "never sleeps" if asleep is None else f"is asleep at {clock(asleep)}"
        )
        instead = f"{plays}; --sleeper {other} follows another."
    else:
        falls = "nobody falls asleep" if asleep is None else f"sleep comes at {clock(asleep)}"
        whom = f"{plain(Path(asked.course).name)}, where {falls}"
        made_up = "" if asked.listener else ", and --sleeper typical follows a made-up one"
        instead = f"Instead of --course, {plays}{made_up}."
    bedside.note(f"It follows {whom}, and ends at {clock(night.length)}. {instead}")
