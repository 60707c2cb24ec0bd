"""Whether a request is one that lullaby answers at all, whoever asks: its size, its method, its path, the
host it names, the page it comes from. What is not is Refused, with a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lullaby.web.who.addresses import is_this_machine, plain_address
from lullaby.web.who.asgi import Header, Scope

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LONGEST_URL = 2_048
MOST_HEADERS, LARGEST_HEADERS = 64, 8 << 10
LARGEST_BODY = 8 << 10
"""Bytes. The longest form of ours is some hundred."""

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[0-9a-z.-]{1,253})(?::([0-9]{1,5}))?")
_HTTP = 80


class Refused(Exception):
    """What is answered in place of what was asked for."""

    def __init__(self, status: int, line: str, *headers: Header) -> None:
        self.status, self.line, self.headers = status, line, headers
        super().__init__(line)


def said(headers: Sequence[Header], name: bytes) -> list[str]:
    """All that the headers of this name say."""
    return [value.decode("latin-1") for called, value in headers if called == name]


def check_form(scope: Scope) -> None:
    """Sizes, method and path."""
    headers, path, method = scope["headers"], scope["path"], scope["method"]
    if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_URL:
        raise Refused(414, f"An address has at most {LONGEST_URL} characters.")
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LARGEST_HEADERS:
        raise Refused(431, f"A request has at most {MOST_HEADERS} headers, of {LARGEST_HEADERS} bytes.")
    if method not in METHODS:
        raise Refused(405, f"There are: {', '.join(METHODS)}.", allow())
    if not is_plain(path):
        raise Refused(400, "There is no such address, and none like it.")
    length, coded = said(headers, b"content-length"), said(headers, b"transfer-encoding")
    if method != "POST" and (coded or any(text != "0" for text in length)):
        raise Refused(400, f"A {method} has no body.")
    if any(not text.isdecimal() or int(text[:9]) > LARGEST_BODY for text in length):
        raise Refused(413, f"A request has at most {LARGEST_BODY} bytes.")


def allow() -> Header:
    return b"allow", ", ".join(METHODS).encode("ascii")


def is_plain(path: str) -> bool:
    """Is it a path as lullaby writes them? It begins at the top, goes nowhere up, and all of it can be seen;
    nor is anything quoted twice."""
    parts = path.split("/")
    return (
        path.startswith("/")
        and all(part not in ("", ".", "..") for part in parts[1:-1])
        and parts[-1] not in (".", "..")
        and path.isprintable()
        and not any(letter in "\\%\ufffd" for letter in path)
    )


def check_host(scope: Scope, hosts: Collection[str]) -> str:
    """The host that a request names, port and all: the address by which it came here in numbers, `localhost`
    on this machine, or one of `hosts`. Any other name somebody has made to stand for this machine, to have a
    page of theirs take itself for ours (DNS rebinding)."""
    named = said(scope["headers"], b"host")
    found = _HOST.fullmatch(named[0].lower()) if len(named) == 1 else None
    if found is None:
        raise Refused(400, "A request names one host.")
    here, port = scope.get("server") or ("", None)
    ours = {plain_address(here) or here, *hosts}
    if is_this_machine(here):
        ours |= {"localhost", "127.0.0.1", "::1"}
    name = found[1].strip("[]")
    if name not in ours or not name or int(found[2] or _HTTP) != port:
        raise Refused(421, "This is lullaby, by its address in numbers, and by no other name.")
    return _without_usual_port(found[0])


def check_origin(headers: Sequence[Header], host: str, *, is_bearer: bool) -> None:
    """A change is asked for by a page of ours, or by who says a token that no page elsewhere could say."""
    origins, sites = said(headers, b"origin"), said(headers, b"sec-fetch-site")
    ours = all(_without_usual_port(origin.lower()) == f"http://{host}" for origin in origins)
    if not ours or len(origins) > 1 or any(site != "same-origin" for site in sites):
        raise Refused(403, "Another page asks for this, and it may not.")
    if not (origins or sites or is_bearer):
        raise Refused(403, "This changes something: the request has to say which page it comes from.")


def _without_usual_port(host: str) -> str:
    return host.removesuffix(f":{_HTTP}")
