"""Several rooms at once: what plays in each, begin together, stop all.

All are asked side by side, and one that does not answer holds up nobody. To begin together, the night is
first made ready in every room; once it is, all are told the same moment, a second ahead, and each begins by
itself.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from lullaby.errors import CouldNot, LullabyError
from lullaby.player.place import boot_time
from lullaby.web.rooms.elsewhere import now
from lullaby.web.rooms.room import Room, RoomState
from lullaby.web.wanted import Wanted

ANSWERS, READY = 4.0, 90.0
"""Seconds that a room may take to answer, and to make a night ready."""
AHEAD = 1.0
"""Seconds from when all are told to when they begin."""
LOOKS = 0.2
LATE = 1.2
"""Times the patience with a room in which it may say why it is not ready."""

T = TypeVar("T")
Outcome = dict[str, str | None]
"""Of every room, by name: None where it was done, else why not."""


def side_by_side(
    rooms: Sequence[Room], do: Callable[[Room], T], patience: float
) -> dict[str, T | LullabyError]:
    """What each room gives, or its error; of one that takes longer than this, that it does not answer."""
    answers: queue.SimpleQueue[tuple[str, T | LullabyError]] = queue.SimpleQueue()

    def ask(room: Room) -> None:
        try:
            answers.put((room.name, do(room)))
        except LullabyError as error:
            answers.put((room.name, error))
        except Exception as error:  # a mistake of ours is no reason to say nothing
            answers.put((room.name, CouldNot(f"this should not have happened ({type(error).__name__}).")))

    for room in rooms:
        threading.Thread(target=ask, args=(room,), name=f"room {room.name}", daemon=True).start()
    found: dict[str, T | LullabyError] = {}
    ends = boot_time() + patience
    while len(found) < len(rooms):
        try:
            name, answer = answers.get(timeout=max(0.0, ends - boot_time()))
        except queue.Empty:
            break
        found[name] = answer
    silent = {room.name: CouldNot(f"{room.name} does not answer.") for room in rooms}
    return {room.name: found.get(room.name, silent[room.name]) for room in rooms}


def states(rooms: Sequence[Room]) -> dict[str, RoomState]:
    """What plays in each."""
    found = side_by_side(rooms, lambda room: room.state(), ANSWERS)
    return {
        name: one if isinstance(one, RoomState) else RoomState("away", why=str(one))
        for name, one in found.items()
    }


def stop_all(rooms: Sequence[Room]) -> Outcome:
    """Every fade begins at once, in all rooms that can be reached."""
    return _outcome(side_by_side(rooms, lambda room: room.stop(), ANSWERS))


def begin_together(
    rooms: Sequence[Room], wanted: Wanted, *, patience: float = READY, clock: Callable[[], float] = now
) -> Outcome:
    """The same night in all of them, from one moment on. A room that cannot is left out, and says why."""
    outcome = _outcome(side_by_side(rooms, lambda room: _made_ready(room, wanted, patience), patience * LATE))
    ready = [room for room in rooms if outcome[room.name] is None]
    moment = clock() + AHEAD
    outcome |= _outcome(side_by_side(ready, lambda room: room.sound(moment), ANSWERS))
    late = [room for room in rooms if outcome[room.name] is not None]
    for room in late:  # what was not ready in time does not come in by itself later, and nobody waits for it
        threading.Thread(target=_let_go, args=(room,), daemon=True).start()
    return outcome


def _made_ready(room: Room, wanted: Wanted, patience: float) -> None:
    ends, pause = boot_time() + patience, threading.Event()
    room.ready(wanted)
    while (found := room.state()).state == "opening" and boot_time() < ends:
        pause.wait(LOOKS)
    if found.state != "ready":
        raise CouldNot(found.why or f"{room.name} was not ready in time.")


def _let_go(room: Room) -> None:
    try:
        if room.state().state in ("opening", "ready"):
            room.stop()
    except LullabyError:
        return  # it lets go by itself after a while


def _outcome(found: dict[str, T | LullabyError]) -> Outcome:
    return {name: str(one) if isinstance(one, LullabyError) else None for name, one in found.items()}
