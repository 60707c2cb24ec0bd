"""A request becomes a night in one place, and a listener's limits hold through every door there is."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lullaby
from lullaby.cli import main, parser
from lullaby.cli.options.addresses import evening_for
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening import Mix, Request, prepared
from lullaby.evening.notes import Caution, Follows, LeftOut, LimitsHold, UnknownDevice
from lullaby.evening.which import score_of
from lullaby.night import Night
from lullaby.people.caps import UNCAPPED
from lullaby.score.model import WeatherSettings
from lullaby.sleep.course import Course, Evidence
from lullaby.sleep.sleeper import Sleeper
from lullaby.time import PAGE, RATE, WallClock
from lullaby.web.wanted import Wanted

pytestmark = pytest.mark.usefixtures("without_covers")

HOUSE = Path(lullaby.__file__).parent
DAY = date(2026, 11, 30)
NIGHT = """
title = "Everything a child does not hear"
length = 05:00:00
all_night = "a test"
[voices]
rain = "rain"
beat = "between-the-ears"
bell = "buoy-bell"
[scene.all]
at = 0
rain = 0
beat = -20
bell = -10
"""
KEPT = ["--avoid", "voice:buoy-bell", "--longest", "8"]
WORDS = {
    "why": ["60"],
    "render": ["--from", "0", "--to", "1", "-o", "kept.wav"],
    "play": ["--null", "10", "--to", "1"],
}
"""What a command wants besides a night and a listener."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Kim is six, avoids the bell, hears eight minutes at most, and the loudspeaker was measured."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night.toml").write_text(NIGHT)
    assert main(["people", "add", "kim", "--birth-year", "2019", *KEPT]) == 0
    assert main(["calibrate", "--comfortable", "0", "--meter", "60"]) == 0
    return tmp_path


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> list[Night]:
    """Every night that is made from here on, whoever makes it."""
    made: list[Night] = []
    bind = Night.__init__

    def noted(night: Night, *args: Any, **how: Any) -> None:
        bind(night, *args, **how)
        made.append(night)

    monkeypatch.setattr(Night, "__init__", noted)
    return made


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command that takes `--for`, by existing."""
    found: dict[str, argparse.ArgumentParser] = {}
    whole = parser.Parser(prog="lullaby")
    there = whole.add_subparsers(parser_class=parser.Parser)
    for module in parser.COMMANDS:
        module.add(there)
    for name, command in there.choices.items():
        if any("--for" in action.option_strings for action in command._actions):
            found[name] = command
    return found


NO_NIGHT = {"calibrate", "stories", "consent", "enough", "journal", "morning", "without"}
"""They are for somebody, and make no night."""
DOORS = sorted(set(commands()) - NO_NIGHT - {"tell", "share", "open", "serve", "cast"})
"""What a child is told is in test_tell; `share` refuses a listener. What `open` opens, and what `serve` and
`cast` send, is below."""


def is_a_childs(night: Night) -> None:
    assert {part.name for part in night.score.voices} == {"rain"}
    assert night.length == 8 * PAGE
    assert night.score.all_night is None
    assert night.course is None
    assert night.caps != UNCAPPED
    assert night.loudness().cap is not None


@pytest.mark.parametrize("door", DOORS)
def test_a_childs_night_has_a_childs_limits_at_the_prompt(door: str, nights: list[Night]) -> None:
    what = ["night.toml"] if "night" in vars(parsed([door, *WORDS.get(door, []), "x", "y"])) else []
    what = what or ["rain", "between-the-ears", "buoy-bell", "-o", "heard.wav", "--seconds", "1"]
    assert main([door, *what, *WORDS.get(door, []), "--for", "kim"]) == 0
    assert nights
    for night in nights:
        is_a_childs(night) if what == ["night.toml"] else is_softened(night)


def test_what_a_phone_or_a_box_is_sent_has_a_childs_limits_too() -> None:
    bedside = Bedside(WallClock())
    mix = evening_for(Wanted.read(f"rain+between-the-ears+buoy-bell~for=kim~date={DAY}~length=7200"), bedside)
    is_softened(mix.night)
    whole = evening_for(Wanted.read(f"bowl-and-tide~for=kim~date={DAY}~all-night=the neighbours"), bedside)
    assert whole.night.length == 8 * PAGE
    assert whole.night.score.all_night is None
    assert whole.night.loudness().cap is not None


def test_what_somebody_sent_has_a_childs_limits_too(
    nights: list[Night], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["share", "rain", "between-the-ears", "--length", "02:00:00"]) == 0
    line = capsys.readouterr().out.strip()
    nights.clear()
    words = ["--for", "kim", "--render", "-o", "heard.wav", "--to", "1"]
    assert main(["open", line, *words]) == 0
    assert nights
    for night in nights:
        assert {part.kind.name for part in night.score.voices} == {"rain"}
        assert night.length == 8 * PAGE
        assert night.caps != UNCAPPED


def is_softened(night: Night) -> None:
    """Voices heard alone, without a night round them."""
    assert {part.kind.name for part in night.score.voices} == {"rain"}
    assert night.loudness().cap is not None


def test_a_childs_night_has_a_childs_limits_in_a_program(nights: list[Night]) -> None:
    is_a_childs(lullaby.load("night.toml", listener="kim", date=DAY))
    is_a_childs(lullaby.load("night.toml", listener="kim", date=DAY, sleeper="slow", all_night="please"))
    assert "listener" in inspect.signature(lullaby.load).parameters
    with pytest.raises(lullaby.AskedWrongly, match="limits go by age"):
        lullaby.load("night.toml", listener="kim")


def test_nights_are_made_in_the_evening_alone() -> None:
    """Whoever calls `Night(…)` elsewhere makes a night that knows no listener; `warmup` plays to nobody, and
    `moved` measures one that nobody hears."""
    makers = {where for where, name in calls() if name in ("Night", "followed")}
    makers -= {"story/weaving/series.py"}  # a night of which a story is woven
    heard = {"evening/prepare.py", "evening/sleepers.py"}
    compares = {"ritual/circle/pack/evening.py"}  # what is in a pack with what it says that it is
    assert makers <= heard | {"evening/moved.py", "cli/commands/warmup.py"} | compares
    limits = {where for where, name in calls() if name in ("avoided", "caps_for", "kept_to")}
    suggests = {"web/rooms/suggestions.py"}  # which leaves out what its listener avoids, and makes no night
    assert limits <= {"evening/prepare.py", "evening/capped.py", "people/person.py"} | suggests


@cache
def calls() -> tuple[tuple[str, str], ...]:
    return tuple(
        (path.relative_to(HOUSE).as_posix(), ast.unparse(node.func).split(".")[-1])
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    )


def test_what_was_left_out_and_whose_limits_hold_is_data() -> None:
    notes = prepared(Request("night.toml", listener="kim", date=DAY)).notes
    left, held = (next(n for n in notes if isinstance(n, kind)) for kind in (LeftOut, LimitsHold))
    assert (left.listener, set(left.voices)) == ("kim", {"beat", "bell"})
    assert (held.limits.profile, held.calibrated) == ("child", True)
    assert all(note.says and note.facts["note"] for note in notes)


def test_an_adult_with_limits_of_their_own_is_told_that_they_hold() -> None:
    assert main(["people", "add", "ada", "--birth-year", "1980", "--cap", "50"]) == 0
    assert main(["people", "add", "bo", "--birth-year", "1980"]) == 0
    for device, says in ((None, "At most 50 dBA"), ("never measured", "nobody has measured")):
        notes = prepared(Request("plain", listener="ada", date=DAY, device=device)).notes
        (limits,) = (note for note in notes if isinstance(note, LimitsHold))
        assert says in limits.says
    notes = prepared(Request("plain", listener="bo", date=DAY)).notes
    assert not any(isinstance(note, LimitsHold) for note in notes)


def test_a_device_that_nobody_calibrated_is_said_to_have_no_limits() -> None:
    """A name with a typing error in it would otherwise lift a listener's cap without a word."""
    assert main(["calibrate", "--device", "desk", "--comfortable", "0", "--meter", "60"]) == 0
    for device, said in (("dsek", True), ("desk", False), ("  desk ", False), (None, False)):
        notes = prepared(Request("plain", date=DAY, device=device)).notes
        assert any(isinstance(note, UnknownDevice) for note in notes) is said
    (note,) = prepared(Request("plain", date=DAY, device="dsek", sleeper="none")).notes
    assert isinstance(note, UnknownDevice)
    assert note.known == ("default", "desk")
    assert "no limit of loudness" in note.says


