"""`--for NAME`: a night as this listener sleeps, may hear, and wants it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lullaby.cli import main
from lullaby.errors import AskedWrongly
from lullaby.evening.notes import CutShort, Note
from lullaby.evening.prepare import _cut_by_story
from lullaby.people.listeners import find_person
from lullaby.sleep.listener import sleeper_of
from lullaby.time import PAGE

MIX = ("rain", "pink-noise:-6", "between-the-ears:-20", "--length", "02:00:00")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["render", *words, "--from", "0", "--to", "2", "-o", "a.wav", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_story_is_cut_short_where_it_reaches_the_limit_and_not_before() -> None:
    """A night for a story is given more time than the story takes."""
    notes: list[Note] = [CutShort("kim", 45 * PAGE, 47 * PAGE)]
    for lasts, says in ((25, []), (45, ["It ends at 00:45:00, the limit for kim."])):
        night = SimpleNamespace(length=lasts * PAGE, score=SimpleNamespace(length=45 * PAGE))
        assert [note.says for note in _cut_by_story(notes, night)] == says  # type: ignore[arg-type]


def test_the_avoid_list_is_kept(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["people", "add", "ada", "--birth-year", "1980", "--avoid", "pink-noise"]) == 0
    said = "".join(facts(capsys, *MIX, "--for", "ada")["credits"])
    assert "open-rain" in said
    assert "pink-noise" not in said
    assert main(["render", "pink-noise", "--for", "ada", "-o", "b.wav"]) == 2


def test_a_child_gets_a_timer_and_no_beats(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["people", "add", "kim", "--birth-year", "2020"]) == 0
    capsys.readouterr()
    assert main(["render", *MIX, "--for", "kim", "--date", "2026-11-20", "--to", "2", "-o", "a.wav"]) == 0
    assert "no limit of loudness can be promised" in " ".join(capsys.readouterr().err.split())
    assert main(["why", *MIX[:3], "44:50", "--for", "kim", "--date", "2026-11-20"]) == 0
    assert main(["why", *MIX[:3], "45:10", "--for", "kim", "--date", "2026-11-20"]) == 2
    assert "between-the-ears" not in "".join(facts(capsys, *MIX, "--for", "kim")["credits"])


def test_who_lies_awake_for_longer_is_played_on_for_as_long_as_they_wish(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    """Somebody who does not sleep at all, by a file: an hour, or what their own file says."""
    Path("awake.csv").write_text("start_s,stop_s,stage\n0,28800,awake\n")
    assert main(["people", "add", "ada", "--birth-year", "1980", "--play-out-at-most", "90"]) == 0
    assert main(["people", "add", "bo", "--birth-year", "1980"]) == 0
    assert main(["people", "add", "kim", "--birth-year", "2020", "--play-out-at-most", "90"]) == 0
    long = {"ada": "01:29:59", "bo": "00:59:59", "kim": "00:44:59"}
    for name, last in long.items():
        how = (*MIX, "--for", name, "--date", "2026-11-20", "--course", "awake.csv")
        assert main(["why", *MIX[:3], last, *how[3:]]) == 0
        minutes = int(last[:2]) * 60 + int(last[3:5]) + 1
        assert main(["why", *MIX[:3], f"{minutes // 60:02d}:{minutes % 60:02d}:01", *how[3:]]) == 2
    for wrong in ("0", "19", "1441"):
        assert main(["people", "add", "cy", "--play-out-at-most", wrong]) == 2
    assert len({facts(capsys, *MIX, "--for", name)["fingerprint"] for name in ("ada", "bo")}) == 2


def test_a_childs_limit_holds_for_voices_alone_and_the_cut_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    lengths: list[int] = []
    monkeypatch.setattr("lullaby.export.export", lambda night, path, **_: lengths.append(night.length))
    for name, more, ends in (("kim", (), "00:45:00"), ("bo", ("--longest", "60"), "01:00:00")):
        assert main(["people", "add", name, "--birth-year", "2020", *more]) == 0
        capsys.readouterr()
        assert main(["hear", "rain", "--seconds", "4000", "--for", name, "-o", "f.wav"]) == 0
        said = " ".join(capsys.readouterr().err.split())
        assert f"It ends at {ends}, the limit for {name}, and not at 01:06:40." in said
        assert ("a parent set 60" in said) is (name == "bo")
    assert lengths == [45 * PAGE, 60 * PAGE]


def test_a_parent_may_let_a_childs_night_last_an_hour(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["people", "add", "kim", "--birth-year", "2020", "--longest", "60"]) == 0
    assert "60 minutes at most, by a timer (a parent set 60)" in capsys.readouterr().out
    asked = ["why", *MIX[:3], "59:50", "--for", "kim", "--date", "2026-11-20"]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "60 minutes at most" in " ".join(said.err.split())
    assert "The night ends at 01:00:00." in said.out
    with pytest.raises(AskedWrongly, match="a timer of 60 minutes"):
        sleeper_of(find_person("kim"), date(2026, 11, 20))


def test_each_sleeps_a_night_of_their_own(home: Path, capsys: pytest.CaptureFixture[str]):
    for name, more in (("ada", ()), ("bo", ("--insomnia", "0.8"))):
        assert main(["people", "add", name, "--birth-year", "1980", *more]) == 0
    prints = {facts(capsys, *MIX, *words)["fingerprint"] for words in ((), ("--for", "ada"), ("--for", "bo"))}
    assert len(prints) == 3
    assert main(["render", "rain", "--for", "nobody", "-o", "b.wav"]) == 2
