"""`lullaby serve`, `lullaby rooms`: a server as somebody starts it, and what phones may ask of it."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from clocks import at
from conftest import PATIENCE
from typed import typing
from web import ask, served

from lullaby.cli import main
from lullaby.cli.options.addresses import evening_for
from lullaby.cli.parser import parsed
from lullaby.cli.serving.server import _keep_ready, house_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import CouldNot
from lullaby.evening.enough import Enough
from lullaby.evening.request import DEFAULT
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.player.place import boot_time
from lullaby.time import WallClock
from lullaby.web.app import app_of
from lullaby.web.house import House
from lullaby.web.nights import Nights
from lullaby.web.page.words import words
from lullaby.web.rooms.known import add_room
from lullaby.web.rooms.room import Room, RoomState
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted
from lullaby.web.who.paired import Paired, Phone
from lullaby.web.who.pairing import Pairing

QUIET = "pink-noise:-10"
NIGHT = f"{QUIET}~date=2026-11-30~sleeper=none~length=90"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def serving(home: Path, *words: str, port: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process, once it says where it serves."""
    env = {**os.environ, "LULLABY_HOME": str(home), "LULLABY_DEBUG": "1"}
    command = [sys.executable, "-m", "lullaby", "serve", QUIET, "--json", "--port", str(port or free_port())]
    process = subprocess.Popen([*command, *words], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if line == "}\n":
                break
        yield process, json.loads(said)["here"]
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def asked(url: str, **how: Any) -> httpx.Response:
    """Asks until the sockets that were announced answer."""
    ends = boot_time() + PATIENCE
    while True:
        try:
            return httpx.get(url, timeout=PATIENCE, **how)
        except httpx.ConnectError:
            assert boot_time() < ends


def lullaby(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LULLABY_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "lullaby", *words], env=env, capture_output=True, text=True, timeout=PATIENCE
    )


def test_it_serves_this_machine_alone_until_it_is_ended(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        page = asked(url + "/")
        assert page.status_code == 200
        listening = _listening(process.pid)
        assert listening == {"0100007F"}, "127.0.0.1 and nothing else"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) in (0, 130)


def _listening(process: int) -> set[str]:
    """The addresses that this process listens at, as the kernel writes them."""
    sockets = set()
    for handle in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(handle))
            sockets.add(found[1] if found else "")
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and columns[9] in sockets:
                found.add(columns[1].split(":")[0])
    return found


def test_killed_and_started_again_it_goes_on_in_mid_byte(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port=port) as (process, url):
        first = asked(f"{url}/night/{NIGHT}.mp3", headers={"range": "bytes=0-400000"})
        process.kill()
    with serving(tmp_path, port=port) as (_, url):
        rest = asked(
            f"{url}/night/{NIGHT}.mp3",
            headers={"range": "bytes=400001-", "if-range": first.headers["etag"]},
        )
    assert rest.status_code == 206
    kept = lullaby(tmp_path, "render", QUIET, "--date", "2026-11-30", "--sleeper", "none", "--length", "90",
                   "--for-use", "stream", "-o", str(tmp_path / "kept.mp3"))  # fmt: skip
    assert kept.returncode == 0, kept.stderr
    assert first.content + rest.content == (tmp_path / "kept.mp3").read_bytes()


