"""The door of the player: what is right is done and answered, whatever else comes in is told so or let go."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PATIENCE
from nights import night_of
from players import NIGHT

from lullaby.errors import CouldNot
from lullaby.player import Player, door, door_path
from lullaby.player.client import NothingPlays, ask
from lullaby.player.door import CLIENTS, LONGEST_LINE, Door, PlaysAlready
from lullaby.player.refused import Refused
from lullaby.player.words import Words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a door is a Unix socket")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lullaby-") as name:
        monkeypatch.setenv("LULLABY_HOME", name)
        yield Path(name)


class SomePlayer:
    """A thread that does what it is asked, as a player's does, and a number that requests change."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.seen: list[Any] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def _run(self) -> None:
        while (what := self._asked.get()) is not None:
            self.may_go_on.wait(PATIENCE)
            what()

    def ask(self, what: Callable[[], None]) -> None:
        self._asked.put(what)

    def do(self, request: object) -> dict[str, Any]:
        self.seen.append(request)
        if request == {"do": "fail"}:
            raise ZeroDivisionError
        if request == {"do": "refuse"}:
            raise Refused("no")
        return {"seen": len(self.seen)}

    def close(self) -> None:
        self.may_go_on.set()
        self._asked.put(None)
        self._thread.join(PATIENCE)


@pytest.fixture
def player(home: Path) -> Iterator[SomePlayer]:
    found = SomePlayer()
    with Door() as opened:
        opened.serve(found.ask, found.do)
        yield found
    found.close()


@contextlib.contextmanager
def client() -> Iterator[socket.socket]:
    path = door_path.found()
    assert path is not None
    with socket.socket(socket.AF_UNIX) as found:
        found.settimeout(PATIENCE)
        found.connect(str(path))
        yield found


def said(one: socket.socket, lines: bytes, answers: int = 1) -> list[dict[str, Any]]:
    one.sendall(lines)
    return [answer_of(one) for _ in range(answers)]


def answer_of(one: socket.socket) -> dict[str, Any]:
    got = b""
    while not got.endswith(b"\n"):
        more = one.recv(1)
        assert more, "let go without an answer"
        got += more
    found: dict[str, Any] = json.loads(got)
    return found


def is_let_go(one: socket.socket) -> bool:
    try:
        while one.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def test_a_line_is_answered_by_a_line_in_order(player: SomePlayer) -> None:
    with client() as one:
        assert said(one, b'{"do": "a"}\n\r\n{"do": "b"}\n{"do": "c"}\n', 3) == [
            {"seen": n} for n in (1, 2, 3)
        ]
    assert player.seen == [{"do": word} for word in "abc"]


def test_a_last_line_needs_no_end(player: SomePlayer) -> None:
    with client() as one:
        one.sendall(b'{"do": "a"}')
        one.shutdown(socket.SHUT_WR)
        assert answer_of(one) == {"seen": 1}
        assert is_let_go(one)


NO_JSON = [
    b"hello",
    b"{",
    b"\xff\xfe\x00",
    b'{"do": NaN}',
    b'{"do": Infinity}',
    b"[" * 60_000,
    b"9" * 60_000,
    b"GET / HTTP/1.1",
    b'{"do": "a"} {"do": "b"}',
]


@pytest.mark.parametrize("line", NO_JSON, ids=lambda line: repr(line[:12]))
def test_what_is_no_json_is_told_so_and_the_next_line_counts(player: SomePlayer, line: bytes) -> None:
    with client() as one:
        wrong, right = said(one, line + b'\n{"do": "a"}\n', 2)
    assert "JSON" in wrong["error"]
    assert right == {"seen": 1}


def test_what_goes_wrong_inside_is_answered_too(player: SomePlayer) -> None:
    with client() as one:
        answers = said(one, b'{"do": "fail"}\n{"do": "refuse"}\n{"do": "a"}\n', 3)
    assert "ZeroDivisionError" in answers[0]["error"]
    assert answers[1:] == [{"error": "no"}, {"seen": 3}]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_without_end_is_let_go(player: SomePlayer, end: bytes) -> None:
    with client() as one:
        with contextlib.suppress(ConnectionError):  # it is let go before all of it was sent
            one.sendall(b'"' + b"x" * LONGEST_LINE + end)
        assert "at most" in answer_of(one)["error"]
        assert is_let_go(one)
    assert ask({"do": "a"}) == {"seen": 1}


def test_who_sends_half_a_line_is_let_go(player: SomePlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.2)
    with client() as half, client() as idle:
        half.sendall(b'{"do": ')
        assert is_let_go(half)
        assert said(idle, b'{"do": "a"}\n') == [{"seen": 1}]


def test_who_goes_without_waiting_is_nobodys_trouble(player: SomePlayer) -> None:
    player.may_go_on.clear()
    with client() as one:
        one.sendall(b'{"do": "a"}\n{"do": "b"}\n')
    player.may_go_on.set()
    assert "seen" in ask({"do": "c"})


