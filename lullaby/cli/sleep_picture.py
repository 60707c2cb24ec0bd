"""A night of sleep drawn with what the house would do in it: how far sound recedes, and when it ends."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.time import PAGE

if TYPE_CHECKING:
    from lullaby.sleep.course import Course

HELP = "stages, how softly a night would play to them, and what happens: as .png or .svg"

SAME_REM = 15 * PAGE
"""Frames that REM may be broken for and still be one period of it, as sleep scientists count."""


def draw(course: Course, path: Path, title: str, says: str, *, four_class: bool = False) -> Path:
    """The course and under it the gentle default: what a score that says nothing of its own would do."""
    from lullaby.drawing.hypnogram_picture import picture
    from lullaby.night.following import ends, gate, receding
    from lullaby.sleep.course import EPOCH

    plays = ends(course, course.stop, all_night=False)
    # as it would go on all night, so that what the end spares nobody from can be seen too
    held, silences = receding(course, {}, course.stop), gate(course, course.stop, course.stop)
    return picture(
        course.runs,
        path,
        title=title,
        says=says,
        four_class=four_class,
        length=course.stop,
        level=[
            (frame, held.value_at(frame) + silences.value_at(frame))
            for frame in (*range(0, course.stop, EPOCH), course.stop)
        ],
        until=plays,
        events=_events(course, plays),
        private=course.real,
    )


def _events(course: Course, plays: int) -> list[tuple[int, str]]:
    """When sleep comes, when it comes to stay, when that ends a night, and every period of REM."""
    from lullaby.night.following import AT_MOST, PLAYS_ON
    from lullaby.sleep.stages import Stage

    found = [(run.start, "asleep") for run in course.runs if run.stage.asleep][:1]
    if plays < course.stop:
        found.append((plays, "the night ends"))
        if plays < AT_MOST:  # else it is the hour that ends it
            found.append((plays - PLAYS_ON, "sleep stays"))
    rem = [run for run in course.runs if run.stage is Stage.REM]
    for before, run in pairwise([None, *rem]):
        if run and (before is None or run.start - before.stop > SAME_REM):
            found.append((run.start, "REM"))
    return found
