"""Rituals as they are heard: rendered through the command line, and from Python, with everything spoken."""

from __future__ import annotations

import datetime
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from test_formats import decoded

import lullaby
from lullaby import places
from lullaby.cli import main
from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.logged import asked_in
from lullaby.evening.narration.gathering import GAP
from lullaby.export import export
from lullaby.export.file_tags import chapters
from lullaby.narrator import shelf
from lullaby.narrator.speech import Spoken, Word
from lullaby.night.night_log import head_line
from lullaby.ritual.composing import composed
from lullaby.ritual.gentle_dreams import forget_spoken
from lullaby.ritual.tonight import Present, SharedDream, Tonight, Turn
from lullaby.score.rituals import read_ritual
from lullaby.time import RATE, Span
from lullaby.voices.kinds import KINDS

pytestmark = pytest.mark.usefixtures("without_covers")

FRIDAY = datetime.date(2026, 11, 27)
SHORT = """
title = "Short"
bed   = "brook:-4"
voice = "neighbour"
cross = 4
[[movement]]
do = "gather"
[[movement]]
do  = "breathe"
for = 00:00:45
[[movement]]
do  = "music"
for = 00:00:40
[[movement]]
do      = "dreams"
[[movement]]
do  = "word-shuffle"
for = 00:00:50
[[movement]]
do  = "quiet"
for = 00:00:40
[[when]]
mood = "sad"
drop = ["word-shuffle"]
"""
CIRCLE = Tonight(
    FRIDAY,
    present=(Present("Mina", "grandmother", seat=-0.8), Present("Noor", "uncle", seat=0.8)),
    tells=Turn(Present("Mina", "grandmother", seat=-0.8)),
    dreams=(SharedDream("Noor", "There was a heron on the stairs.", FRIDAY),),
)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "scores/rituals").mkdir(parents=True)
    (tmp_path / "scores/rituals/short.toml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)


def db(sound: np.ndarray[Any, Any]) -> float:
    return float(10 * np.log10(np.mean(np.square(sound.astype(np.float64))) + 1e-20))


def test_everything_is_said_in_its_movement_and_nobody_speaks_over_anybody(tmp_path: Path) -> None:
    score = composed(read_ritual(tmp_path / "scores/rituals/short.toml", KINDS), CIRCLE)
    evening = prepared(Request(score, date=FRIDAY))
    lines = sorted(
        ((line.start, line.stop) for told in evening.night.narrations for line in told.lines),
        key=lambda line: line[0],
    )
    assert len(lines) > 10
    assert all(start >= stop for (_, stop), (start, _) in pairwise(lines))
    by_telling = [told for told in evening.night.narrations if told.lines]
    assert all(one.stop + GAP <= other.lines[0].start for one, other in pairwise(by_telling))
    assert score.ritual is not None
    assert len(by_telling) == len(score.tellings)
    assert {now.do for told in by_telling if (now := score.ritual.at(told.stop))} == set(SAID)
    for told in by_telling:
        assert score.ritual.at(told.lines[0].start) == score.ritual.at(told.stop)


SAID = ("gather", "breathe", "dreams", "word-shuffle")


def test_what_ends_when_it_is_told_is_told_to_its_end(tmp_path: Path) -> None:
    score = composed(read_ritual(tmp_path / "scores/rituals/short.toml", KINDS), CIRCLE)
    storytelling = prepared(Request(score, date=FRIDAY)).storytelling
    assert storytelling is not None
    over = [tale for tale in storytelling.tales if tale.told.telling.story in ("gather", "dreams")]
    assert len(over) == 2
    assert all(tale.laying.over for tale in over)


def test_a_ritual_is_rendered_and_ends_in_exact_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "short", "--date", "2026-11-27", "-o", "short.flac"]) == 0
    said = capsys.readouterr().out
    sound = decoded(tmp_path / "short.flac")
    night = lullaby.load("short", date=FRIDAY)
    assert len(sound) == night.length
    titles = [chapter.title for chapter in chapters(night, night.span)]
    assert titles == ["Gather", "Breathe", "Music", "Word shuffle", "Quiet"]
    assert night.fingerprint in said
    assert not sound[-2 * RATE :].any()
    assert db(sound[-40 * RATE : -36 * RATE]) < db(sound[10 * RATE : 20 * RATE])


def test_one_movement_goes_as_the_next_comes(tmp_path: Path) -> None:
    """Where music comes, the breath goes: over four seconds, neither at once, and both are heard between."""
    night = lullaby.load("short", date=FRIDAY, stories=False)
    ritual = night.score.ritual
    assert ritual is not None
    at = next(one.at for one in ritual.movements if one.do == "music")

    def level(voice: str, start: float, stop: float) -> float:
        return db(night.stem(voice, Span(at + round(start * RATE), at + round(stop * RATE))))

    breath = "slow-breath"
    assert level(breath, -9.5, 0) > -60
    assert level(breath, 4.2, 6) < -150
    assert -100 < level(breath, 1, 3) < level(breath, -9.5, 0)
    drone = "bowed-drone"
    assert level(drone, -2, 0) < -150
    assert level(drone, 1, 2) < level(drone, 5, 9)


