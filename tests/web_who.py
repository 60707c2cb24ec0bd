"""A guard with an app behind it, asked without any server; and a clock that is jumped."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterable
from typing import Any

from lullaby.web.who.guard import Guard
from lullaby.web.who.paired import Paired, Phone

HOST = "192.168.1.20:8000"
LISTENER = "192.168.1.77"
EVENING = datetime.date(2026, 11, 27)


class JumpingClock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Answer:
    status = 0
    body = b""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]


class Room:
    """An app that says who asked for what, and remembers what it was to change."""

    def __init__(self, **more: str) -> None:
        self.asked: list[tuple[str, str, Phone | None, bytes]] = []
        self.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"] if scope["method"] == "POST" else b""
        self.asked.append((scope["method"], scope["path"], scope["state"]["phone"], body))
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": scope["path"].encode()})


class House:
    """A guard, its room, and a way to ask it."""

    def __init__(self, clock: JumpingClock | None = None, **more: Any) -> None:
        self.room, self.paired, self.clock = Room(), Paired.load(), clock or JumpingClock()
        self.guard = Guard(self.room, self.paired, self.clock, lambda: EVENING, **more)

    def scope(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        client: str = LISTENER,
        token: str | None = None,
        here: tuple[str, int] = ("192.168.1.20", 8000),
        **headers: str,
    ) -> Any:
        path, _, query = path.partition("?")
        said = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items() if value}}
        if token is not None:
            said["cookie"] = f"a=b; lullaby={token}"
        return {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in said.items()],
            "client": (client, 5),
            "server": here,
            "state": {"kept": True},
        }

    def ask(
        self, path: str = "/", method: str = "GET", *, body: Iterable[bytes] = (b"",), **how: Any
    ) -> Answer:
        pieces = list(body)

        async def receive() -> Any:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        answer = Answer()
        asyncio.run(self.guard(self.scope(path, method, **how), receive, answer.send))
        return answer

    def post(self, path: str, origin: str = f"http://{HOST}", **more: Any) -> Answer:
        return self.ask(path, "POST", origin=origin, **more)
