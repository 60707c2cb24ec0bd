"""Who may do what: this machine, a paired phone, a room, a child's phone, who knows a key, and nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from web_who import EVENING, HOST, LISTENER, Answer, House, JumpingClock

from lullaby.web.wanted import Wanted
from lullaby.web.who import children, cookie
from lullaby.web.who.asked import LARGEST_BODY, is_plain
from lullaby.web.who.guard import OWN, Guard
from lullaby.web.who.rates import MOST_CLIENTS, Rate, Rates, Turns

NIGHT = "/night/rain~date=2026-11-27~for=kim.mp3"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    return tmp_path


def test_a_bucket_fills_again_and_only_so_far() -> None:
    clock = JumpingClock()
    turns = Turns(Rates(stranger=Rate(2, burst=3)), clock)
    assert [turns.may_ask("a", "stranger") for _ in range(4)] == [True, True, True, False]
    assert turns.may_ask("b", "stranger")
    assert turns.may_ask("a", "known")
    clock.now += 0.5
    assert [turns.may_ask("a", "stranger") for _ in range(2)] == [True, False]
    clock.now += 1e6
    assert [turns.may_ask("a", "stranger") for _ in range(4)] == [True, True, True, False]
    clock.now -= 1e6  # a clock that is set back gives nothing, and takes nothing
    assert not turns.may_ask("a", "stranger")


def test_only_so_many_clients_are_remembered() -> None:
    turns = Turns(Rates(), JumpingClock())
    for number in range(5 * MOST_CLIENTS):
        turns.may_ask(str(number), "stranger")
        assert turns.begin(str(number), "stranger")
        turns.end(str(number))
    assert len(turns._buckets) == MOST_CLIENTS
    assert not turns._at_once


@pytest.fixture
def house(home: Path) -> House:
    return House()


def test_nobody_is_shown_how_to_pair(house: House) -> None:
    shown = house.ask("/", accept="text/html,*/*")
    assert (shown.status, shown.body) == (401, b"/pair")
    assert shown.headers["www-authenticate"].startswith("Bearer")
    said = house.ask(NIGHT, accept="*/*")
    assert (said.status, said.body.count(b"\n")) == (401, 1)
    assert [house.ask(path).status for path in ("/pair", "/style.css", "/moon.svg")] == [200, 200, 200]
    assert house.ask("/script.js").status == 401
    assert house.ask("/rooms.json", accept="text/html").body == b"/pair"
    assert house.post("/rooms/stop", accept="text/html").status == 401
    assert house.post("/style.css").status == 401
    assert house.post("/pair", body=(b"code=", b"123456")).status == 200
    assert {path for _, path, _, _ in house.room.asked} == {"/pair", "/style.css", "/moon.svg"}
    assert house.room.asked[-1] == ("POST", "/pair", None, b"code=123456")


def test_a_paired_phone_may_do_everything_until_it_is_forgotten(house: House) -> None:
    token = house.paired.add("Kim's phone", listener="kim")
    phone = house.paired.phone(token)
    assert house.ask("/", token=token).status == 200
    assert house.post("/rooms/stop", token=token, body=(b"x=1",)).status == 200
    assert house.room.asked == [("GET", "/", phone, b""), ("POST", "/rooms/stop", phone, b"x=1")]
    house.paired.forget()
    assert house.post("/rooms/stop", token=token).status == 401


def test_a_room_says_its_token_and_needs_no_page(house: House) -> None:
    token = house.paired.add("kitchen", kind="room")
    assert house.ask("/rooms/stop", "POST", authorization=f"Bearer {token}").status == 200
    assert house.ask("/rooms/stop", "POST", authorization=f"bearer  {token}").status == 200
    assert house.ask("/rooms/stop", "POST", authorization=f"Bearer {token}x").status == 403
    assert house.ask("/rooms/stop", "POST", authorization=f"Basic {token}").status == 403
    assert house.ask("/rooms/stop", "POST", token=token).status == 403  # any page could have a cookie sent
    assert (
        house.post("/rooms/stop", origin="http://evil.example", authorization=f"Bearer {token}").status == 403
    )


def test_this_machine_is_its_owners(house: House) -> None:
    for client, here, host in (
        ("127.0.0.1", "127.0.0.1", "localhost:8000"),
        ("::1", "::1", "[::1]:8000"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1:8000"),
    ):
        house.room.asked.clear()
        assert house.ask("/", client=client, here=(here, 8000), host=host).status == 200
        assert house.room.asked[0][2] is OWN
    for client in ("192.168.1.20", "10.0.0.1", "fd00::1", "", "localhost", "127.0.0.1.evil"):
        assert house.ask("/", client=client).status == 401
    assert house.ask("/", x_forwarded_for="127.0.0.1", forwarded="for=127.0.0.1").status == 401


def test_a_token_that_is_said_counts_before_the_place(house: House) -> None:
    there = {"client": "127.0.0.1", "here": ("127.0.0.1", 8000), "host": "localhost:8000"}
    assert house.ask("/", authorization="Bearer x", **there).status == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "192.168.1.20",
        "192.168.1.20:80",
        "192.168.1.21:8000",
        "localhost:8000",
        "127.0.0.1:8000",
        "192.168.1.20.:8000",
        "192.168.1.20.nip.io:8000",
        "3232235796:8000",
        "[192.168.1.20]:8000x",
        "192.168.1.20:8000@evil.example",
        "192.168.1.20:08000000",
        ":8000",
        "192.168.1.20:٨٠٠٠".encode().decode("latin-1"),
    ],
)
def test_no_other_name_is_ours(house: House, host: str) -> None:
    token = house.paired.add("phone")
    assert house.ask("/", token=token, host=host).status in (400, 421)
    assert house.ask("/pair", host=host).status in (400, 421)
    assert not house.room.asked


def test_names_that_were_handed_in_are_ours_too(home: Path) -> None:
    house = House(hosts=("Bedroom.lan", "fd00::20"))
    assert [house.ask("/pair", host=host).status for host in ("bedroom.LAN:8000", "[fd00::20]:8000")] == [
        200
    ] * 2
    assert house.ask("/pair", host="bedroom.lan.evil:8000").status == 421


def test_port_80_need_not_be_said(house: House) -> None:
    here = ("192.168.1.20", 80)
    assert house.ask("/pair", host="192.168.1.20", here=here).status == 200
    for origin in ("http://192.168.1.20", "http://192.168.1.20:80"):
        assert house.post("/pair", origin, host="192.168.1.20", here=here).status == 200


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("null", ""),
        ("http://evil.example", ""),
        (f"https://{HOST}", ""),
        ("http://192.168.1.20", ""),
        (f"http://{HOST}/", ""),
        ("http://192.168.1.20:8001", "same-site"),
        (f"http://{HOST}", "cross-site"),
        ("", "same-site"),
        ("", "none"),
        ("http://evil.example", "same-origin"),
        ("", ""),
        (f"http://{HOST}, http://evil.example", ""),
    ],
)
def test_no_page_from_elsewhere_changes_anything(house: House, origin: str, site: str) -> None:
    token = house.paired.add("phone")
    own = {"client": "127.0.0.1", "here": ("127.0.0.1", 8000)}
    assert house.post("/rooms/stop", origin, token=token, sec_fetch_site=site).status == 403
    assert house.post("/pair", origin, sec_fetch_site=site).status == 403
    origin = origin.replace("192.168.1.20", "localhost")
    assert house.post("/rooms/stop", origin, sec_fetch_site=site, host="localhost:8000", **own).status == 403
    assert not house.room.asked


def test_a_page_of_ours_may(house: House) -> None:
    token = house.paired.add("phone")
    assert house.post("/rooms/stop", token=token).status == 200
    assert house.post("/rooms/stop", token=token, sec_fetch_site="same-origin").status == 200
    assert house.post("/rooms/stop", "", token=token, sec_fetch_site="same-origin").status == 200


def test_a_key_opens_one_path_to_whoever_knows_it_and_to_look_alone(house: House) -> None:
    key = house.paired.key_for(NIGHT)
    assert [house.ask(f"{NIGHT}?key={key}", method).status for method in ("GET", "HEAD")] == [200, 200]
    answer = house.ask(f"{NIGHT}?key={key}", origin="https://cast.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-headers" in house.ask(f"{NIGHT}?key={key}", "OPTIONS").headers
    assert house.room.asked[0][2] is None
    feed = house.paired.key_for("/feed.xml")
    assert house.ask(f"/feed.xml?key={feed}").status == 200
    for path in (
        f"{NIGHT}?key={feed}",
        f"{NIGHT}?key={key}&key={key}",
        f"{NIGHT}?key=",
        f"{NIGHT}?{'a=b&' * 20}key={key}",
    ):
        answer = house.ask(path)
        assert answer.status == 401
        assert "access-control-allow-origin" not in answer.headers
    assert house.ask(f"/?key={house.paired.key_for('/')}").status == 401
    assert house.post(f"/rooms/stop?key={house.paired.key_for('/rooms/stop')}").status == 401
    assert house.post(f"{NIGHT}?key={key}").status == 401


def test_a_childs_phone_plays_its_own_nights_and_no_more(house: House) -> None:
    token = house.paired.add("Kim's phone", listener="kim", child=True)

    def status(path: str, method: str = "GET") -> int:
        return (house.post if method == "POST" else house.ask)(path, token=token).status

    night = NIGHT.removesuffix(".mp3")
    ours = (
        "/",
        "/style.css",
        "/moon.svg",
        "/script.js",
        "/rooms.json",
        NIGHT,
        f"{night}.json",
        f"{night}/3.m4s",
        f"{night}.m3u8",
    )
    assert {path: status(path) for path in ours} == dict.fromkeys(ours, 200)
    others = (
        "/feed.xml",
        "/night/rain.mp3",
        NIGHT.replace("kim", "ida"),
        "/settings",
        f"{night}~to=x.mp3",
        "/night/",
    )
    assert {path: status(path) for path in others} == dict.fromkeys(others, 403)
    done = ("/rooms/bedroom/begin", "/rooms/bedroom/stop", "/rooms/bedroom/volume")
    assert {path: status(path, "POST") for path in done} == dict.fromkeys(done, 200)
    not_done = ("/rooms/bedroom/more", "/rooms/bedroom/awake", "/rooms/stop", "/rooms/begin", "/pair", "/")
    assert {path: status(path, "POST") for path in not_done} == dict.fromkeys(not_done, 403)
    phone = house.paired.phone(token)
    assert phone is not None
    assert children.may_hear(phone, Wanted.read("rain~for=kim"), EVENING)
    assert children.may_hear(phone, Wanted.read("rain~date=2026-11-20~for=kim~faders=rain:-3"), EVENING)
    assert not children.may_hear(phone, Wanted.read("rain"), EVENING)
    assert children.may_hear(OWN, Wanted.read("rain"), EVENING)


def test_a_childs_phone_is_no_older_on_a_day_to_come_and_makes_nothing_louder(house: House) -> None:
    token = house.paired.add("Kim's phone", listener="kim", child=True)
    for more in ("~date=2026-11-29~for=kim", "~date=2045-11-27~for=kim", "~for=kim~faders=rain:3"):
        night = f"rain{more}"
        assert house.ask(f"/night/{night}.mp3", token=token).status == 403, night
    assert house.ask("/night/rain~date=2026-11-28~for=kim~faders=rain:silent.mp3", token=token).status == 200
    assert house.ask("/night/rain~date=2045-11-27~for=kim.mp3", token=house.paired.add("mine")).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "get", "CONNECT", "PROPFIND"])
def test_an_unknown_method_is_405(house: House, method: str) -> None:
    answer = house.ask("/pair", method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/../a",
        "/a/../b",
        "/a/./b",
        "//a",
        "/a//b",
        "a",
        "",
        "*",
        "/a\\b",
        "/a\0",
        "/a\n",
        "/%2e%2e/a",
        "/\ufffd",
        "http://x/",
        "/a/..",
        "/\u202ea",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_none(house: House, path: str) -> None:
    assert not is_plain(path)
    assert house.ask(path).status == 400
    assert not house.room.asked


@pytest.mark.parametrize(
    "path", ["/", "/style.css", NIGHT, "/night/für die Nacht~for=Ida May.mp3", "/rooms/Küche/stop", "/a/"]
)
def test_a_plain_path_is_one(path: str) -> None:
    assert is_plain(path)


def test_sizes_are_bounded(house: House) -> None:
    assert house.ask("/pair?" + "a" * 3_000).status == 414
    assert house.ask("/pair", x="y" * 9_000).status == 431
    assert house.ask("/pair", **{f"x{number}": "y" for number in range(80)}).status == 431
    assert house.ask("/pair", content_length="3").status == 400
    assert house.ask("/pair", transfer_encoding="chunked").status == 400
    assert house.post("/pair", content_length=str(LARGEST_BODY + 1)).status == 413
    assert house.post("/pair", content_length="9" * 400).status == 413
    too_long = house.post("/pair", body=[b"x" * 1_000] * 9)
    assert (too_long.status, too_long.headers["connection"]) == (413, "close")
    assert not house.room.asked
    assert house.post("/pair", body=[b"x" * 1_024] * 8).status == 200


def test_strangers_ask_seldom_and_phones_often(home: Path) -> None:
    house = House(rates=Rates(known=Rate(1, 30), stranger=Rate(1, 3), pairing=Rate(0.1, 2)))
    token = house.paired.add("phone")
    assert [house.ask("/pair").status for _ in range(4)] == [200, 200, 200, 429]
    assert house.ask("/pair").headers["retry-after"]
    assert house.ask("/pair", client="192.168.1.78").status == 200
    assert [house.ask("/", token=token).status for _ in range(20)] == [200] * 20
    house.clock.now += 3
    assert [house.post("/pair").status for _ in range(3)] == [200, 200, 429]


def test_a_stranger_is_given_few_answers_at_the_same_moment(home: Path) -> None:
    house = House()

    async def never() -> Any:
        raise AssertionError

    async def at_once(many: int, **more: str) -> list[int]:
        goes_on, answers = asyncio.Event(), [Answer() for _ in range(many)]

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await goes_on.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        guard = Guard(slow, house.paired, house.clock, lambda: EVENING)
        asking = [guard(house.scope("/pair", **more), never, one.send) for one in answers]
        asyncio.get_running_loop().call_later(0.05, goes_on.set)
        await asyncio.gather(*asking)
        return sorted(one.status for one in answers)

    assert asyncio.run(at_once(8)) == [200] * Rates.stranger_at_once + [429, 429]
    token = house.paired.add("phone")
    assert asyncio.run(at_once(34, token=token)) == [200] * Rates.known_at_once + [429, 429]


def test_a_damaged_file_lets_nobody_in_and_is_said_once(home: Path) -> None:
    said: list[str] = []
    house = House(note=said.append)
    token = house.paired.add("phone")
    key = house.paired.key_for(NIGHT)
    (home / "web" / "paired.json").write_text("{")
    assert [house.ask("/", token=token).status, house.ask(f"{NIGHT}?key={key}").status] == [401, 401]
    assert len(said) == 1


def test_every_answer_is_dressed(house: House) -> None:
    house.room.headers = [
        (b"Server", b"x"),
        (b"X-Frame-Options", b"ALLOWALL"),
        (b"X-Powered-By", b"y"),
        (b"a", b"b"),
    ]
    token = house.paired.add("phone")
    for answer in (
        house.ask("/", token=token),
        house.ask("/", accept="text/html"),
        house.ask("/x"),
        house.ask("//"),
    ):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert policy.endswith("form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
        assert not {"server", "x-powered-by"} & set(answer.headers)
    assert house.ask("/", token=token).headers["a"] == "b"
    assert house.ask(NIGHT, token=token).headers["cache-control"] == "private, no-cache"
    house.room.headers = [(b"Cache-Control", b"private, max-age=60")]
    assert house.ask(NIGHT, token=token).headers["cache-control"] == "private, max-age=60"


def test_the_guard_keeps_what_the_server_gave_and_lets_a_lifespan_pass(house: House) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    guard = Guard(app, house.paired, house.clock, lambda: EVENING)
    asyncio.run(guard({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    answers: list[Any] = []

    async def send(message: Any) -> None:
        answers.append(message)

    asyncio.run(guard({"type": "websocket"}, None, send))  # type: ignore[arg-type]
    assert [scope["type"] for scope in seen] == ["lifespan"]
    assert answers == [{"type": "websocket.close", "code": 1008}]


def test_a_client_that_goes_before_its_body_is_over_changes_nothing(house: House) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/pair",
        "raw_path": b"/pair",
        "query_string": b"",
        "headers": [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())],
        "client": (LISTENER, 5),
        "server": ("192.168.1.20", 8000),
    }
    asyncio.run(house.guard(scope, receive, send))
    assert not house.room.asked
    assert not house.guard._turns._at_once


def test_the_cookie_is_kept_from_scripts_and_other_sites() -> None:
    name, value = cookie.given("abc")
    assert name == b"set-cookie"
    assert value == b"lullaby=abc; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000"
    assert b"Max-Age=0" in cookie.taken_back()[1]
    assert cookie.shown([(b"cookie", b"x=y;lullaby=abc; z")]) == "abc"
    assert cookie.shown([(b"cookie", b"xlullaby=abc; lullaby")]) is None
