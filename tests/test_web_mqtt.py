"""Home Assistant by MQTT: what it is told, what it may want, and a broker that comes and goes."""

from __future__ import annotations

import json
import random
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from brokers import Broker, Listening, a_broker, listening
from conftest import PATIENCE
from rooms import QuietRoom

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.web.mqtt.account import Account, account_file, account_of, our_number
from lullaby.web.mqtt.broker import LONGEST_PAUSE, HomeAssistant, at_broker
from lullaby.web.mqtt.nights import offered_here
from lullaby.web.mqtt.offered import NOBODY, Choice, Offered, payload_of, shown
from lullaby.web.mqtt.wishes import Wish, chosen, fulfil, wish_of
from lullaby.web.rooms.room import RoomState
from lullaby.web.wanted import Wanted

OFFERED = Offered("7c1e", {"Harbour": "harbour-rain", "Plain": "plain"}, ("kim",))
PLAYING = RoomState("playing", "Harbour", 60.0, 3600.0, 3540.0, -6.4, "arriving", "told", "n3")
STATE = OFFERED.state
RIGHT_AGAIN = 5.0
"""Seconds after which the state is right again once a killed broker is back: what is promised."""


def say_nothing(said: str) -> None: ...


# what is told


def test_every_entity_has_what_home_assistant_needs() -> None:
    """The keys are those of its documentation of MQTT discovery."""
    found = OFFERED.discovery()
    needs = {
        "switch": {"command_topic", "state_topic"},
        "number": {"command_topic", "state_topic", "min", "max", "step"},
        "select": {"command_topic", "state_topic", "options"},
        "sensor": {"state_topic"},
        "button": {"command_topic", "payload_press"},
    }
    kinds = []
    for topic, told in found.items():
        parts = re.fullmatch(r"homeassistant/(\w+)/([\w-]+)/([\w-]+)/config", topic)
        assert parts is not None
        kinds.append(parts[1])
        assert needs[parts[1]] <= told.keys()
        assert {"name", "unique_id", "availability_topic", "device", "origin"} <= told.keys()
        assert told["device"]["identifiers"] == ["lullaby-7c1e"], "all of one device"
        assert json.loads(payload_of(told)) == told
        if "value_template" in told:
            assert told["value_template"] == f"{{{{ value_json.{parts[3]} }}}}"
            assert parts[3] in OFFERED.told(PLAYING, Choice())
    assert sorted(kinds) == ["button"] * 3 + ["number"] + ["select"] * 2 + ["sensor"] * 3 + ["switch"]
    assert len({told["unique_id"] for told in found.values()}) == len(found)


def test_the_state_is_coarse_and_says_nothing_of_sleep() -> None:
    told = OFFERED.told(PLAYING, Choice("harbour-rain", "kim"))
    assert told == {
        "playing": "ON",
        "volume": -6,
        "score": "Harbour",
        "listener": "kim",
        "title": "Harbour",
        "stage": "told",
        "left": 59,
    }
    assert "n3" not in payload_of(told)


def test_what_is_over_leaves_nothing() -> None:
    idle = OFFERED.told(RoomState(), Choice())
    assert idle == OFFERED.told(RoomState("resting", "Harbour", scene="a", movement="b"), Choice())
    assert (idle["playing"], idle["listener"], idle["title"], idle["left"]) == ("OFF", NOBODY, "nothing", 0)
    assert idle["score"] is None


def test_a_night_that_is_none_of_those_offered_is_none_of_them() -> None:
    told = OFFERED.told(RoomState("playing", "My mix"), Choice("plain"))
    assert (told["score"], told["title"]) == (None, "My mix")


def test_two_nights_of_one_title_are_told_apart() -> None:
    assert shown([("a", "Rain"), ("b", "Rain"), ("c", "Sea"), ("d", "None")]) == {
        "a": "a", "b": "b", "Sea": "c", "d": "d",
    }  # fmt: skip


