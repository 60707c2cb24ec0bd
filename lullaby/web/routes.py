"""What is asked of a house besides the bytes of its nights: the page, pairing, rooms, the feed.

GET  /  /pair  /style.css  /script.js  /moon.svg       the page and what belongs to it
GET  /rooms.json    POST /rooms/ROOM/WORD  /rooms/begin  /rooms/stop
POST /pair          six digits; a cookie, or for a room a token
POST /code          this machine alone: a new code, and for whom
GET  /feed.xml      a podcast of these evenings
"""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.people.listeners import find_person
from lullaby.people.traits import ADULT
from lullaby.score.plain_text import plain, short
from lullaby.web.feed import MEDIA_TYPE as FEED_TYPE
from lullaby.web.feed_nights import feed_of
from lullaby.web.house import House
from lullaby.web.library import Library
from lullaby.web.page import ASSETS, asked_for, asset, language_of, page, pairing_page
from lullaby.web.page.words import words
from lullaby.web.rooms import asked as rooms_asked
from lullaby.web.rooms.seen import Seen
from lullaby.web.rooms.together import begin_together, stop_all
from lullaby.web.sending import said
from lullaby.web.views import Views
from lullaby.web.wanted import Wanted
from lullaby.web.who import cookie
from lullaby.web.who.children import may_hear
from lullaby.web.who.guard import OWN
from lullaby.web.who.paired import Phone

T = TypeVar("T")


