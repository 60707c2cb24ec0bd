"""The whole of a server: the guard, and behind it everything that a house answers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lullaby.errors import LullabyError
from lullaby.player.place import boot_time
from lullaby.web.house import House
from lullaby.web.routes import Routes
from lullaby.web.sending import Fetched, Sending, said
from lullaby.web.who.asgi import Receive, Scope, Send
from lullaby.web.who.guard import Guard


def app_of(
    house: House,
    *,
    hosts: Collection[str] = (),
    note: Callable[[str], None] = lambda line: None,
    fetched: Fetched = lambda *_: None,
    **guarding: Any,
) -> Guard:
    """The app. `hosts` are names it may be asked by besides its addresses; `fetched` is told of every byte
    that a phone or a box has taken; the rest is for the guard."""
    sending = Sending(house.nights, house.stretches, house.clock, fetched)
    routes = Routes(house)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        sending.close()
        routes.close()
        house.stretches.close()

    async def not_found(_: Request, __: Exception) -> Response:
        return PlainTextResponse("There is nothing here.\n", 404)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, LullabyError)
        return said(error, as_json=request.url.path.endswith(".json"))

    async def wrong(_: Request, error: Exception) -> Response:
        why = error.__cause__
        if isinstance(why, LullabyError):  # in the midst of an answer, where nobody can be told any more
            note(str(why))
        else:
            note(f"This should not have happened ({type(error).__name__}: {error}).")
        return PlainTextResponse("This should not have happened.\n", 500)

    app = Starlette(
        routes=[*sending.routes, *routes.routes],
        lifespan=lifespan,
        exception_handlers={404: not_found, LullabyError: refused, Exception: wrong},
    )

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception:  # `wrong` has said it in a line: a server would print all of it
            if scope["type"] != "http" or os.environ.get("LULLABY_DEBUG"):
                raise

    return Guard(answered, house.paired, boot_time, lambda: house.evening, hosts=hosts, note=note, **guarding)
