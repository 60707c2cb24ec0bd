"""Followers for the tests, with and without evidence."""

from __future__ import annotations

import datetime

from lullaby.chance import Key
from lullaby.sleep.course import EPOCH, Course
from lullaby.sleep.follower import Follower
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import RATE

DAY = datetime.date(2026, 11, 30)
MINUTE = 60 * RATE
SURELY = {stage: tuple(float(s is stage) for s in Stage) for stage in Stage}


def follower(seed: int = 1, sleeper: Sleeper | None = None, alone: Course | None = None) -> Follower:
    return Follower(sleeper or Sleeper(), Key.root(seed), alone=alone)


def told(stage: Stage, until: int, start: int = 0) -> Follower:
    """Somebody surely in this stage, every half minute of these minutes."""
    found = follower()
    for frame in range(start * MINUTE, until * MINUTE, EPOCH):
        found.tell(frame, SURELY[stage], lasting_s=0)
    return found
