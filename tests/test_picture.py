"""A night's portrait shows what sounds, and is the same each time it is drawn."""

from __future__ import annotations

import errno
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_fonts import put_font
from nights import night_of
from numpy.typing import NDArray
from PIL import Image
from typed import typing

from lullaby.drawing import installed_fonts
from lullaby.drawing.palette import Palette
from lullaby.drawing.picture import _drawn, not_drawn, picture
from lullaby.drawing.picture_axes import add_frequency_axis
from lullaby.drawing.picture_layout import FOOT, HEIGHT, LEFT, RIGHT, STAGES_TOP, TOP, WIDTH, Canvas
from lullaby.drawing.spectrogram import HIGH, LOW, SILENCE, Analysis, Spectrogram, spectrogram
from lullaby.drawing.time_axis import ticks
from lullaby.errors import CouldNot
from lullaby.night import Night
from lullaby.sleep import Stage
from lullaby.sleep.course import Course, Evidence
from lullaby.sleep.simulate import course_of
from lullaby.sleep.sleeper import Sleeper
from lullaby.time import PAGE, RATE, clock

SCORE = """
title = "A Bell, Then Not"
length = 00:03:00
fade_in = 0.5
fade_out = 5
[voices]
noise = "pink-noise"
[scene.sounding]
at = 0
noise = 0
[scene.gone]
at = 00:01:30
over = 1
noise = "silent"
"""


def drawn(path: Path) -> NDArray[np.float64]:
    with Image.open(path) as image:
        assert image.size == (WIDTH, HEIGHT)
        assert image.format == "PNG"
        return np.asarray(image.convert("L"), np.float64)


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int]]:
    """What is said while the portrait below is drawn."""
    return []


