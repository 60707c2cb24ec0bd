"""A real server is attacked, by strangers and through the owner's own browser: nothing breaks, nothing is
read that is not ours to give, nothing changes, and who is slow is let go."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from hostile_kinds import KINDS
from hostile_requests import PATIENCE, Outcome, attack
from web_served import served
from web_who import EVENING

from lullaby.web.ranges import answer_to
from lullaby.web.who import slow
from lullaby.web.who.guard import Guard
from lullaby.web.who.paired import Paired
from lullaby.web.who.pairing import Pairing
from lullaby.web.who.rates import Rate, Rates

OWNER, STRANGER = "127.0.0.1", "127.0.0.9"
SECRET = b"nobody's to read"
NIGHT = bytes(range(256)) * 2_000
TAG = '"7f3a"'
WITHOUT_END = Rate(1e9, 10**9)
UNBOUNDED = Rates(WITHOUT_END, WITHOUT_END, WITHOUT_END)
"""So that each request is looked at, and not only those that are not too many."""
ANSWERS = {None, 200, 204, 206, 304, 400, 401, 403, 405, 412, 413, 414, 416, 421, 431}


class Careless:
    """An app that trusts whatever is handed on to it: it gives any file it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.paired = folder, Paired.load()
        self.pairing, self.changes = Pairing(time.monotonic), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path, status, body, more = scope["path"], 200, b"a page", []
        if scope["method"] == "POST" and path == "/pair":
            form = parse_qs((await receive())["body"].decode("latin-1"), max_num_fields=8)
            if self.pairing.takes(form.get("code", [""])[0]):
                self.paired.add(form.get("name", ["phone"])[0])
        elif scope["method"] == "POST":
            self.changes += 1
        elif path.startswith("/night/"):
            headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
            answer = answer_to(scope["method"], headers, len(NIGHT), TAG)
            status, body = answer.status, NIGHT[answer.start : answer.stop]
            if (part := answer.content_range(len(NIGHT))) is not None:
                more = [(b"content-range", part.encode())]
        elif path.startswith("/files/"):
            try:
                body = Path(os.path.join(self.folder, path.removeprefix("/files/"))).read_bytes()
            except (OSError, ValueError):
                body = b"no such file"
        if status != 304:
            more.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": more})
        for at in range(0, max(1, len(body)), slow.LARGEST_PIECE):
            last = at + slow.LARGEST_PIECE >= len(body)
            piece = body[at : at + slow.LARGEST_PIECE]
            await send({"type": "http.response.body", "body": piece, "more_body": not last})


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Careless:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "files").mkdir()
    (tmp_path / "outside.txt").write_bytes(SECRET)
    app = Careless(tmp_path / "files")
    app.paired.add("a phone that was there before")
    return app


