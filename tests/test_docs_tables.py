"""What tables and maps in the README and docs/ say is so: formats, uses, limits, stages, packages."""

from __future__ import annotations

import inspect
import re

from manual import README, ROOT, page

import lullaby
from lullaby.export import DEFAULT, ENDINGS, USES, night_name
from lullaby.night.following import AT_MOST, GENTLE
from lullaby.night.guard import RISES
from lullaby.night.thinning import FEWER
from lullaby.people.limits import CHILD, GROWN, INFANT
from lullaby.score import score_of
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, clock
from lullaby.voices.kinds import KINDS


def test_both_maps_name_every_package_and_none_besides() -> None:
    house = ROOT / "lullaby"
    packages = {path.parent.name for path in house.glob("*/__init__.py")}
    modules = {path.stem for path in house.glob("*.py") if not path.stem.startswith("__")}
    (drawn,) = (text for text in README.written_in("") if "kernels" in text)
    firsts = " ".join(re.split(r"\s{2,}", line)[0] for line in drawn.splitlines())
    assert {*re.findall(r"\w+", firsts)} == packages | modules
    told = " ".join(row[1] for row in page("ARCHITECTURE.md").rows("## The layers"))
    assert {*re.findall(r"lullaby/(\w+)", told)} == packages | modules


def numbers(row: list[str]) -> list[float]:
    return [float(n.replace("−", "-")) for cell in row for n in re.findall(r"[−\d][\d.]*", cell)]


def test_the_tables_of_files_say_what_files_are() -> None:
    files = page("files.md")
    formats = {row[0].strip("`"): row[1] for row in files.rows("## Formats")}
    assert formats.keys() == ENDINGS.keys()
    assert [ending for ending, says in formats.items() if "default" in says] == [DEFAULT]
    for ending, says in formats.items():
        if rate := re.search(r"(\d+) kbit", says):
            assert int(rate[1]) * 1000 == ENDINGS[ending].stereo_bit_rate
    assert " ".join(ENDINGS) in README.spans
    uses = {row[0].strip("`"): numbers(row[1:2]) for row in files.rows("## For a place")}
    assert uses == {name: [use.lufs] if use.lufs else [] for name, use in USES.items()}


def test_the_name_they_show_is_the_one_a_file_is_given() -> None:
    cut = lullaby.span("00:10:00", "00:12:00")
    name = night_name(
        "Harbour in the Rain",
        "2026-11-26",
        listener="kim",
        start=cut.start,
        stop=cut.stop,
        others=["headphones"],
    )
    assert f"{name}{DEFAULT}\n" in page("files.md").written_in("")


def test_the_table_of_scores_says_what_holds_where_nothing_is_written() -> None:
    score = score_of('[voices]\nrain = "rain-on-slate"\n[scene.all]\nat = 0\nrain = 0\n', "mine.toml", KINDS)
    told = {row[0]: row[1].replace("16 000", "16000") for row in page("scores.md").rows("## A score")}
    unless_given = {key: re.search(r"\S+(?=,? unless given)", says) for key, says in told.items()}
    length, seed, level, cut = (
        unless_given[f"`{key}`"][0] for key in ("length", "seed", "level", "high_cut")
    )
    assert length == f"`{clock(score.length)}`"
    assert numbers([seed, level, cut]) == [score.seed, score.level, score.high_cut]
    fades = told["`fade_in`, `fade_out`"]
    assert f"{score.fade_in // RATE} seconds and a minute unless given" in fades
    assert score.fade_out == 60 * RATE


def test_the_table_of_sleep_says_what_sleep_does() -> None:
    rows = {row[0].lower(): row[1:] for row in page("sleep.md").rows("## What sleep does to the sound")}
    for state, level in GENTLE.items():
        shown = rows[state][0].partition("/")
        assert float(shown[0]) / float(shown[2] or 1) == FEWER.get(state, 1.0)
        assert numbers(rows[state][1:2]) == [level]
    for state in ("n1", "n2", "n3", "rem", "awake"):
        assert numbers(rows[state][2:]) == [RISES[Stage[state.upper()]]]


def test_the_table_of_limits_says_what_limits_hold() -> None:
    timer, cap, aim, *_ = [row[1:] for row in page("sleep.md").rows("## Who listens")]
    children = (INFANT, CHILD)
    assert numbers(timer) == [limits.usual_min for limits in children]
    assert numbers(cap) == [limits.cap_dba for limits in (*children, GROWN)]
    assert numbers(aim) == [limits.aim_dba for limits in children]
    assert GROWN.play_out_min * PAGE == AT_MOST, "that a night ends after an hour at the latest"
    assert f"after {CHILD.usual_min} minutes" in README.prose
    assert f"{CHILD.cap_dba} dBA" in README.prose


def test_the_arguments_of_load_are_those_it_has() -> None:
    shown = [row[0].strip("`") for row in page("from-a-program.md").rows("## lullaby.load")]
    assert shown == [*inspect.signature(lullaby.load).parameters][1:]