def test_a_mood_changes_the_night_and_why_says_by_which_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "short", "00:00:20", "--date", "2026-11-27", "--mood", "traurig", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["ritual"]
    assert (facts["mood"], facts["movement"]["name"], facts["season"]) == ("sad", "gather", "autumn")
    assert "[[when]] 1 (sad): without word-shuffle" in facts["rules"]
    assert main(["why", "short", "00:01:20", "--date", "2026-11-27", "--mood", "restless"]) == 0
    said = capsys.readouterr().out
    assert 'Mood "restless" (the table of moods): breathe is 1.5 times as long, 00:01:08.' in said
    assert main(["why", "short", "00:00:20", "--date", "2026-11-27", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ritual"]["mood"] is None


def test_a_mood_is_asked_of_rituals_alone_and_from_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "short", "--mood", "peckish"]) == 2
    assert "There are: calm, glad, tired" in capsys.readouterr().err
    assert main(["render", "plain", "--mood", "sad"]) == 2
    assert "--mood is for rituals" in capsys.readouterr().err
    assert main(["render", "short", "rain"]) == 2
    assert "name it alone" in capsys.readouterr().err
    with pytest.raises(AskedWrongly, match="say its date"):
        lullaby.load("short")
    with pytest.raises(AskedWrongly, match="a mood is told to a ritual"):
        lullaby.load("plain", mood="sad")


def test_a_name_that_a_score_and_a_ritual_have_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scores/rituals/plain.toml").write_text(SHORT)
    assert main(["render", "plain"]) == 2
    assert "is a ritual and a score" in capsys.readouterr().err
    path = str(tmp_path / "scores/rituals/plain.toml")
    assert main(["why", path, "00:00:10"]) == 0


def test_the_rituals_there_are_are_listed_with_the_moods(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rituals", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {"short", "under-the-stars", "alone", "toddler", "studio-hour"} <= {
        one["name"] for one in facts["rituals"]
    }
    assert {"mood", "also", "does"} == set(facts["moods"][0])
    assert main(["rituals"]) == 0
    assert "short: Short, 00:11:55 at most" in capsys.readouterr().out


def test_a_child_hears_a_ritual_within_their_limits(capsys: pytest.CaptureFixture[str]) -> None:
    """One of an hour is cut short for somebody who is three, and fades there."""
    assert main(["people", "add", "kim", "--birth-year", "2023"]) == 0
    capsys.readouterr()
    score = composed(
        read_ritual(places.shipped("scores") / "rituals/studio-hour.toml", KINDS), Tonight(FRIDAY)
    )
    evening = prepared(Request(score, listener="kim", date=FRIDAY, stories=False))
    assert evening.night.length < score.length
    assert not evening.night.render(Span(evening.night.length - 10, evening.night.length)).max() > 1e-3


def test_what_is_private_is_in_no_log_no_name_and_no_tag(tmp_path: Path) -> None:
    score = composed(read_ritual(tmp_path / "scores/rituals/short.toml", KINDS), CIRCLE)
    evening = prepared(Request(score, date=FRIDAY), keeper=export)

    said = head_line(evening.night, asked_in(evening.request))
    assert "heron" not in said
    assert '"ritual"' in said
    evening.night.export(tmp_path / "night.m4b")
    content = (tmp_path / "night.m4b").read_bytes()
    assert b"heron" not in content
    assert b"stairs" not in content
    assert not any("heron" in path.name for path in tmp_path.rglob("*"))


def test_no_movement_is_much_louder_than_the_ritual_opens_and_the_quiet_is_softer() -> None:
    """Half a minute within each of the shipped ones, without what is told: the bed makes room for that."""
    for path in sorted((places.shipped("scores") / "rituals").glob("*.toml")):
        night = lullaby.load(path, date=FRIDAY, stories=False)
        assert night.score.ritual is not None
        levels = []
        for one in night.score.ritual.movements:
            start = one.at + (one.stop - one.at) // 3
            levels.append(
                pyloudnorm.Meter(RATE).integrated_loudness(night.render(Span(start, start + 15 * RATE)))
            )
        assert max(levels) < night.score.level + 3, (path.stem, levels)
        assert levels[-1] < min(night.score.level - 3, levels[0] - 3), (path.stem, levels)


def test_the_log_of_a_night_says_which_ritual_it_was_and_it_is_had_again(tmp_path: Path) -> None:
    score = composed(read_ritual(tmp_path / "scores/rituals/short.toml", KINDS), Tonight(FRIDAY, "sad"))
    evening = prepared(Request(score, date=FRIDAY))
    (tmp_path / "night.log").write_text(head_line(evening.night, asked_in(evening.request)))
    assert main(["render", "--course", "night.log", "--to", "2", "-o", "again.wav"]) == 0
    assert decoded(tmp_path / "again.wav").any()


def test_a_dream_that_is_withdrawn_is_spoken_nowhere_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "cache"))
    words = (Word("There", 0, 0, 5), Word("was", 6, 5, 8), Word("a", 10, 8, 9), Word("heron", 12, 9, 20))
    others = (Word("A", 0, 0, 5), Word("heron", 2, 5, 20), Word("sang", 8, 20, 30))
    sound = np.zeros(100, np.int16)
    shelf.put("aaaaaaaa", Spoken(sound, words))
    shelf.put("bbbbbbbb", Spoken(sound, others))
    assert forget_spoken(CIRCLE.dreams) == 1
    assert shelf.found("aaaaaaaa") is None
    assert shelf.found("bbbbbbbb") is not None
    assert not any("There" in path.read_text("utf-8") for path in (tmp_path / "cache").rglob("*.json"))
