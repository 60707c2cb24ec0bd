"""Rooms for tests: one that only remembers what it was asked, and a lullaby elsewhere."""

from __future__ import annotations

import contextlib
import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.web.rooms.asked import do, facts_of_rooms
from lullaby.web.rooms.elsewhere import now
from lullaby.web.rooms.here import Here
from lullaby.web.rooms.room import Room, RoomState
from lullaby.web.wanted import Wanted

TOKEN = "a-token-of-the-test"


@dataclass
class QuietRoom:
    """Does what it is told, and plays nothing."""

    name: str = "here"
    is_now: RoomState = field(default_factory=RoomState)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    refuses: LullabyError | None = None
    heard: threading.Event = field(default_factory=threading.Event)

    def state(self) -> RoomState:
        return self.is_now

    def _done(self, what: str, of: Any = None, becomes: str | None = None) -> None:
        if self.refuses is not None:
            raise self.refuses
        if becomes is not None:
            self.is_now = RoomState(becomes)
        self.asked.append((what, of))
        self.heard.set()

    def begin(self, wanted: Wanted) -> None:
        self._done("begin", str(wanted), "playing")

    def ready(self, wanted: Wanted) -> None:
        self._done("ready", str(wanted), "ready")

    def sound(self, at: float) -> None:
        self._done("sound", at, "playing")

    def stop(self) -> None:
        self._done("stop", None, "idle")

    def more(self) -> None:
        self._done("more")

    def awake(self) -> None:
        self._done("awake")

    def volume(self, gain_db: float) -> None:
        self._done("volume", gain_db)


@contextlib.contextmanager
def served(room: Room, clock: Callable[[], float] = now) -> Iterator[str]:
    """The routes of rooms, over HTTP on this machine; the address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), routes_of(room, clock)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def routes_of(room: Room, clock: Callable[[], float]) -> type[http.server.BaseHTTPRequestHandler]:
    class Routes(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(lambda said: facts_of_rooms([room], clock))

        def do_POST(self) -> None:
            def done(said: dict[str, Any]) -> dict[str, Any]:
                do(room, self.path.split("/")[3], said)
                return {}

            self._answer(done)

        def _answer(self, what: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
            said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            status, answer = 200, {}
            try:
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status = 401
                else:
                    answer = what(said)
            except AskedWrongly as error:
                status, answer = 400, {"error": str(error)}
            except CouldNot as error:
                status, answer = 409, {"error": str(error)}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    return Routes


if __name__ == "__main__":  # a lullaby elsewhere, in a process and a home of its own
    with served(Here(sys.argv[1:])) as address:
        print(address, flush=True)
        sys.stdin.read()