def test_voices_are_heard_within_the_limits_of_the_device_that_is_named(nights: list[Night]) -> None:
    assert main(["calibrate", "--device", "desk", "--comfortable", "0", "--meter", "90"]) == 0
    for more in ([], ["--device", "desk"]):
        assert main(["hear", "rain", "--for", "kim", "--seconds", "1", "-o", "heard.wav", *more]) == 0
    usual, desk = (night.caps.hard for night in nights)
    assert usual - desk == 30  # dB: what the two were measured apart


def test_beats_come_with_a_caution_and_are_said_once() -> None:
    notes = prepared(Request(Mix(("between-the-ears", "between-the-ears")), date=DAY)).notes
    assert [type(note) for note in notes if isinstance(note, Caution)] == [Caution]


def test_whom_a_night_follows_is_data() -> None:
    evening = prepared(Request(Mix(("rain",)), date=DAY))
    (note,) = evening.notes
    assert isinstance(note, Follows)
    assert (note.ends, note.score_length) == (evening.night.length, 8 * 3600 * RATE)
    assert note.slow is True
    assert note.facts["sleeper"] == "slow"
    assert note.asleep is not None
    assert note.asleep < note.ends < note.score_length
    assert '--all-night "reason"' in note.says


def test_whose_sleep_is_never_told_as_made_up_where_it_was_scored() -> None:
    scored = Course.from_epochs([0] * 20 + [2] * 100, Evidence.MEASURED)
    for sleeper, slow, word in ((scored, None, None), (Sleeper(), False, "typical"), ("slow", True, "slow")):
        (note,) = prepared(Request(Mix(("rain",)), date=DAY, sleeper=sleeper)).notes
        assert isinstance(note, Follows)
        assert note.slow is slow
        assert note.facts["sleeper"] == word
        assert ("made-up sleeper" in note.says) is (word is not None)


