"""Pairing with another lullaby of the home: the code that it shows is typed here, once."""

from __future__ import annotations

import platform

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain, quoted, short
from lullaby.web.rooms.known import KnownRoom, add_room, host_and_port, known_room
from lullaby.web.rooms.line import answer_of, why_not

PATIENCE = 10.0
"""Seconds until one that does not answer is given up."""


def pair_with(name: str, address: str, code: str) -> KnownRoom:
    """Keeps the lullaby at this address as a room of this name, where it takes the code."""
    digits = code.replace(" ", "").replace("-", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        raise AskedWrongly(f"{quoted(short(code, 20))} is not a code of six digits.")
    known_room(name, address, "not-yet-known")  # a wrong name is said before the code is used up
    host, port = host_and_port(address)
    origin = {"Origin": f"http://{address}"}  # it is its own page that would ask so
    said = {"code": digits, "name": plain(short(platform.node() or "a lullaby", 40))}
    try:
        status, table = answer_of(host, port, "POST", "/pair", said, origin, PATIENCE)
    except OSError:
        raise CouldNot(f"nobody answers at {address}: is lullaby serve --lan running there?") from None
    token = table.get("token") if status == 200 and table is not None else None
    if not isinstance(token, str):
        raise CouldNot(why_not(table) or f"what answers at {address} is no lullaby ({status}).")
    return add_room(name, address, token)
