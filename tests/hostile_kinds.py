"""What somebody who means no good might send, made up by a dice: each kind of it is one function."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

POSTS = (
    "/rooms/bedroom/begin",
    "/rooms/bedroom/stop",
    "/rooms/bedroom/more",
    "/rooms/bedroom/awake",
    "/rooms/bedroom/volume",
    "/rooms/begin",
    "/rooms/stop",
)


@dataclass(frozen=True)
class Wire:
    """What is sent, piece by piece. `answered`: it is a whole request, so that an answer has to come."""

    pieces: tuple[bytes, ...]
    answered: bool = True


@dataclass(frozen=True)
class Target:
    """What there is to attack."""

    host: str
    """With its port, as a request names it."""
    night: str
    """A night that is there: /night/….mp3"""
    posts: tuple[str, ...]
    """What would change something."""


def _request(
    target: Target,
    method: str = "GET",
    path: str = "/",
    *more: str,
    host: str | None = None,
    body: bytes = b"",
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or target.host}", *more]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _ranges(dice: random.Random, target: Target) -> Wire:
    number = dice.choice((0, 1, 479, 480, 4_095, 2**31, 2**63, 10**30, -1))
    value = dice.choice(
        (
            f"bytes={number}-",
            f"bytes=-{number}",
            f"bytes={number}-{number - 1}",
            "bytes=",
            "bytes=-",
            "octets=0-1",
            "bytes=" + ",".join(f"{at}-{at + 1}" for at in range(dice.randrange(2, 400))),
            f"bytes={'9' * 900}-",
            "bytes=0-0,-1",
            "bytes=a-b",
            "bytes 0-1",
            "bytes=0x10-0x20",
            f"bytes=0-{number}",
            "bytes=٣-٤".encode().decode("latin-1"),
        )
    )
    tags = ("If-Range: *", 'If-Range: "x"', "If-None-Match: *", 'If-Match: W/"', "If-Range: Tue, 01 Jan 2030")
    unless = (dice.choice(tags),) if dice.random() < 0.3 else ()
    method = dice.choice(("GET", "GET", "GET", "HEAD"))
    return Wire((_request(target, method, target.night, f"Range: {value}", *unless),))


def _hosts(dice: random.Random, target: Target) -> Wire:
    name, _, port = target.host.rpartition(":")
    host = dice.choice(
        (
            "evil.example",
            f"evil.example:{port}",
            name,
            f"{name}:1",
            f"{name}:{port}0",
            f"{name}.:{port}",
            f"localhost.evil.example:{port}",
            f"{name}.nip.io:{port}",
            f"2130706433:{port}",
            f"0x7f.1:{port}",
            f"127.1:{port}",
            f"0.0.0.0:{port}",
            f"[::ffff:{name}]:{port}",
            f"{name}:{port}@evil.example",
            f"evil.example@{name}:{port}",
            "[::1",
            "",
            ":",
            f"{name}:{port}/",
            f"{name}:{port},evil.example",
            "a" * 3_000,
        )
    )
    whole = _request(
        target, dice.choice(("GET", "POST")), dice.choice(("/", target.night)), "Content-Length: 0", host=host
    )
    if host == "":
        whole = whole.replace(
            f"Host: {target.host}".encode(), dice.choice((b"Host:", b"X: y", b"Host: a\r\nHost: b"))
        )
    return Wire((whole,))


def _origins(dice: random.Random, target: Target) -> Wire:
    name = target.host.rpartition(":")[0]
    origin = dice.choice(
        (
            "null",
            "http://evil.example",
            f"https://{target.host}",
            f"http://{name}",
            f"http://{name}:1",
            "",
            f"http://{target.host}.evil.example",
            f"http://evil.example#{target.host}",
            f"http://{target.host}/",
            f"http://x@{target.host}",
            "file://",
            "*",
            f"http://{target.host} http://evil.example",
        )
    )
    more = [f"Origin: {origin}"] if dice.random() < 0.8 else []
    if dice.random() < 0.4:
        more.append(f"Sec-Fetch-Site: {dice.choice(('cross-site', 'same-site', 'none', 'x'))}")
    if dice.random() < 0.2:
        more += [f"Origin: http://{target.host}", "Origin: null"]
    if dice.random() < 0.3:
        more.append(
            f"Authorization: {dice.choice(('Bearer ', 'Bearer x', 'Basic eDp5', 'Bearer', 'Digest x'))}"
        )
    form = b"volume=100&night=rain"
    more += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    return Wire((_request(target, "POST", dice.choice(target.posts), *more, body=form),))


def _paths(dice: random.Random, target: Target) -> Wire:
    up = dice.choice(
        (
            "../",
            "..%2f",
            "%2e%2e/",
            "%2e%2e%2f",
            "..\\",
            "..%5c",
            "%252e%252e%252f",
            "....//",
            "..;/",
            "%c0%ae%c0%ae/",
            ".%00./",
        )
    )
    start = dice.choice(
        ("/", "/files/", "/night/", "/night/rain/", "/rooms/", "//", "/./", "/style.css/", "")
    )
    end = dice.choice(
        ("outside.txt", "etc/passwd", "paired.json", "", "web/paired.json", "C:/boot.ini", "%00.css", "~root")
    )
    path = (
        dice.choice(
            (
                start + up * dice.randrange(1, 12) + end,
                start + end,
                f"http://{target.host}/{end}",
                "*",
                f"{start}{'a' * 5_000}",
                f"/night/{'+'.join(['rain'] * 60)}.mp3",
                f"/night/{dice.choice(('%ff', '%00', '%0a', '%F0%9F%98%B4', '%e2%80%ae'))}.mp3",
                "/?" + "&".join("key=x" for _ in range(dice.randrange(400))),
                f"{target.night}?key={'A' * 24}",
                "/feed.xml?key=",
                "/%2fetc/passwd",
                "/files//etc/passwd",
                "file:///etc/passwd",
                f"{start}outside.txt%00.mp3",
                f"/{dice.randbytes(12).hex()}",
                "/.git/config",
                "/.env",
            )
        )
        or "/"
    )
    return Wire(
        (
            _request(
                target,
                dice.choice(("GET", "GET", "HEAD", "OPTIONS")),
                path.replace(" ", "%20"),
                "Accept: text/html",
            ),
        )
    )


def _codes(dice: random.Random, target: Target) -> Wire:
    code = dice.choice(
        (
            f"{dice.randrange(10**6):06}",
            "",
            "12345",
            "1" * 5_000,
            "٠١٢٣٤٥",
            "-1",
            "000000",
            "1e5",
            "' or 1=1",
            "%00" * 6,
        )
    )
    form = f"code={code}&name={dice.choice(('x', '<script>', '%00', 'n' * 3_000))}".encode()
    more = [
        f"Origin: http://{target.host}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    ]
    return Wire((_request(target, "POST", "/pair", *more, body=form),))


def _bodies(dice: random.Random, target: Target) -> Wire:
    path = dice.choice((*target.posts, "/pair", "/", target.night))
    ours = f"Origin: http://{target.host}.evil.example"
    length = dice.choice(("-1", "1e3", "99999999999999999999", "0x10", "1_0", "10, 10", "9000", "١", "+5"))
    length_said = f"Content-Length: {length}".encode().decode("latin-1")  # as UTF-8 goes over the wire
    post = partial(_request, target, "POST")
    chunked = "Transfer-Encoding: chunked"
    endless = (b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n")
    chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    return dice.choice(
        (
            lambda: Wire((post(path, ours, length_said),)),
            lambda: Wire(
                (post("/pair", f"Origin: http://{target.host}", chunked), chunk, chunk, b"0\r\n\r\n")
            ),
            lambda: Wire((post(path, ours, chunked), dice.choice(endless))),
            lambda: Wire((post(path, ours, chunked, body=dice.choice(endless)),)),
            lambda: Wire((post(path, ours, "Transfer-Encoding: gzip, chunked"),)),
            lambda: Wire((post(path, ours, "Content-Length: 4", chunked, body=b"0\r\n\r\n"),)),
            lambda: Wire((post(path, ours, "Content-Length: 4", "Content-Length: 5", body=b"abcde"),)),
            lambda: Wire(
                (_request(target, dice.choice(("GET", "HEAD")), path, "Content-Length: 5", body=b"abcde"),)
            ),
            lambda: Wire((post(path, ours, "Content-Length: 500000"), b"x" * 100_000)),
        )
    )()


def _headers(dice: random.Random, target: Target) -> Wire:
    more = dice.choice(
        (
            lambda: [f"X-{at}: y" for at in range(dice.randrange(65, 400))],
            lambda: [f"X: {'y' * dice.randrange(8_192, 60_000)}"],
            lambda: [f"Cookie: lullaby={'z' * dice.randrange(7_000)}"],
            lambda: [
                f"Cookie: {'; '.join(['lullaby=x'] * dice.randrange(1, 200))}",
                "Authorization: Bearer \xff\xfe",
            ],
            lambda: [" folded: x", "\tmore"],
            lambda: ["no colon"],
            lambda: ["X\x00: y"],
            lambda: ["X: a\x00b", "X: a\rb"],
            lambda: ["X : y"],
            lambda: [
                "X-Forwarded-For: 127.0.0.1",
                "X-Real-IP: 127.0.0.1",
                "Forwarded: for=127.0.0.1;host=localhost",
            ],
            lambda: [
                "X-HTTP-Method-Override: DELETE",
                "X-Original-URL: /rooms/stop",
                "X-Rewrite-URL: /rooms/stop",
            ],
            lambda: [
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {'A' * 22}==",
            ],
            lambda: [
                "Upgrade: h2c",
                "Connection: Upgrade, HTTP2-Settings",
                "HTTP2-Settings: AAMAAABkAAQAAP__",
            ],
            lambda: ["Expect: 100-continue"],
            lambda: ["Accept: " + ",".join(["text/html;q=0.1"] * 400)],
        )
    )()
    return Wire((_request(target, "GET", dice.choice(("/", target.night)), *more),))


def _methods(dice: random.Random, target: Target) -> Wire:
    method = dice.choice(
        (
            "PUT",
            "DELETE",
            "PATCH",
            "TRACE",
            "CONNECT",
            "PROPFIND",
            "get",
            "Post",
            "X" * 300,
            "OPTIONS",
            "SUBSCRIBE",
            "M-SEARCH",
            "PRI",
        )
    )
    path = dice.choice(("/", "*", target.night, target.host, *target.posts))
    more = ("Access-Control-Request-Method: POST", "Origin: http://evil.example")
    return Wire((_request(target, method, path, *more),))


def _halves(dice: random.Random, target: Target) -> Wire:
    """A request that ends in its midst, or comes in many pieces and ends there."""
    whole = _request(
        target,
        "POST",
        dice.choice(target.posts),
        f"Origin: http://{target.host}",
        "Content-Length: 50",
        body=b"x" * 20,
    )
    cut = whole[: dice.randrange(1, len(whole))]
    pieces = tuple(cut[at : at + 7] for at in range(0, len(cut), 7)) if dice.random() < 0.2 else (cut,)
    return Wire(pieces, answered=False)


def _pipelined(dice: random.Random, target: Target) -> Wire:
    first = _request(target, "GET", dice.choice(("/", target.night, "/style.css")), "Range: bytes=0-10")
    rest = dice.choice(
        (
            dice.randbytes(dice.randrange(1, 3_000)),
            first * dice.randrange(2, 30),
            _request(
                target,
                "POST",
                target.posts[0],
                "Origin: http://evil.example",
                "Content-Length: 3",
                body=b"a=1",
            )
            * 3,
            b"\r\n" * dice.randrange(1, 500) + first,
            b"GET / HTTP/9.9\r\n\r\n",
        )
    )
    return Wire((first + rest,))


def _tokens(dice: random.Random, target: Target) -> Wire:
    token = dice.choice((dice.randbytes(32).hex(), "", "own", "null", "..", "'", "a" * 4_000, "%00", "\xff"))
    more = dice.choice(
        (
            [f"Cookie: lullaby={token}"],
            [f"Authorization: Bearer {token}"],
            [f"Cookie: x=y; lullaby={token}; lullaby=own"],
        )
    )
    path = dice.choice(
        (
            target.night,
            f"/feed.xml?key={dice.randbytes(18).hex()}",
            f"{target.night}?key=&key=a",
            "/rooms.json",
        )
    )
    if dice.random() < 0.5:
        return Wire((_request(target, "POST", dice.choice(target.posts), *more, "Content-Length: 0"),))
    return Wire((_request(target, "GET", path, *more),))


def _noise(dice: random.Random, target: Target) -> Wire:
    start = dice.choice(
        (
            b"",
            b"GET ",
            b"\x16\x03\x01\x02\x00\x01",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/1.1\r\n",
            b"GET /\r\n\r\n",
        )
    )
    return Wire((start + dice.randbytes(dice.randrange(1, 4_000)),), answered=False)


KINDS: dict[str, Callable[[random.Random, Target], Wire]] = {
    "ranges": _ranges,
    "hosts": _hosts,
    "origins": _origins,
    "paths": _paths,
    "codes": _codes,
    "bodies": _bodies,
    "headers": _headers,
    "methods": _methods,
    "halves": _halves,
    "pipelined": _pipelined,
    "tokens": _tokens,
    "noise": _noise,
}
