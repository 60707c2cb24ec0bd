"""`lullaby why` answers from the plan, at any moment of any night, and what it says is what sounds."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nights import decibels, each_score, load, night_of, voices_at
from short_tales import cut_short

import lullaby
from lullaby.cli import main
from lullaby.cli.why.sentences import lines_of
from lullaby.night import Night
from lullaby.night.following import asleep_from, first_at
from lullaby.night.why import Asleep, why
from lullaby.time import PAGE, RATE, Span, clock

TWO = """
title = "Two"
length = 600
level = -30
fade_in = 10
fade_out = 60
[voices]
rain = "rain-on-slate"
bell = "buoy-bell"
hush = "pink-noise"
[scene.first]
at = 0
rain = { level = -4 }
[scene.second]
at = 120
over = 20
rain = { level = -14, drops = 4 }
bell = { level = -10, pan = 0.5 }
[scene.third]
at = 300
over = 20
bell = "silent"
"""

SHORT = """
title = "Short"
length = 61
fade_in = 1
fade_out = 1
[voices]
hush = "pink-noise"
[weather]
gusts = 0.8
storm = [[0, 1.5], [3, 0.5]]
[scene.only]
at = 0
hush = -3
"""


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert main(["why", *words, "--date", "2026-03-01", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@lru_cache(maxsize=1)
def two() -> Night:
    """The night of TWO, whose opening is listened to once for all who ask."""
    return night_of(TWO)


@each_score()
def test_every_night_has_an_answer_at_any_time(score: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Also while somebody sleeps, and in words."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    cut_short(tmp_path)
    night = lullaby.load(score, date=date(2026, 3, 1), all_night="a test")
    middle, last = (int(share * night.length) // PAGE * PAGE for share in (0.55, 0.999))
    told = [line.start + RATE for track in night.plan.tracks for line in track.controls.lines[:1]]
    for at in (0, *told, 10 * PAGE, middle + 5 * RATE, last):
        found = why(night, at)
        assert [one.part.name for one in found.heard] == voices_at(night, at)
        assert len(found.heard) + len(found.unheard) == len(night.plan.tracks)
        said = "\n".join(lines_of(night, found))
        assert night.score.title in said
        assert all(part.name in said for part in night.score.voices)
        assert "The mixer's gain is" in said


def test_the_last_frame_of_a_minute_and_of_a_night_have_an_answer():
    night = night_of(SHORT)
    for last in (PAGE, night.length):
        (hush,) = why(night, last - 1).heard
        assert hush.level.value == -3


@pytest.mark.parametrize("second", [0, 62, 124, 130, 139.5, 310, 319.9])
def test_a_level_is_the_one_the_desk_has(second: float):
    night = two()
    at = round(second * RATE / 64) * 64
    for one in why(night, at).heard:
        sounding = next(s for s in night.plan.tracks if s.name == one.part.name)
        left, right = sounding.place(Span(at, at + 64), None)
        placed = np.hypot(left[0], right[0]) / np.sqrt(2)
        assert decibels(placed) - sounding.trim == pytest.approx(one.level.value, abs=1e-6)


def test_every_value_has_the_scene_that_said_it():
    night = two()
    rain, bell = why(night, 130 * RATE).heard
    assert (rain.level.value, rain.level.leaves, rain.level.comes_to) == (-9.0, -4.0, -14.0)
    assert (rain.level.scene.name, rain.level.until) == ("second", 140 * RATE)
    assert [(told.setting, told.scene.name) for told in rain.moved] == [("drops", "second")]
    assert rain.pan.scene is None
    assert (bell.pan.value, bell.pan.scene.name, bell.pan.until) == (0.5, "second", None)
    assert (bell.level.leaves, bell.level.comes_to) == (float("-inf"), -10.0)


def test_a_level_that_is_a_voices_own_came_with_the_scene_that_named_it_first():
    night = night_of(
        SHORT.replace("hush = -3", "hush = { pan = 0.2 }\n[scene.more]\nat = 31\nhush = { pan = 0.1 }")
    )
    for second, scene in ((0, "only"), (40, "more")):
        (hush,) = why(night, second * RATE).heard
        assert (hush.level.scene.name, hush.pan.scene.name) == ("only", scene)


def test_every_silence_has_its_reason(capsys: pytest.CaptureFixture[str]):
    night = two()
    bell, hush = why(night, 4 * RATE).unheard
    assert (bell.silenced, bell.comes, bell.coming.name) == (None, 120 * RATE, "second")
    assert (hush.silenced, hush.comes) == (None, None)
    bell, _ = why(night, 320 * RATE).unheard
    assert (bell.silenced.name, bell.comes) == ("third", None)
    assert [one.part.name for one in why(night, 319 * RATE).heard] == ["rain", "bell"]


def test_the_nights_own_fade_is_said():
    night = two()
    assert why(night, 0).fade == float("-inf")
    assert why(night, 5 * RATE).fade == pytest.approx(-6.02, abs=0.01)
    assert why(night, 60 * RATE).fade == 0
    assert why(night, 570 * RATE).fade == pytest.approx(-6.02, abs=0.01)


@pytest.mark.usefixtures("short_tales")
def test_without_a_night_it_is_the_default_one_as_loud_as_its_score_wants(
    capsys: pytest.CaptureFixture[str],
):
    found = asked(capsys, "600")
    assert found["title"] == load("harbour-rain").score.title
    gain = found["gain"]
    assert gain["wanted"] == -33
    assert gain["db"] == pytest.approx(gain["wanted"] - gain["measured"])
    assert -32 < gain["measured"] < -20


def test_the_limiter_is_idle_where_it_is_soft_and_at_work_where_it_is_loud():
    soft = two()
    assert [why(soft, second * RATE).limited for second in (5, 59, 150)] == [0, 0, 0]
    loud = night_of(
        TWO.replace("level = -30", "level = -14").replace("{ level = -10,", "{ level = 12, every = 2,")
    )
    assert max(why(loud, second * RATE).limited for second in (140, 142)) > 3


def test_what_is_not_heard_yet_is_said(tmp_path: Any, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "two.toml").write_text(TWO + '[follow]\nrain = { n3 = "silent" }\n')
    assert asked(capsys, str(tmp_path / "two.toml"), "30")["sleeper"]["stage"] == "awake"
    facts = asked(capsys, str(tmp_path / "two.toml"), "30", "--sleeper", "none")
    assert facts["sleeper"] is None
    assert facts["later"] == ["[follow] is written for rain, and heard where somebody sleeps"]
    assert facts["silent"]["bell"] == {
        "silenced": None,
        "comes": 120.0,
        "with": "second",
        "asleep": False,
    }
    assert facts["heard"]["rain"]["level"] == {"value": -4.0, "unit": "dB", "scene": "first"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plain", "15:00"], "15:00 is outside the night: it lasts until 00:15:00"),
        (["plain", "soon"], 'TIME "soon" is not a time'),
        (["plain", "nan"], 'TIME "nan" is not a time'),
        (["nonesuch", "10"], 'there is no score and no voice "nonesuch"'),
        ([], "required: TIME"),
    ],
)
def test_a_wrong_question_is_a_line(words: list[str], says: str, capsys: pytest.CaptureFixture[str]):
    assert main(["why", *words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.usefixtures("short_tales")
def test_why_says_what_the_sleeper_holds_back(capsys: pytest.CaptureFixture[str]):
    words = ("harbour-rain", "30:00", "--date", "2026-11-20")
    held = asked(capsys, *words)["sleeper"]
    assert held["stage"] in ("n1", "n2", "n3")
    assert all(-16 <= level < -1 for level in held["held_back"].values())
    assert main(["why", *words]) == 0
    assert "who is made up, is in N" in capsys.readouterr().out


THINNED = """
length = 3600
[voices]
rain = "rain-on-slate"
[scene.wet]
at = 0
rain = { drops = 28, pan = -0.5 }
[scene.wider]
at = 1500
over = 300
rain = { pan = 0.5 }
"""


def test_a_setting_that_sleep_moved_names_the_scene_and_the_sleeper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "thinned.toml"
    path.write_text(THINNED)
    night = lullaby.load(path, date=date(2026, 3, 1))
    there = dict(first_at(night.course, night.length, leading=True))
    at = (there["n1"] + 61 * RATE) / RATE
    assert there["n2"] / RATE > at
    drops = asked(capsys, str(path), str(at))["heard"]["rain"]["moved"]["drops"]
    assert (drops["value"], drops["asleep"], drops["scene_wants"]) == (7.0, "n1", 28.0)
    assert main(["why", str(path), str(at), "--date", "2026-03-01"]) == 0
    assert 'drops 7 per second, for the sleeper, as in N1 (scene "wet" has 28)' in capsys.readouterr().out
    awake = asked(capsys, str(path), str(at), "--sleeper", "none")["heard"]["rain"]["moved"]["drops"]
    assert awake == {"value": 28.0, "unit": "per second", "scene": "wet"}


def test_a_setting_that_no_scene_has_set_and_sleep_has_moved_is_named(tmp_path: Path):
    path = tmp_path / "thinned.toml"
    path.write_text(THINNED.replace("drops = 28, ", ""))
    night = lullaby.load(path, date=date(2026, 3, 1))
    there = dict(first_at(night.course, night.length, leading=True))
    (rain,) = why(night, there["n1"] + 61 * RATE).heard
    drops = next(one for one in rain.moved if one.setting == "drops")
    assert drops.scene is None
    assert drops.asleep is not None
    assert drops.value == pytest.approx(drops.asleep.wanted / 4)


def test_a_seat_that_sleep_found_stays_and_that_is_said(tmp_path: Path):
    path = tmp_path / "thinned.toml"
    path.write_text(THINNED)
    night = lullaby.load(path, date=date(2026, 3, 1))
    assert asleep_from(night.course) < 1500 * RATE
    found = why(night, 1900 * RATE)
    (rain,) = found.heard
    assert (rain.pan.value, rain.pan.asleep) == (-0.5, Asleep("asleep", 0.5))
    assert any(
        'pan -0.5, where sleep found it (scene "wider" has 0.5)' in line for line in lines_of(night, found)
    )


def test_the_darkening_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "thinned.toml"
    path.write_text(THINNED)
    assert asked(capsys, str(path), "10")["sleeper"]["darker"]["tilt_db_per_octave"] == 0
    night = lullaby.load(path, date=date(2026, 3, 1))
    assert night.plan.darkening is not None
    at = next(k.stop for k in night.plan.darkening.keyframes if k.value == 2) / RATE
    darker = asked(capsys, str(path), str(at))["sleeper"]["darker"]
    assert darker == {"tilt_db_per_octave": -2, "high_cut_hz": 3000}
    assert main(["why", str(path), str(at), "--date", "2026-03-01"]) == 0
    assert "2 dB an octave less above 125 Hz, and little above 3000 Hz." in capsys.readouterr().out


def test_the_weather_is_told_where_a_score_has_one(tmp_path: Any, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "storm.toml"
    path.write_text(SHORT)
    assert asked(capsys, str(path), "1")["weather"]["storm"] == pytest.approx(1.167, abs=0.01)
    assert main(["why", str(path), "4"]) == 0
    assert "The weather is 0.50 of what the voices say" in capsys.readouterr().out
    assert asked(capsys, "plain", "10")["weather"] is None


def test_why_says_when_the_night_ends_and_whether_that_is_for_its_sleeper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "two.toml"
    path.write_text(TWO.replace("length = 600", "length = 7200"))
    assert asked(capsys, str(path), "10", "--sleeper", "none")["ends"] == {
        "at": 7200.0,
        "heard_until": 7200.0,
        "again": None,
        "for_sleeper": False,
        "score": 7200.0,
    }
    ends = asked(capsys, str(path), "10")["ends"]
    assert ends["at"] == ends["heard_until"] <= 3600
    assert (ends["for_sleeper"], ends["score"]) == (True, 7200)
    words = ["why", str(path), "10", "--date", "2026-03-01"]
    assert main(words) == 0
    assert (
        f"The night ends at {clock(round(ends['at'] * RATE))}, for its sleeper's sake; the score lasts"
        in (capsys.readouterr().out)
    )
    assert main([*words, "--sleeper", "none"]) == 0
    assert "The night ends at 02:00:00.\n" in capsys.readouterr().out


def test_a_night_with_a_wake_window_says_until_when_it_is_heard_before_it(tmp_path: Path):
    path = tmp_path / "two.toml"
    path.write_text(
        TWO.replace("length = 600", "length = 9000") + '[wake]\nat = "02:00:00"\nover = "00:10:00"\n'
    )
    night = lullaby.load(path, date=date(2026, 3, 1))
    wake = night.score.wake
    assert wake is not None
    found = why(night, 10 * RATE)
    heard, again = found.ending.heard_until, found.ending.again
    assert found.ending.at == night.length
    assert found.ending.for_sleeper
    assert heard < again <= wake.stop
    assert night.plan.is_silent(Span(heard, again))
    assert not night.plan.is_silent(Span(heard - RATE, heard))
    assert not night.plan.is_silent(Span(again, again + RATE))
    said = f"The night is heard until {clock(heard)}, for its sleeper's sake, again from {clock(again)} on"
    assert any(line.startswith(said) for line in lines_of(night, found))
