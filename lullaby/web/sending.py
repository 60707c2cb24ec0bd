"""The routes of a night: its bytes, its facts and its picture.

    /night/ID.mp3 .m4o .ogg .wav  bytes, in ranges
    /night/ID.m3u8                a list of its pieces, for HLS; with ?began=TIME, of those about now
    /night/ID/init.mp4  0.m4s …   the pieces
    /night/ID.json  .jpg          what it is, and its picture

Whoever asks for bytes is sent them as fast as they are taken, and no faster: what has not been taken is not
made yet.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from lullaby.errors import AskedWrongly, LullabyError
from lullaby.evening.enough import Enough
from lullaby.export import ENDINGS
from lullaby.export.known_file import KNOWN
from lullaby.time import Clock
from lullaby.web import hls
from lullaby.web.facts import facts_of_served
from lullaby.web.nights import Nights, Served
from lullaby.web.ranges import answer_to
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted

PIECE = 64 << 10
"""Bytes that are handed to the network at a time."""
PREPARING, QUICK = 2, 8
"""Nights that are prepared at the same time, and answers that are looked up meanwhile."""
TYPES = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4o": "audio/mp4", ".wav": "audio/wav"}
CACHING = "private, no-cache"
"""A phone may keep bytes, and asks by their tag whether they are still the same."""

Fetched = Callable[[str, int, int], None]
"""Told what was taken: of which address, from which byte on, how many bytes."""

T = TypeVar("T")


class Sending:
    """Sends the nights out."""

    def __init__(
        self,
        nights: Nights,
        stretches: Stretches,
        clock: Clock,
        fetched: Fetched = lambda *_: None,
    ) -> None:
        self._nights, self._stretches, self._fetched = nights, stretches, fetched
        self._clock = clock
        self._pool = ThreadPoolExecutor(PREPARING, thread_name_prefix="prepare")
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="draw")
        self._quick = ThreadPoolExecutor(QUICK, thread_name_prefix="ready")

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/night/{name}", self.night, methods=["GET"]),
            Route("/night/{name}/{piece}", self.piece, methods=["GET"]),
        ]

    def close(self) -> None:
        for pool in (self._pool, self._drawing, self._quick):
            pool.shutdown(wait=False, cancel_futures=True)

    async def night(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        address, dot, ending = name.rpartition(".")
        ending = dot + ending
        try:
            if ending not in (*KNOWN, ".m3u8", ".json", ".jpg"):
                raise AskedWrongly(f"a night is had as {', '.join(KNOWN)}, .m3u8, .json or .jpg.")
            served = await self.served(Wanted.read(address))
            if ending == ".json":
                return JSONResponse(await self._beside(facts_of_served, served), headers=_cached())
            if ending == ".jpg":
                cover = await asyncio.get_running_loop().run_in_executor(self._drawing, lambda: served.cover)
                return Response(cover, media_type="image/jpeg", headers=_cached())
            if ending == ".m3u8":
                return await self._list(request, served, address)
            return await self._bytes(request, served, address, ending)
        except LullabyError as error:
            return said(error, as_json=ending == ".json")

    async def served(self, wanted: Wanted) -> Served:
        """The night, prepared. Who wants one that is at hand waits for no other that is not."""
        ready = await self._beside(self._nights.ready, wanted)
        if ready is not None:
            return ready
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._nights.served, wanted)

    async def _beside(self, work: Callable[..., T], *what: Any) -> T:
        """Does what takes a moment on another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._quick, work, *what)

    async def piece(self, request: Request) -> Response:
        """A piece of a night, for HLS."""
        address, piece = request.path_params["name"], request.path_params["piece"]
        try:
            served = await self.served(Wanted.read(address))
            fragments, tag = await self._beside(served.fragments)
            if piece == hls.INIT:
                return Response(fragments.init, media_type=hls.INIT_TYPE, headers=_cached())
            number = hls.number_of(piece)
            if number is None or number >= len(fragments):
                raise AskedWrongly("there is no such piece of this night.")
            made = await self._stretches.stretch(fragments, tag, number)
            self._fetched(address, number, len(made))
            return Response(made, media_type=hls.FRAGMENT_TYPE, headers=_cached())
        except LullabyError as error:
            return said(error)

    async def _list(self, request: Request, served: Served, address: str) -> Response:
        fragments, _ = await self._beside(served.fragments)

        def place(name: str) -> str:
            return f"/night/{quote(address, safe='~=+:,')}/{name}"

        began = request.query_params.get("began")
        if began is None:
            text = hls.whole_list(fragments.ends, place)
        else:
            try:
                moment = datetime.datetime.fromisoformat(began.replace(" ", "+"))  # what a + becomes
            except ValueError:
                moment = None
            if moment is None or moment.tzinfo is None:
                raise AskedWrongly("began is a moment with its zone, like 2026-11-30T22:15:00+01:00.")
            text = hls.list_by_the_clock(fragments.ends, place, moment, self._clock.now())
        return Response(text, media_type=hls.MEDIA_TYPE, headers=_cached())

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
                for some in range(0, len(piece), PIECE):
                    yield piece[some : some + PIECE]
                    self._fetched(address, at, len(piece[some : some + PIECE]))
                    at += len(piece[some : some + PIECE])

        return StreamingResponse(body(), answer.status, headers, media_type)


def _cached() -> dict[str, str]:
    return {"cache-control": CACHING}


def said(error: LullabyError, *, as_json: bool = False) -> Response:
    """A mistake, or what could not be, as a line."""
    status = 404 if isinstance(error, AskedWrongly) else 403 if isinstance(error, Enough) else 503
    text = str(error)
    if as_json:
        return JSONResponse({"error": text}, status)
    return PlainTextResponse(text + "\n", status)


assert set(TYPES) == set(KNOWN) <= set(ENDINGS)
