"""The work of `lullaby rooms`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.score.plain_text import plain
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.web.rooms.room import Room, RoomState


def _rooms(only: list[str] | None = None) -> list[Room]:
    """This machine and the rooms it is paired with; of these `only` some, where some are named."""
    from lullaby.web.rooms.asked import all_rooms, room_called
    from lullaby.web.rooms.here import Here
    from lullaby.web.rooms.known import known_rooms

    found = all_rooms(Here(), known_rooms().values())
    return [room_called(found, name) for name in only] if only else list(found.values())


def shown(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.web.rooms.asked import facts_of_rooms
    from lullaby.web.rooms.together import states

    rooms = _rooms()
    if asked.json:
        bedside.facts(facts_of_rooms(rooms))
        return 0
    for name, state in states(rooms).items():
        bedside.say(f"{plain(name)}: {_says(state)}")
    return 0


def _says(state: RoomState) -> str:
    if state.state == "away":
        return plain(state.why or "it does not answer.")
    if not state.plays:
        return "quiet"
    at = "" if state.at is None else f", {clock(round(state.at * RATE))}"
    return f"{plain(state.title or 'a night')}, {state.state}{at}"


def add(asked: argparse.Namespace, bedside: Bedside) -> int:
    """Pairs with the lullaby at this address, by the code that it shows."""
    from lullaby.web.rooms.pairing import pair_with

    room = pair_with(asked.name, asked.address, asked.code)
    bedside.say(f"{plain(room.name)} is a room now, at {room.address}.")
    return 0


def remove(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.web.rooms.known import remove_room

    remove_room(asked.name)
    bedside.say(f"{plain(asked.name)} is no room of this lullaby any more.")
    return 0


def begin(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.request import DEFAULT
    from lullaby.journal.book import evening_of
    from lullaby.web.rooms.together import begin_together
    from lullaby.web.wanted import Wanted

    evening = evening_of(bedside.clock.now())
    wanted = Wanted(tuple(asked.night or [DEFAULT]), date=evening, listener=asked.listener)
    return _told(begin_together(_rooms(asked.rooms), Wanted.read(str(wanted))), "begins", bedside)


def stop(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.web.rooms.together import stop_all

    return _told(stop_all(_rooms(asked.rooms)), "is stopped", bedside)


def _told(outcome: Mapping[str, str | None], done: str, bedside: Bedside) -> int:
    for name, why in outcome.items():
        if why is None:
            bedside.say(f"{plain(name)} {done}.")
        else:
            bedside.note(f"{plain(name)}: {plain(why)}")
    return 1 if any(outcome.values()) else 0