def test_what_is_offered_is_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    add_person(Person("kim"))
    found = offered_here()
    assert found.nights["Harbour in the Rain"] == "harbour-rain"
    assert "studio-hour" in found.nights.values(), "a ritual is a night as well"
    assert "first-light" not in found.nights.values(), "a dawn is none"
    assert found.listeners == ("kim",)
    assert offered_here().number == found.number == our_number(), "it is the same device tomorrow"


# what somebody wants


WANTS: list[tuple[str, str, Wish]] = [
    ("playing", "ON", Wish("play")),
    ("playing", "OFF", Wish("stop")),
    ("volume", "-12", Wish("volume", -12.0)),
    ("volume", "-0.5", Wish("volume", -0.5)),
    ("score", "Plain", Wish("score", "plain")),
    ("listener", "kim", Wish("listener", "kim")),
    ("listener", NOBODY, Wish("listener", None)),
    ("awake", "PRESS", Wish("awake")),
    ("more", "PRESS", Wish("more")),
    ("stop", "PRESS", Wish("stop")),
]


@pytest.mark.parametrize(("what", "said", "wish"), WANTS)
def test_what_is_wanted_is_understood(what: str, said: str, wish: Wish) -> None:
    topic = f"lullaby-7c1e/{what}/set"
    assert wish_of(OFFERED, topic, said.encode(), False) == wish
    assert wish_of(OFFERED, topic, said.encode(), True) is None, "what was kept is old"
    assert wish_of(OFFERED, f"lullaby-other/{what}/set", said.encode(), False) is None


NONSENSE: list[tuple[str, bytes]] = [
    ("playing", b"on"),
    ("playing", b""),
    ("playing", b"ON" * 500),
    ("volume", b"1"),
    ("volume", b"-61"),
    ("volume", b"nan"),
    ("volume", b"-1e1"),
    ("volume", b"\xd9\xa1"),
    ("score", b"harbour-rain"),
    ("score", b"../../etc/passwd"),
    ("listener", b"somebody"),
    ("awake", b"ON"),
    ("stop", b"\xff\xfe"),
    ("playing/set/x", b"ON"),
    ("state", b"ON"),
]


@pytest.mark.parametrize(("what", "said"), NONSENSE)
def test_whatever_else_comes_in_is_not_said(what: str, said: bytes) -> None:
    assert wish_of(OFFERED, f"lullaby-7c1e/{what}/set", said, False) is None


def test_a_score_waits_for_the_switch_and_changes_what_plays() -> None:
    room, choice = QuietRoom(), Choice()
    for wish in (Wish("listener", "kim"), Wish("score", "plain"), Wish("play"), Wish("play")):
        choice = chosen(wish, choice)
        fulfil(wish, choice, room)
    assert room.asked == [("begin", "plain~for=kim")], "the second time it plays already"
    choice = chosen(Wish("score", "harbour-rain"), choice)
    fulfil(Wish("score", "harbour-rain"), choice, room)
    assert room.asked[1:] == [("begin", "harbour-rain~for=kim")]


# who we are there


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.delenv("LULLABY_MQTT_USER", raising=False)
    monkeypatch.delenv("LULLABY_MQTT_PASSWORD", raising=False)
    return tmp_path


def test_name_and_password_come_from_a_private_file_or_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account_of("192.168.1.5", say_nothing) == Account("192.168.1.5", 1883)
    assert account_of("[fd00::5]:1884", say_nothing).address == "[fd00::5]:1884"
    account_file().parent.mkdir()
    account_file().write_text('user = "lullaby"\npassword = "hush"\ntls = true\n')
    account_file().chmod(0o644)
    notes: list[str] = []
    found = account_of("broker.local", notes.append)
    assert (found.port, found.user, found.password, found.tls) == (8883, "lullaby", "hush", True)
    assert "hush" not in repr(found)
    if sys.platform != "win32":
        assert stat.S_IMODE(account_file().stat().st_mode) == 0o600
        assert "it is closed now" in notes[0]
    monkeypatch.setenv("LULLABY_MQTT_PASSWORD", "other")
    assert account_of("broker.local:1885", say_nothing).password == "other"


