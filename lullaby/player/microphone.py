"""A microphone as a level meter and nothing more: the room's level once a second, from a process of its own.

Sound never enters this process. A microphone that dies or stalls says nothing any more, which is what a room
that has fallen quiet says.
"""

from __future__ import annotations

from collections.abc import Callable

from lullaby.player.child_process import ChildProcess


class Microphone:
    """The level of the room, by a microphone that somebody opted for."""

    def __init__(
        self,
        device: str | int | None = None,
        *,
        seconds: float = 1.0,
        note: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`seconds`: one level for each so many."""
        self._note = note
        self._why: str | None = "it is gone"
        """What is to be said once it is not heard any more."""
        self._child = ChildProcess("lullaby.player.level_meter", {"device": device, "seconds": seconds})

    @property
    def pid(self) -> int:
        return self._child.pid

    def levels(self) -> list[float]:
        """The levels in dBFS since this was asked last. Where it has died, that is said once."""
        ended = self._child.ended  # what it said before that is there by now
        found: list[float] = []
        while (said := self._child.said()) is not None:
            if "why" in said:
                self._why = str(said["why"])
            else:
                found.append(float(said["db"]))
        if ended and self._why is not None:
            self._note(f"The microphone is not heard any more: {self._why}. The night goes on without it.")
            self._why = None
        return found

    def close(self) -> None:
        self._child.end(2.0)
