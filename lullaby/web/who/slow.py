"""Clients that are slow on purpose, or many: uvicorn waits for the head of a request for as long as anybody
likes, and takes as many connections as there are.

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=8000, **SETTINGS))

An app that awaits each `send` is held up while its reader does not read, once 64 KiB wait for it: where
pieces are no larger than that, 128 KiB never do. A phone that pauses may stop reading for minutes; who reads
nothing for a quarter of an hour is let go, and asks again from where it was.

Only what serves imports this: it needs uvicorn.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from lullaby.web.who.addresses import is_this_machine
from lullaby.web.who.asked import LARGEST_HEADERS, LONGEST_URL
from lullaby.web.who.safe_headers import dressed

LARGEST_PIECE = 64 << 10
"""Bytes that wait for a reader, and that an app hands over at once."""
_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""The system's `struct linger`: on, and for no second."""


class Doorstep(H11Protocol):
    """One connection, with bounds to the time it may take and to how many there are beside it."""

    head_seconds: ClassVar[float] = 10.0
    body_seconds: ClassVar[float] = 10.0
    reading_seconds: ClassVar[float] = 900.0
    most: ClassVar[int] = 256
    most_of_one: ClassVar[int] = 32
    most_of_own: ClassVar[int] = 160
    """From this machine itself."""

    _waits_for: Any = None
    _until: asyncio.TimerHandle | None = None
    _reads_until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=LARGEST_PIECE)
        self._send_at_once()
        if self._is_one_too_many():
            transport.abort()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._until, self._reads_until, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()

    def handle_events(self) -> None:
        super().handle_events()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reads_until = self.loop.call_later(self.reading_seconds, self._cut_off)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reads_until is not None:
            self._reads_until.cancel()

    def send_400_response(self, msg: str) -> None:
        """What cannot be read as a request is answered like any other, where it still can be."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # it was asked already, and what it answers nobody hears
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()  # in the midst of an answer
            return
        line = b"This is no request that lullaby can read.\n"
        said = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(line))]
        headers = dressed([*said, (b"connection", b"close")], path="", status=400)
        self.transport.write(
            self.conn.send(h11.Response(status_code=400, headers=headers, reason=b"Bad Request"))
        )
        self.transport.write(self.conn.send(h11.Data(data=line)))
        self.transport.write(self.conn.send(h11.EndOfMessage()))
        self.transport.close()

    def _watch(self) -> None:
        """A limit to the time for what the client is to send now: a head, or a body. It begins once, however
        many pieces that comes in."""
        state = self.conn.their_state
        if state is self._waits_for or self.transport.is_closing():
            return
        if self._until is not None:
            self._until.cancel()
        self._waits_for, self._until = state, None
        if state is h11.IDLE:
            self._until = self.loop.call_later(self.head_seconds, self._let_go)
        elif state is h11.SEND_BODY:
            self._until = self.loop.call_later(self.body_seconds, self._let_go)

    def _let_go(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()

    def _cut_off(self) -> None:
        """Ends the connection, and has the system throw away what it keeps for a reader who does not read."""
        door = self.transport.get_extra_info("socket")
        if door is not None:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._let_go()

    def _send_at_once(self) -> None:
        """A head and a body are two small pieces: the system would keep the second back until the first is
        acknowledged, 40 ms later. asyncio sees to that by itself only where it has opened the door, too."""
        door = self.transport.get_extra_info("socket")
        if door is not None and door.family in (socket.AF_INET, socket.AF_INET6):
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _is_one_too_many(self) -> bool:
        """Are there too many, of all or of this address?"""
        if len(self.connections) > self.most:
            return True
        address = self.client[0] if self.client else ""
        most = self.most_of_own if is_this_machine(address) else self.most_of_one
        clients = [getattr(one, "client", None) for one in self.connections]
        return len([client for client in clients if client and client[0] == address]) > most


SETTINGS: dict[str, Any] = {
    "http": Doorstep,
    "ws": "none",
    "loop": "asyncio",
    "lifespan": "auto",
    "access_log": False,  # of who listened when nothing is kept
    "log_config": None,
    "log_level": "error",  # else anybody at home could fill the terminal with warnings
    "proxy_headers": False,  # else whoever is here could say to be somebody else
    "server_header": False,
    "date_header": True,  # RFC 9110, 6.6.1; every phone knows the time
    "limit_concurrency": None,  # answers 503; the doorstep, and the guard, are there before it
    "h11_max_incomplete_event_size": LARGEST_HEADERS + LONGEST_URL + (4 << 10),
    "timeout_keep_alive": 5,
    "timeout_graceful_shutdown": 2,  # a night that is being fetched would go on for hours
}
"""What to ask of uvicorn."""
