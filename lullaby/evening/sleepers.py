"""Whose sleep a night follows: nobody's, somebody's whose sleep is simulated, or sleep as it was scored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from lullaby.errors import AskedWrongly, choices
from lullaby.evening.request import Sleeps
from lullaby.night.narration import Narration
from lullaby.night.night import Keeper, Night
from lullaby.people.caps import UNCAPPED, Caps
from lullaby.score import Score
from lullaby.score.model import SLEEPERS
from lullaby.score.plain_text import quoted
from lullaby.sleep.course import Course
from lullaby.sleep.course_file import course_text
from lullaby.sleep.simulate import course_of
from lullaby.sleep.sleeper import Sleeper

Narrate: TypeAlias = Callable[[Score, int, date | None, Course | None], tuple[Narration, ...]]

USUAL = "slow"
"""Whom a night for nobody in particular follows: it leaves few too early."""


def followed(
    score: Score,
    seed: int | None = None,
    day: date | None = None,
    sleeper: Sleeps = USUAL,
    *,
    slow: bool = False,
    caps: Caps = UNCAPPED,
    headphones: bool = False,
    for_listener: bool = False,
    narrate: Narrate | None = None,
    keeper: Keeper | None = None,
) -> Night:
    """The night of this seed and date along the sleep of this sleeper; `slow`, and a Sleeper falls asleep as
    late as every fifth evening.

    Without a seed it is the score's own. Without a date both the night and the sleep are those of any date.
    `narrate` says what is told to whoever sleeps so.
    """
    seed = score.seed if seed is None else seed
    bound = partial(
        Night,
        score,
        seed=seed,
        day=day,
        caps=caps,
        headphones=headphones,
        for_listener=for_listener,
        keeper=keeper,
    )

    def night(course: Course | None = None, follows: str = "none") -> Night:
        narrations = () if narrate is None else narrate(score, seed, day, course)
        return bound(course=course, follows=follows, narrations=narrations)

    if isinstance(sleeper, Course):
        return night(course=sleeper, follows=_named(sleeper))
    if isinstance(sleeper, Sleeper):
        who, somebody = f"{'slow' if slow else 'typical'} {sleeper}", sleeper
    elif sleeper in SLEEPERS:
        who, somebody, slow = sleeper, Sleeper(), sleeper == "slow"
    else:
        given = sleeper if isinstance(sleeper, str) else type(sleeper).__name__
        hint = choices(given, SLEEPERS, "There are a Sleeper, a Course, and the words")
        raise AskedWrongly(f"{quoted(given)} is nobody a night can follow.\n    {hint}")
    if who == "none":
        return night()
    course = course_of(somebody, seed, day, slow=slow)
    return night(course=course, follows=who)


def _named(course: Course) -> str:
    """A name for this course by its content, wherever its file lies and whatever that is called."""
    return f"course {hashlib.sha256(course_text(course).encode()).hexdigest()[:16]}"
