"""A night that is followed while it is heard, without a player: what is taken, and what the night became."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lullaby.night import Night
from lullaby.player.live_follower import Evidence, LiveFollower, Room, follower_for
from lullaby.player.night_log_file import NightLogFile
from lullaby.player.unfolding import Change, Unfolding
from lullaby.time import RATE

TAKES = RATE // 10


class Heard:
    """A night, heard from one frame on and another; it is followed, and its log kept."""

    def __init__(
        self,
        night: Night,
        log: NightLogFile | None = None,
        *,
        sources: tuple[Evidence, ...] = (),
        room: Room | None = None,
    ) -> None:
        self.unfolding = Unfolding(night)
        self._changes: deque[Change] = deque()
        self.follower = LiveFollower(
            follower_for(night), lambda: self.unfolding.taken, self.change, sources=sources, room=room
        )
        self._log = log

    @property
    def night(self) -> Night:
        return self.unfolding.night

    def change(self, change: Change) -> None:
        self._changes.append(change)

    def listen(
        self, frame: int, seconds: float, then: Mapping[int, Callable[[], None]] = {}
    ) -> NDArray[np.float32]:
        """What is heard from this frame on; `then` has things done as soon as such a frame was taken."""
        if frame != self.unfolding.taken:
            self.unfolding.seek(frame)
        waiting, heard, stop = deque(sorted(then.items())), [], frame + round(seconds * RATE)
        while self.unfolding.taken < stop and not self.unfolding.over:
            while waiting and self.unfolding.taken >= waiting[0][0]:
                waiting.popleft()[1]()
            self.follower.look(self.unfolding.taken)
            if self._changes and self.unfolding.change(self._changes[0]):
                self._changes.popleft()
            if self._log is not None:
                self._log.grow(self.night)
            for _ in range(20):  # some hundred times as fast as it is heard, as on any machine
                self.unfolding.step()
            sound = self.unfolding.take(min(TAKES, stop - self.unfolding.taken))
            if sound is not None:
                heard.append(sound)
        return np.concatenate(heard)


def log_of(night: Night, path: Path, score: str) -> NightLogFile:
    return NightLogFile(path, night, {"score": score}, note=lambda line: None)