def test_fifty_at_once_are_all_answered(player: SomePlayer) -> None:
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(client()) for _ in range(50)]
        for one in many:
            one.sendall(b'{"do": "a"}\n')
        assert {answer_of(one)["seen"] for one in many} == {*range(1, 51)}


def test_idle_ones_keep_nobody_out(player: SomePlayer) -> None:
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(client()) for _ in range(CLIENTS + 5)]
        assert ask({"do": "a"}) == {"seen": 1}
        assert is_let_go(many[0])


def test_a_flood_of_requests_is_paced(player: SomePlayer) -> None:
    """Each client has one request with the player at a time, and others are answered meanwhile."""
    with client() as flood:
        flood.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for _ in range(10_000):
                flood.send(b'{"do": "a"}\n' * 100)
        for _ in range(5):
            ask({"do": "b"})
        assert len(player.seen) < 1_000


def test_a_player_that_hangs_is_said_to(player: SomePlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.2)
    player.may_go_on.clear()
    with pytest.raises(CouldNot, match=r"the player does not answer\.") as raised:
        ask({"do": "a"})
    assert raised.value.exit_code == 1
    player.may_go_on.set()
    assert "seen" in ask({"do": "b"})


def test_at_the_end_whoever_waits_is_told(home: Path) -> None:
    found = SomePlayer()
    found.may_go_on.clear()
    opened = Door()
    opened.serve(found.ask, found.do)
    with client() as one:
        one.sendall(b'{"do": "a"}\n')
        end = time.monotonic() + PATIENCE
        while not any(waiting.asked for waiting in list(opened._clients)):
            assert time.monotonic() < end
        opened.close()
        assert answer_of(one) == {"error": "the player has ended"}
    found.close()
    with pytest.raises(NothingPlays):
        ask({"do": "a"})


def test_nobody_else_gets_in(player: SomePlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = door_path.found()
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    monkeypatch.setattr(door, "_user", lambda one: os.geteuid() + 1)
    with client() as one:
        assert is_let_go(one)
    assert player.seen == []


def test_a_folder_that_was_open_is_closed(home: Path) -> None:
    (home / "player").mkdir(mode=0o755)
    with Door():
        assert stat.S_IMODE((home / "player").stat().st_mode) == 0o700


def test_there_is_one_door(player: SomePlayer) -> None:
    with pytest.raises(PlaysAlready, match="plays already"):
        Door()
    assert ask({"do": "a"})["seen"] >= 1
    assert door_path.near().exists()


HOLDS = """
import os, signal
from lullaby.player.door import Door
door = Door()
print(door.path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("deep", [False, True])
def test_the_socket_of_a_killed_player_is_replaced(
    home: Path, deep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if deep:
        monkeypatch.setenv("LULLABY_HOME", str(home / ("deep" * 30)))
    child = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, text=True, timeout=PATIENCE)
    left = Path(child.stdout.strip())
    assert left.is_socket()
    with pytest.raises(NothingPlays):
        ask({"do": "a"})
    found = SomePlayer()
    with Door() as opened:
        opened.serve(found.ask, found.do)
        assert ask({"do": "a"}) == {"seen": 1}
        assert opened.path == left or not left.exists()
    found.close()
    assert not opened.path.exists()


@pytest.mark.parametrize("runtime", [False, True])
def test_where_the_home_lies_too_deep_the_door_is_elsewhere(
    home: Path, runtime: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = home / "run"
    run.mkdir(mode=0o700)
    monkeypatch.setenv("LULLABY_HOME", str(home / ("deep" * 30)))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run) if runtime else "")
    found = SomePlayer()
    with Door() as opened:
        opened.serve(found.ask, found.do)
        assert len(os.fsencode(opened.path)) <= 107
        assert (run in opened.path.parents) is runtime
        assert stat.S_IMODE(opened.path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(door_path.elsewhere().stat().st_mode) == 0o600
        assert ask({"do": "a"}) == {"seen": 1}
    found.close()
    assert not opened.path.parent.exists()
    assert not door_path.elsewhere().exists()


def test_a_socket_of_somebody_elses_is_not_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a file that only says so."""
    door_path.folder().mkdir(parents=True)
    for write in (lambda: door_path.near().write_text(""), lambda: os.mkfifo(door_path.near())):
        write()
        with pytest.raises(NothingPlays):
            ask({"do": "a"})
        door_path.near().unlink()
    with Door():
        user = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: user + 1)
        assert door_path.found() is None
        monkeypatch.undo()


# the words


@pytest.fixture(scope="module")
def words() -> Words:
    """Of a player that nobody has begun: what acts at once does so."""
    return Words(Player(night_of(NIGHT)))


