"""A circle's evening in a pack: the ritual's own text, and the evening of those who agreed. Whoever opens it
composes it anew."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from circles import FRIENDS, day, friends
from packs import BOAT, files_in, rewritten
from typed import Say, typing

from lullaby.errors import CouldNot, LullabyError
from lullaby.evening.prepare import prepared
from lullaby.evening.request import Request
from lullaby.ritual.circle.brought import bring
from lullaby.ritual.circle.pack.evening import evening_in
from lullaby.ritual.circle.pack.opening import opened
from lullaby.ritual.circle.pack.packing import packed_night
from lullaby.ritual.circle.pack.rituals import PackedRitual
from lullaby.ritual.circle.pack.tonight_text import tonight_from, tonight_text
from lullaby.ritual.circle.tonight import tonight_of
from lullaby.ritual.tonight import Episode, Present, SharedDream, Tonight, Turn
from lullaby.score import Score, read_score
from lullaby.score.model import Telling
from lullaby.time import RATE, Span
from lullaby.voices.kinds import KINDS

STARTS = datetime.datetime(2026, 11, 30, 22, 30, tzinfo=datetime.UTC)
RITUAL = """length = 60
fade_out = 5
sleeper = "none"
[voices]
hush = "pink-noise"
keeper = "lamp-keeper"
[scene.all]
at = 0
hush = -10
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def composed(path: Path, tonight: Tonight, hemisphere: str, seed: int | None) -> Score:
    """A ritual for these tests: a score as loud as many are there, in which what was brought is told."""
    score = read_score(path, KINDS)
    names = ", ".join([hemisphere, path.stem, *(one.name for one in tonight.present)])
    told = tonight.tells.brings if tonight.tells is not None else None
    tellings = () if told is None else (Telling(4 * RATE, told.stem, told, "keeper"),)
    dreams = "".join(one.text for one in tonight.dreams)
    level = -40.0 + len(tonight.present)
    sources = (f"{names} {dreams} {level}", *score.sources)
    return replace(score, title=names, level=level, tellings=tellings, seed=seed or 0, sources=sources)


def a_ritual(tonight: Tonight) -> PackedRitual:
    Path("rituals").mkdir(exist_ok=True)
    Path("rituals/stars.toml").write_text(RITUAL)
    return PackedRitual(Path("rituals/stars.toml"), tonight, composed, "south")


def packed(ritual: PackedRitual, path: Path) -> Any:
    score = composed(ritual.path, ritual.packed_tonight, ritual.hemisphere, 7)
    evening = prepared(Request(score, date=ritual.tonight.date))
    packed_night(evening, path, STARTS, ritual=ritual)
    return evening


def test_who_opens_it_composes_the_same_night():
    friends(members=(replace(FRIENDS[0], share=True), FRIENDS[1]))
    Path("boat.md").write_text(BOAT)
    bring("friends", "anna", Path("boat.md"), day(0))
    tonight = tonight_of("friends", day(0), to_share=True, dreams=lambda member: [])
    evening = packed(a_ritual(tonight), Path("a.night"))
    files = files_in(Path("a.night"))
    assert {"rituals/stars.toml", "tonight.json", "brought/boat.md"} <= files.keys()
    with opened(Path("a.night")) as pack:
        again = evening_in(pack, compose=composed).night
        span = Span(0, 12 * RATE)
        assert np.array_equal(again.render(span), evening.night.render(span))
        assert again.score.title == "south, stars, anna"
        assert again.narrations[0].lines
        with pytest.raises(CouldNot, match="this lullaby composes none"):
            evening_in(pack)


def test_nothing_of_who_did_not_agree_is_in_it():
    zephyrine = replace(FRIENDS[0], name="zephyrine", likes=("zephyr-story",), listener="zephyrine")
    friends(members=(zephyrine, replace(FRIENDS[1], share=True)))
    Path("zephyr.md").write_text(BOAT.replace("boat", "zephyrboat"))
    bring("friends", "zephyrine", Path("zephyr.md"), day(0))
    dream = SharedDream("x", "a zephyr blew", day(0))

    def dreams(member: Any) -> Any:
        return [Numbered(dream)] if member.listener else []

    assert tonight_of("friends", day(0), dreams=dreams).dreams
    tonight = tonight_of("friends", day(0), to_share=True, dreams=dreams)
    packed(a_ritual(tonight), Path("a.night"))
    assert b"zephyr" not in Path("a.night").read_bytes()


class Numbered:
    number = 1

    def __init__(self, dream: SharedDream) -> None:
        self.text, self.date = dream.text, dream.date


