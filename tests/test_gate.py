"""In REM a night is silent, from its first moment to its last where REM was known at lights-out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from nights import night_of
from sleepers import HOUR, SCORE, appended, course, simulated

from lullaby.night import Night
from lullaby.night.following import gate
from lullaby.night.track import silent_over
from lullaby.score import SILENT
from lullaby.score.model import Wake
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.core.controls import gains

AWAKE, N1, N2, N3, REM = Stage


@pytest.mark.parametrize("seed", range(6))
def test_in_rem_there_is_silence_whatever_a_score_says(seed: int):
    found = simulated(seed)
    curve = gate(found, 8 * HOUR, 8 * HOUR)
    for before, after in pairwise(curve.keyframes):
        assert before.stop <= after.start
    dreams = [run for run in found.runs if run.stage is REM]
    assert dreams
    for run in dreams:
        assert silent_over(curve, Span(run.start, run.stop))


@pytest.mark.parametrize("begins", [30 * PAGE, 30 * PAGE + 7 * RATE + 31])
def test_half_a_minute_of_rem_that_was_known_at_lights_out_is_silent(begins: int):
    """At the output, and not a moment sooner than for a fade of a minute."""
    runs = [Run(0, begins, N2), Run(begins, begins + 30 * RATE, REM), Run(begins + 30 * RATE, HOUR, N2)]
    score = night_of(SCORE.format(more='all_night = "a tooth"', follow="")).score
    for evidence in (Evidence.SIMULATED, Evidence.MEASURED):
        night = Night(score, seed=1, course=Course.from_runs(runs, evidence))
        assert not night.render(Span(begins, begins + 30 * RATE)).any()
        assert night.render(Span(begins - 5 * RATE, begins - 4 * RATE)).any()
        start = night.plan.gate.keyframes[1].start
        assert 0 <= begins - 60 * RATE - start < 64  # a control point
        assert night.plan.gate.rests_over(0, start - 1)


def test_rem_that_is_seen_while_the_night_goes_on_is_silent_a_minute_later():
    curve = gate(appended((AWAKE, 10), (N2, 20), (REM, 3), (N2, 30)), HOUR, HOUR)
    assert [(k.start, k.stop, k.value) for k in curve.keyframes[1:]] == [
        (30 * PAGE, 31 * PAGE, SILENT),
        (38 * PAGE, 39 * PAGE, 0.0),
    ]
    # seen while sound was coming back: that is left to end, and the next fade is shorter for it
    curve = gate(appended((N2, 20), (REM, 3), (N2, 5.5), (REM, 5), (N2, 30)), HOUR, HOUR)
    assert [(k.start, k.stop, k.value) for k in curve.keyframes[2:4]] == [
        (28 * PAGE, 29 * PAGE, 0.0),
        (29 * PAGE, 30 * PAGE, SILENT),
    ]


def test_sound_does_not_come_back_for_a_moment_before_rem_that_is_foreseen():
    broken = ((N2, 20), (REM, 3), (N2, 6.5), (REM, 5), (N2, 30))
    assert [k.start // PAGE for k in gate(course(*broken), HOUR, HOUR).keyframes] == [0, 19, 39]
    assert [k.start // PAGE for k in gate(appended(*broken), HOUR, HOUR).keyframes] == [0, 20, 28, 29, 39]


def test_rem_in_the_first_minute_is_silent_by_the_end_of_it():
    for awake in (0, 0.5):
        curve = gate(course((AWAKE, awake), (REM, 5), (N2, 30)), HOUR, HOUR)
        assert (curve.keyframes[1].start, curve.keyframes[1].stop) == (0, PAGE)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_what_is_appended_changes_no_silence_before_it(seed: int, share: float):
    """Whatever part of the night was known at lights-out."""
    runs = simulated(seed).runs
    found = Course.from_runs(runs[: round(share * len(runs))])
    before = gate(found, 8 * HOUR, 8 * HOUR)
    falls = 0
    for run in runs[len(found.known) :]:
        found = found.then(run)
        after = gate(found, 8 * HOUR, 8 * HOUR)
        frames = np.arange(0, run.start, RATE)
        np.testing.assert_array_equal(gains(before, frames), gains(after, frames))
        falls += len(after.keyframes) > len(before.keyframes)
        before = after
    assert falls > 2


def test_rem_early_in_the_night_makes_the_rest_of_it_no_louder():
    score = night_of(SCORE.format(more="", follow="")).score
    early = course((AWAKE, 1), (REM, 1), (AWAKE, 40))
    assert Night(score, seed=1, course=early).gain == Night(score, seed=1).gain


def test_a_dream_that_is_broken_for_a_moment_stays_silent():
    found = course((AWAKE, 10), (N2, 20), (REM, 5), (N2, 2), (REM, 5), (AWAKE, 1), (REM, 3), (N2, 30))
    curve = gate(found, 2 * HOUR, 2 * HOUR)
    assert [k.value for k in curve.keyframes] == [0.0, SILENT, 0.0]
    # and comes back over a minute once it is over for five
    assert (curve.keyframes[2].start, curve.keyframes[2].stop) == (51 * PAGE, 52 * PAGE)


def test_what_a_dream_silences_before_the_wake_window_comes_back_over_a_minute():
    dreaming = course((AWAKE, 10), (N2, 30), (REM, 19.5), (N2, 20))
    curve = gate(dreaming, 2 * HOUR, 2 * HOUR, Wake(59 * PAGE, 10 * PAGE))
    assert [(k.start, k.stop - k.start, k.value) for k in curve.keyframes[1:]] == [
        (39 * PAGE, PAGE, SILENT),
        (59 * PAGE, PAGE, 0.0),
    ]
