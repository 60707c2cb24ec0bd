"""A circle's evening as the night that is heard: its ritual names the friends, plays and tells whose turn it
is, and moves the turns on once it was really heard."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from circles import FRIENDS, friends
from typed import EVENING, Say, is_asked_wrongly, plays, typing

from lullaby.cli import main
from lullaby.cli.options.mixes import mix_or_score
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.journal.book import evening_of
from lullaby.journal.dreams import consent, keep_dream
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.ritual.circle.held import held
from lullaby.ritual.circle.serial import serial_of
from lullaby.ritual.circle.tonight import tonight_of
from lullaby.score import Score
from lullaby.time import WallClock

pytestmark = pytest.mark.usefixtures("without_covers")

DAY = EVENING.date()
SMALL = """
title = "Small"
bed = "room-hush:-6"

[[movement]]
do = "gather"

[[movement]]
do = "music"
for = 00:00:40

[[movement]]
do = "story"
until = "told"

[[movement]]
do = "dreams"

[[movement]]
do = "quiet"
for = 00:00:30
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (home / "scores/rituals").mkdir(parents=True)
    (home / "scores/rituals/small.toml").write_text(SMALL)
    monkeypatch.setenv("LULLABY_HOME", str(home))
    return home


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def asked(*words: str) -> Score:
    """The score that these words ask for; nothing of it is spoken."""
    given = parsed(["render", *words])
    score = mix_or_score(given, Bedside(WallClock()), given.date)
    assert isinstance(score, Score)
    return score


def names_in(text: str) -> set[str]:
    return {member.name for member in FRIENDS} & {*re.findall(r"\w+", text.lower())}


def a_text(home: Path, name: str, sentence: str) -> Path:
    path = home / f"{name}.md"
    path.write_text(f"# {name.capitalize()}\n\n{sentence}\n")
    return path


def test_the_ritual_is_the_circles(home: Path, lullaby: Say) -> None:
    friends()
    tonight = tonight_of("friends", DAY)
    assert tonight.tells is not None
    assert tonight.plays is not None
    words = ["small", "--circle", "friends", "--date", DAY.isoformat(), "--sleeper", "none"]
    score = asked(*words)
    assert names_in(next(one.text for one in score.tellings if one.story == "gather")) == {
        present.name for present in tonight.present
    }
    music = score.music
    assert music is not None
    played = score.part(music.melody)
    assert played is not None
    assert tonight.plays.who.instrument in played.voice.name
    why = lullaby("why", *words, "00:02:30")
    assert f"{tonight.tells.who.name}'s turn" in why.out


def test_what_cannot_be_had_stops_no_evening_and_says_who_mends_it(home: Path, lullaby: Say) -> None:
    """At bedtime nobody mends a file: the ritual's own teller and instruments are heard."""
    plain = [replace(one, teller="", instrument=one.instrument) for one in FRIENDS]
    friends(
        members=(replace(plain[0], teller="rain"), *plain[1:3], replace(plain[3], instrument="no-such-lute"))
    )
    score = asked("small", "--circle", "friends", "--date", DAY.isoformat())
    assert score.ritual is not None
    teller, player = score.ritual.amiss
    assert teller.startswith("anna of the circle friends: rain is no teller")
    assert "lullaby circle change anna --teller VOICE --circle friends" in teller
    assert player.startswith('dov of the circle friends: there is no voice "no-such-lute"')
    assert score.music is not None
    assert "harp" in score.music.melody
    rendered = (
        "render",
        "small",
        "--circle",
        "friends",
        "--date",
        DAY.isoformat(),
        "-o",
        str(home / "a.flac"),
    )
    said = lullaby(*rendered, "--to", "2", "--sleeper", "none")
    assert said.code == 0
    assert f"{teller}\n{player}\n" in said.err


def test_without_its_name_nobody_is_named(home: Path) -> None:
    friends()
    score = asked("small", "--date", DAY.isoformat())
    assert names_in(" ".join(one.text for one in score.tellings)) == set()


def test_a_circle_is_for_rituals_and_has_to_be_there(home: Path, lullaby: Say) -> None:
    is_asked_wrongly(lullaby, "render", "small", "--circle", "foes", says="foes")
    friends()
    is_asked_wrongly(lullaby, "render", "rain", "--circle", "friends", says="--circle is for rituals")


def played(to: str, *words: str) -> None:
    done = plays("small", "--circle", "friends", "--sleeper", "none", "--to", to, *words, speed=8)
    assert done.code == 0, done.err


def test_only_an_evening_that_was_heard_moves_the_turns_on(home: Path, lullaby: Say) -> None:
    today = evening_of(datetime.datetime.now())
    add_person(Person("anna"))
    friends(members=(replace(FRIENDS[0], listener="anna"), *FRIENDS[1:]), story="the-quiet-pod")
    keep_dream("anna", "There was a heron in the lift.", today, today, shared=True)
    first = tonight_of("friends", today).tells
    assert first is not None
    played("20")
    assert tonight_of("friends", today + datetime.timedelta(1)).tells == first
    played("04:30", "--from", "01:25")
    serial = serial_of("friends")
    assert serial is not None
    assert serial.stopped is not None, "it was stopped in the middle of the story"
    then = tonight_of("friends", today + datetime.timedelta(1)).tells
    assert then is not None
    assert then.who != first.who
    assert then.goes_on is not None
    assert then.goes_on.first == serial.stopped.sentence > 0
    assert tonight_of("friends", today + datetime.timedelta(1)).dreams, "its movement was not reached"
    *_, night = lullaby("journal", "--json").facts["nights"]
    assert night["ritual"] == "small"
    assert "--circle" in night["asked"]


def test_an_evening_goes_on_after_midnight(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    friends()

    class Late:
        def now(self) -> datetime.datetime:
            return datetime.datetime(2026, 12, 1, 0, 15).astimezone()

    assert main(["circle", "held"], Late()) == 0
    assert "2026-11-30" in capsys.readouterr().out
    assert main(["circle", "turn", "--json"], Late()) == 0
    assert json.loads(capsys.readouterr().out)["date"] == "2026-11-30"


def test_a_dream_of_the_morning_is_told_in_the_evening_once_and_only_by_consent(home: Path) -> None:
    add_person(Person("anna"))
    friends(members=(replace(FRIENDS[0], listener="anna"), *FRIENDS[1:]))
    day, after = DAY, DAY + datetime.timedelta(days=1)
    number = keep_dream("anna", "There was a heron in the lift.", day, day)
    words = ["small", "--circle", "friends"]

    def said(date: datetime.date) -> str:
        return " ".join(one.text for one in asked(*words, "--date", date.isoformat()).tellings)

    assert "heron" not in said(day)
    consent("anna", number, True)
    assert "heron" in said(day)
    held("friends", day)
    assert "heron" in said(day), "the evening as it was held"
    assert "heron" not in said(after)
    consent("anna", number, False)
    assert "heron" not in said(day)
