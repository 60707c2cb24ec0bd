"""`lullaby sleep read`, `stats` and `convert` say what a hypnogram says, and what was made of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from xml.dom import minidom

import pytest
from hypnogram_samples import NIGHT, SAMPLES, put
from PIL import Image
from typed import Say, typing

from lullaby.drawing.hypnogram_picture import picture
from lullaby.drawing.palette import Palette
from lullaby.sleep import Stage
from lullaby.sleep.course import Course, Run
from lullaby.sleep.hypnograms import Hypnogram, read_hypnograms
from lullaby.sleep.norms import bouts, by_cycle, figures
from lullaby.sleep.real_nights import epochs_of, statistics
from lullaby.time import RATE

pytestmark = pytest.mark.usefixtures("without_covers")


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Types `lullaby sleep …` in a folder with every sample in it."""
    for name, content in SAMPLES.items():
        put(tmp_path, name, content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))

    return typing(capsys, "sleep")


def test_sleep_alone_says_what_there_is(sleep: Say):
    said = sleep()
    assert (said.code, said.out) == (2, "")
    assert "simulate, read, stats, convert" in said.err
    assert sleep("snore").code == 2


@pytest.mark.parametrize("name", SAMPLES)
def test_every_form_is_read_counted_and_converted(name: str, sleep: Say):
    said = sleep("read", name)
    assert said.code == 0, said.err
    assert said.out.startswith(f"{name}: ")
    assert "Night 1" in said.out
    assert sleep("stats", name, "--json").facts["mean"]["total_min"] > 5
    assert sleep("convert", name, "--night", "1", "-o", "out.edf").code == 0
    assert sleep("convert", name, "-o", "out.csv").code == 0
    assert read_hypnograms("out.csv") == [
        Hypnogram(night.runs, night.start, night.four_class) for night in read_hypnograms(name)
    ]


def test_read_prints_stages_flags_and_remarks(sleep: Say):
    out = sleep("read", "export.xml").out
    assert out.splitlines()[0] == "export.xml: Apple Health, 2 nights."
    assert "Night 1, 2026-11-30, from 23:30 UTC+0100: 12 min; awake 2, light 4, n3 5, rem 2 min" in out
    assert "light sleep is read as N2" in out
    assert "one record that overlapped another: left out" in out


def test_read_tells_programs_the_same(sleep: Say):
    (night,) = sleep("read", "night.edf", "--json").facts
    assert night["minutes"] == {"awake": 1.5, "n1": 0.5, "n2": 3.5, "n3": 5.0, "rem": 2.0}
    assert night["start"] == "2026-11-30T22:15:00+00:00"
    assert night["classes"] == 5
    assert night["runs"][1] == {"start_s": 60.0, "stop_s": 90.0, "stage": "n1"}


def test_one_night_of_several_is_chosen_by_number_or_by_its_evening(sleep: Say):
    for night in ("2", "2026-12-01"):
        (facts,) = sleep("read", "export.xml", "--json", "--night", night).facts
        assert facts["night"] == 2
    for night, says in (("3", "has no night 3"), ("2026-12-02", "from 2026-11-30 to"), ("soon", "neither")):
        said = sleep("read", "export.xml", "--night", night)
        assert said.code == 2
        assert says in said.err


def test_stats_are_those_of_simulated_nights(sleep: Say):
    course = Course.from_epochs([0, 0, *[1, 2, 3, 3, 2, 4, 4, 4, 2, 2, 0] * 2, *[2] * 40, 4, 4, *[2, 0] * 30])
    night = Hypnogram(course.runs)
    stages = epochs_of(night)[None, :]
    found = statistics([night])
    assert found["mean"] == {name: float(values[0]) for name, values in figures(stages).items()}
    assert found["by_cycle"] == by_cycle(stages)
    assert found["bouts"] == bouts(stages)
    facts = sleep("stats", "night.edf", "yasa.txt", "--json").facts
    assert facts["nights"] == 2
    assert facts["sd"]["total_min"] == 0
    assert [one["file"] for one in facts["each"]] == ["night.edf", "yasa.txt"]
    assert "four classes" in sleep("stats", "fitbit.json").out


def test_what_nobody_scored_is_no_stage_in_the_figures():
    night = Hypnogram((Run(0, 60 * RATE, Stage.AWAKE), Run(120 * RATE, 180 * RATE, Stage.N2)))
    assert epochs_of(night).tolist() == [0, 0, -1, -1, 2, 2]
    assert statistics([night])["mean"]["total_min"] == 1


def test_a_night_without_sleep_has_figures_too(sleep: Say):
    put(Path(), "awake.txt", "0\n0\n0\n")
    facts = sleep("stats", "awake.txt", "--json").facts
    assert facts["mean"]["total_min"] == 0
    assert facts["mean"]["latency_min"] is None
    assert sleep("stats", "awake.txt").code == 0


def test_simulated_nights_are_read_back(sleep: Say):
    assert sleep("simulate", "--nights", "2", "--csv", "two.csv", "--json").code == 0
    assert len(read_hypnograms("two.csv")) == 2


