"""Another lullaby of the home, which this one is paired with: asked over plain HTTP, as a phone asks it.

Its clock may show another time than the one here. How far it is ahead is measured before it is told a moment:
of a few round trips the shortest says most, and its middle is when the answer was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lullaby.errors import CouldNot
from lullaby.player.place import boot_time
from lullaby.time import WallClock
from lullaby.web.rooms.known import KnownRoom
from lullaby.web.rooms.line import answer_of, why_not
from lullaby.web.rooms.room import RoomState
from lullaby.web.wanted import Wanted

PATIENCE, BEGINS = 3.0, 25.0
"""Seconds until one that does not answer is given up; and one that was asked to begin a night."""
ROUND_TRIPS = 5


def now() -> float:
    """Seconds since 1970, by the clock on the wall."""
    return WallClock().now().timestamp()


class Elsewhere:
    """What plays there is its room "here"."""

    def __init__(self, known: KnownRoom, clock: Callable[[], float] = now) -> None:
        self._known, self._clock = known, clock
        self._ahead = 0.0
        """Seconds by which its clock is ahead of the one here."""

    @property
    def name(self) -> str:
        return self._known.name

    def state(self) -> RoomState:
        try:
            return self._here(self._asked("GET", "/rooms.json"))
        except CouldNot as error:
            return RoomState("away", why=str(error))

    def begin(self, wanted: Wanted) -> None:
        self._asked("POST", "/rooms/here/begin", {"night": str(wanted)}, BEGINS)

    def ready(self, wanted: Wanted) -> None:
        self._asked("POST", "/rooms/here/begin", {"night": str(wanted), "ready": True}, BEGINS)
        self._ahead = self.ahead()

    def sound(self, at: float) -> None:
        self._asked("POST", "/rooms/here/begin", {"at": round(at + self._ahead, 4)})

    def stop(self) -> None:
        self._asked("POST", "/rooms/here/stop", {})

    def more(self) -> None:
        self._asked("POST", "/rooms/here/more", {})

    def awake(self) -> None:
        self._asked("POST", "/rooms/here/awake", {})

    def volume(self, gain_db: float) -> None:
        self._asked("POST", "/rooms/here/volume", {"db": gain_db})

    def ahead(self) -> float:
        """Seconds by which its clock is ahead of the one here, measured now."""
        found: list[tuple[float, float]] = []
        for _ in range(ROUND_TRIPS):
            began, since = self._clock(), boot_time()
            there = self._asked("GET", "/rooms.json").get("now")
            took = boot_time() - since
            if isinstance(there, bool) or not isinstance(there, int | float):
                raise CouldNot(f"{self.name} does not say what time it is there.")
            found.append((took, float(there) - (began + took / 2)))
        return min(found)[1]

    def _here(self, answer: dict[str, Any]) -> RoomState:
        rooms = answer.get("rooms")
        for one in rooms if isinstance(rooms, list) else []:
            if isinstance(one, dict) and one.get("name") == "here":
                return RoomState.read(one)
        raise CouldNot(f"{self.name} does not say what plays there.")

    def _asked(
        self, method: str, path: str, said: dict[str, Any] | None = None, patience: float = PATIENCE
    ) -> dict[str, Any]:
        """The answer, a table; a CouldNot where there is none."""
        headers = {"Authorization": f"Bearer {self._known.token}"}
        try:
            status, table = answer_of(
                self._known.host, self._known.port, method, path, said, headers, patience
            )
        except OSError:
            raise CouldNot(f"{self.name} does not answer.") from None
        if status in (401, 403):
            raise CouldNot(f"{self.name} does not know this lullaby any more: pair them again.")
        if status >= 300 or table is None:
            raise CouldNot(why_not(table) or f"{self.name} cannot do that ({status}).")
        return table