@pytest.mark.parametrize(
    "asked", ["", "a b", "host:0", "host:99999", "host/x", "-x", "host:1:2", "mqtt://host"]
)
def test_a_broker_is_a_host_and_a_port(home: Path, asked: str) -> None:
    with pytest.raises(AskedWrongly, match="is not a broker like"):
        account_of(asked, say_nothing)


def test_a_password_on_the_command_line_is_refused(home: Path) -> None:
    with pytest.raises(AskedWrongly, match="takes no name and no password") as said:
        account_of("lullaby:hush@host", say_nothing)
    assert "hush" not in str(said.value)


@pytest.mark.parametrize("text", ["user = 7", 'tls = "yes"', 'name = "x"', "user", "\x00"])
def test_a_mistake_in_that_file_is_named(home: Path, text: str) -> None:
    account_file().parent.mkdir()
    account_file().write_text(text)
    with pytest.raises(AskedWrongly, match="mqtt\\.toml"):
        account_of("host", say_nothing)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(CouldNot, match=r"\.\[mqtt\]"):
        HomeAssistant(Account("127.0.0.1"), OFFERED, QuietRoom(), say_nothing)


class FullRoom(QuietRoom):
    """A room of a machine that has no file left to open."""

    def state(self) -> RoomState:
        raise OSError(24, "Too many open files")

    def stop(self) -> None:
        raise OSError(24, "Too many open files")


def test_a_machine_that_is_full_for_a_while_ends_no_thread() -> None:
    notes = list[str]()
    there = HomeAssistant(Account("127.0.0.1"), OFFERED, FullRoom(), notes.append)
    for wish in ((Wish("stop"), Choice()), (Wish("stop"), Choice()), None):
        there._wishes.put(wish)
    there._fulfil(there._wishes)
    assert [note for note in notes if "Too many open files" in note] == notes != []
    looks = threading.Thread(target=there._look_on)
    looks.start()
    looks.join(0.2)
    assert looks.is_alive()
    there._ended.set()
    there._look_now.set()
    looks.join(PATIENCE)


# at a broker


@pytest.fixture
def broker() -> Iterator[Broker]:
    with a_broker() as found:
        yield found


def account(broker: Broker, **more: Any) -> Account:
    return Account("127.0.0.1", broker.port, **more)


def kept(broker: Broker) -> dict[str, bytes]:
    """What the broker would tell somebody who comes now."""
    with listening(broker) as new:
        new.say("the/end", "1")
        new.until(lambda: new.last("the/end"))
        return {topic: payload for topic, payload, retained, _ in new.heard if retained and payload}


def test_it_is_found_and_does_what_it_is_told(broker: Broker) -> None:
    room, notes = QuietRoom(), list[str]()
    with listening(broker) as home, at_broker(account(broker), OFFERED, room, notes.append):
        home.until(lambda: home.last(OFFERED.available) == b"online")
        home.until(lambda: home.table(STATE).get("playing") == "OFF")
        for topic, told in OFFERED.discovery().items():
            home.until(lambda topic=topic: home.last(topic))
            assert json.loads(home.last(topic) or b"") == told
        home.say("lullaby-7c1e/listener/set", "kim")
        home.say("lullaby-7c1e/score/set", "Plain")
        home.say("lullaby-7c1e/playing/set", "ON")
        home.until(lambda: home.table(STATE).get("playing") == "ON")
        home.until(lambda: home.table(STATE).get("listener") == "kim")
        home.say("lullaby-7c1e/volume/set", "-12")
        home.say("lullaby-7c1e/volume/set", "12")
        home.say("lullaby-7c1e/more/set", "PRESS")
        home.say("lullaby-7c1e/awake/set", "PRESS")
        home.until(lambda: ("awake", None) in room.asked)
        assert room.asked == [("begin", "plain~for=kim"), ("volume", -12.0), ("more", None), ("awake", None)]
        home.say("lullaby-7c1e/playing/set", "OFF")
        home.until(lambda: home.table(STATE).get("playing") == "OFF")
        home.until(lambda: home.table(STATE).get("listener") == NOBODY)
        assert home.table(STATE) == OFFERED.told(RoomState(), Choice())
        room.refuses = CouldNot("nothing plays.")
        home.say("lullaby-7c1e/more/set", "PRESS")
        home.until(lambda: notes)
        assert notes == ["Home Assistant: nothing plays."]