def test_a_table_has_its_sidecar_and_a_course_its_json(sleep: Say):
    assert sleep("convert", "night.edf", "-o", "sub.tsv").out.split() == ["sub.tsv", "sub.json"]
    assert json.loads(Path("sub.json").read_text())["lullaby"]["classes"] == 5
    assert sleep("convert", "night.edf", "-o", "kept.json").code == 0
    assert read_hypnograms("kept.json")[0].runs == NIGHT.runs


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("convert", "night.edf"), "-o"),
        (("convert", "night.edf", "-o", "night.mp3"), "ends in none of .csv, .tsv, .edf, .json"),
        (("convert", "night.edf", "-o", "night.edf"), "is what is being read"),
        (("convert", "export.xml", "-o", "x.edf"), "--night says which"),
        (("convert", "export.xml", "-o", "x.json"), "--night says which"),
        (("read", "nobody.edf"), "nobody.edf: there is no such file."),
        (("read", "export.xml", "--picture", "x.png"), "--night says which"),
        (("read", "night.edf", "--picture", "x.gif"), "ends in .png or .svg"),
        (("stats", "night.edf", "night.csv", "--night", "1"), "these are several"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_a_line(words: tuple[str, ...], says: str, sleep: Say):
    said = sleep(*words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--age", "old"), '--age: "old" is not a number'),
        (("--nights", "1.5"), '--nights: "1.5" is not a whole number'),
        (
            ("--model", "visbrain.txt"),
            "visbrain.txt, line 1: this is not JSON: it is wrong from column 1 on.",
        ),
    ],
)
def test_a_wrong_number_or_model_is_said_in_our_own_words(words: tuple[str, ...], says: str, sleep: Say):
    said = sleep("simulate", *words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert "invalid" not in said.err
    assert "xpecting" not in said.err


def test_a_folder_that_is_not_there_cannot_be_written_to(sleep: Say):
    said = sleep("convert", "night.edf", "-o", "no/where.csv")
    assert said.code == 1
    assert "could not be written" in said.err


def test_read_draws_the_night(sleep: Say):
    assert sleep("read", "night.edf", "--picture", "night.png").code == 0
    assert sleep("read", "night.edf", "--picture", "night.svg").code == 0
    with Image.open("night.png") as image:
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20)}
    palette = Palette()
    assert {palette.colour_of(stage) for stage in Stage} <= colours
    words = [node.firstChild.data for node in minidom.parse("night.svg").getElementsByTagName("text")]
    assert {"awake", "REM", "N1", "N2", "N3", "since lights-out"} <= set(words)


def test_level_and_events_stand_under_the_stages(tmp_path: Path):
    """In the SVG names are text, whatever they hold, and silence is no line."""
    level = [(k * 30 * RATE, -33.0 - k if k != 5 else float("-inf")) for k in range(10)]
    path = tmp_path / "night.svg"
    picture(
        NIGHT.runs, path, title="<b>&\x07\u202e", level=level, events=[(0, "a <bell>"), (RATE, "another")]
    )
    sheet = minidom.parse(str(path))
    words = [node.firstChild.data for node in sheet.getElementsByTagName("text") if node.firstChild]
    assert "a <bell>" in words
    assert "another" in words  # no room beside the bell: on a line of its own
    assert r"<b>&\x07\u202e" in words
    lines = [n for n in sheet.getElementsByTagName("polyline") if n.getAttribute("stroke") == "#e2bc80"]
    assert [len(line.getAttribute("points").split()) for line in lines] == [5, 4]
    path = picture(NIGHT.runs, tmp_path / "night.png", level=level, events=[(0, "bell")])
    with Image.open(path) as image:
        assert image.size[0] == 1600


def test_a_picture_is_the_same_each_time(tmp_path: Path):
    for ending in (".png", ".svg"):
        once = picture(NIGHT.runs, tmp_path / f"a{ending}").read_bytes()
        assert picture(NIGHT.runs, tmp_path / f"b{ending}").read_bytes() == once


def test_a_picture_of_how_somebody_slept_is_theirs_alone(sleep: Say):
    Path("own.png").write_text("")
    Path("own.png").chmod(0o644)
    assert sleep("read", "night.edf", "--picture", "own.png").code == 0
    assert Path("own.png").stat().st_mode & 0o777 == 0o600
    assert sleep("simulate", "--picture", "made-up.svg").code == 0
    assert Path("made-up.svg").stat().st_mode & 0o044


def test_a_header_alone_is_a_line_not_a_traceback(sleep: Say):
    put(Path(), "header.csv", "start_s,stop_s,stage\n")
    said = sleep("read", "header.csv")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("header.csv, line 1: there are names of columns here")


def test_a_full_disk_leaves_the_table_that_was_there(sleep: Say, monkeypatch: pytest.MonkeyPatch):
    assert sleep("simulate", "--csv", "x.csv").code == 0
    before = Path("x.csv").read_bytes()
    assert Path("x.csv").stat().st_mode & 0o777 == 0o600

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    said = sleep("simulate", "--csv", "x.csv", "--seed", "2")
    assert said.code == 1
    assert "(no space left on device). Make room on that disk" in said.err
    assert Path("x.csv").read_bytes() == before
    assert not list(Path().glob(".*.part"))


def test_a_table_is_printed_or_refused(sleep: Say):
    said = sleep("simulate", "--csv", "-")
    assert said.code == 0
    assert said.out.startswith("night,start_s,stop_s,stage\n1,0,")
    assert not Path("-").exists()
    for words in (("--csv", ""), ("--csv", "-", "--json"), ("--csv", "."), ("--picture", "")):
        said = sleep("simulate", *words)
        assert (said.code, said.out) == (2, "")
