"""Rooms: what plays in them, what they are asked, and what they do where somebody does not answer."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE
from rooms import TOKEN, QuietRoom, served

from lullaby.cli.parser import parsed
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.player.client import NothingPlays, ask
from lullaby.web.rooms import elsewhere
from lullaby.web.rooms.asked import all_rooms, do, facts_of_rooms, room_called
from lullaby.web.rooms.elsewhere import Elsewhere
from lullaby.web.rooms.here import Begun, Here
from lullaby.web.rooms.known import MOST, add_room, known_room, known_rooms, remove_room, rooms_file
from lullaby.web.rooms.pairing import pair_with
from lullaby.web.rooms.room import STATES, Room, RoomState
from lullaby.web.rooms.seen import Seen
from lullaby.web.rooms.together import begin_together, states, stop_all
from lullaby.web.rooms.typed import words_of
from lullaby.web.wanted import Wanted

NIGHT = Wanted(("rain", "sea:-6"))
STEADY = 'length = 01:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores/steady.toml").write_text(STEADY)
    return tmp_path


def paired(address: str, token: str = TOKEN) -> Elsewhere:
    return Elsewhere(known_room("kitchen", address, token))


# here


def until(so: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextlib.contextmanager
def this_machine() -> Iterator[Here]:
    here = Here(["--null", "1", "--sleeper", "none"])
    try:
        yield here
    finally:
        if here._begun is not None:
            here._begun.process.kill()
            here._begun.process.wait()
            assert here._begun.why_not is None


def test_a_night_that_is_begun_here_plays_and_is_replaced_and_stopped(home: Path) -> None:
    with this_machine() as here:
        assert here.state() == RoomState("idle")
        here.stop()  # nothing plays, so nothing is amiss
        with pytest.raises(CouldNot, match="nothing plays"):
            here.more()
        here.begin(Wanted(("plain",)))
        until(lambda: here.state().state == "playing")
        here.volume(-6.0)
        assert here.state().volume == -6
        with pytest.raises(CouldNot, match="no night is ready"):
            here.sound(time.time())
        here.begin(Wanted(("steady",), stop=1800.0, fade=60.0))
        until(lambda: here.state().state == "playing")
        found = here.state()
        assert found.title == "steady"
        assert found.left is not None
        assert 1700 < found.left <= 1800
        assert [name for name, _, _ in found.voices] == ["a"]
        here.stop()
        until(lambda: here.state().state == "idle")


def test_a_night_that_cannot_be_begun_says_why_in_one_line(home: Path) -> None:
    with this_machine() as here:
        with pytest.raises(AskedWrongly, match='no score and no voice "harbour-rian"') as said:
            here.begin(Wanted(("harbour-rian",)))
        assert "\n" not in str(said.value)
        assert here.state() == RoomState("idle", why=str(said.value)), "it is said as long as nothing plays"
        here.begin(Wanted(("steady",)))
        assert here.state().why is None


def test_what_is_still_being_made_can_be_stopped(home: Path) -> None:
    with this_machine() as here:
        here._begun = Begun(["steady", "--null", "1"], None)
        assert here.state().state == "opening"
        here.stop()
        until(lambda: here.state().state == "idle")


def test_a_night_is_typed_as_anybody_would(home: Path) -> None:
    wanted = Wanted.read(
        "rain+sea:-6~date=2026-11-27~for=kim~seed=7~sleeper=none~headphones=1~length=7200~from=60~to=3660~fade=300"
    )
    asked = parsed(["play", *words_of(wanted)])
    assert asked.night == ["rain", "sea:-6"]
    assert (asked.date, asked.listener, asked.seed) == (datetime.date(2026, 11, 27), "kim", 7)
    assert (float(asked.for_time), float(asked.fade), float(asked.start)) == (3600, 300, 60)
    assert asked.headphones
    assert float(asked.length) == 7200
    ritual = Wanted(("studio-hour",), circle="home", mood="tired", all_night="the neighbours")
    asked = parsed(["play", *words_of(ritual)])
    assert (asked.circle, asked.mood, asked.all_night) == ("home", "tired", "the neighbours")


def test_of_two_nights_at_once_one_is_refused(home: Path) -> None:
    here, said = Here(), list[str]()

    def begins() -> None:
        with pytest.raises(CouldNot) as refused:
            here.begin(NIGHT)
        said.append(str(refused.value))

    with here._one_at_a_time():
        other = threading.Thread(target=begins, daemon=True)
        other.start()
        other.join(PATIENCE)
    assert said == ["another night is just beginning here."]
    assert here._begun is None


# elsewhere


def test_another_lullaby_is_asked_over_http() -> None:
    room = QuietRoom(is_now=RoomState("playing", "Harbour", left=60.0, voices=(("rain", -6.0, 0.0),)))
    with served(room) as address:
        kitchen = paired(address)
        assert kitchen.state() == room.is_now
        kitchen.begin(NIGHT)
        kitchen.volume(-3.5)
        kitchen.more()
        kitchen.awake()
        kitchen.stop()
        assert [what for what, _ in room.asked] == ["begin", "volume", "more", "awake", "stop"]
        assert room.asked[:2] == [("begin", "rain+sea:-6"), ("volume", -3.5)]
        room.refuses = CouldNot("nothing plays.")
        with pytest.raises(CouldNot, match=r"^nothing plays\.$"):
            kitchen.more()
        with pytest.raises(CouldNot, match="pair them again"):
            paired(address, "another-token").stop()


@pytest.mark.parametrize("ahead", [0.0, -3.25, 86_400.0])
def test_the_moment_is_told_by_the_clock_that_is_there(ahead: float) -> None:
    room = QuietRoom()
    with served(room, lambda: elsewhere.now() + ahead) as address:
        kitchen = paired(address)
        kitchen.ready(NIGHT)
        kitchen.sound(2_000_000_000.0)
    assert room.asked[0] == ("ready", "rain+sea:-6")
    assert room.asked[1][1] - 2_000_000_000.0 == pytest.approx(ahead, abs=0.05)


ANSWERS = {
    "nothing": b"",
    "no HTTP": b"\x00\xff" * 400,
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "no table": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    "deep": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"[" * 200_000,
    "no rooms": b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"rooms":7}',
    "too much": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 3_000_000,
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "long header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_another_answers_is_no_more_than_away(answer: str) -> None:
    with answering(ANSWERS[answer]) as address:
        found = paired(address).state()
        assert found.state == "away"
        assert found.why is not None
        assert "\n" not in found.why
        assert len(found.why) < 200


def test_one_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then would keep each single wait short of any patience."""
    monkeypatch.setattr(Elsewhere._asked, "__defaults__", (None, 0.5))
    with answering(b"HTTP/1.1 200 OK\r\n", drips=True) as address:
        assert paired(address).state().state == "away"