def test_every_word_says_the_state_after_it(words: Words) -> None:
    requests: list[dict[str, Any]] = [
        {"do": "state"},
        {"do": "volume", "db": -12},
        {"do": "level", "voice": "high", "db": 3},
        {"do": "level", "voice": "low", "db": "silent"},
        {"do": "skip"},
        {"do": "fade", "seconds": 60, "curve": "even"},
        {"do": "more"},
        {"do": "more", "seconds": 60},
        {"do": "fade"},
        {"do": "resume"},
        {"do": "pause"},
        {"do": "play"},
        {"do": "stop"},
    ]
    shapes = set()
    for request in requests:
        state = words.do(request)
        json.dumps(state, allow_nan=False)
        shapes.add(tuple(state))
    assert len(shapes) == 1
    assert state["volume"] == -12
    assert [voice["fader"] for voice in state["voices"]] == [None, 3.0]
    assert {request["do"] for request in requests} == {*words.known} - {
        "awake",
        "woke",
        "save",
        "hush",
        "tell",
        "again",
    }


WRONG: list[tuple[object, str]] = [
    (None, "a request is a table"),
    ([], "a request is a table"),
    ("stop", "a request is a table"),
    ({}, '"do" wants a word'),
    ({"do": 1}, '"do" wants a word'),
    ({"do": ["stop"]}, '"do" wants a word'),
    ({"do": "stopp"}, 'Did you mean "stop"'),
    ({"do": "\x1b[2J" * 99}, "there is no word"),
    ({"do": "stop", "now": True}, 'stop takes no "now"'),
    ({"do": "fade", "second": 3}, 'Did you mean "seconds"'),
    ({"do": "fade", "seconds": "3"}, '"seconds" wants a number'),
    ({"do": "fade", "seconds": True}, '"seconds" wants a number'),
    ({"do": "fade", "seconds": None}, '"seconds" wants a number'),
    ({"do": "fade", "seconds": 0}, '"seconds" goes from'),
    ({"do": "fade", "seconds": -3}, '"seconds" goes from'),
    ({"do": "fade", "seconds": 10**400}, '"seconds" goes from'),
    ({"do": "fade", "curve": "steep"}, '"curve" is one of soft, even'),
    ({"do": "fade", "curve": []}, '"curve" is one of soft, even'),
    ({"do": "more", "seconds": float("nan")}, '"seconds" goes from'),
    ({"do": "volume"}, '"db" wants a number'),
    ({"do": "volume", "db": 1}, '"db" goes up to 0'),
    ({"do": "level", "db": 0}, '"voice" wants the name'),
    ({"do": "level", "voice": "hihg", "db": 0}, 'Did you mean "high"'),
    ({"do": "level", "voice": "high"}, '"db" wants a number'),
    ({"do": "level", "voice": "high", "db": 40}, '"db" goes from -60 to 12'),
    ({"do": "awake"}, "follows nobody"),
]


@pytest.mark.parametrize(("request_", "says"), WRONG, ids=lambda value: repr(value)[:40])
def test_what_makes_no_sense_is_told_so(words: Words, request_: object, says: str) -> None:
    with pytest.raises(Refused) as raised:
        words.do(request_)
    assert says in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


def test_being_awake_is_handed_on() -> None:
    calls: list[int] = []
    Words(Player(night_of(NIGHT)), awake=lambda: calls.append(1)).do({"do": "awake"})
    assert calls == [1]


def test_faders_moved_at_once_are_one_change_of_the_night() -> None:
    player = Player(night_of(NIGHT))
    changes: list[Any] = []
    player.change = changes.append  # type: ignore[method-assign]
    words = Words(player)
    for db in range(-30, 0):
        words.do({"do": "level", "voice": "high", "db": db})
    words.do({"do": "level", "voice": "low", "db": 2})
    (change,) = changes
    growth = change(player.night, 4_800)
    assert [(m.voice, m.gain_db, m.frame) for m in growth.moves] == [
        ("high", -1.0, 4_800),
        ("low", 2.0, 4_800),
    ]
    words.do({"do": "level", "voice": "low", "db": 0})
    assert len(changes) == 2


def test_more_does_not_shorten_a_night_that_has_no_end_but_its_own() -> None:
    player = Player(night_of(NIGHT))
    player.more(60)
    assert player.left == 8 * 3600
    assert Words(player).do({"do": "more", "seconds": 60})["left"] == 8 * 3600


def test_more_puts_off_the_timer_that_there_is_or_one_from_now_on() -> None:
    player = Player(night_of(NIGHT), clock=lambda: 0.0)
    player.fade_out(5)
    player.more(60)
    assert (player.fade, player.left) == (None, 60)
    player.fade_out(5)
    player.more(60)
    assert (player.fade, player.left) == (None, 120)
    player.fade_out(5)
    player.resume()
    assert (player.fade, player.left) == (None, 8 * 3600)


def test_a_fade_that_is_hurried_keeps_its_curve() -> None:
    """Halfway down, one curve is 30 dB below the other: to change it would be a jump."""
    player = Player(night_of(NIGHT))
    player.fade_out(60, "even")
    player.stop()
    assert player.fade is not None
    assert (player.fade.curve, player.fade.seconds) == ("even", 1.0)