FULL = Tonight(
    datetime.date(2026, 11, 30),
    "restless",
    (
        Present("anna", "lamp-keeper", "harp", ("wiegenlied",), -0.5, ("the-quiet-pod",)),
        Present("mia", is_guest=True),
    ),
    Turn(Present("anna", seat=-0.5), None, Episode("the-river", datetime.date(2024, 1, 13))),
    None,
    (SharedDream("anna", 'I flew.\nThen I said: "oh".', datetime.date(2026, 11, 30)),),
)


def test_an_evening_reads_back_as_it_was_written(tmp_path: Path):
    assert tonight_from(tonight_text(FULL, "south").encode(), "tonight.json", tmp_path) == (FULL, "south")
    (tmp_path / "brought").mkdir()
    (tmp_path / "brought/me.m4a").write_bytes(b"x")
    brings = replace(FULL, plays=Turn(Present("bo"), tmp_path / "brought/me.m4a"))
    assert tonight_from(tonight_text(brings, "north").encode(), "t", tmp_path) == (brings, "north")


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a file elsewhere": lambda t: t.update(tells={**t["tells"], "brings": "../../etc/passwd"}),
    "a whole path": lambda t: t.update(tells={**t["tells"], "brings": "/etc/passwd"}),
    "a way out": lambda t: t.update(tells={**t["tells"], "brings": "brought/../pack.json"}),
    "a number": lambda t: t.update(tells={**t["tells"], "brings": 3}),
    "a voice elsewhere": lambda t: t["present"][0].update(teller="../../x"),
    "a seat far off": lambda t: t["present"][0].update(seat=1e9),
    "somebody of another sort": lambda t: t.update(present=[3]),
    "a great many": lambda t: t.update(present=t["present"] * 100),
    "a long dream": lambda t: t.update(dreams=[["a", "x" * 50_000, "2026-11-30"]]),
    "a dream of nobody": lambda t: t.update(dreams=[[None, "x", "2026-11-30"]]),
    "no date": lambda t: t.update(date="soon"),
    "no hemisphere": lambda t: t.update(hemisphere="west"),
    "an escape": lambda t: t.update(mood="\x1b[2J"),
    "a serial that is none": lambda t: t.update(tells={**t["tells"], "goes_on": ["a/b", None, 0, ""]}),
    "a sentence that is none": lambda t: t.update(tells={**t["tells"], "goes_on": ["a", None, -1, ""]}),
    "an episode of too little": lambda t: t.update(tells={**t["tells"], "goes_on": ["a"]}),
    "nothing": lambda t: t.clear(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_evening_that_a_stranger_wrote_is_refused(what: str, tmp_path: Path):
    table = json.loads(tonight_text(FULL, "south"))
    CHANGES[what](table)
    with pytest.raises(LullabyError):
        tonight_from(json.dumps(table).encode(), "tonight.json", tmp_path)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"\xff", b"[" * 50_000, b"3"])
def test_what_is_no_evening_at_all_is_refused(content: bytes, tmp_path: Path):
    with pytest.raises(LullabyError):
        tonight_from(content, "tonight.json", tmp_path)


def test_a_pack_with_an_evening_and_no_ritual_is_refused():
    packed(a_ritual(Tonight(day(0))), Path("a.night"))
    for change in (
        lambda files: files.pop("rituals/stars.toml"),
        lambda files: files.update({"rituals/other.toml": b"length = 3\n"}),
    ):
        path = rewritten(Path("a.night"), Path("b.night"), change)
        with opened(path) as pack, pytest.raises(LullabyError, match="not one ritual"):
            evening_in(pack, compose=composed)


def test_a_shipped_ritual_of_a_circle_is_packed_by_its_name(capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("lullaby.ritual.composing")
    say: Say = typing(capsys, "circle")
    friends(members=tuple(replace(one, share=one.name == "anna") for one in FRIENDS))
    Path("boat.md").write_text(BOAT)
    bring("friends", "anna", Path("boat.md"), day(0))
    words = ("under-the-stars", "--circle", "friends", "--date", "2026-11-01", "--mood", "sad")
    said = say("pack", *words, "-o", "a.night", "--json")
    assert said.code == 0, said.err
    assert "rituals/under-the-stars.toml" in said.facts["files"]
    assert said.facts["turns"] == [{"role": "tell", "who": "anna"}]
    assert b"cleo" not in Path("a.night").read_bytes()
    opened_again = say("open", "a.night", "--json")
    assert opened_again.code == 0, opened_again.err
    assert opened_again.facts["same"]
