"""A level that may rise only so fast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE, SLOW
from lullaby.voices.core.slope import LOOK_BACK, rising_at_most

EVERY = SLOW / RATE
"""Seconds from one control point to the next."""


def rough() -> NDArray[np.float64]:
    """A level that jumps by up to 40 dB."""
    return np.asarray(10 ** (-2 * np.random.default_rng(3).random(3_000)))


def test_a_level_rises_no_faster_than_it_may_and_never_above_itself() -> None:
    level = rough()
    held = rising_at_most(50.0, level)
    steps = 20 * np.log10(held[LOOK_BACK:] / held[LOOK_BACK - 1 : -1])
    assert steps.max() <= 50.0 * EVERY + 1e-9
    assert steps.min() < -3
    assert (held <= level).all()


def test_a_level_that_rises_slower_is_left_alone_and_so_is_any_fall() -> None:
    slower = 10 ** (45.0 * EVERY * np.arange(400) / 20)
    assert np.array_equal(rising_at_most(50.0, slower), slower)
    assert np.array_equal(rising_at_most(50.0, slower[::-1]), slower[::-1])


def test_a_rise_is_a_straight_line_in_db_from_where_it_began() -> None:
    jump = np.where(np.arange(400) < 300, 0.01, 1.0)
    held = 20 * np.log10(rising_at_most(50.0, jump))
    assert np.allclose(held[299:399], np.minimum(-40 + 50.0 * EVERY * np.arange(100), 0))


def test_wherever_it_begins_to_look_the_level_is_the_same_to_the_bit() -> None:
    level = rough()
    whole = rising_at_most(50.0, level)
    for first in (1, 7, 640, 2_000):
        assert np.array_equal(rising_at_most(50.0, level[first:])[LOOK_BACK:], whole[first + LOOK_BACK :])
