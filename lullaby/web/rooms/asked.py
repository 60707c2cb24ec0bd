"""What a page, or another lullaby, asks of a room: checked, and then done.

    begin    night, an address; with `ready`, it waits for …    {"night": "harbour-rain~for=kim"}
             … at, the moment in seconds since 1970              {"at": 1793990400.25}
    volume   db, from -90 to 0                                   {"db": -6}
    stop, more, awake

Values may be texts, as a form without a script sends them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import quoted, short
from lullaby.web.rooms.elsewhere import Elsewhere, now
from lullaby.web.rooms.here import Here
from lullaby.web.rooms.known import KnownRoom
from lullaby.web.rooms.room import Room
from lullaby.web.rooms.together import states
from lullaby.web.wanted import Wanted

QUIETEST = -90.0
_EPOCH = 4e9
"""More seconds since 1970 than any night here will see."""


def all_rooms(here: Here, known: Iterable[KnownRoom]) -> dict[str, Room]:
    """By name: this machine, and those that it is paired with."""
    return {here.name: here} | {one.name: Elsewhere(one) for one in known}


def facts_of_rooms(rooms: Sequence[Room], clock: Callable[[], float] = now) -> dict[str, Any]:
    """What GET /rooms.json answers: `now` is written last, for whoever measures this clock."""
    found = states(rooms)
    return {"rooms": [{"name": name, **state.facts} for name, state in found.items()], "now": clock()}


def room_called(rooms: Mapping[str, Room], name: str) -> Room:
    if name not in rooms:
        hint = choices(name, rooms, "There are")
        raise AskedWrongly(f"there is no room {quoted(short(name, 40))}.\n    {hint}")
    return rooms[name]


def do(room: Room, word: str, said: Mapping[str, object]) -> None:
    """Does it; an AskedWrongly where it makes no sense, a CouldNot where it cannot be done."""
    if word not in _WORDS:
        raise AskedWrongly(f"a room knows no {quoted(short(word, 40))}. {choices(word, _WORDS, 'It knows')}")
    what, takes = _WORDS[word]
    for name in said:
        if name not in takes:
            raise AskedWrongly(f"{word} takes no {quoted(short(str(name), 40))}.")
    what(room, said)


def _begin(room: Room, said: Mapping[str, object]) -> None:
    night = said.get("night")
    if night is None:
        room.sound(_number(said, "at", 0.0, _EPOCH))
        return
    if not isinstance(night, str) or "at" in said:
        raise AskedWrongly("begin takes a night, or the moment at which one that is ready begins.")
    wanted = Wanted.read(night)
    if said.get("ready") in (True, "1", "true"):
        room.ready(wanted)
    else:
        room.begin(wanted)


def _volume(room: Room, said: Mapping[str, object]) -> None:
    room.volume(_number(said, "db", QUIETEST, 0.0))


_WORDS: dict[str, tuple[Callable[[Room, Mapping[str, object]], None], tuple[str, ...]]] = {
    "begin": (_begin, ("night", "ready", "at")),
    "stop": (lambda room, _: room.stop(), ()),
    "more": (lambda room, _: room.more(), ()),
    "awake": (lambda room, _: room.awake(), ()),
    "volume": (_volume, ("db",)),
}


def _number(said: Mapping[str, object], name: str, least: float, most: float) -> float:
    found = said.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise AskedWrongly(f"{name} wants a number.")
    try:
        number = float(found)
    except (ValueError, OverflowError):
        raise AskedWrongly(f"{name} wants a number.") from None
    if not math.isfinite(number) or not least <= number <= most:
        raise AskedWrongly(f"{name} goes from {least:g} to {most:g}.")
    return number
