"""What members bring and dream is theirs: kept privately, told once, gone without a trace when they say."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from circles import FRIENDS, day, friends, held_for
from typed import Say, is_asked_wrongly, typing

from lullaby.errors import LullabyError
from lullaby.ritual.circle import sayings
from lullaby.ritual.circle.brought import bring, take_back
from lullaby.ritual.circle.circles import find_circle
from lullaby.ritual.circle.dreams import dreams_of, forget_dream
from lullaby.ritual.circle.held import held
from lullaby.ritual.circle.member import Member
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.serial import serial_of
from lullaby.ritual.circle.tonight import tonight_of

BOAT = "# The Boat\n\nA small boat came in with the tide, and nobody was in a hurry.\n"
TUNE = "X:1\nT:Low Tide\nM:4/4\nL:1/4\nQ:1/4=72\nK:D\nD E F A | A F E D | D4 |]\n"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys, "circle")


@dataclass(frozen=True)
class Dream:
    number: int
    date: datetime.date
    text: str


def every_byte(home: Path) -> bytes:
    """The names and the content of all that is kept."""
    paths = sorted(home.rglob("*"))
    return b"\n".join(str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in paths)


def a_recording(path: Path) -> Path:
    draw = np.random.default_rng(3)
    soundfile.write(path, draw.normal(0, 0.05, 24_000), 24_000)
    return path


def test_a_text_is_told_in_their_turn_and_then_never_again(say: Say):
    friends()
    Path("boat.md").write_text(BOAT)
    assert say("bring", "anna", "boat.md", "--json").facts["title"] == "The Boat"
    assert "They bring a text: The Boat." in say("turn").out
    turn = tonight_of("friends", day(0)).tells
    assert turn is not None
    assert turn.brings is not None
    assert turn.brings.read_text() == BOAT
    Path("boat.md").unlink()
    held("friends", day(0))
    again = tonight_of("friends", day(0)).tells
    assert again is not None
    assert again.brings == turn.brings
    held_for(3, first=1)
    turn = tonight_of("friends", day(4)).tells
    assert turn is not None
    assert (turn.who.name, turn.who.teller, turn.brings) == ("anna", "lamp-keeper", None)


def test_once_it_is_told_the_serial_goes_on_in_their_next_turn():
    friends(story="the-quiet-pod")
    Path("boat.md").write_text(BOAT)
    bring("friends", "anna", Path("boat.md"), day(0))
    nights = held_for(5)
    assert [one.evening.tells.did for one in nights] == ["anna", "bo", "cleo", "dov", "anna"]
    serial = serial_of("friends")
    assert serial is not None
    assert serial.number == 4


def test_a_recording_is_for_telling_and_a_tune_for_playing(say: Say):
    friends(series="the-river")
    Path("low.abc").write_text(TUNE)
    assert say("bring", "anna", str(a_recording(Path("me.wav"))), "--json").facts["for"] == "tell"
    assert say("bring", "dov", "low.abc", "--json").facts["for"] == "play"
    tonight = tonight_of("friends", day(0))
    assert tonight.tells is not None
    assert tonight.plays is not None
    assert tonight.tells.brings is not None
    assert (tonight.tells.brings.name, tonight.tells.goes_on) == ("me.wav", None)
    assert tonight.plays.brings is not None
    assert tonight.plays.brings.name == "low.abc"
    held("friends", day(0))
    assert say("show", "--json").facts["serial"]["evenings"] == 0


def test_what_is_hostile_is_refused_and_nothing_is_kept(say: Say, home: Path):
    friends()
    before = every_byte(home)
    Path("bomb.ssml").write_text(
        '<!DOCTYPE speak [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><speak>&b;</speak>'
    )
    Path("empty.md").write_text("")
    Path("nothing.md").write_text("# Title\n")
    Path("garbage.mp3").write_bytes(os.urandom(4_000))
    Path("broken.epub").write_bytes(b"PK\x03\x04" + os.urandom(500))
    Path("tune.abc").write_text("X:1\nK:nowhere\n|||")
    Path("odd.exe").write_bytes(b"MZ" + os.urandom(100))
    os.mkfifo("pipe.md")
    Path("folder.md").mkdir()
    for name in (*(path.name for path in Path().iterdir() if path.name != "home"), "not-there.md"):
        said = say("bring", "anna", name)
        assert said.code in (1, 2), name
        assert "should not have happened" not in said.err
    assert every_byte(home) == before
    is_asked_wrongly(say, "bring", "anna", says="name a FILE")
    is_asked_wrongly(say, "bring", "zoe", "empty.md", says="is not in the circle")


def test_a_file_far_too_large_is_refused_unread(say: Say):
    friends()
    with open("huge.md", "wb") as file:
        file.truncate(300 << 20)
    assert say("bring", "anna", "huge.md").code == 2


def test_one_who_takes_back_what_they_brought_leaves_no_trace_of_it(home: Path):
    friends()
    Path("kestrel.md").write_text(BOAT.replace("tide", "kestreltide"))
    bring("friends", "anna", Path("kestrel.md"), day(0))
    assert b"kestrel" in every_byte(home)
    assert take_back("friends", "anna")
    assert b"kestrel" not in every_byte(home)
    assert not take_back("friends", "anna")


def test_who_leaves_leaves_nothing_behind_and_nobody_else_owes_for_it(home: Path, say: Say):
    quokka = Member("quokka", "lamp-keeper", "harp", ("quokka-tune",), 0.1, ("quokka-story",), "quokka")
    friends(members=(*FRIENDS, quokka))
    held_for(4)
    Path("quokkas.md").write_text(BOAT.replace("tide", "quokkatide"))
    bring("friends", "quokka", Path("quokkas.md"), day(0))
    sayings.swap("friends", "quokka", "bo", Role.TELL)
    held_for(6, first=4)
    sayings.away("friends", "quokka", day(20))
    sayings.not_tonight("friends", "quokka", day(11))
    held("friends", day(11), dreams=lambda member: [Dream(3, day(1), f"{member.name} flew")])
    bring("friends", "quokka", Path("quokkas.md"), day(12))
    sayings.swap("friends", "cleo", "quokka", Role.PLAY)  # and it is still to come
    before = {one["name"]: one["turns"] for one in say("show", "--json").facts["members"]}
    assert b"quokka" in every_byte(home)
    is_asked_wrongly(say, "leave", "quokka", says="--yes does it")
    assert say("leave", "quokka", "--yes").code == 0
    assert b"quokka" not in every_byte(home)
    after = {one["name"]: one["turns"] for one in say("show", "--json").facts["members"]}
    assert after == {name: turns for name, turns in before.items() if name != "quokka"}
    assert all(held("friends", day(number)).evening.held for number in range(4))
    is_asked_wrongly(say, "leave", "quokka", "--yes", says="is not in the circle")


def test_a_circle_that_is_removed_leaves_nothing_behind(home: Path, say: Say):
    friends()
    Path("boat.md").write_text(BOAT)
    bring("friends", "anna", Path("boat.md"), day(0))
    held_for(3)
    assert say("remove", "--yes").code == 0
    assert b"anna" not in every_byte(home)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_dream_is_told_once_in_the_evening_by_consent():
    friends()
    journals = {
        "anna": [Dream(1, day(0), "I could breathe under the lake."), Dream(2, day(1), "A red door.")],
        "bo": [Dream(1, day(0), "The hill hummed.")],
    }

    def read(member: Member) -> list[Dream]:
        return journals.get(member.name, [])

    tonight = tonight_of("friends", day(0), dreams=read)
    assert [one.text for one in tonight.dreams] == ["I could breathe under the lake.", "The hill hummed."]
    assert tonight_of("friends", day(0), dreams=read) == tonight
    held("friends", day(0), tonight=tonight, dreams=read)
    assert tonight_of("friends", day(0), dreams=read).dreams == tonight.dreams
    assert [one.text for one in tonight_of("friends", day(1), dreams=read).dreams] == ["A red door."]
    assert tonight_of("friends", day(1), away=("anna",), dreams=read).dreams == ()


def test_of_many_dreams_the_oldest_are_told_first_and_the_others_have_other_evenings():
    friends()
    lakes = [Dream(number, day(number), f"Lake {number}.") for number in range(5)]

    def read(member: Member) -> list[Dream]:
        return lakes if member.name == "bo" else []

    tonight = tonight_of("friends", day(5), dreams=read)
    assert [one.text for one in tonight.dreams] == ["Lake 0.", "Lake 1.", "Lake 2."]
    held("friends", day(5), tonight=tonight, dreams=read)
    assert [one.text for one in tonight_of("friends", day(6), dreams=read).dreams] == ["Lake 3.", "Lake 4."]


def test_a_dream_that_the_evening_was_not_composed_with_is_still_to_be_told():
    friends()
    found = [Dream(1, day(0), "A lake.")]
    tonight = tonight_of("friends", day(0), dreams=lambda member: [])
    held("friends", day(0), tonight=tonight, dreams=lambda member: found if member.name == "bo" else [])
    later = tonight_of("friends", day(1), dreams=lambda member: found if member.name == "bo" else [])
    assert [one.dreamer for one in later.dreams] == ["bo"]


def test_a_dream_that_is_taken_back_is_told_nowhere_and_its_number_is_gone(home: Path):
    friends(members=(replace(FRIENDS[0], listener="anna"), FRIENDS[1]))
    dreams = [Dream(714_253, day(0), "A heron spoke.")]
    held("friends", day(0), dreams=lambda member: dreams if member.listener else [])
    assert b"heron" not in every_byte(home)  # the text stays in the journal
    number = (714_253).to_bytes(3, "big")
    assert number in every_byte(home)
    forget_dream("anna", 714_253)
    assert number not in every_byte(home)
    assert tonight_of("friends", day(1), dreams=lambda member: []).dreams == ()


def test_a_member_who_is_no_listener_here_has_no_journal_here():
    assert dreams_of(FRIENDS[0]) == ()


def test_what_may_leave_this_machine_is_without_whoever_did_not_agree():
    friends(members=(*FRIENDS[:2], replace(FRIENDS[2], share=True), FRIENDS[3]), story="the-quiet-pod")
    Path("boat.md").write_text(BOAT)
    bring("friends", "anna", Path("boat.md"), day(0))
    sayings.guest("friends", "mia", day(0))
    dream = [Dream(1, day(0), "A lake.")]
    tonight = tonight_of("friends", day(0), to_share=True, dreams=lambda member: dream)
    assert [one.name for one in tonight.present] == ["cleo"]
    assert (tonight.tells, tonight.plays) == (None, None)
    assert [one.dreamer for one in tonight.dreams] == ["cleo"]
    held_for(2)
    later = tonight_of("friends", day(2), to_share=True)
    assert later.tells is not None
    assert later.tells.who.name == "cleo"


def test_a_member_is_known_by_their_whole_name():
    circle = friends()
    with pytest.raises(LullabyError, match='Did you mean "cleo"'):
        circle.member("cle")
    assert find_circle("friends") == circle
