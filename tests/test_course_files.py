"""`--course FILE`: a night follows sleep as somebody scored it, in any form hypnograms come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypnogram_samples import SAMPLES, put
from typed import Evening, Say, typing

from lullaby.cli import main
from lullaby.cli.options.nights import night_of
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.export import whatever_the_date
from lullaby.export.delivery import BEDSIDE
from lullaby.export.formats import format_of
from lullaby.night import Night
from lullaby.night.following import PLAYS_ON
from lullaby.sleep import Stage
from lullaby.sleep.course import Course, Evidence
from lullaby.sleep.course_file import course_text
from lullaby.sleep.hypnograms import read_hypnograms
from lullaby.time import PAGE

MIX = ("rain", "sea:-6", "--length", "02:00:00")
FIVE_MINUTES = "start_s,stop_s,stage\n0,300,W\n300,900,N2\n1200,3600,N3\n"
"""Asleep after five, and scored by nobody from 15 to 20."""
NOBODY_SLEEPS = "start_s,stop_s,stage\n0,7200,W\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every sample in it."""
    for name, content in SAMPLES.items():
        put(tmp_path, name, content)
    put(tmp_path, "five.csv", FIVE_MINUTES)
    put(tmp_path, "awake.csv", NOBODY_SLEEPS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def meant(*words: str) -> Night:
    """The night that these words mean, without a sound of it."""
    return night_of(parsed(["render", *MIX, *words]), Bedside(Evening()))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_form_that_is_read_is_followed(name: str, home: Path):
    nights = read_hypnograms(name)
    night = meant("--course", name, *(["--course-night", "1"] if len(nights) > 1 else []))
    assert night.course is not None
    assert night.course.runs == nights[0].runs
    if name != "course.json":  # that one says itself where its runs come from
        assert {known.evidence for known in night.course.known} == {Evidence.MEASURED}


def test_a_night_ends_ten_minutes_after_the_sleep_in_the_file_has_come_to_stay(home: Path):
    assert meant("--course", "five.csv").length == 5 * PAGE + PLAYS_ON


def test_what_nobody_scored_is_taken_to_go_on(home: Path):
    course = meant("--course", "five.csv").course
    assert course is not None
    assert course.stage(17 * PAGE) is Stage.N2
    assert course.age(17 * PAGE) == 2 * PAGE


def test_of_several_nights_one_is_chosen(home: Path, lullaby: Say):
    second = read_hypnograms("export.xml")[1]
    for night in ("2", str(second.evening)):
        course = meant("--course", "export.xml", "--course-night", night).course
        assert course is not None
        assert course.runs == second.runs


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--course", "five.csv", "--sleeper", "slow"), "--course and --sleeper both say"),
        (("--course", "five.csv", "--sleeper", "none"), "--course and --sleeper both say"),
        (("--course-night", "2"), "--course names none"),
        (("--course", "export.xml"), "export.xml: there are 2 nights in it, and --course-night says which"),
        (("--course", "export.xml", "--course-night", "9"), "export.xml has no night 9"),
        (("--course", "export.xml", "--course-night", "soon"), '--course-night "soon" is neither'),
        (("--course", "nobody.edf"), "nobody.edf: there is no such file."),
        (("--course", "."), ".: this is a folder"),
        (("--course", "/dev/zero"), "/dev/zero: this is not an ordinary file"),
        (("--course", "empty.csv"), "empty.csv: this file is empty"),
        (("--course", "wrong.csv"), "wrong.csv, line 3: "),
        (("--course", "a\x1b[2J"), r"a\x1b[2J: there is no such file"),
    ],
)
@pytest.mark.parametrize("command", ["render", "why", "picture"])
def test_what_is_asked_wrongly_is_said_in_a_line(
    command: str, words: tuple[str, ...], says: str, lullaby: Say
):
    put(Path(), "empty.csv", "")
    put(Path(), "wrong.csv", "start_s,stop_s,stage\n0,30,W\n30,60,dreaming\n")
    before = set(Path().rglob("*"))
    time = ["10"] if command == "why" else []
    said = lullaby(command, *MIX[:2], *time, *MIX[2:], *words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert len(said.err.splitlines()) <= 2
    assert set(Path().rglob("*")) == before


def test_a_wrong_course_leaves_no_mix_behind(lullaby: Say):
    assert lullaby("render", *MIX, "--save", "cabin", "--course", "nobody.edf").code == 2
    assert list(Path().rglob("cabin*")) == []


def test_another_course_is_another_file_and_the_same_under_another_name_is_not(home: Path):
    def asked(*words: str) -> str:
        night = meant(*words)
        return whatever_the_date(night, night.span, format_of(Path("a.flac")), BEDSIDE, 16)

    put(home, "renamed.csv", FIVE_MINUTES)
    put(home, "later.csv", FIVE_MINUTES.replace("300", "330"))
    once = asked("--course", "five.csv")
    assert asked("--course", "renamed.csv") == once
    # after midnight it is still the same
    assert asked("--course", "five.csv", "--date", "2026-12-01") == once
    assert len({once, asked("--course", "later.csv"), asked(), asked("--sleeper", "none")}) == 4


def test_a_child_is_followed_where_it_was_scored_and_never_past_the_timer(
    lullaby: Say, capsys: pytest.CaptureFixture[str]
):
    assert main(["people", "add", "kim", "--birth-year", "2020"], Evening()) == 0
    kim = ("--for", "kim")
    asleep = meant(*kim, "--course", "five.csv")
    assert asleep.length == 5 * PAGE + PLAYS_ON
    assert meant(*kim, "--course", "awake.csv").length == 45 * PAGE
    assert meant(*kim).course is None


def test_a_listener_hears_a_scored_night_without_what_they_avoid(lullaby: Say):
    assert main(["people", "add", "ada", "--birth-year", "1980", "--avoid", "sea"], Evening()) == 0
    night = meant("--for", "ada", "--course", "five.csv")
    assert [part.name for part in night.score.voices] == ["open-rain"]
    assert night.length == 5 * PAGE + PLAYS_ON


def test_render_says_which_file_it_follows_and_what_else_there_is(lullaby: Say):
    short = ("--from", "0", "--to", "0.1", "-o", "a.wav")
    said = lullaby("render", *MIX, *short, "--course", "five.csv").err
    assert "It follows five.csv, where sleep comes at 00:05:00, and ends at 00:15:00." in said
    assert "--sleeper none plays all 02:00:00" in said
    assert "nobody falls asleep" in lullaby("render", *MIX, *short, "--course", "awake.csv").err
    # even where it changed nothing: it may be the wrong file
    whole = ("rain", "--length", "00:10:00", *short, "--course", "awake.csv")
    assert "It follows awake.csv" in lullaby("render", *whole).err


@pytest.mark.parametrize(
    ("at", "words", "says", "evidence"),
    [
        ("00:06:00", ("--course", "five.csv"), "as the course has it, is in N2", "measured"),
        ("00:06:00", ("--course", "late.csv"), "says nothing yet, is taken to be awake", None),
        ("00:14:00", ("--course", "gap.csv"), "known since 00:10:00, is taken to be in N1 still", "measured"),
        ("00:06:00", (), "who is made up, is awake", "simulated"),
        ("00:06:00", ("--course", "made-up.json"), "who is made up, is in N2", "simulated"),
    ],
)
def test_why_tells_a_guess_from_what_somebody_saw(
    at: str, words: tuple[str, ...], says: str, evidence: str | None, lullaby: Say
):
    put(Path(), "late.csv", "start_s,stop_s,stage\n600,3600,N1\n")
    put(Path(), "gap.csv", "start_s,stop_s,stage\n0,600,N1\n1200,3600,N1\n")
    put(Path(), "made-up.json", course_text(Course.from_epochs([0] * 10 + [2] * 50)))
    typed = ("why", "rain", at, "--date", "2026-11-20", *words)
    said = " ".join(lullaby(*typed).out.split())
    assert says in said
    assert ("made up" in said) == (evidence == "simulated")
    assert lullaby(*typed, "--json").facts["sleeper"]["evidence"] == evidence


def test_a_voice_that_is_silent_for_the_sleeper_is_not_said_to_be_silenced_by_a_scene(lullaby: Say):
    follow = '[voices]\nrain="rain-on-slate"\nhush="pink-noise"\n[scene.all]\nat=0\nrain=0\nhush=0\n'
    put(Path(), "night.toml", f'{follow}[follow]\nrain={{ n2="silent" }}\n')
    typed = ("why", "night.toml", "00:12:00", "--course", "five.csv")
    out = lullaby(*typed).out
    assert "rain  silent for the sleeper's sake" in out
    assert "silent for that are rain." in out
    assert "silenced" not in out
    facts = lullaby(*typed, "--json").facts
    assert facts["silent"]["rain"]["asleep"] is True
    assert facts["sleeper"]["held_back"]["rain"] is None
    assert facts["sleeper"]["held_back"]["hush"] < 0


def test_in_rem_why_says_that_nothing_is_heard(lullaby: Say):
    put(Path(), "rem.csv", "start_s,stop_s,stage\n0,120,W\n120,3600,REM\n")
    said = [lullaby("why", "rain", at, "--course", "rem.csv").out for at in ("30", "00:01:45", "00:02:00")]
    assert "silence" not in said[0]
    assert "gliding into silence until" in said[1]
    assert "Nothing is heard, whatever the voices do" in said[2]
