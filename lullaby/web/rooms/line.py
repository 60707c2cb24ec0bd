"""One question to another lullaby, over plain HTTP: its answer in time and of a size, or an OSError."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from lullaby.score.plain_text import plain, short

MOST_BYTES = 1 << 18
"""Of an answer."""


def answer_of(
    host: str,
    port: int,
    method: str,
    path: str,
    said: Mapping[str, Any] | None,
    headers: Mapping[str, str],
    patience: float,
) -> tuple[int, dict[str, Any] | None]:
    """The status, and the table that was sent; None where that was none. An address that it names instead is
    not followed."""
    body = None if said is None else json.dumps(dict(said)).encode()
    more = {"Accept": "application/json"} | ({} if body is None else {"Content-Type": "application/json"})
    try:
        with _connection(host, port, patience) as line:
            line.request(method, quote(path), body, {**headers, **more})
            answer = line.getresponse()
            content = answer.read(MOST_BYTES + 1)
    except (http.client.HTTPException, ValueError, AttributeError) as error:  # cut off in any place
        raise ConnectionError(str(error)) from None
    return answer.status, _table(content) if len(content) <= MOST_BYTES else None


def why_not(table: Mapping[str, Any] | None) -> str | None:
    """What the other says went wrong, in one line."""
    why = None if table is None else table.get("error")
    return plain(short(why.splitlines()[0], 300)) if isinstance(why, str) and why.strip() else None


@contextlib.contextmanager
def _connection(host: str, port: int, patience: float) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut off when this patience is over, however slowly something drips in."""
    line = http.client.HTTPConnection(host, port, timeout=patience)
    line.connect()

    def cut(found: socket.socket = line.sock) -> None:
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)

    end = threading.Timer(patience, cut)
    end.daemon = True
    end.start()
    try:
        yield line
    finally:
        end.cancel()
        line.close()


def _table(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
