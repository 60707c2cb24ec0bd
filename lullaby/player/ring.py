"""A few seconds of sound between who makes it and who plays it. The player only ever copies."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.time import RATE

FADE = RATE
"""Frames of the last fade: one second, however it ends early."""

Sound = NDArray[np.float32]


class Ring:
    """One side pours frames in, the other pours them out. `let_go` ends it in a fade, from any thread."""

    def __init__(self, capacity: int = 4 * RATE) -> None:
        self._frames = np.zeros((capacity, 2), np.float32)
        self._capacity = capacity
        self._poured = 0  # frames put in so far, only ever raised by the one side
        self._played = 0  # frames taken out so far, only ever raised by the other
        self._ended = False
        self._room = threading.Event()
        self._letting_go = False
        self._gone = 0  # frames of the last fade that were played
        # unhurried at both ends, and made before anything plays
        self._fade = (0.5 + 0.5 * exact.cos_turns(np.arange(FADE) / FADE / 2)).astype(np.float32)[:, None]

    @property
    def played(self) -> int:
        return self._played

    @property
    def is_half_full(self) -> bool:
        return 2 * (self._poured - self._played) >= self._capacity

    def pour_in(self, sound: Sound) -> bool:
        """Puts all of it in, waiting for room; False when nobody wants more."""
        while len(sound) and not self._letting_go:
            self._room.clear()
            count = min(len(sound), self._capacity - (self._poured - self._played))
            if not count:
                self._room.wait(0.5)
                continue
            for part, start in self._places(self._poured, count):
                self._frames[start : start + len(part)] = sound[part.start : part.stop]
            self._poured += count
            sound = sound[count:]
        return not self._letting_go

    def end(self) -> None:
        """Marks the sound as complete: nothing more will come."""
        self._ended = True

    def let_go(self) -> None:
        """Fades out over one second, from the next block on."""
        self._letting_go = True
        self._room.set()

    def fill(self, out: Sound) -> bool:
        """Fills a block; False when it was the last. Where sound has not come in time, there is silence."""
        count = min(len(out), self._poured - self._played)
        for part, start in self._places(self._played, count):
            out[part.start : part.stop] = self._frames[start : start + len(part)]
        out[count:] = 0
        self._played += count
        self._room.set()
        if self._letting_go:
            fading = min(len(out), FADE - self._gone)
            out[:fading] *= self._fade[self._gone : self._gone + fading]
            out[fading:] = 0
            self._gone += fading
            return self._gone < FADE
        return not (self._ended and self._played == self._poured)

    def _places(self, first: int, count: int) -> list[tuple[range, int]]:
        """Where so many frames from the first on stand: at most two runs, since the end joins the start."""
        start = first % self._capacity
        before = min(count, self._capacity - start)
        runs = [(range(before), start), (range(before, count), 0)]
        return [(part, place) for part, place in runs if len(part)]
