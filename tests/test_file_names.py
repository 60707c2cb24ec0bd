"""What a file is called that nobody gave a name: two that sound different have two names, anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_unfinished import SCORE
from typed import Evening

from lullaby.cli import main
from lullaby.cli.files.naming import usual_name
from lullaby.cli.options.nights import evening_of
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.export.file_names import file_name, night_name
from lullaby.time import RATE

TITLE, DATE = "Harbour in the Rain", "2026-11-26"


def test_a_name_says_the_listener_the_cut_and_what_else_makes_it_another():
    minute = 60 * RATE
    assert night_name(TITLE, DATE) == "Harbour in the Rain 2026-11-26"
    assert night_name(TITLE, DATE, listener="kim", start=10 * minute, stop=12 * minute) == (
        "Harbour in the Rain 2026-11-26 for kim 00.10.00-00.12.00"
    )
    assert night_name(TITLE, DATE, stop=10 * RATE, others=["seed 5"]) == (
        "Harbour in the Rain 2026-11-26 to 00.00.10 seed 5"
    )
    assert night_name(TITLE, DATE, start=25 * 60 * minute + RATE // 4).endswith(" from 25.00.00.25")


def test_no_two_cuts_share_a_name():
    names = {night_name(TITLE, DATE, stop=RATE + frame) for frame in range(RATE)}
    assert len(names) == RATE


@pytest.mark.parametrize(
    "title", ["A/B\\C: *what?* <x|y>\n", "..", "", "e\u0301" * 300, "🌙" * 300, "\udcff" * 300]
)
@pytest.mark.parametrize("listener", ["", "kim", "Zoë " * 30, "a:b"])
def test_a_name_is_one_that_any_file_system_holds(title: str, listener: str):
    name = night_name(title, DATE, listener=listener, start=0, stop=RATE, others=["sleeper none", "x/y" * 60])
    assert not set(name) & set('/\\:*?"<>|\n')
    assert name == name.strip(". ")
    assert len(name.encode(errors="replace")) <= 240
    assert name.isprintable() or "\udcff" in title
    assert DATE in name


@pytest.mark.parametrize("title", ["con", "NUL", "com1", "aux.rain"])
def test_no_name_is_that_of_a_device(title: str):
    assert file_name(title).partition(".")[0].lower() not in ("con", "nul", "com1", "aux")


def test_a_cut_does_not_replace_the_whole_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "six.toml").write_text(SCORE.replace("00:06:00", "00:00:30").replace("00:02:00", "00:00:20"))
    monkeypatch.chdir(tmp_path)
    render = ["render", "six.toml", "--date", DATE, "--sleeper", "none"]
    assert main(render) == 0
    (whole,) = tmp_path.glob("*.m4b")
    before = whole.read_bytes()
    for more in (["--to", "10"], ["--from", "3", "--to", "10"], ["--seed", "4"], ["--headphones"]):
        assert main([*render, *more]) == 0
    assert len(list(tmp_path.glob("*.m4b"))) == 5
    assert whole.read_bytes() == before


def test_every_option_that_changes_a_mix_is_in_the_name_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that `render rain --set drops=3` never replaces `render rain` of the same evening."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    more = [
        "--set drops=3",
        "--set drops=4",
        "--length 600",
        "--all-night street",
        "--device desk",
        "--seed 5",
        "--sleeper none",
        "--headphones",
        "--from 1",
        "--to 2",
        "",
    ]
    names = set()
    for words in more:
        asked = parsed(["render", "rain", *words.split()])
        names.add(usual_name(asked, evening_of(asked, Bedside(Evening()))))
    assert len(names) == len(more)


def test_a_name_says_the_levels_of_a_mix_and_which_night_of_a_hypnogram_it_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    rows = (f"{night},{30 * k},{30 * k + 30},n2\n" for night in (1, 2) for k in range(40))
    (tmp_path / "naps.csv").write_text("night,start_s,stop_s,stage\n" + "".join(rows))
    course = f"--course {tmp_path / 'naps.csv'} --course-night"
    names = set()
    for words in ("rain sea", "rain sea:-6", "rain sea:-12", f"rain {course} 1", f"rain {course} 2"):
        asked = parsed(["render", *words.split()])
        names.add(usual_name(asked, evening_of(asked, Bedside(Evening()))))
    assert len(names) == 5


def usual_name_of(*words: str) -> str:
    asked = parsed(["render", *words])
    return usual_name(asked, evening_of(asked, Bedside(Evening())))


def test_a_childs_night_that_ends_by_its_timer_is_not_called_all_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    assert main(["people", "add", "kim", "--birth-year", "2020"]) == 0
    assert main(["people", "add", "ada", "--birth-year", "1980"]) == 0
    asked = ("rain", "--date", DATE, "--all-night", "street", "--for")
    assert "all night" in usual_name_of(*asked, "ada")
    assert "all night" not in usual_name_of(*asked, "kim")


def test_courses_of_one_file_name_and_different_sleep_give_different_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a render along b/night.csv never replaces one along a/night.csv."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    courses = {"a": "n2", "b": "n3", "same-as-a": "n2", "long": "n1"}
    names = {}
    for folder, stage in courses.items():
        path = tmp_path / folder / ("night.csv" if folder != "long" else f"night{'-long' * 30}.csv")
        path.parent.mkdir()
        path.write_text(f"start_s,stop_s,stage\n0,1200,wake\n1200,3600,{stage}\n")
        names[folder] = usual_name_of("rain", "--date", DATE, "--course", str(path))
    assert names["a"] != names["b"]
    assert names["a"] == names["same-as-a"]
    other = tmp_path / "long2" / f"night{'-long' * 30}.csv"
    other.parent.mkdir()
    other.write_text("start_s,stop_s,stage\n0,1200,wake\n1200,3600,rem\n")
    assert usual_name_of("rain", "--date", DATE, "--course", str(other)) != names["long"]