@pytest.fixture(scope="module")
def portrait(told: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the night above, drawn once for all who look at it."""
    path = tmp_path_factory.mktemp("portrait") / "night.png"
    return picture(night_of(SCORE), path, progress=lambda *t: told.append(t))


def test_what_sounds_is_lighter_than_what_does_not(portrait: Path):
    image = drawn(portrait)
    middle = (LEFT + RIGHT) // 2
    sounding = image[TOP + 20 : FOOT - 20, LEFT + 20 : middle - 20]
    gone = image[TOP + 20 : FOOT - 20, middle + 80 : RIGHT - 20]
    assert sounding.mean() > gone.mean() + 40
    assert gone.mean() < 25


def test_the_same_night_is_the_same_picture(portrait: Path, tmp_path: Path):
    assert picture(night_of(SCORE), tmp_path / "again.png").read_bytes() == portrait.read_bytes()


def test_where_nothing_can_be_written_nothing_is_drawn_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def drawn_for_nothing(*_: object) -> None:
        raise AssertionError("it was drawn first")

    monkeypatch.setattr("lullaby.drawing.picture.spectrogram", drawn_for_nothing)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    for place in ("folder.png", "none/x.png", "file/x.png", f"{'n' * 252}.png"):
        with pytest.raises(CouldNot, match="this could not be written"):
            picture(night_of(SCORE), tmp_path / place)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("lullaby.places._write", refused)
    with pytest.raises(CouldNot, match="permission denied"):
        picture(night_of(SCORE), tmp_path / "x.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]


@pytest.mark.parametrize("minutes", [1, 3, 25, 60, 480])
def test_times_on_an_axis_say_which_are_hours(minutes: int):
    found = ticks(minutes * PAGE)
    assert [label for _, label in found] == [clock(frame) for frame, _ in found]
    assert all(label.count(":") == 2 for _, label in found)


def test_a_tone_stands_at_its_pitch():
    rows = 600
    frames = np.arange(4 * RATE)
    for hz in (110.0, 1_000.0, 7_000.0):
        tone = np.tile(0.5 * np.sin(2 * np.pi * hz * frames / RATE), (2, 1)).astype(np.float32)
        column = Analysis(LOW, HIGH, rows).columns(tone, 3)[:, 1]
        row = np.median(np.flatnonzero(column > column.max() - 1)) + 0.5
        pitch = HIGH * (LOW / HIGH) ** (row / rows)
        assert pitch == pytest.approx(hz, rel=0.04)
        if hz > 500:  # lower tones are wider than a row's band
            # both channels at half of full scale: -6 dB each, and 3 more together
            assert column.max() == pytest.approx(-3.0, abs=0.3)


def test_the_axis_names_the_pitch_that_stands_there(monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[float, str]] = []
    monkeypatch.setattr(Canvas, "text", lambda _, point, label, anchor: told.append((point[1], label)))
    add_frequency_axis(Canvas(PAGE, (0, 0, 0)))
    assert len(told) > 2
    for y, label in told:
        number, unit = label.split()
        pitch = HIGH * (LOW / HIGH) ** ((y - TOP) / (FOOT - TOP))
        assert pitch == pytest.approx(float(number) * {"Hz": 1, "kHz": 1000}[unit])


def test_of_a_long_night_every_so_many_pages_are_heard(monkeypatch: pytest.MonkeyPatch):
    night = night_of(SCORE.replace("00:03:00", "02:30:00").replace("00:01:30", "02:29:00"))
    asked: list[int] = []
    page = night.page
    monkeypatch.setattr(night, "page", lambda number: asked.append(number) or page(1))
    told: list[tuple[int, int]] = []
    found = spectrogram(night, 300, 50, lambda *t: told.append(t))
    assert asked == list(range(0, 150, 3))
    assert told[-1] == (50, 50)
    assert np.isfinite(found.db).all()
    assert (found.db[:, 2:-2].max(axis=0) > -100).all()
    shares = [share for share, _ in found.loudness]
    assert shares == sorted(shares)
    assert shares[-1] < 1


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder of installed fonts; empty yet."""
    monkeypatch.setattr(installed_fonts, "font_folders", lambda: [tmp_path / "fonts"])
    installed_fonts._found.cache_clear()
    return tmp_path / "fonts"


def above(night: Night) -> NDArray[np.float64]:
    """What stands above the spectrogram of this night, which is not rendered for it."""
    silent = Spectrogram(np.full((FOOT - TOP, RIGHT - LEFT), SILENCE, np.float32), [])
    return np.asarray(_drawn(night, silent).convert("L"), np.float64)[: TOP - 8]


def test_a_long_title_ends_before_the_facts_beside_it():
    short, long = (night_of(SCORE.replace("A Bell, Then Not", title)) for title in ("i", "W" * 200))
    one, other = (above(night)[:70] for night in (short, long))
    facts = np.flatnonzero((one > 60).any(axis=0) & (np.arange(WIDTH) > LEFT + 60)).min()
    title = np.flatnonzero((other[:, : facts - 5] > 60).any(axis=0)).max()
    assert (one[:, facts:] == other[:, facts:]).all()
    assert facts - 150 < title < facts - 15


def test_a_title_in_letters_of_no_font_is_left_out_and_that_is_said(fonts: Path):
    texts = [SCORE.replace("A Bell, Then Not", title) for title in ("雨の港", "春の港", "")]
    unknown, another, none = (above(night_of(text)) for text in texts)
    assert (unknown == another).all()
    assert not (unknown[:56] != none[:56]).any()  # where the title would be
    assert (unknown[56:76] != none[56:76]).any()
    assert not_drawn(night_of(texts[0].replace("[scene.gone]", '[scene."gone 夜"]'))) == "雨の港夜"
    put_font(fonts, "雨の港")
    installed_fonts._found.cache_clear()
    assert (above(night_of(texts[0]))[:56] != none[:56]).any()
    assert not_drawn(night_of(texts[0])) == ""


def test_the_command_names_the_characters_that_its_picture_lacks(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    fonts.mkdir()
    text = SCORE.replace("A Bell, Then Not", "Rain 雨").replace("00:03:00", "8").replace("00:01:30", "3")
    (tmp_path / "night.toml").write_text(text.replace("fade_out = 5", "fade_out = 1"))
    asked = ("picture", str(tmp_path / "night.toml"), "-o", str(tmp_path / "night.png"))
    said = typing(capsys)(*asked)
    assert (said.code, said.out) == (0, f"{tmp_path / 'night.png'}\n")
    assert "No font on this machine has 雨" in said.err
    put_font(fonts, "Rain 雨")
    installed_fonts._found.cache_clear()
    assert "No font" not in typing(capsys)(*asked).err


def test_names_of_scenes_touch_neither_each_other_nor_the_edges():
    long = "name" * 20
    scenes = "".join(f'[scene."{k} {long}"]\nat = {k * 9}\nover = 1\nnoise = -{k}\n' for k in range(19))
    text = SCORE[: SCORE.index("[scene.sounding]")] + scenes
    image = above(night_of(text))
    rows = image[TOP - 30 : TOP - 10]
    assert not (rows[:, : LEFT - 2] > 60).any()
    assert not (rows[:, RIGHT + 2 :] > 60).any()


def test_progress_counts_pages(portrait: Path, told: list[tuple[int, int]]):
    assert portrait.exists()
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_night_that_follows_somebody_shows_their_stages_up_to_its_end(portrait: Path, tmp_path: Path):
    course = Course.from_epochs([Stage.AWAKE] * 2 + [Stage.REM] * 2 + [Stage.N3] * 40)
    night = Night(night_of(SCORE).score, seed=7, course=course)
    assert night.length == 3 * PAGE
    with Image.open(picture(night, tmp_path / "night.png")) as image:
        row = np.asarray(image.convert("RGB"))[STAGES_TOP + 1]
    beside = 20  # pixels: off the scene that begins in the middle
    thirds = [LEFT + (RIGHT - LEFT) * (2 * k + 1) // 6 + beside for k in range(3)]
    palette = Palette()
    stages = (Stage.AWAKE, Stage.REM, Stage.N3)
    assert [tuple(row[x].tolist()) for x in thirds] == [palette.colour_of(stage) for stage in stages]
    with Image.open(portrait) as image:  # of nobody
        row = np.asarray(image.convert("RGB"))[STAGES_TOP + 1]
    assert palette.colour_of(Stage.REM) not in {tuple(colour) for colour in row.tolist()}


@pytest.mark.parametrize("length", ["1", "70", "00:05:30"])
def test_any_length_can_be_drawn(tmp_path: Path, length: str):
    text = SCORE.replace("00:03:00", length).replace("[scene.gone]\nat = 00:01:30", "[scene.gone]\nat = 0.9")
    text = text.replace("fade_out = 5", "fade_out = 0.5").replace("at = 0\n", "at = 0\nover = 0.5\n")
    drawn(picture(night_of(text), tmp_path / "night.png"))


def test_a_picture_of_a_measured_night_is_for_its_owner(tmp_path: Path):
    for evidence, others in ((Evidence.MEASURED, 0), (Evidence.SIMULATED, 0o044)):
        course = Course.from_epochs([Stage.AWAKE] * 6, evidence)
        path = picture(Night(night_of(SCORE).score, seed=7, course=course), tmp_path / "night.png")
        assert path.stat().st_mode & 0o077 == others
    with pytest.raises(CouldNot, match="Make its folder first"):
        picture(night_of(SCORE), tmp_path / "none" / "night.png")


def test_where_it_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CouldNot, match="could not be written"):
        picture(night_of(SCORE), tmp_path / "file" / "night.png")


def test_no_line_of_loudness_leads_over_a_silence() -> None:
    """A night that is silent between the evening and its wake window: what is heard, is heard whole, and of
    the hours between nothing is drawn."""
    text = 'length = 08:00:00\n[voices]\nsea = "shore"\n[scene.all]\nat = 0\nsea = 0\n[wake]\nat = 07:30:00\n'
    night = Night(night_of(text).score, seed=1, course=course_of(Sleeper(), 1, date(2026, 11, 25), slow=True))
    found = spectrogram(night, 200, 40)
    silent = [share for share, level in found.loudness if level == -np.inf]
    sounding = [share for share, level in found.loudness if level > -100]
    assert max(s for s in sounding if s < 0.5) < min(s for s in silent if s > 0.1)
    assert (found.db[:, 40:180] == SILENCE).all()
    assert (found.db[:, 195].max()) > SILENCE + 40
