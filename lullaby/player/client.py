"""Asking the player that plays on this machine for something, from another process.

    ask({"do": "more", "seconds": 600})

It says the state that the player is in then, as a table; see docs/playing.md.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from lullaby.errors import CouldNot
from lullaby.player import door_path

PATIENCE = 10.0
"""Seconds until a player that does not answer is given up."""
_MOST = 1 << 22
"""Bytes of an answer."""


class NothingPlays(CouldNot):
    """There is no player on this machine, or none of this user's."""

    def __init__(self) -> None:
        super().__init__("nothing plays.")


def ask(request: Mapping[str, Any], patience: float = PATIENCE) -> dict[str, Any]:
    """The player's answer; a CouldNot where it says no, or nothing at all."""
    path = door_path.found() if hasattr(socket, "AF_UNIX") else None
    if path is None:
        raise NothingPlays
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(patience)
        try:
            door.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):  # of a player that was killed the socket is left
            raise NothingPlays from None
        except OSError as error:
            raise CouldNot(f"the player cannot be reached ({error.strerror or 'it is busy'}).") from None
        try:
            door.sendall(json.dumps(dict(request)).encode() + b"\n")
            answer = json.loads(_line(door))
        except (OSError, ValueError):
            raise CouldNot("the player does not answer.") from None
    if not isinstance(answer, dict) or "error" in answer:
        said = answer.get("error") if isinstance(answer, dict) else None
        raise CouldNot(f"{said or 'the player does not answer'}.")
    return answer


def _line(door: socket.socket) -> bytes:
    got = bytearray()
    while not got.endswith(b"\n"):
        more = door.recv(1 << 16)
        if not more or len(got) > _MOST:
            raise ConnectionError
        got += more
    return bytes(got)
