"""A night whose listener said, at some moments of it, that they were awake still. Where a player hears that
by a key and forgets it, whoever serves a night to a phone is told all of it anew with each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lullaby.errors import AskedWrongly
from lullaby.evening.followed_live import follower_of
from lullaby.evening.prepare import Evening
from lullaby.night.night import Growth
from lullaby.sleep.course import EPOCH, Known
from lullaby.sleep.follower import Follower
from lullaby.time import LONGEST, RATE

HOURS = 2
"""Hours after the last word for which it makes a difference to what is believed; later the night's own course
is followed."""


def pressed(evening: Evening, frames: Sequence[int]) -> Evening:
    """The evening, whose night grows at each of these frames, in their order, by what the press says."""
    if not frames:
        return evening
    follower = follower_of(evening)
    if follower is None:
        raise AskedWrongly("this night follows nobody, so there is nobody to be awake still.")
    night = evening.night
    for number, pressed_at in enumerate(frames):
        # who says so while it ends, or after, had it go on before that
        frame = min(pressed_at, night.length - night.plan.fade_out - 1)
        follower.still_awake(frame)
        later = frames[number + 1] if number + 1 < len(frames) else LONGEST
        until = min(later, frame + HOURS * 3600 * RATE, evening.night.score.length)
        night = night.from_frame(Growth(frame, tuple(_known(follower, frame, until))))
    return replace(evening, night=night)


def _known(follower: Follower, frame: int, until: int) -> list[Known]:
    """What is to be followed from this frame on, wherever it changes."""
    found: list[Known] = []
    for at in (frame, *range((frame // EPOCH + 1) * EPOCH, until, EPOCH)):
        known = follower.known(at)
        if not found or known.run.stage is not found[-1].run.stage or known.evidence != found[-1].evidence:
            found.append(known)
    return found
