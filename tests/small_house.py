"""A small house that serves the page: enough of a server for a browser to play, change and stop a night.

What it serves is a quiet tone with the length and the bytes of a WAV, by whichever ending it is asked for. It
can be made to answer nothing, and can be ended and begun again on the same port. It remembers what it was
asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from lullaby.errors import LullabyError
from lullaby.web.page import (
    ASSETS,
    Choice,
    Listener,
    MixKind,
    MixVoice,
    Room,
    Tonight,
    View,
    asked_for,
    asset,
    language_of,
    page,
    pairing_page,
)
from lullaby.web.page.markup import night_url
from lullaby.web.ranges import answer_to
from lullaby.web.wanted import Wanted

RATE = 48_000
LENGTH = 1_200
"""Seconds of every night here that is not cut."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

FULL = View(
    Tonight(
        "Harbour in the Rain",
        "rain:-6+brook+purr:-12~date=2026-11-27",
        LENGTH,
        "/picture.jpg",
        ("The bell is left out: Kim does not like bells.",),
    ),
    mix=(
        MixVoice("rain", "Rain on slate", -6, on=True),
        MixVoice("brook", "Brook", 0, on=True),
        MixVoice("purr", "Sleeping cat", -12, on=True),
        MixVoice("fan", "Bedside fan"),
    ),
    kinds=(
        MixKind("Fire", (MixVoice("hearth", "Hearth"), MixVoice("embers", "Embers"))),
        MixKind("Wind", (MixVoice("howl", "Howl at the window"), MixVoice("moor", "Wind over the moor"))),
    ),
    suggestions=(
        Choice("Hearth and Snow", "hearth-and-snow~date=2026-11-27", "You said that fire suits you."),
        Choice("Long Tones", "long-tones~date=2026-11-27", "It is as quiet as what you chose last."),
    ),
    scores=(
        Choice("Bowl and Tide", "bowl-and-tide~date=2026-11-27", "A bowl is struck, and the sea answers."),
        Choice("Meadow at Dusk", "meadow-at-dusk~date=2026-11-27", "Crickets, and the last of the light."),
    ),
    rituals=(Choice("Studio Hour", "studio-hour~date=2026-11-27", "Who has played all evening comes down."),),
    stories=(Choice("The Smallest Ferry", "the-smallest-ferry~date=2026-11-27", "Eleven minutes."),),
    listeners=(Listener("Kim", chosen=True), Listener("Jo")),
    rooms=(
        Room("kitchen", "Kitchen", "Long Tones"),
        Room("nursery", "Nursery"),
        Room("attic", "Attic", answers=False),
    ),
)


def tone(start: int, stop: int) -> bytes:
    """The bytes from `start` to before `stop` of a tone of 16 bits."""
    first, last = start // 2, -(-stop // 2)
    wave = 300 * np.sin(2 * np.pi * 220 / RATE * (np.arange(first, last) % RATE))
    return wave.astype("<i2").tobytes()[start - 2 * first : stop - 2 * first]


def wav(frames: int, start: int, stop: int) -> Iterator[bytes]:
    """Bytes of a WAV of so many frames, some at a time."""
    size = 2 * frames
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)
    if start < len(head):
        yield head[start:stop]
    for at in range(max(start, len(head)), stop, 65_536):
        yield tone(at - len(head), min(at + 65_536, stop) - len(head))


