"""What a listener may hear: limits of age, and what is on their avoid-list."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from persons import ANNA

from lullaby.errors import AskedWrongly
from lullaby.people.limits import CHILD, INFANT, kept_to, limits_at
from lullaby.people.listeners import (
    Person,
    avoided,
)
from lullaby.score import Score, Telling, find_score, find_voice, read_score, score_files, score_of
from lullaby.score.avoiding import Avoid, without
from lullaby.score.shortening import shortened
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

TODAY = datetime.date(2026, 11, 30)
SCORES = {name: path for name, path in score_files().items()}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_children_keep_their_limits_whatever_their_file_says():
    assert (INFANT.cap_dba, INFANT.aim_dba, INFANT.usual_min, INFANT.longest_min) == (50, 40, 30, 60)
    loud = limits_at(1, cap_dba=80)
    assert loud == INFANT
    quiet = limits_at(1, cap_dba=35, longest_min=20)
    assert (quiet.cap_dba, quiet.aim_dba, quiet.ends_min) == (35, 35, 20)
    assert "20 minutes at most, by a timer (a parent set 20);" in quiet.says(False)
    assert "a parent" not in loud.says(False)
    for limits in (INFANT, CHILD):
        assert (limits.adults_only_kinds, limits.all_night) == (False, False)
        assert "dBA" not in limits.says(False)
        assert "nobody has measured" in limits.says(False)
        assert f"At most {limits.cap_dba:g} dBA" in limits.says(True)


def test_an_adult_says_how_long_a_night_goes_on_without_sleep_and_a_child_does_not():
    assert limits_at(None).play_out_min == limits_at(40).play_out_min == 60
    longer = limits_at(40, play_out_min=95)
    assert longer.play_out_min == 95
    assert "Where sleep does not stay, 95 minutes of sound" in longer.says(False)
    for age in (1, 9):
        assert limits_at(age, play_out_min=95) == limits_at(age)


@pytest.mark.parametrize(
    ("age", "set_min", "ends_min", "says"),
    [
        (7, None, 45, "For a child: 45 minutes at most, by a timer;"),
        (7, 60, 60, "For a child: 60 minutes at most, by a timer (a parent set 60);"),
        (7, 90, 60, "60 minutes at most, by a timer (a parent set 90, and 60 is the most);"),
        (1, None, 30, "For an infant: 30 minutes at most, by a timer;"),
        (1, 60, 60, "For an infant: 60 minutes at most, by a timer (a parent set 60);"),
        (40, 90, 90, "90 minutes at most, by a limit of their own."),
    ],
)
def test_the_minutes_that_hold_are_the_minutes_that_are_said(
    age: int, set_min: int | None, ends_min: int, says: str
):
    limits = limits_at(age, longest_min=set_min)
    assert limits.ends_min == ends_min
    for calibrated in (False, True):
        assert says in limits.says(calibrated)
    eight_hours = replace(find_score("plain", KINDS), length=8 * 3600 * RATE)
    assert kept_to(limits, eight_hours).length == ends_min * 60 * RATE


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("limits", [INFANT, CHILD], ids=["infant", "child"])
def test_every_shipped_score_is_cut_to_a_childs_night(name: str, limits: Any):
    score = replace(find_score(name, KINDS), all_night="it may", length=8 * 3600 * RATE)
    kept = kept_to(limits, score)
    assert kept.length == limits.ends_min * 60 * RATE
    assert kept.all_night is None
    assert kept.fade_in + kept.fade_out <= kept.length
    assert all(scene.at < kept.length for scene in kept.scenes)
    assert kept.sources != score.sources


def test_beats_alone_are_no_night_for_a_child_and_that_is_why() -> None:
    score = find_score("plain", KINDS)
    beats = find_voice("between-the-ears", KINDS)
    score = replace(score, voices=tuple(replace(part, voice=beats) for part in score.voices))
    with pytest.raises(AskedWrongly, match="without what is for adults only"):
        kept_to(CHILD, score)


def test_a_child_hears_no_beats():
    both = score_of('[voices]\na = "rain"\nb = "beats"\n[scene.a]\nat = 0\na = -3\nb = -9\n', "x.toml", KINDS)
    kid = Person("kid", birth_year=2018)
    assert [part.name for part in avoided(kid, both, TODAY).voices] == ["a"]
    assert avoided(kid, both) is both
    alone = without(both, Avoid(voices=("a",)))
    with pytest.raises(AskedWrongly, match="Nothing is left"):
        avoided(kid, alone, TODAY)


@pytest.mark.parametrize("name", SCORES)
def test_every_voice_of_every_shipped_score_can_be_avoided(name: str):
    score = find_score(name, KINDS)
    for part in score.voices:
        ways = [
            Avoid(voices=(part.name.upper(),)),
            Avoid(voices=(part.voice.name,)),
            Avoid(kinds=(part.kind.name,)),
            Avoid(words=(part.voice.name.replace("-", " "),)),
        ]
        for way in ways:
            try:
                left = without(score, way)
            except AskedWrongly as error:
                assert "Nothing is left" in str(error)  # noqa: PT017
                continue
            names = {p.name for p in left.voices}
            assert part.name not in names
            assert all(names >= scene.changes.keys() | scene.silent for scene in left.scenes)
            assert names >= left.follow.keys()
            assert all(telling.voice in names for telling in left.tellings)
            assert left.sources != score.sources
            assert {p.name: p for p in left.voices}.items() <= {p.name: p for p in score.voices}.items()
    everything = Avoid(voices=tuple(part.name for part in score.voices))
    with pytest.raises(AskedWrongly, match="Nothing is left of"):
        without(score, everything)
    assert without(score, Avoid(words=("nowhere",), tunes=("none",))) is score


def told(tmp_path: Path, story: str) -> Score:
    (tmp_path / "stories").mkdir(exist_ok=True)
    (tmp_path / "stories" / "lamp.md").write_text(story)
    (tmp_path / "voices").mkdir(exist_ok=True)
    (tmp_path / "voices" / "keeper.toml").write_text('kind = "teller"\n')
    path = tmp_path / "night.toml"
    path.write_text(
        '[voices]\na = "rain"\nwho = "keeper"\n[scene.a]\nat = 0\na = -3\n'
        '[[tell]]\nat = 10\nstory = "lamp"\nvoice = "who"\n'
    )
    return read_score(path, KINDS)


@pytest.mark.parametrize(
    ("word", "gone"),
    [
        ("spider", True),
        ("SPIDER", True),
        ("spid", False),
        ("tall man", True),
        ("man tall", False),
        ("蜘蛛", True),
        ("lamp", True),
    ],
)
def test_a_story_with_a_word_on_the_list_is_not_told(word: str, gone: bool, tmp_path: Path):
    score = told(tmp_path, "# A walk\n\nTwo spiders met a tall\nman. 大蜘蛛来了。\n")
    left = avoided(replace(ANNA, avoid=Avoid(words=(word,))), score)
    assert (left.tellings == ()) is gone
    assert [part.name for part in left.voices] == ["a", "who"]
    assert (left.sources == score.sources) is not gone


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"])
def test_nothing_that_is_not_seen_gets_a_word_past_the_list(hidden: str):
    assert Avoid(words=("spider",)).has_word_of(f"A spi{hidden}der sat in the attic.")


def test_without_its_teller_a_story_is_not_told(tmp_path: Path):
    left = without(told(tmp_path, "# A walk\n\nOn.\n"), Avoid(kinds=("teller",)))
    assert (left.tellings, [part.name for part in left.voices]) == ((), ["a"])


def test_tunes_and_clips_are_avoided_by_name():
    from lullaby.score.settings import Form, Kind, Setting

    clip = Kind("clip", "", (Setting("file", "file", "", "", 0, 0, "", Form.NAME, moves=False),))
    score = find_score("harbour-rain", KINDS)
    part = score.voices[0]
    mine = replace(part, voice=replace(part.voice, kind=clip), values={"level": 0.0, "file": "my dog"})
    score = replace(score, voices=(mine, *score.voices[1:]))
    for way in (Avoid(clips=("My Dog",)), Avoid(tunes=("my dog",)), Avoid(words=("dog",))):
        assert mine.name not in [p.name for p in without(score, way).voices]


def test_a_tune_is_avoided_by_its_title_too():
    score = find_score("old-songs", KINDS)
    assert score.music is not None
    first = score.music.tunes[0]
    assert first.title != first.name
    for called in (first.name, first.title.upper()):
        music = without(score, Avoid(tunes=(called,))).music
        assert music is not None
        assert music.tunes == score.music.tunes[1:]


@pytest.mark.parametrize("avoid", ["mix", "An Evening", "noice"])
def test_an_import_is_avoided_by_name_title_or_program(avoid: str):
    score = replace(
        find_score("plain", KINDS), name="mix", title="An Evening", description="My mix, a mix made in Noice."
    )
    with pytest.raises(AskedWrongly, match="import on the avoid-list"):
        without(score, Avoid(imports=(avoid,)))
    shipped = find_score("plain", KINDS)
    assert without(shipped, Avoid(imports=(avoid,))) is shipped


def test_what_ends_sooner_tells_no_longer():
    score = replace(
        find_score("harbour-rain", KINDS),
        tellings=(
            Telling(0, "a", Path("a.md"), "rain", 3000 * RATE),
            Telling(1000 * RATE, "b", Path("b"), "rain"),
        ),
    )
    short = shortened(score, 600 * RATE)
    assert [telling.until for telling in short.tellings] == [600 * RATE]
