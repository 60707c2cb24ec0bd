"""Courses of sleepers for the tests: scored, simulated, and appended while the night goes on."""

from __future__ import annotations

from datetime import date, timedelta

from lullaby.sleep.course import Course, Evidence
from lullaby.sleep.simulate import course_of
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE

AWAKE, N1, N2, N3, REM = Stage

DAY = date(2026, 11, 20)
HOUR = 60 * PAGE
SCORE = """
length = 08:00:00
{more}
[voices]
rain = "rain-on-slate"
[scene.all]
at = 0
rain = -3
{follow}
"""


def course(*runs: tuple[Stage, float]) -> Course:
    """Stages and how many minutes each lasts."""
    return Course.from_epochs([stage for stage, minutes in runs for _ in range(round(2 * minutes))])


def appended(*runs: tuple[Stage, float]) -> Course:
    """The same night, as it is known while it goes on: run after run."""
    found = Course()
    for run in course(*runs).runs:
        found = found.then(run, Evidence.INFERRED, run.start)
    return found


def simulated(seed: int, slow: bool = True) -> Course:
    return course_of(Sleeper(), seed, DAY + timedelta(days=seed), slow=slow)


FIRST = course((AWAKE, 12), (N1, 4), (N2, 20), (N3, 20), (N2, 15), (REM, 10), (N2, 20), (REM, 20), (N3, 30))
