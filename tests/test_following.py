"""A night recedes as its sleeper falls asleep, never rises because of a guess, and ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from nights import SCORES, night_of

from lullaby.night import Night, load
from lullaby.night.following import AT_MOST, FASTEST, PLAYS_ON, ends, receding
from lullaby.score import SILENT
from lullaby.sleep.course import EPOCH, Course
from lullaby.sleep.simulate import course_of
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.controls import gains

AWAKE, N1, N2, N3, REM = Stage
DAY = date(2026, 11, 20)
HOUR = 60 * PAGE
SCORE = """
length = 08:00:00
{more}
[voices]
rain = "rain-on-slate"
[scene.all]
at = 0
rain = -3
{follow}
"""


def course(*runs: tuple[Stage, float]) -> Course:
    """Stages and how many minutes each lasts."""
    return Course.from_epochs([stage for stage, minutes in runs for _ in range(round(2 * minutes))])


def simulated(seed: int, slow: bool = True) -> Course:
    return course_of(Sleeper(), seed, DAY + timedelta(days=seed), slow=slow)


FIRST = course((AWAKE, 12), (N1, 4), (N2, 20), (N3, 20), (N2, 15), (REM, 10), (N2, 20), (REM, 20), (N3, 30))


def test_a_night_ends_ten_minutes_after_sleep_stays():
    assert ends(FIRST, 8 * HOUR, all_night=False) == 16 * PAGE + PLAYS_ON
    assert ends(FIRST, 20 * PAGE, all_night=False) == 20 * PAGE
    assert ends(FIRST, 8 * HOUR, all_night=True) == 8 * HOUR
    broken = course((AWAKE, 10), (N2, 2.5), (AWAKE, 5), (N2, 2), (N1, 1), (N2, 60))
    assert ends(broken, 8 * HOUR, all_night=False) == round(20.5 * PAGE) + PLAYS_ON
    assert ends(course((AWAKE, 400)), 8 * HOUR, all_night=False) == AT_MOST


def test_nothing_is_heard_after_the_end():
    night = Night(night_of(SCORE.format(more="", follow="")).score, seed=1, course=FIRST)
    assert night.length == 26 * PAGE
    assert not night.render(Span(night.length, night.length + RATE)).any()
    before = night.render(Span(night.length - 30 * RATE, night.length))
    assert before.any()
    levels = [float(np.sqrt(np.mean(part**2))) for part in np.split(before, 10)]
    assert levels == sorted(levels, reverse=True)


def test_awake_it_is_the_night_that_nobody_sleeps_in():
    score = night_of(SCORE.format(more="", follow="")).score
    asleep, alone = Night(score, seed=1, course=FIRST), Night(score, seed=1)
    np.testing.assert_array_equal(asleep.page(3), alone.page(3))
    assert np.abs(asleep.page(18)).mean() < 0.5 * np.abs(alone.page(18)).mean()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "told", [{}, {"n2": {"level": -3.0}, "n1": {"level": -30.0}}, {"n3": {"level": SILENT}}]
)
def test_no_guess_makes_anything_louder(seed: int, told: dict[str, dict[str, float]]):
    curve = receding(simulated(seed), told, 8 * HOUR)
    values = [k.value for k in curve.keyframes if k.value > SILENT]
    assert values == sorted(values, reverse=True)
    for before, after in pairwise(curve.keyframes):
        assert before.stop <= after.start
        if SILENT in (before.value, after.value):
            assert after.stop - after.start == 60 * RATE
        else:
            assert (before.value - after.value) <= FASTEST * (after.stop - after.start) + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_in_rem_there_is_silence_whatever_a_score_says(seed: int):
    loud = {state: {"level": 0.0} for state in ("n1", "n2", "n3", "rem")}
    found = simulated(seed)
    curve = receding(found, loud, 8 * HOUR)
    for run in found.runs:
        if run.stage is REM and run.start >= HOUR // 2:
            frames = np.arange(run.start + 90 * RATE, min(run.stop, 8 * HOUR), EPOCH)
            if len(frames):
                assert not gains(curve, frames).any()


def test_a_score_says_how_a_voice_recedes():
    text = SCORE.format(
        more='all_night = "a tooth"', follow='[follow]\nrain = { n2 = { level = -3 }, n3 = "silent" }'
    )
    night = Night(night_of(text).score, seed=1, course=FIRST)
    assert night.length == 8 * HOUR
    (rain,) = night.plan.soundings
    # n1 keeps the gentle default, and sleep only makes softer: so -3 in n2 comes too late to be heard
    assert -9 < rain.recede.value_at(17 * PAGE) <= -5
    assert rain.recede.value_at(45 * PAGE) == SILENT


def test_a_score_says_what_else_changes_with_sleep():
    more = 'all_night = "a tooth"'
    follow = "[follow]\nrain = { n1 = { drops = 4, pan = -0.5 }, n3 = { drops = 0.5 } }"
    text = SCORE.format(more=more, follow=follow) + "[scene.later]\nat = 02:00:00\nrain = { drops = 30 }\n"
    night = Night(
        night_of(
            text.replace("[follow]", "[scene.mid]\nat = 00:05:00\nrain = { drops = 12 }\n[follow]")
        ).score,
        seed=1,
        course=FIRST,
    )
    (rain,) = night.plan.soundings
    drops = [rain.controls.number("drops", minute * PAGE) for minute in (7, 20, 55, 130)]
    assert drops == [12, 4, 0.5, 0.5]
    assert rain.pan.value_at(20 * PAGE) == -0.5
    assert np.isfinite(night.page(20)).all()


@pytest.mark.parametrize("name", SCORES)
def test_a_sleeper_changes_no_sample_before_sleep_comes(name: str):
    """Causal: what happens from a frame on leaves everything before it alone, but for the look-ahead."""
    score = load(name).score
    later = course((AWAKE, 40), (N2, 100))
    one, two = (Night(score, seed=2, course=c) for c in (FIRST, later))
    fade = min(one.length - one.plan.fade_out, 12 * PAGE) // PAGE
    for number in {0, fade - 1}:
        np.testing.assert_array_equal(one.page(number), two.page(number))


def test_who_sleeps_is_the_same_night_everywhere():
    for slow in (True, False):
        assert simulated(3, slow) == simulated(3, slow)
    first = {next(run.start for run in simulated(seed).runs if run.stage.asleep) for seed in range(5)}
    assert len(first) == 1  # a slow one takes as long on every date
    assert 20 * PAGE < first.pop() < 30 * PAGE
    score = load("plain").score
    prints = {Night(score, day=DAY, course=c).fingerprint for c in (None, FIRST, simulated(1))}
    assert len(prints) == 3