@contextlib.contextmanager
def answering(content: bytes, drips: bool = False) -> Iterator[str]:
    """Answers with this, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = threading.Event()

        def run() -> None:
            with contextlib.suppress(OSError):
                line, _ = listener.accept()
                with line:
                    line.recv(1 << 16)
                    line.sendall(content)
                    while drips and not gone.wait(0.05):
                        line.sendall(b"X")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        gone.set()
        thread.join(PATIENCE)


# which there are


def test_rooms_are_kept_in_a_private_file(home: Path) -> None:
    assert known_rooms() == {}
    add_room("kitchen", "192.168.1.7:8080", TOKEN)
    add_room("nursery", "[fd00::1]:8080", TOKEN)
    assert [str(room.address) for room in known_rooms().values()] == ["192.168.1.7:8080", "[fd00::1]:8080"]
    if sys.platform != "win32":
        assert stat.S_IMODE(rooms_file().stat().st_mode) == 0o600
        assert stat.S_IMODE(rooms_file().parent.stat().st_mode) == 0o700
    assert TOKEN not in repr(known_rooms())
    assert list(all_rooms(Here(), known_rooms().values())) == ["here", "kitchen", "nursery"]
    remove_room("kitchen")
    assert list(known_rooms()) == ["nursery"]
    with pytest.raises(AskedWrongly, match='no room "kitchen"'):
        remove_room("kitchen")
    rooms_file().write_text('{"kitchen": 7}')
    with pytest.raises(CouldNot, match="not a list of rooms"):
        known_rooms()


def test_there_is_an_end_to_the_rooms(home: Path) -> None:
    for number in range(MOST):
        add_room(f"room {number}", f"192.168.1.{number + 7}:2045", TOKEN)
    add_room("room 3", "192.168.1.99:2045", TOKEN)  # one of the same name is no more
    with pytest.raises(AskedWrongly, match=f"{MOST} rooms"):
        add_room("one more", "192.168.1.98:2045", TOKEN)
    assert len(known_rooms()) == MOST


def test_one_room_is_not_kept_twice(home: Path) -> None:
    add_room("kitchen", "192.168.1.7:2045", TOKEN)
    for name, address in (("Kitchen", "192.168.1.8:2045"), ("attic", "192.168.1.7:2045")):
        with pytest.raises(AskedWrongly, match="that room already"):
            add_room(name, address, TOKEN)
    assert list(known_rooms()) == ["kitchen"]


def test_a_lullaby_that_takes_the_code_is_a_room_from_then_on(home: Path) -> None:
    with answering(b'HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n{"token": "given-by-kitchen"}') as address:
        assert pair_with("kitchen", address, "123 456").address == address
    assert known_rooms()["kitchen"].token == "given-by-kitchen"
    refused = b'HTTP/1.1 403 Forbidden\r\nContent-Length: 30\r\n\r\n{"error": "wrong or too late"}'
    with answering(refused) as address, pytest.raises(CouldNot, match="wrong or too late"):
        pair_with("nursery", address, "123456")
    with pytest.raises(CouldNot, match="nobody answers"):
        pair_with("nursery", address, "123456")
    for name, code in (("here", "123456"), ("nursery", "12345"), ("nursery", "١٢٣٤٥٦")):
        with pytest.raises(AskedWrongly):
            pair_with(name, address, code)
    assert list(known_rooms()) == ["kitchen"]


WRONG = ("kitchen:8080", "192.168.1.7", "93.184.216.34:80", "192.168.1.7:0", "192.168.1.7:80/x", "0.0.0.0:80")


@pytest.mark.parametrize("address", [*WRONG, "a@192.168.1.7:80", "192.168.1.7:99999", "", "224.0.0.1:80"])
def test_an_address_is_in_numbers_and_in_the_home(address: str) -> None:
    with pytest.raises(AskedWrongly):
        known_room("kitchen", address, TOKEN)


@pytest.mark.parametrize("name", ["here", "stop", "", "a/b", "..", "a\n", "x" * 41])
def test_a_room_has_a_name_that_fits_into_an_address(name: str) -> None:
    with pytest.raises(AskedWrongly):
        known_room(name, "192.168.1.7:80", TOKEN)


# what is asked


def test_what_a_page_asks_is_done() -> None:
    room = QuietRoom()
    for word, said in (
        ("begin", {"night": "harbour-rain~for=kim"}),
        ("begin", {"night": "plain", "ready": "1"}),
        ("begin", {"at": "2000.5"}),
        ("volume", {"db": "-6"}),
        ("volume", {"db": 0}),
        ("more", {}),
    ):
        do(room, word, said)
    assert room.asked == [
        ("begin", "harbour-rain~for=kim"),
        ("ready", "plain"),
        ("sound", 2000.5),
        ("volume", -6.0),
        ("volume", 0.0),
        ("more", None),
    ]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("shout", {}),
    ("begin", {}),
    ("begin", {"night": "../../etc/passwd"}),
    ("begin", {"night": "--log=x"}),
    ("begin", {"night": ["rain"]}),
    ("begin", {"night": "rain", "at": 1}),
    ("begin", {"at": "nan"}),
    ("begin", {"at": True}),
    ("volume", {"db": 3}),
    ("volume", {"db": "-inf"}),
    ("volume", {"db": "9" * 5000}),
    ("volume", {}),
    ("stop", {"now": 1}),
]


@pytest.mark.parametrize(("word", "said"), REFUSED)
def test_what_makes_no_sense_is_refused(word: str, said: dict[str, Any]) -> None:
    room = QuietRoom()
    with pytest.raises(AskedWrongly) as error:
        do(room, word, said)
    assert len(str(error.value)) < 300
    assert room.asked == []


def test_a_room_that_is_not_there_is_named() -> None:
    with pytest.raises(AskedWrongly, match='no room "kichen"') as error:
        room_called({"here": QuietRoom(), "kitchen": QuietRoom("kitchen")}, "kichen")
    assert 'Did you mean "kitchen"' in str(error.value)


def test_what_a_room_says_survives_the_way_to_another() -> None:
    state = RoomState("fading", "Ä", 1.0, 2.0, 3.0, -6.0, "a", "b", "n2", (("rain", None, 1.0),))
    facts = json.loads(json.dumps(facts_of_rooms([QuietRoom(is_now=state)], lambda: 5.0)))
    assert facts["now"] == 5.0
    assert RoomState.read(facts["rooms"][0]) == state


def test_what_a_stranger_says_is_bounded() -> None:
    said = {
        "state": ["x"],
        "title": "a\x1b[31m" * 1000,
        "left": float("inf"),
        "at": True,
        "voices": [7] * 10_000,
    }
    found = RoomState.read(said)
    assert (found.state, found.left, found.at, found.voices) == ("away", None, None, ())
    assert found.title is not None
    assert len(found.title) <= 400
    assert "\x1b" not in found.title


# together


class Stuck(QuietRoom):
    """Never answers."""

    def __init__(self, name: str, until: threading.Event) -> None:
        super().__init__(name)
        self._until = until

    def state(self) -> RoomState:
        self._until.wait(PATIENCE)
        return RoomState()

    def ready(self, wanted: Wanted) -> None:
        self._until.wait(PATIENCE)

    stop = more = awake = state  # type: ignore[assignment]


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    until = threading.Event()
    yield Stuck("cellar", until)
    until.set()


def test_a_room_that_does_not_answer_holds_up_no_fade(stuck: Stuck, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are asked to stop before it has been given up."""
    monkeypatch.setattr("lullaby.web.rooms.together.ANSWERS", 2 * PATIENCE)
    rooms: list[Room] = [stuck, QuietRoom("here"), QuietRoom("kitchen")]
    stopping = threading.Thread(target=stop_all, args=(rooms,), daemon=True)
    stopping.start()
    for room in rooms[1:]:
        assert isinstance(room, QuietRoom)
        assert room.heard.wait(PATIENCE)
    assert stopping.is_alive(), "it waits for the one that does not answer, and by then all others have begun"
    stuck._until.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


