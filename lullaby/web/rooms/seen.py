"""What plays in each room, as it was seen last: who opens a page does not wait for a room that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from lullaby.errors import LullabyError
from lullaby.web.rooms.room import Room, RoomState
from lullaby.web.rooms.together import states

SOON = 0.15
"""Seconds that a page waits for what is asked anew."""


class Seen:
    """The rooms, and what was seen in them."""

    def __init__(self, rooms: Callable[[], Mapping[str, Room]]) -> None:
        self._rooms = rooms
        self._lock = threading.Lock()
        self._looks: threading.Thread | None = None
        self._states: dict[str, RoomState] = {}

    def now(self) -> dict[str, RoomState]:
        """What plays in each, as far as that is known soon; the rest as it was before. None is seen where it
        cannot be read which there are: that is said where a room is asked for something."""
        with self._lock:
            if self._looks is None or not self._looks.is_alive():
                self._looks = threading.Thread(target=self._look, name="rooms", daemon=True)
                self._looks.start()
            looks = self._looks
        looks.join(SOON)
        known = self._states
        return {name: known.get(name, RoomState("away")) for name in self._there()}

    def _look(self) -> None:
        self._states = states(list(self._there().values()))

    def _there(self) -> Mapping[str, Room]:
        try:
            return self._rooms()
        except LullabyError:
            return {}
