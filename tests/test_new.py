"""`lullaby new` writes what a person can start from, and `check` tells every sort of file apart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from nights import load

from lullaby import places
from lullaby.cli import main
from lullaby.cli.commands.new import SHEETS
from lullaby.time import RATE, Span

WRONG = {
    "story.md": [
        ("", "nothing is told in it"),
        ("<!-- to be written -->\n", "nothing is told in it"),
        ("# The boat\n", "nothing is told in it"),
        ("# The boat\n\nIt lay\x1b[2J there.\n", "line 3: this line has a character in it"),
        ("# The boat\n\nIt lay there.\n\n<!-- and then\n", "line 5: a comment begins here and does not end"),
        (b"# The boat\n\nIt lay \xff there.\n", "line 3: this is not UTF-8 text"),
    ],
    "ritual.toml": [
        ('[[when]]\nmood = "sad"\nlevel = -1\n', "nothing is done in it"),
        ('[[movement]]\ndo = "sing"\n', "It may be: gather, breathe, music"),
        ('[[movement]]\ndo = "stroy"\n', 'Did you mean "story"?'),
        ('[[movement]]\nfor = 00:05:00\n', 'it has no "do"'),
        ('[[movement]]\ndo = "score"\n', 'it has no "score"'),
        (
            '[[movement]]\ndo = "gather"\n[[movement]]\ndo = "score"\nscore = "plian"\n',
            'movement 2: score = "plian" is no score there is.',
        ),
        ('[[movement]]\ndo = "quiet"\nstory = "x"\n', 'quiet has no "story"'),
        ('[[movement]]\ndo = "story"\nstory = "../x"\n', "is not a name"),
        ('[[movement]]\ndo = "story"\nstory = "the-quiet-pod-by-day"\n', "is for the day"),
        ('[[movement]]\ndo = "music"\nuntil = "told"\n', "in music nothing is told"),
        ('[[movement]]\ndo = "music"\nmelody = "rain-on-slate"\n', "is no instrument there is"),
        ('[[movement]]\ndo = "gather"\nvoice = "rain-on-slate"\n', "is no teller there is"),
        ('[[movement]]\ndo = "quiet"\nfor = "soon"\n', "is not a time"),
        ('[[movement]]\ndo = "quiet"\ncross = 1\n', "is too little"),
        ('[[movement]]\ndo = "quiet"\nfor = 60\nuntil = "a key"\n', "it has a length and an until"),
        ('[[movement]]\ndo = "quiet"\n[[movement]]\ndo = "quiet"\n', 'two movements are called "quiet"'),
        (
            '[[movement]]\ndo = "quiet"\nuntil = "asleep"\n[[movement]]\ndo = "story"\n',
            "story is spoken behind quiet, which lasts until somebody sleeps",
        ),
        ('bed = "rian"\n[[movement]]\ndo = "quiet"\n', 'bed = "rian" is no voice there is'),
        ('[[movement]]\ndo = "quiet"\n[[when]]\nlevel = -1\n', "it does not say when"),
        ('[[movement]]\ndo = "quiet"\n[[when]]\nweekday = ["tues"]\nlevel = -1\n', "is not one of its words"),
        ('[[movement]]\ndo = "quiet"\n[[when]]\nmood = "peckish"\nlevel = -1\n', "is no mood"),
        ('[[movement]]\ndo = "quiet"\n[[when]]\nseason = "winter"\n', "it changes nothing"),
        ('[[movement]]\ndo = "quiet"\n[[when]]\nseason = "winter"\nlevel = 3\n', "is too high"),
        (
            '[[movement]]\ndo = "quiet"\n[[when]]\nmood = "sad"\ndrop = ["quite"]\n',
            'there is no movement "quite"',
        ),
        (
            '[[movement]]\ndo = "quiet"\n[[when]]\nmood = "sad"\n'
            '[[when.change]]\nmovement = "quiet"\nstory = 1\n',
            'quiet has no "story"',
        ),
        ("movement = 3\n", "Each one begins with [[movement]]"),
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def checked(capsys: pytest.CaptureFixture[str], path: Path) -> Any:
    capsys.readouterr()
    code = main(["check", str(path), "--json"])
    facts = json.loads(capsys.readouterr().out)[0]
    assert code == (0 if facts["right"] else 2)
    return facts


def where(what: str, name: str) -> Path:
    return places.home() / SHEETS[what].folder / (name + SHEETS[what].ending)


@pytest.mark.parametrize("what", SHEETS)
def test_what_is_new_is_right_and_bears_its_name(what: str, capsys: pytest.CaptureFixture[str]):
    assert main(["new", what, "harbour-walk"]) == 0
    path = where(what, "harbour-walk")
    said = capsys.readouterr().out
    assert said.splitlines()[0] == str(path)
    assert f"lullaby check {path}" in said
    facts = checked(capsys, path)
    assert (facts["right"], facts["what"], facts["title"]) == (True, what, "Harbour walk")
    assert "{" not in path.read_text("utf-8").replace("= {", "")


@pytest.mark.parametrize("what", SHEETS)
def test_nothing_is_written_over(what: str, capsys: pytest.CaptureFixture[str]):
    path = where(what, "mine")
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert main(["new", what, "mine"]) == 2
    assert "this is there already" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_link_that_leads_nowhere_is_not_written_over(capsys: pytest.CaptureFixture[str]):
    Path("lost.toml").symlink_to("nowhere.toml")
    assert main(["new", "score", "lost", "--here"]) == 2
    assert not Path("nowhere.toml").exists()


def test_a_new_score_can_be_played_at_once(capsys: pytest.CaptureFixture[str]):
    main(["new", "score", "evening", "--here", "--json"])
    facts = json.loads(capsys.readouterr().out)
    assert facts == {"what": "score", "name": "evening", "file": "evening.toml"}
    night = load("evening.toml")
    for start in (0, 6 * 60, 50 * 60):
        assert abs(night.render(Span(start * RATE, (start + 30) * RATE))).max() > 0.003
    main(["new", "score", "evening"])
    assert load("evening").score.title == "Evening"


def test_a_name_may_be_typed_with_its_ending():
    assert main(["new", "tune", "three-notes.abc", "--here"]) == 0
    assert [p.name for p in Path().iterdir()] == ["three-notes.abc"]


@pytest.mark.parametrize(
    "name", ["../out", "a/b", "", ".hidden", "two\nlines", 'a"b', "x" * 300, "é" * 99 + "aaaa", "\udcff"]
)
def test_a_name_that_no_file_should_have_is_refused_in_a_line(name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["new", "score", name, "--here"]) == 2
    assert len(capsys.readouterr().err.splitlines()) <= 2
    assert list(Path().iterdir()) == []


def test_a_sort_there_is_not_is_guessed(capsys: pytest.CaptureFixture[str]):
    assert main(["new", "scor", "x"]) == 2
    assert 'Did you mean "score"?' in capsys.readouterr().err


def test_a_name_that_hides_a_shipped_one_is_said_to(capsys: pytest.CaptureFixture[str]):
    assert main(["new", "score", "plain"]) == 0
    assert "hides the score of that name" in capsys.readouterr().err


def test_a_home_that_cannot_be_written_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LULLABY_HOME", os.devnull + "/home")
    assert main(["new", "story", "boat"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(("name", "text", "says"), [(name, *case) for name in WRONG for case in WRONG[name]])
def test_a_mistake_is_said_with_its_place(
    name: str, text: str | bytes, says: str, capsys: pytest.CaptureFixture[str]
):
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    facts = checked(capsys, Path(name))
    assert (facts["right"], facts["what"]) == (False, name.split(".")[0])
    assert all(mistake.startswith(name) for mistake in facts["mistakes"])
    assert says in "\n".join(facts["mistakes"])


def test_a_story_is_counted_without_its_comment_and_headings(capsys: pytest.CaptureFixture[str]):
    Path("boat.md").write_text(
        "<!-- for\nlater -->\n\n# The boat\n\n## One\n\n" + "It lay there - still. " * 110,
        encoding="utf-8-sig",
    )
    facts = checked(capsys, Path("boat.md"))
    assert (facts["title"], facts["words"], facts["minutes"]) == ("The boat", 440, 4.0)
    main(["check", "boat.md"])
    assert "boat.md: right. The boat, a story of 440 words, about 4 minutes" in capsys.readouterr().out


def test_a_ritual_knows_its_movements(capsys: pytest.CaptureFixture[str]):
    main(["new", "story", "boat"])
    Path("sunday.toml").write_text(
        'title = "Sunday"\n[[movement]]\ndo = "story"\nstory = "boat"\nat_most = 00:10:00\n'
        '[[movement]]\ndo = "score"\nname = "still"\nscore = "plain"\nfor = 00:10:00\n'
    )
    facts = checked(capsys, Path("sunday.toml"))
    assert (facts["longest"], facts["when"]) == ("00:20:00", [])
    assert facts["movements"] == [
        {"name": "story", "do": "story", "until": "told", "at_most": "00:10:00", "story": ["boat"]},
        {"name": "still", "do": "score", "for": "00:10:00", "score": "plain"},
    ]
    capsys.readouterr()
    main(["check", "sunday.toml"])
    said = capsys.readouterr().out
    assert "a ritual, 00:20:00 at most: story until told (00:10:00 at most), still for 00:10:00." in said
