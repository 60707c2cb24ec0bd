"""The levels of a night's voices while it plays: what is heard of each, and moving their faders."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth, Night
from lullaby.night.track import Track
from lullaby.player.unfolding import Change
from lullaby.time import RATE

if TYPE_CHECKING:
    from collections.abc import Callable


class Levels:
    """The faders of a player, by the voice's name in the score. However fast they are moved, what is moved
    until the night can grow again is one entry of it."""

    def __init__(self, change: Callable[[Change], None]) -> None:
        self._change = change
        self._lock = threading.Lock()
        self._waiting: dict[str, float] = {}
        self._moved: dict[str, float] = {}

    def move(self, voice: str, gain_db: float) -> None:
        """To so many dB above or below what the score asks for; heard about a second later."""
        FaderMove(0, voice, gain_db)  # a ValueError now, rather than in the producer
        with self._lock:
            is_first = not self._waiting
            self._waiting[voice] = self._moved[voice] = gain_db
        if is_first:
            self._change(self._grown)

    def _grown(self, night: Night, frame: int) -> Growth | None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return None
        return Growth(frame, moves=tuple(FaderMove(frame, voice, db) for voice, db in waiting.items()))

    @property
    def by_hand(self) -> dict[str, float]:
        """The faders that the listener has moved, in dB; what masking did is the room's, and not among it."""
        with self._lock:
            return dict(self._moved)

    def fader(self, track: Track) -> float:
        """dB that the listener has asked for, heard already or not."""
        return self._moved.get(track.name, track.fader.keyframes[-1].value)

    def heard(self, track: Track, frame: int) -> float:
        """dB at which a voice is mixed at this frame, fader and all; -inf where it is silent."""
        level = track.level.value_at(frame) + track.trim + track.recede.value_at(frame)
        return level + track.fader.value_at(frame + RATE // 2)

    def asked(self, track: Track, frame: int) -> float:
        """dB that the score and the listener ask for at this frame, however deep somebody sleeps."""
        return track.level.value_at(frame) + track.trim + self.fader(track)