def test_the_broker_keeps_nothing_of_who_listened(broker: Broker) -> None:
    room = QuietRoom(is_now=PLAYING)
    with listening(broker) as home, at_broker(account(broker), OFFERED, room, say_nothing):
        home.until(lambda: home.last(OFFERED.available) == b"online")
        home.say("lullaby-7c1e/listener/set", "kim")
        home.until(lambda: home.table(STATE).get("listener") == "kim")
        found = kept(broker)
        assert set(found) == {*OFFERED.discovery(), OFFERED.available}, "also while it plays"
    assert kept(broker)[OFFERED.available] == b"offline"


def test_home_assistant_that_comes_back_is_told_all_of_it(broker: Broker) -> None:
    room = QuietRoom(is_now=PLAYING)
    with listening(broker) as home, at_broker(account(broker), OFFERED, room, say_nothing):
        home.until(lambda: home.last(STATE))
        told = len(home.heard)
        home.say("homeassistant/status", "online")
        again = {*OFFERED.discovery(), OFFERED.available, STATE}
        home.until(lambda: again <= {topic for topic, *_ in home.heard[told:]})


def test_what_somebody_had_kept_at_the_broker_begins_no_night(broker: Broker) -> None:
    room = QuietRoom()
    with listening(broker) as home:
        home.say("lullaby-7c1e/playing/set", "ON", retain=True)
        with at_broker(account(broker), OFFERED, room, say_nothing):
            home.until(lambda: home.last(STATE))
            home.say("lullaby-7c1e/volume/set", "-3")
            home.until(lambda: room.asked)
            assert room.asked == [("volume", -3.0)]


class SlowToBegin(QuietRoom):
    """A room whose night takes long to be made."""

    def __init__(self) -> None:
        super().__init__()
        self.made = threading.Event()

    def begin(self, wanted: Wanted) -> None:
        self.is_now = RoomState("opening")
        assert self.made.wait(PATIENCE)
        super().begin(wanted)


def test_a_night_that_is_still_made_can_be_stopped(broker: Broker) -> None:
    room = SlowToBegin()
    with listening(broker) as home, at_broker(account(broker), OFFERED, room, say_nothing):
        home.until(lambda: home.last(OFFERED.available) == b"online")
        home.say("lullaby-7c1e/playing/set", "ON")
        home.until(lambda: home.table(STATE).get("playing") == "ON")
        home.say("lullaby-7c1e/stop/set", "PRESS")
        assert room.heard.wait(PATIENCE)
        assert room.asked == [("stop", None)], "it has not waited for the night"
        room.made.set()


def test_a_flood_of_nonsense_is_stood(broker: Broker) -> None:
    room, dice = QuietRoom(), random.Random(16)
    topics = [topic.split("/")[-2] for topic in OFFERED.discovery()] + ["x", "\u00e4", "$", "state"]
    with listening(broker) as home, at_broker(account(broker), OFFERED, room, say_nothing):
        home.until(lambda: home.last(OFFERED.available) == b"online")
        for _ in range(2_000):
            payload = dice.randbytes(dice.choice((0, 1, 3, 8, 300)))
            home.client.publish(f"lullaby-7c1e/{dice.choice(topics)}/set", payload)
        home.say("lullaby-7c1e/volume/set", "-7")
        assert room.heard.wait(PATIENCE)
        assert room.asked == [("volume", -7.0)]
        assert home.last(OFFERED.available) == b"online"


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.soak)])  # some four seconds each
def test_after_a_broker_was_killed_the_state_is_right_within_five_seconds(broker: Broker, times: int) -> None:
    """And it is the state that is so by then, not the one from before."""
    room, notes = QuietRoom(is_now=PLAYING), list[str]()
    with at_broker(account(broker), OFFERED, room, notes.append) as ours:
        assert ours._there.wait(PATIENCE)
        for number in range(times):
            broker.kill()
            room.is_now = RoomState("playing", f"Night {number}")
            until_noted(notes, "does not answer", number + 1)
            broker.start()
            began = time.monotonic()
            with listening(broker) as home:
                home.until(lambda n=number, home=home: home.table(STATE).get("title") == f"Night {n}")
                assert home.heard[-1][3] - began <= RIGHT_AGAIN
                assert home.last(OFFERED.available) == b"online"
                home.say("lullaby-7c1e/more/set", "PRESS")
                home.until(lambda n=number: room.asked == [("more", None)] * (n + 1) or tick(home))
    assert LONGEST_PAUSE < RIGHT_AGAIN, "however long it was gone"
    assert notes.count(f"The broker {account(broker).address} is gone; it is tried again.") == times


