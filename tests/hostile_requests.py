"""Requests that nobody means well with: made up by a seeded dice, and what was answered to each.

    outcomes = attack("http://127.0.0.1:8000", 10_000, seed=1, source="127.0.0.9")

`source`: the address they come from; all that begin with 127 are this machine's (on Linux).
"""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hostile_kinds import KINDS, POSTS, Target, Wire

PATIENCE = 60.0  # seconds until a server that does not answer is given up
ENOUGH = 1 << 16  # bytes of an answer that are read


@dataclass(frozen=True)
class Outcome:
    kind: str
    sent: bytes
    status: int | None = None
    """None: the connection ended without an answer."""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.kind}: {self.sent[:300]!r} -> {self.status} {self.body[:100]!r}"


def attack(
    base_url: str,
    count: int,
    seed: int,
    *,
    source: str | None = None,
    night: str = "/night/rain~date=2026-11-27.mp3",
    posts: tuple[str, ...] = POSTS,
) -> list[Outcome]:
    """So many requests, one after the other, each on a connection of its own; the same ones for one seed and
    one address of the server."""
    dice, there = random.Random(seed), urlsplit(base_url)
    target = Target(there.netloc, night, posts)
    kinds = list(KINDS.items())
    found = []
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        wire = make(dice, target)
        found.append(_sent(kind, wire, (there.hostname or "", there.port or 80), source))
    return found


def _sent(kind: str, wire: Wire, there: tuple[str, int], source: str | None) -> Outcome:
    sent = b"".join(wire.pieces)
    with socket.create_connection(there, PATIENCE, (source, 0) if source else None) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        got = b""
        try:
            for piece in wire.pieces:
                line.sendall(piece)
            if not wire.answered:
                line.shutdown(socket.SHUT_WR)
            while not _is_whole(got, sent) and (more := line.recv(ENOUGH)):
                got += more
        except TimeoutError:
            raise
        except OSError:  # the server had heard enough before all was said
            pass
    head, _, body = got.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/1.1 "):
        assert not first, f"{kind}: {sent[:300]!r} was answered with {got[:300]!r}"
        return Outcome(kind, sent)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return Outcome(kind, sent, int(first.split()[1]), headers, body)


def _is_whole(got: bytes, sent: bytes) -> bool:
    """Has the whole of the first answer come, or as much of it as anybody wants to see?"""
    head, ended, body = got.partition(b"\r\n\r\n")
    if not ended:
        return False
    status, low = int(head.split()[1]), head.lower()
    if sent.startswith(b"HEAD ") or status in (204, 304) or len(body) >= ENOUGH:
        return True
    if b"\r\ncontent-length:" in low:
        return len(body) >= int(low.split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
    return b"transfer-encoding: chunked" in low and body.endswith(b"0\r\n\r\n")