def test_who_does_not_answer_is_away_and_says_so(stuck: Stuck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lullaby.web.rooms.together.ANSWERS", 0.3)
    found = states([stuck, QuietRoom()])
    assert found["here"].state == "idle"
    assert found["cellar"] == RoomState("away", why="cellar does not answer.")
    assert stop_all([stuck, QuietRoom()]) == {"cellar": "cellar does not answer.", "here": None}


def test_all_that_are_ready_are_told_one_moment_and_the_others_are_left_out(stuck: Stuck) -> None:
    one, two = QuietRoom("one"), QuietRoom("two")
    wrong = QuietRoom("wrong", refuses=AskedWrongly("there is no device there."))
    done = begin_together([one, stuck, wrong, two], NIGHT, patience=0.5, clock=lambda: 1000.0)
    assert done == {
        "one": None,
        "two": None,
        "cellar": "cellar does not answer.",
        "wrong": "there is no device there.",
    }
    assert one.asked == two.asked == [("ready", "rain+sea:-6"), ("sound", 1001.0)]


def test_a_room_that_is_late_does_not_come_in_by_itself_later() -> None:
    late = QuietRoom("late")

    def opens(wanted: Wanted) -> None:
        late.is_now = RoomState("opening")

    late.ready = opens  # type: ignore[method-assign]
    assert begin_together([late], NIGHT, patience=0.3)["late"] is not None
    assert late.heard.wait(PATIENCE)
    assert late.asked == [("stop", None)]


def test_only_what_is_over_or_away_cannot_be_stopped() -> None:
    assert {state for state in STATES if not RoomState(state).plays} == {"idle", "away"}


def test_who_opens_a_page_waits_for_no_room_and_sees_it_once_it_answers(stuck: Stuck) -> None:
    here = QuietRoom(is_now=RoomState("playing", title="Rain"))
    seen = Seen(lambda: {"here": here, "cellar": stuck})
    assert seen.now() == {"here": RoomState("away"), "cellar": RoomState("away")}
    stuck._until.set()
    until(lambda: seen.now() == {"here": here.is_now, "cellar": RoomState()})
    here.is_now = RoomState("idle")
    until(lambda: seen.now()["here"] == RoomState("idle"))


def test_a_player_that_is_begun_outlives_whoever_began_it(home: Path) -> None:
    """In a session of its own: a server that is killed takes no night along."""
    with this_machine() as here:
        here.begin(Wanted(("steady",)))
        assert here._begun is not None
        pid = here._begun.process.pid
        assert os.getsid(pid) == pid != os.getsid(0)
        assert Here().state().plays, "another server finds it"
        ask({"do": "stop"}, PATIENCE)
        until(lambda: here.state().state == "idle")


def test_where_no_process_can_be_begun_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("lullaby.web.rooms.here.subprocess.Popen", full)
    monkeypatch.setattr("lullaby.web.rooms.here.ask", _nothing_plays)
    with pytest.raises(CouldNot, match="temporarily unavailable"):
        Here().begin(Wanted.read("rain"))


def _nothing_plays(*_: object) -> None:
    raise NothingPlays
