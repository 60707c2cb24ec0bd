"""Which other rooms there are: lullabies elsewhere in the home that this one is paired with, by name, in a
private file, `web/rooms.json`.

    {"kitchen": {"address": "192.168.1.7:8080", "token": "…"}}

An address is written in numbers and lies in the home: nothing is looked up, and nobody outside is asked."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.people.private import (
    close_to_others,
    locked,
    make_private_folder,
    put,
    read_text,
    say_nothing,
)
from lullaby.score.plain_text import plain, quoted

TAKEN = ("here", "begin", "stop")
"""Names that mean something else in an address."""
MOST = 16
_NAME = re.compile(r"\w[\w -]{0,38}\w|\w")
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


@dataclass(frozen=True)
class KnownRoom:
    """Another lullaby, and what it knows this one by."""

    name: str
    host: str
    port: int
    token: str

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __repr__(self) -> str:  # the token is nobody's business
        return f"KnownRoom({self.name!r}, {self.address!r})"


def rooms_file() -> Path:
    return places.home() / "web" / "rooms.json"


def known_room(name: str, address: str, token: str) -> KnownRoom:
    """One that can be; an AskedWrongly says what is wrong with it."""
    if not _NAME.fullmatch(name) or name in TAKEN:
        raise AskedWrongly(
            f"{quoted(name)} cannot be a room: letters, digits and spaces, and not {TAKEN[0]}."
        )
    if not _TOKEN.fullmatch(token):
        raise AskedWrongly("that is not what a lullaby gives when it is paired.")
    host, port = host_and_port(address)
    return KnownRoom(name, host, port, token)


def host_and_port(address: str) -> tuple[str, int]:
    """Of an address in numbers, in the home."""
    wrong = AskedWrongly(f"{quoted(address)} is not an address in numbers like 192.168.1.7:8080.")
    try:
        parts = urlsplit(f"//{address}")
        host, port = ipaddress.ip_address(parts.hostname or ""), parts.port
    except ValueError:
        raise wrong from None
    if port is None or port == 0 or parts.netloc != address or parts.username is not None:
        raise wrong
    if not (host.is_private or host.is_loopback or host.is_link_local):
        raise AskedWrongly(f"{quoted(address)} is outside the home.")
    if host.is_multicast or host.is_unspecified:
        raise wrong
    return str(host), port


def known_rooms() -> dict[str, KnownRoom]:
    """By name, in the order in which they were added."""
    path = rooms_file()
    text = read_text(path)
    if text is None:
        return {}
    close_to_others(path.parent, say_nothing)
    close_to_others(path, say_nothing)
    try:
        rows = json.loads(text)
        return {name: known_room(name, row["address"], row["token"]) for name, row in rows.items()}
    except (ValueError, KeyError, TypeError, AttributeError, AskedWrongly):
        raise CouldNot(f"{plain(str(path))}: this is not a list of rooms any more.") from None


def add_room(name: str, address: str, token: str) -> KnownRoom:
    """Keeps one; of the same name, in its place."""
    new = known_room(name, address, token)
    make_private_folder(rooms_file().parent)
    with locked(rooms_file().parent):
        others = {other: room for other, room in known_rooms().items() if other != name}
        for room in others.values():
            if room.name.casefold() == name.casefold() or room.address == new.address:
                raise AskedWrongly(
                    f"{quoted(room.name)} is that room already.\n    lullaby rooms remove {room.name}"
                )
        rooms = others | {name: new}
        if len(rooms) > MOST:
            raise AskedWrongly(f"there are {MOST} rooms already, and no more can be kept.")
        _keep(rooms)
    return new


def remove_room(name: str) -> None:
    if name not in known_rooms():
        raise AskedWrongly(
            f"there is no room {quoted(name)}.\n    {choices(name, known_rooms(), 'There are')}"
        )
    with locked(rooms_file().parent):
        _keep({other: room for other, room in known_rooms().items() if other != name})


def _keep(rooms: dict[str, KnownRoom]) -> None:
    rows = {room.name: {"address": room.address, "token": room.token} for room in rooms.values()}
    put(rooms_file(), json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