def tick(home: Listening) -> bool:
    """Has the listener look again soon: what it waits for comes by another way."""
    home.client.publish("tick", "1")
    return False


def until_noted(notes: list[str], what: str, times: int = 1) -> None:
    end = time.monotonic() + PATIENCE
    while sum(what in note for note in notes) < times:
        assert time.monotonic() < end, notes
        time.sleep(0.01)


OURS = """
import sys, threading
sys.path.insert(0, sys.argv[2])
from rooms import QuietRoom
from lullaby.web.mqtt.account import Account
from lullaby.web.mqtt.broker import HomeAssistant
from lullaby.web.mqtt.offered import Offered
from lullaby.web.rooms.room import RoomState
room = QuietRoom(is_now=RoomState("playing", "Harbour"))
HomeAssistant(Account("127.0.0.1", int(sys.argv[1])), Offered("7c1e"), room, print).start()
threading.Event().wait()
"""


def test_where_we_are_killed_the_broker_says_that_we_are_gone(broker: Broker) -> None:
    with listening(broker) as home:
        command = [sys.executable, "-c", OURS, str(broker.port), str(Path(__file__).parent)]
        with subprocess.Popen(command) as ours:
            home.until(lambda: home.last(OFFERED.available) == b"online")
            home.until(lambda: home.last(STATE))
            ours.send_signal(signal.SIGKILL)
            home.until(lambda: home.last(OFFERED.available) == b"offline")
    found = kept(broker)
    assert found[OFFERED.available] == b"offline"
    assert not [topic for topic, payload in found.items() if b"Harbour" in payload]


def test_a_device_that_is_withdrawn_leaves_nothing_at_the_broker(broker: Broker) -> None:
    with listening(broker) as home:
        ours = HomeAssistant(account(broker), OFFERED, QuietRoom(), say_nothing)
        ours.start()
        home.until(lambda: home.last(OFFERED.available) == b"online")
        ours.withdraw()
        ours.close()
    assert set(kept(broker)) <= {OFFERED.available}


def test_a_broker_that_wants_a_password_gets_it_and_a_wrong_one_is_said_once() -> None:
    with a_broker("hush") as broker:
        notes: list[str] = []
        with at_broker(account(broker, user="lullaby", password="wrong"), OFFERED, QuietRoom(), notes.append):
            until_noted(notes, "does not let")
        assert notes == [
            f"The broker {broker.address} does not let lullaby in (not authorized); it is tried again."
        ]
        right = account(broker, user="lullaby", password="hush")
        with (
            listening(broker, "lullaby", "hush") as home,
            at_broker(right, OFFERED, QuietRoom(), notes.append),
        ):
            home.until(lambda: home.last(OFFERED.available) == b"online")
        assert len(notes) == 1


def test_a_broker_that_is_not_there_yet_is_waited_for() -> None:
    with a_broker() as broker:
        broker.kill()
        notes: list[str] = []
        with at_broker(account(broker), OFFERED, QuietRoom(), notes.append):
            until_noted(notes, "does not answer")
            broker.start()
            with listening(broker) as home:
                home.until(lambda: home.last(OFFERED.available) == b"online")
        assert notes == [f"The broker {broker.address} does not answer; it is tried again."]
