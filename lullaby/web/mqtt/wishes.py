"""What comes in by MQTT: read, bounded, and what it means for the room. Whatever is none of it counts as not
said."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from lullaby.evening.request import DEFAULT
from lullaby.web.mqtt.offered import NOBODY, OFF, ON, PRESS, QUIETEST, Choice, Offered
from lullaby.web.rooms.room import Room
from lullaby.web.wanted import Wanted

LONGEST = 256
"""Bytes of what somebody wants."""
_NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,6})?")


@dataclass(frozen=True)
class Wish:
    """Something that somebody wants: one of the words below, and what of it."""

    what: str
    of: str | float | None = None

    @property
    def begins(self) -> bool:
        """May it begin a night? That takes some seconds."""
        return self.what in ("play", "score")


def wish_of(offered: Offered, topic: str, payload: bytes, retained: bool) -> Wish | None:
    """What a message wants. One that the broker had kept is old: nobody wants it now."""
    if retained or len(payload) > LONGEST:
        return None
    try:
        said = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    what = topic.removeprefix(f"{offered.topic}/").removesuffix("/set")
    if topic != f"{offered.topic}/{what}/set":
        return None
    if what == "playing" and said in (ON, OFF):
        return Wish("play" if said == ON else "stop")
    if what == "volume" and _NUMBER.fullmatch(said) and QUIETEST <= float(said) <= 0:
        return Wish("volume", float(said))
    if what == "score" and said in offered.nights:
        return Wish("score", offered.nights[said])
    if what == "listener" and said in (NOBODY, *offered.listeners):
        return Wish("listener", None if said == NOBODY else said)
    if what in ("awake", "more", "stop") and said == PRESS:
        return Wish(what)
    return None


def chosen(wish: Wish, choice: Choice) -> Choice:
    """The choice, after this wish."""
    if wish.what == "score" and isinstance(wish.of, str):
        return replace(choice, score=wish.of)
    if wish.what == "listener":
        return replace(choice, listener=wish.of if isinstance(wish.of, str) else None)
    return choice


def fulfil(wish: Wish, choice: Choice, room: Room) -> None:
    """Has the room do it; a LullabyError says why it cannot. Another score begins at once where a night
    plays, and waits for the switch where none does. A listener counts from the next night on."""
    plays = room.state().plays if wish.begins else False
    if (wish.what == "play" and not plays) or (wish.what == "score" and plays):
        room.begin(Wanted((choice.score or DEFAULT,), listener=choice.listener))
    elif wish.what == "stop":
        room.stop()
    elif wish.what == "more":
        room.more()
    elif wish.what == "awake":
        room.awake()
    elif wish.what == "volume" and isinstance(wish.of, float) and math.isfinite(wish.of):
        room.volume(wish.of)
