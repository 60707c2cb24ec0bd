"""How a story slows, thins and dims: words a minute, pauses, range and level by the listener's arousal.

| arousal | words a minute | pauses | range | level |
|---|---|---|---|---|
| awake | 120, settling to 110 in ten minutes | as they are | as it is | as it is |
| drowsy | 110 to 85 | towards twice as long | towards × .7 | -1 dB a minute |

Where nobody knows how the listener is, they are taken to settle by time, and a made-up sleeper can only make
that sooner. From evidence on, it is the evidence that counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.night import sinking
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE

WIDE_AWAKE, SETTLED, NEARLY_ASLEEP = 120.0, 110.0, 85.0
"""Words a minute, where a teller's own pace is 110."""
BY_DAY = 140.0
"""Words a minute of what is told by day."""
SETTLES = 10 * PAGE
"""Frames in which the pace settles."""
DIMS = 0.9
"""The arousal from which on it dims."""
DIMS_BY, DIMMEST = 1.0, -10.0
"""dB a minute, and dB at the most."""
NARROWEST = 0.7
_TICK = 30 * RATE


@dataclass(frozen=True)
class Pacing:
    start: int
    """The frame at which the story begins."""
    course: Course | None = None
    bedtime: bool = True
    """Is it told to somebody who wants to sleep?"""
    sinks: bool = True
    """Does it slow by time? A book is told at one pace, however long it takes."""
    pace: float = 110.0
    """The teller's own words a minute."""

    def arousal(self, frame: int) -> float:
        """From 1, awake, to 0."""
        if not self.bedtime:
            return 1.0
        if not self.sinks:
            known = None if self.course is None else self.course.evidence(frame)
            return self.course.arousal(frame) if self.course and known and known.real else 1.0
        return sinking.arousal(self.course, self.start, frame)

    def depth(self, frame: int) -> float:
        """0 awake … 1 nearly asleep."""
        return sinking.depth(self.arousal(frame))

    def words_per_minute(self, frame: int) -> float:
        own = self.pace / SETTLED
        if not self.bedtime:
            return own * BY_DAY
        settled = min(1.0, max(0.0, (frame - self.start) / SETTLES))
        awake = WIDE_AWAKE + (SETTLED - WIDE_AWAKE) * settled
        return own * (awake + (NEARLY_ASLEEP - awake) * self.depth(frame))

    def range(self, frame: int) -> float:
        """Times the voice's own range, in tenths: each of them is spoken anew."""
        return round(1 + (NARROWEST - 1) * self.depth(frame), 1)

    def gain_db(self, frame: int) -> float:
        if not self.bedtime or (self.course is None and not self.sinks):
            return 0.0
        ticks = range(self.start, frame, _TICK)
        minutes = sum(self.arousal(tick) < DIMS for tick in ticks) * _TICK / PAGE
        return round(max(DIMMEST, -DIMS_BY * minutes), 1) + 0.0

    def asleep_from(self) -> int | None:
        """The frame from which on there is evidence of sleep, and none of waking since: no sentence begins
        after it."""
        found: int | None = None
        for known in self.course.known if self.course else ():
            if known.evidence.real and known.run.stop > self.start:
                if known.run.stage is Stage.AWAKE:
                    found = None
                elif found is None:
                    found = known.run.start
        return found
