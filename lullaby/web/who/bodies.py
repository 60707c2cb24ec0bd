"""The body of a request: read as a whole before anybody acts on it, and no more of it than there may be."""

from __future__ import annotations

from lullaby.web.who.asgi import Message, Receive
from lullaby.web.who.asked import LARGEST_BODY, Refused


async def whole_body(receive: Receive) -> bytes | None:
    """The body; None where the client has gone before it was over. More than there may be is Refused, however
    it is sent: in one piece, or in chunks without end."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_BODY:
            raise Refused(413, f"A request has at most {LARGEST_BODY} bytes.")
        if not message.get("more_body", False):
            return body


def given_again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives this body, in one piece, and then what comes after it."""
    pieces = [body]

    async def again() -> Message:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(), "more_body": False}
        return await receive()

    return again
