"""Scenes as curves: what a voice is told at any frame, without asking the frames before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from score_kinds import KINDS

from lullaby.score import SILENT, Curve, first_sound, part_curves, score_of, steady_values
from lullaby.score.automation import Automation
from lullaby.time import RATE

BROKEN = Path(__file__).parent / "broken"

VOICES = """
[voices]
rain   = "rain-on-slate"
sea    = "harbour-swell"
keeper = "old-keeper"
"""


@pytest.fixture(autouse=True)
def _nothing_else_to_find(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("lullaby.places.shipped", lambda what: tmp_path / "shipped" / what)


def curves(name: str, *scenes: str) -> dict[str, Automation]:
    """The curves of one voice through scenes of these lines."""
    text = VOICES + "".join(f"[scene.s{i}]\n{scene}\n" for i, scene in enumerate(scenes))
    score = score_of(text, BROKEN / "night.toml", KINDS)
    part = score.part(name)
    assert part is not None
    return part_curves(score, part)


def curve(name: str, setting: str, *scenes: str) -> Curve:
    found = curves(name, *scenes)[setting]
    assert isinstance(found, Curve)
    return found


def at(found: Curve, *seconds: float) -> list[float]:
    return [found.value_at(round(second * RATE)) for second in seconds]


def test_a_voice_is_silent_until_a_scene_names_it():
    level = curve("rain", "level", "at = 0\nsea = -20", "at = 600\nover = 10\nrain = -18")
    assert at(level, 0, 599.9, 610, 9999) == [SILENT, SILENT, -18, -18]
    assert first_sound([level]) == 600 * RATE


def test_a_voice_no_scene_names_is_never_heard():
    level = curve("rain", "level", "at = 0\nsea = -20")
    assert level == Curve.steady(SILENT)
    assert first_sound([level]) is None


def test_the_night_opens_with_the_scene_at_lights_out():
    assert curve("rain", "level", "at = 0\nrain = -18") == Curve.steady(-18.0)
    assert at(curve("rain", "level", "at = 0\nover = 10\nrain = -18"), 0, 4.9, 10) == [SILENT, SILENT, -18]


def test_a_voice_named_without_a_level_is_heard_at_its_own():
    assert curve("sea", "level", "at = 0\nsea = { every = 20 }") == Curve.steady(-3.0)


def test_a_level_glides_in_decibels_from_scene_to_scene():
    level = curve("rain", "level", "at = 0\nrain = -18", "at = 100\nover = 20\nrain = -28")
    assert at(level, 99, 100, 105, 110, 120, 5000) == [-18, -18, -20.5, -23, -28, -28]


def test_what_a_scene_does_not_name_stays_as_it_is():
    scenes = ("at = 0\nrain = { level = -18, drops = 9 }", "at = 60\nrain = -20", "at = 120\nsea = -30")
    assert at(curve("rain", "drops", *scenes), 0, 60, 90, 500) == [9, 9, 9, 9]
    assert at(curve("rain", "level", *scenes), 0, 90, 120, 150, 500) == [-18, -20, -20, -20, -20]


def test_a_silent_voice_stays_silent_until_it_is_given_a_level():
    scenes = (
        "at = 0\nrain = -18",
        'at = 60\nrain = "silent"',
        "at = 120\nrain = { drops = 2 }",
        "at = 180\nrain = -9",
    )
    assert at(curve("rain", "level", *scenes), 0, 90, 150, 210) == [-18, SILENT, SILENT, -9]


def test_other_settings_glide_as_the_level_does():
    drops = curve("rain", "drops", "at = 0\nrain = { drops = 8 }", "at = 60\nover = 10\nrain = { drops = 2 }")
    assert at(drops, 60, 65, 70) == [8, 5, 2]
    assert drops.value_at(65 * RATE, by_ratio=True) == pytest.approx(4)


def test_a_voice_that_comes_out_of_silence_comes_as_its_scene_wants_it():
    drops = curve("rain", "drops", "at = 60\nover = 10\nrain = { level = -18, drops = 2 }")
    assert at(drops, 59.9, 60, 65) == [6, 2, 2]


def test_a_range_moves_as_two_curves():
    scenes = ("at = 0\nrain = -18", "at = 60\nover = 10\nrain = { pitch = [500, 1000] }")
    low, high = curves("rain", *scenes)["pitch"]
    assert at(low, 0, 65, 70) == [900, 700, 500]
    assert at(high, 0, 65, 70) == [3200, 2100, 1000]


def test_numbers_move_each_on_its_own():
    scenes = ("at = 0\nsea = -18", "at = 60\nover = 10\nsea = { chord = [100, 165, 200] }")
    chord = curves("sea", *scenes)["chord"]
    assert isinstance(chord, tuple)
    assert [one.value_at(70 * RATE) for one in chord] == [100, 165, 200]
    assert [one.is_steady for one in chord] == [False, True, False]


def test_only_what_may_move_is_a_curve():
    score = score_of(VOICES + "[scene.a]\nat = 0\nsea = -18\n", BROKEN / "night.toml", KINDS)
    sea = score.part("sea")
    assert sea is not None
    assert list(part_curves(score, sea)) == ["level", "every", "chord", "send"]
    assert steady_values(sea) == {
        "shape": ((60.0, -18.0), (800.0, 0.0)), "shore": "sand", "foam": True, "clip": ""
    }  # fmt: skip


def test_a_teller_waits_at_its_own_level():
    assert curve("keeper", "level", "at = 0\nrain = -18") == Curve.steady(-2.0)


def test_saying_the_same_again_changes_nothing():
    level = curve("rain", "level", "at = 0\nrain = -18", "at = 60\nrain = -18", "at = 120\nrain = -18")
    assert level == Curve.steady(-18.0)


def test_a_curve_is_the_same_asked_in_any_order():
    level = curve("rain", "level", "at = 0\nrain = -18", "at = 60\nrain = -28", 'at = 120\nrain = "silent"')
    frames = list(range(0, 200 * RATE, RATE // 3))
    forwards = [level.value_at(frame) for frame in frames]
    assert [level.value_at(frame) for frame in reversed(frames)] == forwards[::-1]


def test_a_night_without_scenes_begins_silent_and_tells():
    text = VOICES + '[[tell]]\nat = 60\nstory = "the-lamp-at-the-pier"\nvoice = "keeper"\n'
    score = score_of(text, BROKEN / "night.toml", KINDS)
    levels = [part_curves(score, part)["level"] for part in score.voices]
    assert levels == [Curve.steady(SILENT), Curve.steady(SILENT), Curve.steady(-2.0)]