class Routes:
    """Answers for one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._views = Views(house, Library(), Seen(house.rooms))
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="page")

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/", self.page, methods=["GET"]),
            *(Route(f"/{name}", self.asset, methods=["GET"]) for name in ASSETS),
            Route("/pair", self.pair, methods=["GET", "POST"]),
            Route("/code", self.code, methods=["POST"]),
            Route("/feed.xml", self.feed, methods=["GET"]),
            Route("/feed", self.feed_address, methods=["GET"]),
            Route("/rooms.json", self.rooms, methods=["GET"]),
            Route("/rooms/begin", self.begin_together, methods=["POST"]),
            Route("/rooms/stop", self.stop_all, methods=["POST"]),
            Route("/rooms/{room}/{word}", self.room, methods=["POST"]),
        ]

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _beside(self, work: Callable[..., T], *what: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *what)

    # the page

    async def page(self, request: Request) -> Response:
        phone, language = _phone(request), _language(request)
        listener = request.query_params.get("for")
        wanted, line, status = None, "", 200
        try:
            wanted = asked_for(request.query_params.multi_items())
            if wanted is not None and not may_hear(phone, wanted, self._house.evening):
                wanted = None
            if listener and not phone.child:
                await self._beside(find_person, listener)
        except LullabyError as error:
            wanted, listener, line, status = None, None, str(error), 400

        def made() -> bytes:
            return page(self._views.view(phone, wanted, listener, language, line), language)

        try:
            answer = Response(await self._beside(made), status, media_type="text/html; charset=utf-8")
        except LullabyError as error:
            return said(error)
        token = cookie.shown(request.headers.raw)
        if phone.kind == "phone" and token is not None:  # a phone stays paired: the year begins anew
            _keep(answer, token)
        return answer

    async def asset(self, request: Request) -> Response:
        content, media_type = asset(request.url.path[1:])
        return Response(content, media_type=media_type, headers={"cache-control": "no-cache"})

    # who may

    async def pair(self, request: Request) -> Response:
        language = _language(request)
        if request.method != "POST":
            return _html(pairing_page(language))
        told = await _told(request)
        wants_json = "application/json" in request.headers.get("accept", "")
        if not self._house.pairing.takes(str(told.get("code", ""))):
            wrong = words(language)["wrong_code"]
            return (
                JSONResponse({"error": wrong}, 403)
                if wants_json
                else _html(pairing_page(language, wrong), 403)
            )
        name = plain(short(str(told.get("name") or ""), 40)).strip() or "a phone"
        listener = self._house.pairs_for
        try:
            child = await self._beside(self._is_child, listener)
            kind = "room" if wants_json else "phone"
            token = await self._beside(self._house.paired.add, name, listener, child, kind)
        except LullabyError as error:
            return said(error, as_json=wants_json)
        if wants_json:
            return JSONResponse({"token": token})
        answer = RedirectResponse("/", 303)
        _keep(answer, token)
        return answer

    def _is_child(self, listener: str | None) -> bool:
        if listener is None:
            return False
        age = find_person(listener).age(self._house.evening)
        return age is not None and age < ADULT

    async def code(self, request: Request) -> Response:
        """A new code, for who sits at this machine."""
        if _phone(request) is not OWN:
            return PlainTextResponse("A code is shown on the machine itself: lullaby serve --pair\n", 403)
        told = await _told(request)
        listener = str(told.get("for") or "") or None
        try:
            if listener is not None:
                await self._beside(find_person, listener)
        except LullabyError as error:
            return said(error, as_json=True)
        self._house.pairs_for = listener
        code = self._house.pairing.code()
        return JSONResponse({"code": code, "for": listener, "at_home": list(self._house.at_home)})

    # a podcast

    async def feed_address(self, request: Request) -> Response:
        """Where an app finds the feed: with a key, for an app shows no cookie."""
        place = f"http://{request.headers['host']}/feed.xml?key={self._house.paired.key_for('/feed.xml')}"
        return PlainTextResponse(place + "\n")

    async def feed(self, request: Request) -> Response:
        try:
            return Response(
                await self._beside(feed_of, self._house, f"http://{request.headers['host']}/"),
                media_type=FEED_TYPE,
                headers={"cache-control": "no-cache"},
            )
        except LullabyError as error:
            return said(error)

    # rooms

    async def rooms(self, request: Request) -> Response:
        rooms = list(self._house.rooms().values())
        if (
            _phone(request).kind == "room"
        ):  # another lullaby asks what plays here, and not what it knows itself
            rooms = rooms[:1]
        return JSONResponse(await self._beside(rooms_asked.facts_of_rooms, rooms))

    async def room(self, request: Request) -> Response:
        phone, told = _phone(request), await _told(request)
        name, word = request.path_params["room"], request.path_params["word"]

        def done() -> None:
            room = rooms_asked.room_called(self._house.rooms(), name)
            _check_child(phone, word, told, self._house.evening, lambda: room.state().volume)
            rooms_asked.do(room, word, told)

        return await self._done(request, done)

    async def begin_together(self, request: Request) -> Response:
        phone, told = _phone(request), await _told(request)

        def begun() -> dict[str, Any]:
            wanted = Wanted.read(str(told.get("night") or self._house.tonight(phone.listener)))
            return begin_together(list(self._house.rooms().values()), wanted)

        return await self._done(request, begun)

    async def stop_all(self, request: Request) -> Response:
        return await self._done(request, lambda: stop_all(list(self._house.rooms().values())))

    async def _done(self, request: Request, do: Callable[[], Mapping[str, Any] | None]) -> Response:
        """Does it beside; whoever asked by a form without a script is shown the page again."""
        is_form = "text/html" in request.headers.get("accept", "")
        try:
            outcome = await self._beside(do) or {}
        except LullabyError as error:
            if is_form:
                return PlainTextResponse(f"{error}\n", 400 if isinstance(error, AskedWrongly) else 503)
            return said(error, as_json=True)
        return RedirectResponse("/", 303) if is_form else JSONResponse(dict(outcome))


def _keep(answer: Response, token: str) -> None:
    """Has the phone keep its token."""
    header, value = cookie.given(token)
    answer.headers.append(header.decode(), value.decode())


def _check_child(
    phone: Phone,
    word: str,
    told: Mapping[str, Any],
    evening: datetime.date,
    volume: Callable[[], float | None],
) -> None:
    """A child's phone begins its own nights, and makes what plays softer, never louder."""
    if not phone.child:
        return
    if word == "begin" and "night" in told:
        night = Wanted.read(str(told["night"]))
        if not may_hear(phone, night, evening):
            raise AskedWrongly("this phone plays its own nights.")
    if word == "volume":
        now = volume()
        try:
            louder = now is None or float(told.get("db", 0.0)) > now
        except (TypeError, ValueError, OverflowError):
            louder = True
        if louder:
            raise AskedWrongly("this phone makes it softer, and not louder.")


async def _told(request: Request) -> dict[str, Any]:
    """What the body says: a form's fields, or a table of JSON; nothing where it is neither."""
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
    from urllib.parse import parse_qsl

    try:
        return dict(parse_qsl(body.decode(), max_num_fields=64))
    except ValueError:
        return {}


def _phone(request: Request) -> Phone:
    found = request.scope.get("state", {}).get("phone")
    if not isinstance(found, Phone):
        raise CouldNot("nobody has said who asks.")
    return found


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))


def _html(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="text/html; charset=utf-8")
