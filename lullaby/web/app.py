"""The whole of a server: the guard, and behind it everything that a house answers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lullaby.player.place import boot_time
from lullaby.web.house import House
from lullaby.web.routes import Routes
from lullaby.web.sending import Fetched, Sending
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

    async def wrong(_: Request, error: Exception) -> Response:
        note(f"This should not have happened ({type(error).__name__}: {error}).")
        return PlainTextResponse("This should not have happened.\n", 500)

    app = Starlette(
        routes=[*sending.routes, *routes.routes],
        lifespan=lifespan,
        exception_handlers={404: not_found, Exception: wrong},
    )
    return Guard(app, house.paired, boot_time, hosts=hosts, note=note, **guarding)
