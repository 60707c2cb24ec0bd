"""An app behind a real server, on this machine alone, for as long as a block lasts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

from lullaby.web.who.slow import SETTINGS


@contextlib.contextmanager
def served(app: Any, **settings: Any) -> Iterator[str]:
    """Where it is: http://127.0.0.1:PORT. Whoever knocks before the server has begun waits for it."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as door:
        server = uvicorn.Server(uvicorn.Config(app, **{**SETTINGS, "lifespan": "off", **settings}))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
