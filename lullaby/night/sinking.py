"""How awake somebody is taken to be to whom a story is told, or music played.

One of whom nothing is known sinks by time; a made-up sleeper can only make that sooner; from evidence on it
is the evidence that counts.
"""

from __future__ import annotations

from lullaby.sleep.course import Course
from lullaby.time import PAGE

DROWSY, ASLEEP = 0.95, 0.6
"""Arousals between which a story and music slow: from settled, to N1."""
BEGINS_TO_SINK, SINKS_UNTIL = 4 * PAGE, 24 * PAGE
"""Frames of it between which a listener of whom nothing is known goes from awake to nearly asleep."""


def arousal(course: Course | None, since: int, frame: int) -> float:
    """From 1, awake, to 0, by what is known up to this frame; `since` is when it began."""
    along = min(1.0, max(0.0, (frame - since - BEGINS_TO_SINK) / (SINKS_UNTIL - BEGINS_TO_SINK)))
    by_time = 1.0 + (ASLEEP - 1.0) * along
    if course is None:
        return by_time
    known, felt = course.evidence(frame), course.arousal(frame)
    return felt if known is not None and known.real else min(felt, by_time)


def depth(arousal: float) -> float:
    """0 awake … 1 nearly asleep."""
    return min(1.0, max(0.0, (DROWSY - arousal) / (DROWSY - ASLEEP)))