class House:
    """The server, and what it was asked for."""

    def __init__(self) -> None:
        self.view = FULL
        self.answers = True
        self.asked: list[str] = []
        """The nights that bytes were asked of."""
        self.facts: list[str] = []
        """The nights that facts were asked of."""
        self.told: list[tuple[str, dict[str, str]]] = []
        """What was posted."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port: int = found.getsockname()[1]
        self.begin()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        config = uvicorn.Config(self._app(), port=self.port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve()

    def end(self) -> None:
        """All at once, in the middle of a byte: whoever is being answered is hung up on."""
        self._server.should_exit = True
        while self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it has ended by itself meanwhile
                self._loop.call_soon_threadsafe(self._hang_up)
            self._thread.join(0.05)

    def _hang_up(self) -> None:
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/pair", self._pair, methods=["GET", "POST"]),
                Route("/picture.jpg", self._picture),
                Route("/night/{id}.mp3", self._bytes),
                Route("/night/{id}.m4o", self._bytes),
                Route("/night/{id}.json", self._facts),
                Route("/rooms/{rest:path}", self._rooms, methods=["POST"]),
                Route("/{name}", self._asset),
            ]
        )

    async def _page(self, request: Request) -> Response:
        view = self.view
        try:
            wanted = asked_for(request.query_params.multi_items())
            if wanted is not None:
                view = replace(view, started=str(wanted))
        except LullabyError as error:
            view = replace(view, said=str(error))
        return self._html(page(view, language_of(request.headers.get("accept-language", ""))))

    async def _pair(self, request: Request) -> Response:
        said = "" if request.method == "GET" else "These are not the digits. Look once more."
        return self._html(pairing_page(language_of(request.headers.get("accept-language", "")), said))

    def _html(self, body: bytes) -> Response:
        return Response(body, media_type="text/html", headers={"content-security-policy": CSP})

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response(status_code=404)
        body, media_type = asset(name)
        return Response(body, media_type=media_type)

    async def _picture(self, request: Request) -> Response:
        return Response(picture(), media_type="image/jpeg")

    async def _facts(self, request: Request) -> Response:
        if not self.answers:
            return Response(status_code=503)
        id = request.path_params["id"]
        self.facts.append(id)
        try:
            wanted = Wanted.read(id)
        except LullabyError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        if "no-such-night" in wanted.words:
            return JSONResponse({"error": "there is no score “no-such-night”."}, status_code=404)
        title = (
            self.view.tonight.title if len(wanted.words) > 1 else wanted.words[0].replace("-", " ").title()
        )
        facts = {"title": title, "id": id, "length": LENGTH, "start": wanted.start or 0.0, "notes": []}
        return JSONResponse(
            {**facts, "picture": night_url(id, ".jpg"), "voices": _voices(wanted), "scenes": []}
        )

    async def _bytes(self, request: Request) -> Response:
        if not self.answers:
            return Response(status_code=503)
        id = request.path_params["id"]
        wanted = Wanted.read(id)
        if "no-such-night" in wanted.words:
            return Response(status_code=404)
        self.asked.append(id)
        long = min(wanted.stop or LENGTH, LENGTH * 2) - (wanted.start or 0.0)
        frames = round(long * RATE)
        length, tag = 44 + 2 * frames, f'"{id}"'.encode("ascii", "replace").decode()
        answer = answer_to(request.method, request.headers, length, tag)
        headers = {"accept-ranges": "bytes", "etag": tag, "content-length": str(answer.stop - answer.start)}
        if (part := answer.content_range(length)) is not None:
            headers["content-range"] = part
        return StreamingResponse(
            wav(frames, answer.start, answer.stop),
            answer.status,
            headers,
            media_type="audio/wav",
        )

    async def _rooms(self, request: Request) -> Response:
        form = parse_qsl((await request.body()).decode())
        self.told.append((request.url.path, dict(form)))
        return RedirectResponse("/", 303)


def _voices(wanted: Wanted) -> list[dict[str, object]]:
    """Of a mix what it says; of a score these three."""
    names = [word.partition(":")[0] for word in wanted.words]
    faders = dict(wanted.faders)
    gains = {name: faders.get(name, 0.0) for name in (names if len(names) > 1 else ["rain", "sea", "bell"])}
    return [
        {"name": name, "level": 0.0, "fader": None if gain == -math.inf else gain}
        for name, gain in gains.items()
    ]


def picture() -> bytes:
    """A picture in colours like those of a night's own."""
    import io

    from PIL import Image

    down, across = np.mgrid[0:320, 0:320] / 320
    light = np.clip(1.2 - np.hypot(across - 0.5, down - 0.6) * 1.8, 0, 1) * (0.6 + 0.4 * np.sin(across * 60))
    colours = np.stack([11 + 200 * light, 14 + 180 * light, 24 + 150 * light], axis=-1)
    kept = io.BytesIO()
    Image.fromarray(colours.astype(np.uint8)).save(kept, "JPEG")
    return kept.getvalue()


@contextlib.contextmanager
def served() -> Iterator[House]:
    house = House()
    try:
        yield house
    finally:
        house.end()
