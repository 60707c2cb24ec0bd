"""A server of nights for the tests: what `lullaby serve` starts, on a port of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

from lullaby.evening import Evening, Mix, Request, prepared
from lullaby.evening.which import is_a_score
from lullaby.time import RATE, WallClock
from lullaby.web.nights import Nights
from lullaby.web.sending import Sending
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted


def ask(wanted: Wanted) -> Evening:
    """The evening that an address is, for scores and mixes."""
    words = list(wanted.words)
    length = round((wanted.length or 3600) * RATE)
    request = Request(
        words[0] if is_a_score(words) else Mix(tuple(words), length=length),
        listener=wanted.listener,
        seed=wanted.seed,
        date=wanted.date,
        sleeper=wanted.sleeper,
        headphones=wanted.headphones,
        all_night=wanted.all_night,
    )
    return prepared(request)


def sending() -> Sending:
    return Sending(Nights(ask), Stretches(), WallClock())


@contextlib.contextmanager
def served(app: Any = None) -> Iterator[str]:
    """The address of a server that runs meanwhile."""
    app = app or Starlette(routes=sending().routes)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive(), "the server did not start"
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
