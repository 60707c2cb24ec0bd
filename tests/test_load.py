"""`lullaby.load`: the front door gives the night that the command line does, for whomever it is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typed import Evening

import lullaby
from lullaby.cli.options.nights import night_of
from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening.sleepers import USUAL, followed
from lullaby.score.model import SLEEPERS
from lullaby.sleep.course import Course, Evidence
from lullaby.sleep.sleeper import Sleeper

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    "words", [[], ["--sleeper", "none"], ["--sleeper", "typical"], ["--sleeper", "slow"]]
)
def test_a_program_gets_the_night_that_a_person_gets(words: list[str]):
    typed = night_of(parsed(["render", "meadow-at-dusk", *words]), Bedside(Evening()))
    loaded = lullaby.load("meadow-at-dusk", date=DAY, **({"sleeper": words[1]} if words else {}))
    assert (loaded.fingerprint, loaded.follows, loaded.length) == (
        typed.fingerprint,
        typed.follows,
        typed.length,
    )


def test_by_default_it_follows_a_slow_sleeper_and_ends():
    night = lullaby.load("harbour-rain", date=DAY, stories=False)
    assert night.length < night.score.length
    assert (
        night.follows == USUAL == lullaby.load("harbour-rain", date=DAY, sleeper=USUAL, stories=False).follows
    )


def test_where_nobody_sleeps_the_score_is_played_to_its_end():
    night = lullaby.load("harbour-rain", date=DAY, sleeper="none", stories=False)
    assert night.course is None
    assert night.length == night.score.length


def test_without_a_date_there_is_one_night_and_no_other_date_has_it():
    once, again = lullaby.load("harbour-rain", stories=False), lullaby.load("harbour-rain", stories=False)
    assert once.fingerprint == again.fingerprint
    assert once.course == again.course != lullaby.load("harbour-rain", date=DAY, stories=False).course
    assert lullaby.load("harbour-rain", seed=2, stories=False).course != once.course


def test_it_follows_somebody_in_particular():
    badly = lullaby.load("harbour-rain", date=DAY, sleeper=Sleeper(age=60, hyper=0.8), stories=False)
    typical = lullaby.load("harbour-rain", date=DAY, sleeper="typical", stories=False)
    assert badly.course != typical.course
    assert badly.follows != typical.follows
    # a sleeper of no particular kind is the typical one
    assert lullaby.load("harbour-rain", date=DAY, sleeper=Sleeper(), stories=False).course == typical.course


def test_somebody_in_particular_may_be_slow_too():
    score = lullaby.load("plain").score
    nights = [followed(score, day=DAY, sleeper=Sleeper(), slow=slow) for slow in (False, True)]
    assert nights[0].follows != nights[1].follows
    assert nights[1].course == followed(score, day=DAY, sleeper="slow").course


def test_it_follows_a_night_that_was_slept():
    course = Course.from_epochs([0] * 10 + [2] * 100, Evidence.MEASURED)
    night = lullaby.load("harbour-rain", sleeper=course, stories=False)
    assert night.course is course
    assert night.length == lullaby.span(0, "00:15:00").stop


@pytest.mark.parametrize("nobody", ["slwo", "", "ada", 7, True])
def test_nobody_else_is_followed(nobody: Any):
    with pytest.raises(lullaby.AskedWrongly, match="nobody a night can follow") as caught:
        lullaby.load("plain", sleeper=nobody)
    assert all(word in str(caught.value) for word in SLEEPERS)


def test_what_is_loaded_can_be_kept(tmp_path: Path):
    (tmp_path / "short.toml").write_text(
        'length = 2\nfade_in=0.5\nfade_out=0.5\n[voices]\nr="rain"\n[scene.a]\nat=0\nr=0\n'
    )
    assert lullaby.load(tmp_path / "short.toml").export(tmp_path / "short.wav").exists()


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (5, 4),
        (-1, 4),
        ("00:10", "ten"),
        (0, float("nan")),
        (0, float("inf")),
        (None, 3),
        ("01:00:00", "30:00"),
    ],
)
def test_a_span_that_cannot_be_is_said_in_a_line(start: Any, stop: Any):
    with pytest.raises(lullaby.AskedWrongly, match="there is no span from") as caught:
        lullaby.span(start, stop)
    assert isinstance(caught.value, ValueError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, 10**15 + 1])
def test_a_seed_is_a_whole_number(seed: Any):
    with pytest.raises(lullaby.AskedWrongly, match="seed is a whole number from 0") as caught:
        lullaby.load("plain", seed=seed)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("day", ["2026-03-01", datetime(2026, 3, 1, 22), 20260301])
def test_a_date_is_a_day(day: Any):
    with pytest.raises(lullaby.AskedWrongly, match="date is a day of the calendar") as caught:
        lullaby.load("plain", date=day)
    assert isinstance(caught.value, ValueError)


def test_a_device_that_is_not_known_is_warned_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    with pytest.warns(UserWarning, match='Nothing is known of a device "dsek"'):
        lullaby.load("plain", device="dsek")


def test_a_voice_that_a_night_has_not_is_no_silence():
    night = lullaby.load("harbour-rain", stories=False)
    with pytest.raises(lullaby.AskedWrongly, match='this night has no voice "nobody"') as caught:
        night.stem("nobody", lullaby.span(0, 1))
    assert all(track.name in str(caught.value) for track in night.plan.tracks)
