"""The guard before the app: it says who asks, and lets pass what they may.

    app = Guard(app, Paired.load(), time.monotonic, evening)
    scope["state"]["phone"]         in the app: the Phone that asks; OWN on this machine itself; None: nobody,
                                    who is shown how to pair, or whoever knows the key to this path

    who                     may
    this machine            everything
    a paired phone, a room  everything
    a child's phone         its page, its nights, play, softer, stop
    nobody                  /pair, GET /style.css, GET /moon.svg; any other page is that of /pair, with 401
    who knows ?key=         GET of this one path: /night/… or /feed.xml

Nothing is logged, and no more is remembered than how often an address has asked in the last seconds.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

from lullaby.errors import LullabyError
from lullaby.people.private import Note, say_nothing
from lullaby.web.who import children, cookie
from lullaby.web.who.addresses import is_this_machine, plain_address
from lullaby.web.who.asgi import App, Header, Message, Receive, Scope, Send
from lullaby.web.who.asked import Refused, allow, check_form, check_host, check_origin, said
from lullaby.web.who.bodies import given_again, whole_body
from lullaby.web.who.paired import Paired, Phone
from lullaby.web.who.rates import Rates, Turns
from lullaby.web.who.safe_headers import dressed

OWN = Phone("this machine", kind="own")
_PAIR = "/pair"
_WHO = (b"www-authenticate", b'Bearer realm="lullaby"')
_GONE_AFTER = (b"connection", b"close")
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"range"),
    (b"access-control-max-age", b"600"),
)


class Guard:
    """The app, with a guard before it. `clock`: seconds that never run backward. `evening`: the one that it
    is. `hosts`: names or addresses
    it may be asked by, besides the one by which a request came. `is_own`: does this address ask from the
    machine itself? (Whoever forwards a port of it to elsewhere lets everybody there be its owner.)"""

    def __init__(
        self,
        app: App,
        paired: Paired,
        clock: Callable[[], float],
        evening: Callable[[], datetime.date],
        *,
        hosts: Collection[str] = (),
        rates: Rates | None = None,
        is_own: Callable[[str], bool] = is_this_machine,
        note: Note = say_nothing,
    ) -> None:
        self._app, self._paired, self._is_own, self._note = app, paired, is_own, note
        self._evening = evening
        self._hosts = frozenset(host.lower() for host in hosts)
        self._turns = Turns(rates or Rates(), clock)
        self._noted: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = plain_address((scope.get("client") or ("",))[0])
        is_keyed = False
        try:
            phone, is_bearer = self._who(scope, client)
            is_keyed = self._is_keyed(scope)
            known = phone is not None or is_keyed
            if not self._turns.may_ask(client, "known" if known else "stranger"):
                raise _too_often()
            check_form(scope)
            host = check_host(scope, self._hosts)
            at_once = "own" if phone is OWN else "known" if known else "stranger"
            if not self._turns.begin(client, at_once):
                raise _too_often()
            try:
                if scope["method"] == "POST":
                    check_origin(scope["headers"], host, is_bearer=is_bearer)
                await self._let_in(scope, receive, send, client, phone, is_keyed)
            finally:
                self._turns.end(client)
        except Refused as no:
            await _say(no, scope, send, is_keyed)

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, client: str, phone: Phone | None, is_keyed: bool
    ) -> None:
        """Hands the request on to the app, as far as this phone may ask for it."""
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            raise Refused(204, "", allow(), *(_PREFLIGHT if is_keyed else ()))
        status = None
        if not is_keyed:
            if phone is None and not _is_open(method, path):
                if method == "POST" or "text/html" not in ",".join(said(scope["headers"], b"accept")):
                    raise Refused(401, "This phone is not paired with lullaby: open /pair on it.", _WHO)
                status, path = 401, _PAIR
                scope = {**scope, "path": path, "raw_path": path.encode("ascii"), "query_string": b""}
            if phone is not None and not children.may(phone, method, path, self._evening()):
                raise Refused(403, "A child's phone plays its own nights, makes them softer, and stops them.")
        if method == "POST":
            if path == _PAIR and phone is not OWN and not self._turns.may_ask(client, "pairing"):
                raise _too_often()
            body = await whole_body(receive)
            if body is None:
                return
            receive = given_again(body, receive)
        scope = {**scope, "state": {**scope.get("state", {}), "phone": phone}}
        await self._app(scope, receive, _dressing(send, path, status, is_keyed))

    def _who(self, scope: Scope, client: str) -> tuple[Phone | None, bool]:
        """Who asks; and whether they said so in a way that no page from elsewhere could bring about. A token
        counts before the place that it comes from."""
        token = cookie.bearer(scope["headers"])
        if token is not None:
            phone = self._phone(token)
            return phone, phone is not None
        if self._is_own(client):
            return OWN, False
        token = cookie.shown(scope["headers"])
        return (None if token is None else self._phone(token)), False

    def _phone(self, token: str) -> Phone | None:
        try:
            return self._paired.phone(token)
        except LullabyError as error:  # the file is damaged: nobody is let in by it
            self._say_once(error)
            return None

    def _is_keyed(self, scope: Scope) -> bool:
        path, query = scope["path"], scope["query_string"]
        if scope["method"] == "POST" or not (path.startswith("/night/") or path == "/feed.xml"):
            return False
        try:
            keys = parse_qs(query[:4096].decode("latin-1"), max_num_fields=8).get("key", [])
            return len(keys) == 1 and self._paired.opens(path, keys[0])
        except ValueError:  # of fields without number
            return False
        except LullabyError as error:
            self._say_once(error)
            return False

    def _say_once(self, error: LullabyError) -> None:
        if str(error) != self._noted:
            self._noted = str(error)
            self._note(self._noted)


def _is_open(method: str, path: str) -> bool:
    return path == _PAIR or (path in ("/style.css", "/moon.svg") and method != "POST")


def _too_often() -> Refused:
    return Refused(429, "That is too often. Wait a little.", (b"retry-after", b"5"))


def _dressing(send: Send, path: str, status: int | None, is_keyed: bool) -> Send:
    """A `send` that adds what every answer says; with a `status`, that one."""

    async def dressed_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered = message["status"] if status is None else status
            headers = dressed(message.get("headers", ()), path=path, status=answered, keyed=is_keyed)
            if status == 401:
                headers.append(_WHO)
            message = {**message, "status": answered, "headers": headers}
        await send(message)

    return dressed_send


async def _say(no: Refused, scope: Scope, send: Send, is_keyed: bool) -> None:
    """Answers with one line. What is left of the request nobody reads."""
    line = (no.line + "\n").encode("utf-8") if no.line else b""
    headers: list[Header] = [*no.headers]
    if no.status != 204:
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(line))]
    if scope["method"] not in ("GET", "HEAD") or no.status in (400, 413, 414, 431):
        headers.append(_GONE_AFTER)
    headers = dressed(headers, path=scope["path"], status=no.status, keyed=is_keyed)
    await send({"type": "http.response.start", "status": no.status, "headers": headers})
    await send({"type": "http.response.body", "body": line})
