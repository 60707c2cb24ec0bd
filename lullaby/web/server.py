"""The server process: listening sockets, and uvicorn behind them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lullaby.errors import CouldNot


@contextmanager
def doors(hosts: Sequence[str], port: int) -> Iterator[list[socket.socket]]:
    """Sockets at these addresses, not listening yet; a CouldNot where the port is taken."""
    found: list[socket.socket] = []
    try:
        try:
            for host in hosts:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                door = socket.socket(family, socket.SOCK_STREAM)
                found.append(door)
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                door.bind((host, port))
        except OSError as error:
            raise _why(error, port) from None
        yield found
    finally:
        for door in found:
            door.close()


def server_of(app: Any, *, signals: bool = True) -> Any:
    """A server of this app: `run(sockets=…)` lasts until it is told to end, by a signal or by `should_exit`.
    Without `signals` it leaves these to whoever started it."""
    import uvicorn

    from lullaby.web.who.slow import SETTINGS

    class Quiet(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield

    return (uvicorn.Server if signals else Quiet)(uvicorn.Config(app, **SETTINGS))


def _why(error: OSError, port: int) -> CouldNot:
    if error.errno == errno.EADDRINUSE:
        return CouldNot(f"something serves at port {port} already: another lullaby? --port takes another.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return CouldNot(f"port {port} is not for everybody: --port takes one above 1023.")
    return CouldNot(f"nothing can be served at port {port} ({(error.strerror or str(error)).lower()}).")
