"""The cookie that a paired phone shows. Not `Secure`: at home there is no HTTPS, and over HTTP a browser
would never send it. Other programs that serve from this machine are shown it, too: cookies know no ports."""

from __future__ import annotations

from collections.abc import Iterable

NAME = "lullaby"
_YEAR = 365 * 24 * 3600
_RULES = "HttpOnly; SameSite=Strict; Path=/"

Header = tuple[bytes, bytes]


def given(token: str) -> Header:
    """The header that has the phone keep its token, for a year."""
    return b"set-cookie", f"{NAME}={token}; {_RULES}; Max-Age={_YEAR}".encode("ascii")


def taken_back() -> Header:
    """The header that has it forget."""
    return b"set-cookie", f"{NAME}=; {_RULES}; Max-Age=0".encode("ascii")


def shown(headers: Iterable[Header]) -> str | None:
    """The token in a request's cookies."""
    for name, value in headers:
        if name == b"cookie":
            for cookie in value.decode("latin-1").split(";"):
                called, equals, token = cookie.strip().partition("=")
                if called == NAME and equals:
                    return token
    return None


def bearer(headers: Iterable[Header]) -> str | None:
    """The token that is said in `Authorization: Bearer …`: by a room, which keeps no cookies."""
    for name, value in headers:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").strip().partition(" ")
            return token.strip() if scheme.lower() == "bearer" else None
    return None