@pytest.fixture(autouse=True)
def nothing_goes_wrong(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No exception comes up to the server, or is lost in its loop."""
    with caplog.at_level(logging.ERROR):
        yield
    records = caplog.get_records("call")
    assert [record.getMessage() for record in records if record.levelno >= logging.ERROR] == []


def guarded(app: Careless, rates: Rates = UNBOUNDED, clock: Callable[[], float] = time.monotonic) -> Guard:
    return Guard(
        app, app.paired, clock, lambda: EVENING, rates=rates, is_own=lambda address: address == OWNER
    )


def attacked(app: Careless, count: int, seed: int, source: str) -> list[Outcome]:
    if sys.platform != "linux" and source != OWNER:
        pytest.skip("only Linux has all of 127.0.0.0/8 as its own addresses")
    app.pairing.code()
    with served(guarded(app)) as url:
        outcomes = attack(url, count, seed, source=source)
        assert httpx.get(f"{url}/").status_code == 200, "the owner is answered still"
    strange = [str(one) for one in outcomes if one.status not in ANSWERS]
    assert strange == []
    assert [str(one) for one in outcomes if SECRET in one.body or b"root:" in one.body] == []
    answered = [one for one in outcomes if one.status is not None]
    assert [
        str(one) for one in answered if "default-src 'none'" not in one.headers["content-security-policy"]
    ] == []
    assert [str(one) for one in answered if "server" in one.headers] == []
    assert app.changes == 0
    assert [phone.name for phone in app.paired.phones] == ["a phone that was there before"]
    return outcomes


def looked_at(outcomes: list[Outcome]) -> None:
    """Each kind of attack was answered, but for what ends in its midst: the generator reached the server."""
    answered = Counter(one.kind for one in outcomes if one.status is not None)
    assert set(KINDS) - set(answered) <= {"halves"}
    assert sum(answered.values()) > 0.8 * len(outcomes)


def test_a_thousand_hostile_requests_of_strangers(app: Careless) -> None:
    outcomes = attacked(app, 1_000, 20_261, STRANGER)
    looked_at(outcomes)
    given = [one for one in outcomes if one.status in (200, 206) and one.kind not in ("codes", "pipelined")]
    assert [str(one) for one in given] == []


def test_a_thousand_hostile_requests_through_the_owners_browser(app: Careless) -> None:
    outcomes = attacked(app, 1_000, 20_262, OWNER)
    looked_at(outcomes)
    assert {one.status for one in outcomes if one.kind == "ranges"} >= {200, 206}


@pytest.mark.soak  # 20 000 connections, some 25 s of CPU
@pytest.mark.parametrize("source", [STRANGER, OWNER])
def test_ten_thousand_hostile_requests(app: Careless, source: str) -> None:
    looked_at(attacked(app, 10_000, 20_263, source))


def test_an_attack_is_the_same_for_the_same_seed(app: Careless) -> None:
    with served(guarded(app)) as url:
        first, second, other = (attack(url, 120, seed) for seed in (1, 1, 2))
    assert [one.sent for one in first] == [one.sent for one in second]
    assert [one.sent for one in first] != [one.sent for one in other]


def test_codes_cannot_be_guessed_however_often_a_stranger_asks(app: Careless) -> None:
    """With the rates that there are: a hundred tries at one moment are a few tries."""
    code = app.pairing.code()
    with served(guarded(app, Rates(), clock=lambda: 0.0)) as url, httpx.Client(base_url=url) as client:
        token = app.paired.add("another")
        answers = [
            client.post(
                "/pair",
                data={"code": f"{(int(code) + 1 + number) % 10**6:06}"},
                headers=[
                    ("origin", url),
                    ("authorization", "Bearer x"),
                ],
            )
            for number in range(100)
        ]
        assert Counter(answer.status_code for answer in answers)[200] <= Rates().pairing.burst
        right = client.post("/pair", data={"code": code}, headers={"origin": url})
        assert right.status_code == 200
        assert len(app.paired.phones) == 2, "five wrong tries were all that this code had"
        assert client.get("/", headers={"cookie": f"lullaby={token}"}).status_code == 200


def test_a_phone_that_plays_is_given_its_bytes_while_strangers_attack(app: Careless) -> None:
    """With the rates that there are, and the attack from an address of its own."""
    token = app.paired.add("phone")
    with served(guarded(app, Rates())) as url, ThreadPoolExecutor(1) as others:
        source = STRANGER if sys.platform == "linux" else None
        attacking = others.submit(attack, url, 500, 20_264, source=source)
        asked = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url, headers=asked, timeout=PATIENCE) as phone:
            at = 0
            while at < len(NIGHT) or not attacking.done():
                start = at % len(NIGHT)
                answer = phone.get("/night/a.mp3", headers={"range": f"bytes={start}-{start + 9_999}"})
                assert (answer.status_code, answer.content) == (206, NIGHT[start : start + 10_000])
                at += 10_000
                sleeping.wait(0.02)
        assert len(attacking.result()) == 500


sleeping = threading.Event()
"""Never set: how a player waits until it needs more."""


def connected(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE)


def is_let_go(line: socket.socket) -> bool:
    """Waits until the server ends the connection; does it without a word?"""
    try:
        return line.recv(100) == b""
    except ConnectionError:
        return True


POST = b"POST /pair HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
HEADS = {
    "nothing": b"",
    "a letter": b"G",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX: ",
    "half a body": POST + b"Content-Length: 9\r\n\r\ncode",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n9\r\nco",
}


@pytest.mark.parametrize("what", HEADS)
def test_who_does_not_go_on_is_let_go(app: Careless, what: str) -> None:
    class Hasty(slow.Doorstep):
        head_seconds = body_seconds = 0.2

    with served(guarded(app), http=Hasty) as url, connected(url) as line:
        line.sendall(HEADS[what].replace(b"{host}", url.removeprefix("http://").encode()))
        assert is_let_go(line)


def test_who_goes_on_letter_by_letter_is_let_go_too(app: Careless) -> None:
    """The time for a head begins once: it is not begun anew by every letter."""

    class Hasty(slow.Doorstep):
        head_seconds = 0.3

    with served(guarded(app), http=Hasty) as url, connected(url) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX: ")
        line.settimeout(0.02)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                line.sendall(b"x")
                if not line.recv(100):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        raise AssertionError("a head that never ended was waited for")


def test_the_time_for_a_second_request_begins_with_the_end_of_the_first(app: Careless) -> None:
    class Hasty(slow.Doorstep):
        head_seconds = 0.2

    with served(guarded(app), http=Hasty) as url, connected(url) as line:
        whole = f"GET / HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\n\r\n".encode()
        got = b""
        line.sendall(whole + whole + b"GET")
        while more := _received(line):
            got += more
        assert got.count(b"HTTP/1.1 200 ") == 2


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 16)
    except ConnectionError:
        return b""


def test_a_connection_too_many_is_let_go_and_the_others_are_not(app: Careless) -> None:
    class Narrow(slow.Doorstep):
        most_of_own = 3

    with served(guarded(app), http=Narrow) as url:
        lines = [connected(url) for _ in range(3)]
        host = url.removeprefix("http://").encode()
        try:
            for line in lines:  # answered, so that the server has them
                line.sendall(b"GET /style.css HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
                assert line.recv(100).startswith(b"HTTP/1.1 200 ")
            with connected(url) as one_more:
                assert is_let_go(one_more)
            lines[0].sendall(b"GET /style.css HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            got = b""
            while b"HTTP/1.1 200 " not in got:  # behind what was left of the first answer
                more = lines[0].recv(1 << 16)
                assert more
                got += more
        finally:
            for line in lines:
                line.close()


def test_a_small_answer_is_not_kept_back_by_the_system(app: Careless) -> None:
    seen = []

    class Looked(slow.Doorstep):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            door = transport.get_extra_info("socket")
            seen.append(door.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with served(guarded(app), http=Looked) as url:
        assert httpx.get(f"{url}/").status_code == 200
    assert seen
    assert all(seen)


def test_a_reader_who_stops_reading_holds_the_app_up_and_no_memory(app: Careless) -> None:
    """The app waits: what it has handed over is what the system's own buffers take, and not the night."""
    sent, whole = [0], 512 << 20

    async def night(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % whole)]}
        )
        gone, piece = asyncio.ensure_future(receive()), bytes(slow.LARGEST_PIECE)
        while sent[0] < whole and not gone.done():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent[0] += len(piece)
        gone.cancel()

    class Hasty(slow.Doorstep):
        reading_seconds = 0.5
        waiting = 0

        def pause_writing(self) -> None:
            super().pause_writing()
            Hasty.waiting = max(Hasty.waiting, self.transport.get_write_buffer_size())

    guard = Guard(night, app.paired, time.monotonic, lambda: EVENING, rates=UNBOUNDED)
    with served(guard, http=Hasty) as url, connected(url) as line:
        line.sendall(f"GET /night/a.mp3 HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\n\r\n".encode())
        line.recv(1)
        assert _ends(line), "who reads nothing is let go at last"
    assert 0 < Hasty.waiting <= 2 * slow.LARGEST_PIECE + 1_024
    assert sent[0] < whole // 8


def _ends(line: socket.socket) -> bool:
    """Reads nothing until the other side has ended the connection, and says that it has."""
    poll = select.poll()
    poll.register(line, select.POLLHUP | select.POLLERR)
    return bool(poll.poll(PATIENCE * 1_000))
