"""The usual way a score without a [follow] follows sleep: its level through the night, and its end."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.night.following import AT_MOST, PLAYS_ON, asleep_from, ends, gate, receding
from lullaby.sleep.course import EPOCH, Course
from lullaby.sleep.periods import rem_periods
from lullaby.time import LONGEST


@dataclass(frozen=True)
class UsualFollowing:
    ends: int
    """The frame at which it is over."""
    level: tuple[tuple[int, float], ...]
    """Frames and dB against its opening, every half minute of the course, -inf in silence; from `ends` on as
    it would be if it played all night."""
    events: tuple[tuple[int, str], ...]
    """Frames, and in a word or two what happens there."""


def usual_following(course: Course) -> UsualFollowing:
    plays = ends(course, course.stop, all_night=False)
    levels, silences = receding(course, {}, course.stop), gate(course, course.stop, course.stop)
    frames = (*range(0, course.stop, EPOCH), course.stop)
    level = tuple((frame, levels.value_at(frame) + silences.value_at(frame)) for frame in frames)
    return UsualFollowing(plays, level, tuple(_events(course, plays)))


def _events(course: Course, plays: int) -> list[tuple[int, str]]:
    """When sleep comes, when it comes to stay, when that ends a night, and every period of REM."""
    found: list[tuple[int, str]] = []
    asleep = asleep_from(course)
    if asleep < LONGEST:
        found.append((asleep, "asleep"))
    if plays < course.stop:
        found.append((plays, "the night ends"))
        if plays < AT_MOST:  # else it is the hour that ends it
            found.append((plays - PLAYS_ON, "sleep stays"))
    return [*found, *((period.start, "REM") for period in rem_periods(course.runs))]
