"""The one way to finished sound: whatever span is asked for, in whatever pieces, it is the same sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from nights import night_of

from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.night.pages import fill, pieces
from lullaby.people.caps import Caps
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, STEP, Span, page_span

SCORE = """
title = "Three Minutes"
length = 00:03:00
fade_out = 10
all_night = "a test"
[voices]
rain = "rain-on-slate"
bowl = "evening-bowl"
[scene.arriving]
at = 0
rain = -3
[scene.later]
at = 00:01:20
over = 5
rain = -9
bowl = 0
"""
SLEPT = Course.from_epochs([Stage.AWAKE] * 2 + [Stage.N1] + [Stage.N2] * 9)


def _capped() -> Night:
    loud = night_of(SCORE, seed=2)
    return Night(loud.score, seed=2, caps=Caps(hard=20 * np.log10(np.abs(loud.page(1)).max()) - 20, aim=0.0))


NIGHTS: dict[str, Callable[[], Night]] = {
    "nobody sleeps": lambda: night_of(SCORE, seed=2),
    "somebody sleeps": lambda: Night(night_of(SCORE).score, seed=2, course=SLEPT),
    "capped": _capped,
}


@lru_cache
def night_where(what: str) -> Night:
    return NIGHTS[what]()


@pytest.fixture(params=NIGHTS)
def night(request: pytest.FixtureRequest) -> Night:
    return night_where(request.param)


@pytest.mark.parametrize("ceiling", [True, False], ids=["finished", "before the limiter"])
def test_the_pieces_of_a_page_are_the_page(night: Night, ceiling: bool):
    loudness = night.loudness() if ceiling else replace(night.loudness(), ceiling=None)
    whole = np.empty((2 * PAGE, 2), np.float32)
    fill(night.plan, loudness, Span(0, 2 * PAGE), whole)
    for start, stop in ((0, STEP), (0, 24_000), (STEP, RATE), (80 * RATE, 86 * RATE), (59 * RATE, 61 * RATE)):
        piece = np.empty((stop - start, 2), np.float32)
        fill(night.plan, loudness, Span(start, stop), piece)
        np.testing.assert_array_equal(piece, whole[start:stop])


def test_a_minute_given_out_in_pieces_is_the_minute(night: Night):
    minute, whole = page_span(2), np.empty((PAGE, 2), np.float32)
    found = [(piece, sound.copy()) for piece, sound in night.pieces(minute)]
    fill(night.plan, night.loudness(), minute, whole)
    assert [piece.start for piece, _ in found[1:]] == [piece.stop for piece, _ in found[:-1]]
    assert (found[0][0].start, found[-1][0].stop) == (minute.start, minute.stop)
    np.testing.assert_array_equal(np.concatenate([sound for _, sound in found]), whole)


def test_pieces_of_any_frames_are_the_night(night: Night):
    span = Span(PAGE - 12_345, PAGE + 54_321)
    found = [(piece, sound.copy()) for piece, sound in pieces(night.plan, night.loudness(), span, 7_001)]
    assert (found[0][0].start, found[-1][0].stop) == (span.start, span.stop)
    np.testing.assert_array_equal(np.concatenate([sound for _, sound in found]), night.render(span))


def test_the_guard_and_the_cap_do_hold_something_down_here():
    """Or the two nights above would prove nothing."""
    free = night_where("nobody sleeps").page(1)
    assert np.abs(night_where("capped").page(1)).max() < 0.9 * np.abs(free).max()
    slept = night_where("somebody sleeps")
    unguarded = replace(slept.plan, guard=night_where("nobody sleeps").plan.guard)
    let = np.empty((PAGE, 2), np.float32)
    fill(unguarded, slept.loudness(), page_span(1), let)
    assert (let != slept.page(1)).any()


@pytest.mark.parametrize("span", [Span(1, STEP), Span(0, STEP + 1), Span(0, 2 * STEP)])
def test_what_is_no_whole_control_point_is_refused(span: Span):
    with pytest.raises(ValueError, match="control points"):
        fill(night_where("capped").plan, Loudness(1.0, 1.0), span, np.empty((STEP, 2), np.float32))
