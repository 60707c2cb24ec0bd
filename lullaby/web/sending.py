"""The routes of a night: its bytes, its facts and its picture.

    /night/ID.mp3  .ogg  .wav     bytes, in ranges
    /night/ID.json                what it is
    /night/ID.jpg                 its picture

Whoever asks for bytes is sent them as fast as they are taken, and no faster: what has not been taken is not
made yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from lullaby.errors import AskedWrongly, LullabyError
from lullaby.export import ENDINGS
from lullaby.export.known_file import KNOWN
from lullaby.web.facts import facts_of_served
from lullaby.web.nights import Nights, Served
from lullaby.web.ranges import answer_to
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted

PREPARING = 2
"""Nights that are prepared at the same time."""
TYPES = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav"}
CACHING = "private, no-cache"
"""A phone may keep bytes, and asks by their tag whether they are still the same."""

Fetched = Callable[[str, int, int], None]
"""Told what was taken: of which address, from which byte on, how many bytes."""

T = TypeVar("T")


class Sending:
    """Sends the nights out."""

    def __init__(self, nights: Nights, stretches: Stretches, fetched: Fetched = lambda *_: None) -> None:
        self._nights, self._stretches, self._fetched = nights, stretches, fetched
        self._pool = ThreadPoolExecutor(PREPARING, thread_name_prefix="prepare")

    @property
    def routes(self) -> list[Route]:
        return [Route("/night/{name}", self.night, methods=["GET"])]

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def night(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        address, dot, ending = name.rpartition(".")
        ending = dot + ending
        try:
            if ending not in (*KNOWN, ".json", ".jpg"):
                raise AskedWrongly(f"a night is had as {', '.join(KNOWN)}, .m3u8, .json or .jpg.")
            served = await self.served(Wanted.read(address))
            if ending == ".json":
                return JSONResponse(await self._beside(facts_of_served, served), headers=_cached())
            if ending == ".jpg":
                cover = await self._beside(lambda: served.cover)
                return Response(cover, media_type="image/jpeg", headers=_cached())
            return await self._bytes(request, served, address, ending)
        except LullabyError as error:
            return said(error, as_json=ending == ".json")

    async def served(self, wanted: Wanted) -> Served:
        """The night, prepared."""
        return await self._beside(self._nights.served, wanted)

    async def _beside(self, work: Callable[..., T], *what: Any) -> T:
        """Does it on another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *what)

    async def _bytes(self, request: Request, served: Served, address: str, ending: str) -> Response:
        def known() -> tuple[Any, str]:
            return served.file(ending), served.tag(ending)

        file, tag = await self._beside(known)
        answer = answer_to(request.method, request.headers, file.length, tag)
        headers = _cached() | {"accept-ranges": "bytes", "etag": tag}
        if (part := answer.content_range(file.length)) is not None:
            headers["content-range"] = part
        if answer.status in (304, 412, 416):
            return Response(status_code=answer.status, headers=headers)
        if "getcontentfeatures.dlna.org" in request.headers:
            headers |= {"contentfeatures.dlna.org": "DLNA.ORG_OP=01", "transfermode.dlna.org": "Streaming"}
        headers["content-length"] = str(answer.stop - answer.start)
        media_type = TYPES[ending]
        if request.method == "HEAD":
            return Response(status_code=answer.status, headers=headers, media_type=media_type)

        async def body() -> AsyncIterator[bytes]:
            at = answer.start
            async for piece in self._stretches.read(file, tag, answer.start, answer.stop):
                yield piece
                self._fetched(address, at, len(piece))
                at += len(piece)

        return StreamingResponse(body(), answer.status, headers, media_type)


def _cached() -> dict[str, str]:
    return {"cache-control": CACHING}


def said(error: LullabyError, *, as_json: bool = False) -> Response:
    """A mistake, or what could not be, as a line."""
    status = 404 if isinstance(error, AskedWrongly) else 503
    text = str(error)
    if as_json:
        return JSONResponse({"error": text}, status)
    return PlainTextResponse(text + "\n", status)


assert set(TYPES) == set(KNOWN) <= set(ENDINGS)
