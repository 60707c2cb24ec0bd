"""Gentle masking: where the room grows louder, every voice's fader rises a little, over minutes.

It knows the room by a level alone, one number a second. It rises by half of what the room is louder than in
its quietest minute, by 4 dB at the most, by no more than a decibel a minute, and never in deep sleep or REM.
A room that grows quiet again, and a source that falls silent, let it fall back as slowly. What it does passes
the guard and the limiter like everything else, so that a listener's cap holds.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from lullaby.night.faders import HIGHEST, LOWEST, FaderMove
from lullaby.night.night import Night
from lullaby.score import SILENT
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE

MOST_DB = 4.0
"""What a fader rises by at the most."""
STEP_DB, EVERY = 0.5, 30 * RATE
"""It moves by so much at a time, once in so many frames: a decibel a minute."""
NOTICED_DB = 3.0
"""A room that is louder by less is no louder."""
SHARE = 0.5
"""How far it follows the room. Less than one: the microphone hears the night itself, too, and what rises
because of itself must not rise for ever. [design]"""
HEARS = PAGE
"""Frames of the room that count: half of them must be loud, so a cough or a door is let pass."""
FEWEST = 8
"""Levels in them that are enough to know the room by."""
NOTHING_DB = -100.0
"""dBFS: a microphone that hears less is switched off."""


class Masking:
    """One night's masking."""

    def __init__(self) -> None:
        self._levels: deque[tuple[int, float]] = deque()
        self._quietest = math.inf
        self._asked = -EVERY
        self._rises: dict[str, tuple[float, float]] = {}
        """By voice: where its fader was put last, and how much of that is a rise for the room's sake."""
        self.rise_db = 0.0

    def hear(self, frame: int, level_db: float) -> None:
        """The room's level, as it was at this frame of the night."""
        if level_db > NOTHING_DB:
            self._levels.append((frame, level_db))

    def target_db(self, frame: int) -> float:
        """What every fader should be up by now."""
        while self._levels and not frame - HEARS < self._levels[0][0] <= frame:
            self._levels.popleft()
        if len(self._levels) < FEWEST or frame - self._levels[-1][0] > EVERY:
            return 0.0
        level = median(level for _, level in self._levels)
        self._quietest = min(self._quietest, level)
        return min(MOST_DB, max(0.0, SHARE * (level - self._quietest - NOTICED_DB)))

    def due(self, frame: int) -> bool:
        """Is it time to move, and somewhere to move to?"""
        if abs(frame - self._asked) < EVERY:
            return False
        target = self.target_db(frame)
        return abs(target - self.rise_db) >= STEP_DB or (target == 0 < self.rise_db)

    def moves(self, night: Night, frame: int) -> tuple[FaderMove, ...]:
        """The moves from this frame on."""
        if not self.due(frame):
            return ()
        self._asked = frame
        target = self.target_db(frame)
        if target > self.rise_db and not _may_rise(night, frame):
            return ()
        newest = {move.voice: move for growth in night.grown for move in growth.moves}
        moves, rises = [], [0.0]
        for track in night.plan.tracks:
            last = newest.get(track.name)
            gain = last.gain_db if last else 0.0
            put, risen = self._rises.get(track.name, (0.0, 0.0))
            if put != gain:  # a hand that moved it meant what it heard
                risen = 0.0
            if gain == SILENT or gain - risen <= LOWEST:
                continue
            rise = risen + min(STEP_DB, max(-STEP_DB, target - risen))
            rises.append(rise)
            move = FaderMove(frame, track.name, round(min(HIGHEST, gain - risen + rise), 3))
            if move.gain_db != gain:
                self._rises[track.name] = (move.gain_db, rise)
                moves.append(move)
        self.rise_db = max(rises)
        return tuple(moves)


def _may_rise(night: Night, frame: int) -> bool:
    return night.course is None or night.course.stage(frame) not in (Stage.N3, Stage.REM)
