"""A drawn night of sleep shows what the house would do in it, and no word lies on another."""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom

import numpy as np
import pytest
from PIL import Image
from typed import Say, typing

from lullaby.drawing import installed_fonts
from lullaby.drawing.hypnogram_events import LINES, marked
from lullaby.drawing.hypnogram_layout import LEFT, RIGHT, WIDTH
from lullaby.drawing.hypnogram_picture import picture
from lullaby.drawing.palette import Palette
from lullaby.drawing.sheet import _hex
from lullaby.drawing.typeface import bundled_face
from lullaby.score.plain_text import plain
from lullaby.sleep.course import Run
from lullaby.sleep.stages import Stage
from lullaby.time import RATE


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.chdir(tmp_path)
    return typing(capsys, "sleep")


def words_and_lines(path: str) -> tuple[list[str], dict[str, list[tuple[float, float]]]]:
    sheet = minidom.parse(path)
    words = [node.firstChild.data for node in sheet.getElementsByTagName("text")]
    lines: dict[str, list[tuple[float, float]]] = {}
    for node in sheet.getElementsByTagName("polyline"):
        if node.getAttribute("stroke-width") == "2":
            points = [tuple(map(float, p.split(","))) for p in node.getAttribute("points").split()]
            lines.setdefault(node.getAttribute("stroke"), []).extend(points)
    return words, lines


def written(path: str, *rows: str) -> None:
    Path(path).write_text("\n".join(("start_s,stop_s,stage", *rows)) + "\n")


def test_level_and_events_stand_under_a_night(sleep: Say):
    written("a.csv", "0,600,W", "600,900,N1", "900,4500,N2", "4500,5400,REM", "5400,7200,N3")
    assert sleep("read", "a.csv", "--picture", "a.svg").code == 0
    words, lines = words_and_lines("a.svg")
    assert {"asleep", "sleep stays", "the night ends", "REM", "0 dB", "-12 dB"} <= set(words)
    played, would_have = lines[_hex(Palette().level)], lines[_hex(Palette().faint)]
    ends = LEFT + (RIGHT - LEFT) * (900 + 600) / 7200
    assert played[0][0] == LEFT
    assert played[-1][0] == pytest.approx(ends, abs=0.01) == would_have[0][0]
    assert would_have[-1][0] == RIGHT
    boxes = [box for box in minidom.parse("a.svg").getElementsByTagName("rect")][1:]  # after the paper
    widths = [float(box.getAttribute("width")) for box in boxes]
    shares = np.array([600, 300, 3600, 900, 1800]) / 7200
    np.testing.assert_allclose(widths, (RIGHT - LEFT) * shares, atol=0.02)
    heights = [y for _, y in [*played, *would_have]]
    assert heights == sorted(heights)  # downwards: nothing is louder because somebody sleeps


def test_rem_that_is_broken_for_a_moment_is_one_period(sleep: Say):
    written(
        "a.csv", "0,600,N2", "600,900,REM", "900,1200,N2", "1200,1500,REM", "1500,4000,N2", "4000,5000,REM"
    )
    assert sleep("read", "a.csv", "--picture", "a.svg").code == 0
    words, _ = words_and_lines("a.svg")
    assert words.count("REM") == 1 + 2  # the row's own name, and two periods


@pytest.mark.parametrize(
    "rows", [("0,30,W",), ("0,86400,N3",), ("0,7200,W",), ("0,60,REM",), ("600,900,N1",)]
)
def test_any_night_can_be_drawn(rows: tuple[str, ...], sleep: Say):
    written("a.csv", *rows)
    assert sleep("read", "a.csv", "--picture", "a.png").code == 0
    assert sleep("read", "a.csv", "--picture", "a.svg").code == 0


@pytest.mark.parametrize("in_bed", ["00:01", "00:30", "08:00", "23:00"])
def test_a_simulated_night_is_drawn_the_same_way(in_bed: str, sleep: Say):
    typed = ("simulate", "--in-bed", in_bed, "--date", "2026-11-20", "--picture", "a.svg")
    assert sleep(*typed).code == 0
    words, _ = words_and_lines("a.svg")
    assert "simulated" in words
    assert "0 dB" in words


def test_a_long_title_is_written_smaller_and_ends_before_what_is_said_of_it(tmp_path: Path):
    runs = [Run(0, 600 * RATE, Stage.N2)]
    for title in ("Night 1", "W" * 90, "i" * 90, "雨" * 90, "\u202eabc\x07"):
        for ending in (".svg", ".png"):
            picture(runs, tmp_path / f"a{ending}", title=title, subtitle="EDF+ annotations")
        sheet = minidom.parse(str(tmp_path / "a.svg"))
        drawn = sheet.getElementsByTagName("text")[-2]
        words, size = drawn.firstChild.data, float(drawn.getAttribute("font-size"))
        assert words[:3] == plain(title)[:3]
        wide = size if "雨" in title else bundled_face(size).getlength("W" if "W" in title else "i")
        assert LEFT + len(words) * wide < RIGHT - bundled_face(18).getlength("EDF+ annotations")


def test_a_picture_says_that_it_lacks_letters_and_an_svg_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(installed_fonts, "font_folders", lambda: [])
    installed_fonts._found.cache_clear()
    runs = [Run(0, 600 * RATE, Stage.N2)]
    known, unknown = (
        np.asarray(Image.open(picture(runs, tmp_path / "a.png", title=title)).convert("L"), np.int16)
        for title in ("", "雨の夜")
    )
    assert (known[:56] == unknown[:56]).all()
    assert (known[60:80] != unknown[60:80]).any()
    picture(runs, tmp_path / "a.svg", title="雨の夜")
    assert "雨の夜" in words_and_lines(str(tmp_path / "a.svg"))[0]


def test_no_word_lies_on_another_and_no_tick_goes_through_one():
    names = ["REM", "asleep", "sleep stays", "the night ends"]
    for seed in range(100):
        shares = [(seed * 37 + k * k * 91) % 997 / 996 for k in range(12)]
        events = [(LEFT + (RIGHT - LEFT) * share, names[k % 4]) for k, share in enumerate(shares)]
        marks = marked(events)
        assert len(marks) == len(events)
        worded = [mark for mark in marks if mark.word]
        assert len(worded) >= 4
        for k, one in enumerate(worded):
            left, right = one.left, one.left + one.wide
            assert 0 <= left < right <= WIDTH
            assert one.line < LINES
            for other in worded[k + 1 :]:
                apart = other.left >= right or other.left + other.wide <= left
                assert one.line != other.line or apart
            for tick in worded:
                assert tick.line < one.line or not left < tick.x < right
