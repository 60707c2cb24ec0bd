"""What `--json` prints is read by other programs: its facts keep their names, and are those of the thing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from nights import load, night_of
from persons import ANNA

from lullaby import places
from lullaby.evening.facts import checked, machine
from lullaby.evening.facts.listener import facts_of_listener
from lullaby.evening.facts.moment import facts_of_moment
from lullaby.evening.facts.scores import facts_of_score
from lullaby.evening.facts.voices import all_voices, facts_of_voice
from lullaby.evening.notes import Caution, Follows, LeftOut, LimitsHold, UnknownDevice
from lullaby.night.night import Night
from lullaby.night.why import why
from lullaby.people.calibration import Calibration
from lullaby.people.limits import limits_at
from lullaby.player import device
from lullaby.player.device import Device
from lullaby.score import Form, read_score, read_voice
from lullaby.score.finding import Voices
from lullaby.sleep.course import Course, Evidence
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

SCORE = """
title = "One"
length = 60
[voices]
rain = "rain-on-slate"
bell = "buoy-bell"
[weather]
gusts = 0.8
storm = [[0, 1.5], [20, 0.5]]
[scene.first]
at = 0
rain = -4
[scene.second]
at = 2
over = 4
rain = { level = -14, drops = 4 }
[scene.third]
at = 20
bell = -10
"""


def names(facts: Mapping[str, Any]) -> Iterator[str]:
    """Every name in these facts, after those of what it stands in."""
    for name, value in facts.items():
        beneath = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]
        if not beneath:
            yield name
        for one in beneath[:1]:
            yield from (f"{name}.{inner}" for inner in names(one))


def are(facts: Mapping[str, Any], wanted: str) -> None:
    assert sorted(names(facts)) == sorted(wanted.split())


def test_a_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores/one.toml").write_text(SCORE.replace("length", 'all_night = "the street"\nlength'))
    facts = facts_of_score(read_score(tmp_path / "scores/one.toml", KINDS))
    are(facts, "name title length seconds level all_night file description")
    assert (facts["title"], facts["length"], facts["seconds"]) == ("One", "00:01:00", 60)
    assert (facts["level"], facts["all_night"]) == (load("harbour-rain").score.level, "the street")
    assert facts["file"] == str(tmp_path / "scores/one.toml")


def test_a_voice():
    each = [facts_of_voice(voice) for voice in all_voices().found]
    rows = ["name", "at", "value", "unit", "low", "high", "form", "choices", "moves", "says"]
    for facts in each:
        are(facts, " ".join(["name kind default file description licence", *(f"settings.{r}" for r in rows)]))
        for row in facts["settings"]:
            if row["form"] == "number" and row["value"] != "silent":
                assert row["low"] <= row["value"] <= row["high"], (facts["name"], row["name"])
    by_default = [facts["kind"] for facts in each if facts["default"]]
    assert len(by_default) == len(set(by_default)), "a kind has one voice that is meant by its name"


def test_a_voice_that_is_checked(monkeypatch: pytest.MonkeyPatch):
    """Louder than its kind by 3 LU: it is told to be trimmed by as much."""
    path = places.shipped("voices") / "warm-pad.toml"
    voice = read_voice(path, KINDS)
    unity = voice.kind.unity
    monkeypatch.setattr(checked, "measured", lambda _: (unity + 3, -12.0))
    facts = checked.facts_of_checked(path, lambda _: nullcontext())
    are(facts, "file what right kind description lufs true_peak trim unity")
    assert (facts["lufs"], facts["true_peak"], facts["unity"]) == (unity + 3, -12, unity)
    assert facts["trim"] == pytest.approx(voice.values["trim"] - 3)


@pytest.mark.parametrize("path", sorted(places.shipped("scores").glob("*.toml")), ids=lambda path: path.stem)
def test_a_voice_that_no_scene_names_is_remarked_on(path: Path, tmp_path: Path):
    """An instrument of [music], say: it would play all night and never be heard."""
    assert checked.facts_of_checked(path, None)["unheard"] == []
    own, named = tmp_path / "one.toml", "one-more-voice"
    text = path.read_text("utf-8").replace("[voices]\n", f'[voices]\n{named} = "open-rain"\n', 1)
    own.write_text(text, "utf-8")
    assert checked.facts_of_checked(own, None)["unheard"] == [f"{named} is never heard: no scene names it."]


def test_a_name_that_is_offered_is_a_voice():
    offered = Voices(KINDS)
    assert len(offered.names) > len(offered.paths)
    assert all(offered.path(name) for name in offered.names)


def test_what_may_be_negative_in_a_list_goes_as_far_below_nought_as_above():
    """Amplitudes and detunings: a sign is a direction, and neither is preferred."""
    rows = [row for kind in KINDS.values() for row in kind if row.form is Form.NUMBERS and row.low < 0]
    assert rows
    assert all(row.low == -row.high for row in rows)


def test_the_sound_devices_are_those_that_another_process_finds(monkeypatch: pytest.MonkeyPatch):
    """One that prints none, nonsense or nothing, fails or is not there at all is no device."""
    speaker = Device(1, "Speaker", True, 2, 48_000.0)

    def told(script: str) -> Any:
        python = [sys.executable, "-c", script]
        run = subprocess.run
        monkeypatch.setattr(device.subprocess, "run", lambda _, **how: run(python, **how))
        try:
            return machine.PROBES["sound devices"]()
        finally:
            monkeypatch.setattr(device.subprocess, "run", run)

    listed = json.dumps({"devices": [speaker.facts]})
    assert told(f"print({listed!r})") == [speaker.facts]
    for script in ("print('{\"devices\": []}')", "print('[')", "pass", "raise OSError('no sound here')"):
        assert told(script).keys() == {"none"}


def test_a_listener():
    person = replace(ANNA, devices={"tooth": Calibration(-10, 40, -46)})
    facts = facts_of_listener(person, date(2026, 3, 1))
    are(
        facts,
        "name file birth_year age profile teller names"
        " stories.place stories.companion stories.pronoun stories.favourites stories.begins"
        " sleep.insomnia sleep.chronotype sleep.sex sleep.bedtime sleep.latency"
        " avoid.words avoid.kinds avoid.voices avoid.clips avoid.tunes avoid.imports avoid.fears"
        " limits.cap_dba limits.aim_dba limits.usual_min limits.longest_min limits.play_out_min"
        " limits.ends_min limits.beats"
        " limits.all_night limits.says timer.after_s timer.between_h"
        " devices.tooth.comfortable_db devices.tooth.meter_dba devices.tooth.offset_db",
    )


def test_a_moment():
    course = Course.from_epochs([0] * 5 + [2] * 100, Evidence.MEASURED)
    night = Night(night_of(SCORE).score, seed=1, gain=1.0, course=course)
    facts = facts_of_moment(night, why(night, 4 * RATE))
    moving = "value unit scene from to until"
    resting = "value unit scene"
    are(
        facts,
        " ".join(
            (
                "title seed date time seconds scene.name scene.at scene.until heard.rain.voice",
                *(f"heard.rain.level.{one}" for one in moving.split()),
                *(f"heard.rain.{what}.{one}" for what in ("pan", "send") for one in resting.split()),
                *(f"heard.rain.moved.drops.{one}" for one in moving.split()),
                *(f"silent.bell.{one}" for one in ("silenced", "comes", "with", "asleep")),
                "fade.db fade.in_until fade.out_from gain.db gain.measured gain.wanted gain.from",
                "sleeper.stage sleeper.evidence sleeper.seen_ago",
                "sleeper.held_back.rain sleeper.held_back.bell",
                "sleeper.darker.tilt_db_per_octave sleeper.darker.high_cut_hz",
                "weather.storm weather.gust limiter.db later music ritual",
                "ends.at ends.heard_until ends.again ends.for_sleeper ends.score",
            )
        ),
    )
    assert facts["scene"] == {"name": "second", "at": 2, "until": 6}


def test_a_note_says_which_it_is():
    notes = (
        Caution("soft"),
        LeftOut("anna", ("bell",), ()),
        LimitsHold("anna", limits_at(8), calibrated=True),
        UnknownDevice("tooth", ()),
        Follows(True, "", None, 1, 2, for_listener=False, all_night=False),
    )
    said = [note.facts["note"] for note in notes]
    assert said == ["caution", "left out", "limits", "unknown device", "follows"]