def test_a_mix_whose_length_nobody_gave_lasts_eight_hours() -> None:
    assert score_of(Mix(("rain",))).length / RATE == 8 * 3600


def test_a_mix_that_masks_noise_plays_until_morning() -> None:
    usual, kept_on = (prepared(Request(Mix(("rain",)), date=DAY, all_night=why)) for why in (None, "street"))
    assert usual.night.length < 2 * 3600 * RATE
    assert kept_on.night.length == 8 * 3600 * RATE
    assert kept_on.night.course is not None
    assert usual.night.fingerprint != kept_on.night.fingerprint
    for reason in ("", " ", "x" * 300):
        with pytest.raises(lullaby.AskedWrongly, match="--all-night wants a reason"):
            prepared(Request(Mix(("rain",)), date=DAY, all_night=reason))


def test_a_mix_that_is_kept_carries_why_it_plays_on(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    words = ["rain", "--all-night", "the street", "--save", "street", "--to", "1", "-o", "a.wav"]
    assert main(["render", *words, "--sleeper", "none"]) == 0
    assert 'all_night = "the street"' in (home / "home/scores/street.toml").read_text()
    night = prepared(Request("street", date=DAY)).night
    assert (night.length, night.course) == (8 * 3600 * RATE, None)
    assert prepared(Request("street", date=DAY, sleeper="slow")).night.course is not None


def test_a_mix_may_be_told_its_weather_and_what_is_kept_of_it_sounds_as_it_did(home: Path) -> None:
    told = ("weather.gusts=0.9", "weather.storm=[[00:00:00, 2], [00:20:00, 0.4]]", "rain.gusts=2")
    words = [word for setting in told for word in ("--set", setting)]
    kept = ["--save", "squall", "--sleeper", "none", "--from", "70", "--to", "71", "-o", "a.wav"]
    assert main(["render", "rain", "shore:-6", *words, *kept]) == 0
    mixed = prepared(Request(Mix(("rain", "shore:-6"), told), date=DAY, sleeper="none")).night
    squall = prepared(Request("squall", date=DAY, sleeper="none")).night
    assert squall.score.weather == mixed.score.weather == WeatherSettings(0.9, 14, ((0, 2), (20 * PAGE, 0.4)))
    here = lullaby.span(70, 71)
    assert np.array_equal(squall.render(here), mixed.render(here))
    calm = prepared(Request(Mix(("rain", "shore:-6"), told[2:]), date=DAY, sleeper="none")).night
    assert calm.fingerprint != mixed.fingerprint
    assert not np.array_equal(calm.render(here), mixed.render(here))


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("weather.gusts=7", "--set weather.gusts=7: weather: gusts = 7 is too high; it goes from 0 to 1."),
        ("weather.gust=1", 'weather has no "gust".\n    It has: gusts, pace, storm.  Did you mean "gusts"?'),
        ("weather.storm=soon", 'weather: storm = "soon" is a text, not rows of a time and a strength.'),
        ("weather.storm=[[09:00:00, 1]]", "row 1 is at 09:00:00, and the night ends at 08:00:00."),
        ("weather.gusts", "--set weather.gusts: write it --set"),
    ],
)
def test_a_weather_that_cannot_be_is_said_to_who_typed_it(told: str, says: str) -> None:
    with pytest.raises(lullaby.AskedWrongly) as wrong:
        score_of(Mix(("rain",), (told,)))
    assert says in str(wrong.value)