def test_nothing_is_written_by_who_listens(tmp_path: Path) -> None:
    """No log of who listened when: the home is as it was, whatever is played."""
    home = tmp_path / "home"
    with serving(home) as (_, url):
        asked(url + "/")
        before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        asked(f"{url}/night/{NIGHT}.mp3")
        asked(f"{url}/?play={NIGHT}")
        after = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert after == before


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = lullaby(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert said.returncode == 1
    assert "--port" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["serve", "--port", "0"], 2, "65535"),
        (["serve", "nothing-of-this-name"], 2, "nothing-of-this-name"),
        (["serve", "./a.toml"], 2, "a.toml"),
        (["serve", "--for", "nobody"], 2, "nobody"),
        (["serve", "--host", "http://x"], 2, "--host"),
        (["serve", "--pair", "--port", "1"], 1, "serve --lan"),
        (["rooms", "add", "kitchen", "kitchen.local:2045", "123456"], 2, "number"),
        (["rooms", "add", "here", "192.168.1.7:2045", "123456"], 2, "here"),
        (["rooms", "remove", "attic"], 2, "attic"),
        (["rooms", "stop", "--in", "attic"], 2, "attic"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    says: str,
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    said = typing(capsys)(*words)
    assert said.code == code, said.err
    assert says in said.err
    assert "should not have happened" not in said.err


def test_without_its_libraries_it_says_what_to_type(tmp_path: Path) -> None:
    hidden = "import importlib.util as u; f = u.find_spec\n"
    hidden += "u.find_spec = lambda n, *a: None if n == 'starlette' else f(n, *a)\n"
    hidden += "import sys; from lullaby.cli import main; sys.exit(main(['serve']))"
    env = {**os.environ, "LULLABY_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", hidden], env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert said.returncode == 1
    assert "pip install '.[serve]'" in said.stderr


# how it is wired together


@pytest.fixture
def kim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    add_person(Person(name="kim", birth_year=1980))
    return "kim"


SMALL_HOURS = "2026-12-01T02:00:00"
"""Of the evening of the thirtieth."""


def test_what_a_listener_has_decided_is_asked_for_whoever_is_named(
    kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided: list[tuple[str | None, datetime.date, bool]] = []

    def left(listener: str | None, evening: datetime.date, *, anyway: bool) -> None:
        decided.append((listener, evening, anyway))
        raise Enough("Enough for tonight; sleep well.")

    monkeypatch.setattr("lullaby.evening.enough.left_now", left)
    house = house_of(parsed(["serve", QUIET, "--for", kim]), Bedside(at(SMALL_HOURS)))
    for wanted in (house.tonight(None), house.tonight("mia"), Wanted((QUIET,))):
        with pytest.raises(Enough):
            house.nights.served(wanted)
    evening = datetime.date(2026, 11, 30)
    assert decided == [(kim, evening, False), ("mia", evening, False), (None, evening, False)]


def test_tonight_is_made_ready_anew_every_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, made = at("2026-11-30T21:59:00"), []
    moments = iter(["2026-11-30T22:01:00", SMALL_HOURS, "2026-12-01T19:00:00", "2026-12-01T19:02:00"])

    class Over(Exception):
        """There are no more moments."""

    def made_ready(wanted: Wanted) -> Any:
        made.append(wanted.date)
        if len(made) == 1:
            raise CouldNot("the story is away.")  # and the next evening it is tried again
        return SimpleNamespace(file=lambda ending: ending, tag=lambda ending: ending, cover=b"")

    def slept(seconds: float) -> None:
        if (moment := next(moments, None)) is None:
            raise Over
        clock.to(moment)

    house = house_of(parsed(["serve", QUIET]), Bedside(clock))
    monkeypatch.setattr(house.nights, "served", made_ready)
    monkeypatch.setattr(house.stretches, "get_ready", lambda file, tag: None)
    monkeypatch.setattr("lullaby.cli.serving.server.time.sleep", slept)
    with pytest.raises(Over):
        _keep_ready(house, Bedside(clock))
    assert made == [datetime.date(2026, 11, 30), datetime.date(2026, 12, 1)]


def test_what_is_typed_is_what_is_served(kim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr("lullaby.web.app.app_of", lambda house, **more: given.update(more, house=house))
    monkeypatch.setattr("lullaby.web.server.server_of", lambda app: SimpleNamespace(run=lambda sockets: None))
    monkeypatch.setattr("lullaby.cli.serving.server._keep_ready", lambda *_: None)
    port = free_port()
    asked = ["serve", QUIET, "--for", kim, "--host", "bed.lan", "--port", str(port)]
    assert main(asked, at(SMALL_HOURS)) == 0
    assert given["hosts"] == ["bed.lan"]
    house = given["house"]
    assert (house.pairs_for, house.listener, house.words) == (kim, kim, (QUIET,))
    assert str(house.tonight(None)) == f"{QUIET}~date=2026-11-30~for=kim"


def test_rooms_begin_this_evenings_night_for_whom_it_was_said(
    kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_room("kitchen", "192.168.1.7:2045", "a-token-of-the-test")
    begun: list[tuple[list[str], str]] = []

    def begin(rooms: list[Room], wanted: Wanted) -> dict[str, str | None]:
        begun.append(([room.name for room in rooms], str(wanted)))
        return {room.name: None for room in rooms}

    monkeypatch.setattr("lullaby.web.rooms.together.begin_together", begin)
    assert main(["rooms", "begin", "rain", "--for", kim, "--in", "kitchen"], at(SMALL_HOURS)) == 0
    assert main(["rooms", "begin"], at(SMALL_HOURS)) == 0
    assert begun == [
        (["kitchen"], "rain~date=2026-11-30~for=kim"),
        (["here", "kitchen"], f"{DEFAULT}~date=2026-11-30"),
    ]


def test_a_story_is_told_to_whom_the_address_names(kim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        "lullaby.evening.narration.alone.story_evening", lambda request, *_: told.append(request)
    )
    address = "a-goat-upstairs~date=2026-11-30~for=kim~seed=3~sleeper=slow"
    evening_for(Wanted.read(address), Bedside(at(SMALL_HOURS)))
    (request,) = told
    assert (request.listener, request.seed, request.sleeper) == (kim, 3, "slow")
    assert request.date == datetime.date(2026, 11, 30)


# phones: the same app, to which nobody is the owner of the machine


class QuietRoom:
    """A room in which nothing is ever heard: it notes what is asked of it."""

    def __init__(self, name: str = "here") -> None:
        self.name = name
        self.done: list[tuple[str, Any]] = []
        self.level, self.plays = -6.0, "playing"

    def state(self) -> RoomState:
        return RoomState(self.plays, title="Rain", volume=self.level)

    def begin(self, wanted: Wanted) -> None:
        self.done.append(("begin", str(wanted)))

    def ready(self, wanted: Wanted) -> None:
        self.done.append(("ready", str(wanted)))

    def sound(self, at: float) -> None:
        self.done.append(("sound", at))

    def stop(self) -> None:
        self.done.append(("stop", None))

    def more(self) -> None:
        self.done.append(("more", None))

    def awake(self) -> None:
        self.done.append(("awake", None))

    def volume(self, gain_db: float) -> None:
        self.done.append(("volume", gain_db))


class Home:
    """A house, the address it is asked at, and its room."""

    def __init__(self, folder: Path) -> None:
        self.room, self.attic = QuietRoom(), QuietRoom("attic")
        self.paired = Paired(folder / "web" / "paired.json")
        self.house = House(
            nights=Nights(ask),
            stretches=Stretches(),
            paired=self.paired,
            pairing=Pairing(boot_time),
            clock=WallClock(),
            rooms=lambda: {"here": self.room, "attic": self.attic},
            words=(QUIET,),
        )
        self.url = ""

    def phone(self, token: str | None = None) -> httpx.Client:
        cookies = {} if token is None else {"lullaby": token}
        return httpx.Client(
            base_url=self.url, cookies=cookies, timeout=PATIENCE, headers={"origin": self.url}
        )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    found = Home(tmp_path)
    with served(app_of(found.house, is_own=lambda address: False)) as found.url:
        yield found


def test_a_phone_is_paired_by_the_code_and_stays_so_until_all_are_forgotten(home: Home) -> None:
    html = {"accept": "text/html"}
    with home.phone() as phone:
        shown = phone.get("/", headers=html)
        assert shown.status_code == 401
        assert 'name="code"' in shown.text
        assert phone.get(f"/night/{NIGHT}.mp3").status_code == 401
        code = home.house.pairing.code()
        wrong = phone.post("/pair", data={"code": "000000" if code != "000000" else "111111"})
        assert wrong.status_code == 403
        assert "serve --pair" in wrong.text
        done = phone.post("/pair", data={"code": code, "name": "mine"})
        assert done.status_code == 303
        kept = done.headers["set-cookie"]
        assert "HttpOnly" in kept
        assert "SameSite=Strict" in kept
        assert phone.get("/", headers=html).status_code == 200
        assert phone.head(f"/night/{NIGHT}.mp3").status_code == 200
        assert phone.post("/rooms/here/stop").status_code == 200
    with home.phone() as other:
        assert other.post("/pair", data={"code": code}).status_code == 403, "a code works once"
    home.paired.forget()
    with home.phone() as phone:
        phone.cookies.update(done.cookies)
        assert phone.get("/", headers=html).status_code == 401
    assert home.room.done == [("stop", None)]


def test_a_page_from_elsewhere_changes_nothing(home: Home) -> None:
    token = home.paired.add("mine")
    with home.phone(token) as phone:
        for origin in ("http://evil.example", "null", home.url.replace("127.0.0.1", "localhost")):
            assert phone.post("/rooms/here/stop", headers={"origin": origin}).status_code in (403, 421)
        assert phone.post("/rooms/stop", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert home.room.done == []


def test_a_childs_phone_plays_its_own_nights_and_only_softer(home: Home) -> None:
    add_person(Person(name="mia", birth_year=WallClock().now().year - 5))
    token = home.paired.add("mia's", listener="mia", child=True)
    mine = f"{QUIET}~date={home.house.evening}~for=mia"
    grown = f"{QUIET}~date={home.house.evening.replace(year=home.house.evening.year + 30, day=1)}~for=mia"
    with home.phone(token) as phone:
        page = phone.get("/", headers={"accept": "text/html"}).text
        assert 'id="softer"' in page
        assert "Scores" not in page
        assert phone.head(f"/night/{mine}.mp3").status_code == 200
        assert phone.head(f"/night/{NIGHT}.mp3").status_code == 403
        assert phone.get("/feed.xml").status_code == 403
        assert phone.head(f"/night/{grown}.mp3").status_code == 403
        assert phone.post("/rooms/here/begin", data={"night": grown}).status_code == 404
        assert grown not in phone.get("/", params={"play": grown}, headers={"accept": "text/html"}).text
        assert phone.post("/rooms/here/volume", data={"db": "-3"}).status_code == 404
        assert phone.post("/rooms/here/volume", data={"db": "-9"}).status_code == 200
        assert phone.post("/rooms/here/begin", data={"night": NIGHT}).status_code == 404
        assert phone.post("/rooms/here/begin", data={"night": mine}).status_code == 200
        assert phone.post("/rooms/here/more").status_code == 403
        assert phone.post("/rooms/here/stop").status_code == 200
    assert home.room.done == [("volume", -9.0), ("begin", mine), ("stop", None)]


def test_another_lullaby_is_paired_as_a_room_and_asks_by_its_token(home: Home) -> None:
    code = home.house.pairing.code()
    with home.phone() as other:
        token = other.post("/pair", data={"code": code}, headers={"accept": "application/json"}).json()[
            "token"
        ]
    with httpx.Client(base_url=home.url, headers={"authorization": f"Bearer {token}"}) as room:
        said = room.get("/rooms.json").json()
        assert [one["name"] for one in said["rooms"]] == ["here"]
        assert room.post("/rooms/here/volume", json={"db": -12}).json() == {}
        assert room.post("/rooms/here/volume", json={"db": 12}).status_code == 404
        assert room.post("/rooms/here/dance", json={}).status_code == 404
    assert home.room.done == [("volume", -12.0)]


def test_a_phone_is_paired_for_whom_the_code_was(home: Home) -> None:
    add_person(Person(name="mia", birth_year=WallClock().now().year - 5))
    for listener, accept in (("mia", "text/html"), (None, "application/json")):
        home.house.pairs_for = listener
        told = {"code": home.house.pairing.code(), "name": "mine"}
        with home.phone() as phone:
            phone.post("/pair", data=told, headers={"accept": accept})
    assert home.paired.phones == (Phone("mine", "mia", child=True), Phone("mine", kind="room"))


def test_every_room_is_begun_and_stopped_and_another_lullaby_is_told_of_this_one_alone(home: Home) -> None:
    with home.phone(home.paired.add("kitchen", kind="room")) as other:
        assert [one["name"] for one in other.get("/rooms.json").json()["rooms"]] == ["here"]
    with home.phone(home.paired.add("mine", listener="kim")) as phone:
        assert [one["name"] for one in phone.get("/rooms.json").json()["rooms"]] == ["here", "attic"]
        home.room.plays = home.attic.plays = "ready"
        assert phone.post("/rooms/begin").json() == {"here": None, "attic": None}
        assert phone.post("/rooms/stop").json() == {"here": None, "attic": None}
    ready, (sound, moment), stop = home.room.done
    assert ready == ("ready", f"{QUIET}~date={home.house.evening}~for=kim")
    assert (sound, stop) == ("sound", ("stop", None))
    assert home.attic.done == home.room.done
    assert abs(moment - WallClock().now().timestamp()) < PATIENCE


def test_the_page_is_for_whom_it_was_chosen_in_the_language_of_who_reads_it(home: Home) -> None:
    for name in ("kim", "mia"):
        add_person(Person(name=name, birth_year=WallClock().now().year - 30))
    html = {"accept": "text/html", "accept-language": "de"}
    faded = f"{QUIET}~date=2026-11-30~for=mia~length=5400~faders=pink-noise:-3~from=60"
    with home.phone(home.paired.add("ours")) as phone:
        for query in ("for=mia", f"play={faded}"):
            shown = phone.get(f"/?{query}", headers=html).text
            assert '<html lang="de">' in shown
            assert 'name="for" value="mia" aria-current="true"' in shown
            others = re.findall('name="play" value="([^"]*)"', shown)
            assert len(others) > 20
            assert all("~for=mia" in one for one in others)
        assert f'src="/night/{QUIET}~date=2026-11-30~for=mia~length=5400.jpg"' in shown
        assert re.search('id="length"[^>]*>1 h 30 min<', shown)
        assert f"<h3>{words('de')['room_here']}</h3>" in shown
    with home.phone(home.paired.add("kim's", "kim", child=True)) as phone:
        for query in ("", "?for=mia", f"?play={faded}"):
            shown = phone.get(f"/{query}", headers=html).text
            assert f"{QUIET}~date={home.house.evening}~for=kim" in shown
            assert "mia" not in shown


def test_an_app_for_podcasts_has_the_feed_and_its_nights_by_a_key(home: Home) -> None:
    import feedparser

    token = home.paired.add("mine")
    with home.phone(token) as phone:
        address = phone.get("/feed").text.strip()
    feed = feedparser.parse(httpx.get(address, timeout=PATIENCE).content)
    assert not feed.bozo
    assert len(feed.entries) == 3
    days = [home.house.evening - datetime.timedelta(days=ago) for ago in range(3)]
    links = [entry.enclosures[0].href.partition("?")[0] for entry in feed.entries]
    assert links == [f"{home.url}/night/{QUIET}~date={day}.mp3" for day in days]
    (enclosure,) = feed.entries[0].enclosures
    assert enclosure.type == "audio/mpeg"
    head = httpx.head(enclosure.href, timeout=PATIENCE)
    assert (head.status_code, head.headers["content-length"]) == (200, enclosure.length)
    assert httpx.head(enclosure.href.partition("?")[0], timeout=PATIENCE).status_code == 401
    other = enclosure.href.replace("pink-noise:-10", "pink-noise:-9")
    assert httpx.head(other, timeout=PATIENCE).status_code == 401, "a key opens one night"


def test_a_code_is_shown_for_who_is_named(home: Home, kim: str, capsys: pytest.CaptureFixture[str]) -> None:
    with served(app_of(home.house)) as here:
        asked = ["serve", "--pair", kim, "--json", "--port", here.rpartition(":")[2]]
        assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["for"], home.house.pairs_for) == (kim, kim)
    assert home.house.pairing.takes(said["code"])


def test_only_the_machine_itself_shows_a_code(home: Home) -> None:
    with home.phone(home.paired.add("mine")) as phone:
        assert phone.post("/code").status_code == 403


def test_the_page_says_a_mistake_and_goes_on(home: Home) -> None:
    with home.phone(home.paired.add("mine")) as phone:
        for query in ("play=../../etc", "play=rain~seed=x", "for=nobody-here", "like=rain"):
            shown = phone.get(f"/?{query}", headers={"accept": "text/html"})
            assert shown.status_code == 400
            assert 'id="play"' in shown.text


def test_it_plays_without_a_script(home: Home) -> None:
    with home.phone(home.paired.add("mine")) as phone:
        shown = phone.get(f"/?play={NIGHT}&timer=1", headers={"accept": "text/html"}).text
        source = re.search(r'<audio[^>]*src="([^"]*)"[^>]*autoplay', shown)
        assert source is not None
        answer = phone.head(source[1].replace("&#x27;", "'"))
        assert answer.status_code == 200
        stop = re.search(r'<form id="stop" action="/"[^>]*>', shown)
        assert stop is not None
        assert "hidden" not in stop[0]


def test_everything_of_the_page_is_less_than_sixty_kilobytes(home: Home) -> None:
    with home.phone(home.paired.add("mine")) as phone:
        html = phone.get("/", headers={"accept": "text/html"})
        parts = re.findall(r'(?:src|href)="(/[\w.-]+\.(?:css|js|svg))"', html.text)
        assert parts
        assert len(html.content) + sum(len(phone.get(part).content) for part in parts) < 60_000


@pytest.mark.parametrize(
    "path", ["/", "/pair", "/style.css", "/rooms.json", f"/night/{NIGHT}.json", "/nothing"]
)
def test_a_scanner_for_headers_finds_nothing(home: Home, path: str) -> None:
    with home.phone(home.paired.add("mine")) as phone:
        headers: Mapping[str, str] = phone.get(path, headers={"accept": "text/html"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "server" not in headers or not re.search(r"\d", headers["server"])
    assert "x-powered-by" not in headers


def test_tonight_without_is_no_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its listener has decided holds here, too."""

    def may(_: Wanted) -> None:
        raise Enough("Tonight is one of your quiet nights, so nothing plays. Sleep well.")

    monkeypatch.setattr(home.house.nights, "_may", may)
    with home.phone(home.paired.add("mine")) as phone:
        answer = phone.get(f"/night/{NIGHT}.mp3")
    assert answer.status_code == 403
    assert "Sleep well" in answer.text


def test_a_file_that_is_damaged_is_said_and_no_answer_is_a_traceback(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from lullaby.errors import CouldNot

    monkeypatch.delenv("LULLABY_DEBUG", raising=False)

    def damaged(*_: object) -> Any:
        raise CouldNot("rooms.json: this is not a list of rooms any more.")

    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(home.house, "rooms", damaged)
    monkeypatch.setattr(home.paired, "key_for", damaged)
    with home.phone(home.paired.add("mine")) as phone:
        rooms = phone.get("/rooms.json")
        assert rooms.status_code == 503
        assert "list of rooms" in rooms.json()["error"]
        assert phone.get("/feed").status_code == 503
        monkeypatch.setattr(home.house, "rooms", broken)
        assert phone.get("/rooms.json").status_code == 500
    assert "Traceback" not in capfd.readouterr().err


def test_a_childs_phone_that_says_a_huge_number_is_told_no(home: Home) -> None:
    token = home.paired.add("mia's", listener="mia", child=True)
    with home.phone(token) as phone:
        for number in ("1" + "0" * 400, "1e999", "NaN", "-1e999"):
            answer = phone.post(
                "/rooms/here/volume",
                content=f'{{"db": {number}}}',
                headers={"content-type": "application/json"},
            )
            assert answer.status_code == 404, number
    assert home.room.done == []


def test_an_evening_on_which_nothing_is_to_be_heard_is_not_in_the_feed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    import feedparser

    from lullaby.evening.enough import Enough

    def may(wanted: Wanted) -> None:
        if wanted.date == home.house.evening:
            raise Enough("Tonight is one of your quiet nights, so nothing plays. Sleep well.")

    monkeypatch.setattr(home.house.nights, "_may", may)
    with home.phone(home.paired.add("mine")) as phone:
        answer = phone.get("/feed.xml")
    assert answer.status_code == 200
    titles = [entry.title for entry in feedparser.parse(answer.content).entries]
    assert len(titles) == 2
    assert not any(str(home.house.evening) in title for title in titles)


def test_no_room_is_seen_where_the_list_of_rooms_is_damaged(home: Home) -> None:
    """A page is there all the same; what is damaged is said where a room is asked for something."""
    from lullaby.web.rooms.known import add_room, known_rooms, rooms_file
    from lullaby.web.rooms.seen import Seen

    add_room("kitchen", "127.0.0.1:9", "not-yet-known")
    rooms_file().write_text("{")
    seen = Seen(known_rooms)  # type: ignore[arg-type]
    assert seen.now() == {}
    assert seen._looks is not None
    seen._looks.join(PATIENCE)


def test_a_phone_is_its_listeners_until_another_or_nobody_is_chosen(home: Home) -> None:
    for name in ("kim", "jo"):
        add_person(Person(name=name))
    home.house.listener = "jo"

    def night(phone: httpx.Client, query: str = "") -> str:
        shown = phone.get(f"/{query}", headers={"accept": "text/html"}).text
        found = re.search(r'data-id="([^"]*)"', shown)
        assert found is not None
        return found[1]

    with home.phone(home.paired.add("kim's", listener="kim")) as phone:
        assert "~for=kim" in night(phone)
        assert "~for=jo" in night(phone, "?for=jo")
        assert "~for=" not in night(phone, "?for=")
        assert "~for=" not in night(phone, f"?play={NIGHT}")
    with home.phone(home.paired.add("anybody's")) as phone:
        assert "~for=jo" in night(phone)


def test_a_phone_that_opens_the_page_stays_paired_for_another_year(home: Home) -> None:
    token = home.paired.add("mine")
    with home.phone(token) as phone:
        kept = phone.get("/", headers={"accept": "text/html"}).headers["set-cookie"]
        assert kept.startswith(f"lullaby={token};")
        assert "HttpOnly" in kept
        assert "set-cookie" not in phone.get("/rooms.json").headers
    with home.phone("not-" + token) as stranger:
        assert "set-cookie" not in stranger.get("/", headers={"accept": "text/html"}).headers


def test_a_code_is_shown_with_the_address_at_which_it_can_be_typed(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port=port) as (_, url):
        asked(f"{url}/style.css")
        said = lullaby(tmp_path, "serve", "--pair", "--port", str(port))
    assert said.returncode == 0
    assert f"http://127.0.0.1:{port}/pair" in said.stdout
    assert "serve --lan" in said.stderr


def test_what_goes_wrong_while_it_serves_is_no_matter_of_the_port() -> None:
    from lullaby.web.server import doors

    with pytest.raises(BrokenPipeError), doors(["127.0.0.1"], 0):
        raise BrokenPipeError