def test_a_score_may_say_whom_it_follows_and_a_child_is_never_guessed_for_it(home: Path) -> None:
    (home / "typical.toml").write_text('sleeper = "typical"\n' + NIGHT)
    assert prepared(Request("typical.toml", date=DAY)).night.follows == "typical"
    assert prepared(Request("typical.toml", date=DAY, listener="kim")).night.course is None
    (home / "wrong.toml").write_text('sleeper = "somebody"\n' + NIGHT)
    with pytest.raises(lullaby.AskedWrongly, match='sleeper = "somebody" is nobody a night can follow'):
        prepared(Request("wrong.toml", date=DAY))


def test_what_is_wanted_of_a_night_ends_where_the_night_does() -> None:
    whole = prepared(Request("plain", date=DAY, sleeper="none"))
    cut = prepared(Request("plain", date=DAY, sleeper="none", span=lullaby.span(60, 36_000)))
    assert whole.span == whole.night.span
    assert (cut.span.start, cut.span.stop) == (60 * RATE, whole.night.length)


def test_a_place_that_wants_more_than_a_listener_may_hear_is_said_to_miss_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kim's cap on the measured loudspeaker stands far below what podcasts are as loud as."""
    words = ["render", "night.toml", "--for", "kim", "--for-use", "podcast", "--from", "5", "--to", "7"]
    capsys.readouterr()
    assert main([*words, "-o", "kept.mp3", "--json"]) == 0
    said = capsys.readouterr()
    assert "-16 LUFS is out of reach" in said.err
    assert "-16 LUFS is out of reach" in json.loads(said.out)["missed"]
    monkeypatch.setenv("LULLABY_HOME", "nothing-measured")
    assert main([*words[:2], *words[4:], "-o", "any.mp3"]) == 0
    assert "out of reach" not in capsys.readouterr().err
