"""A whole night through the real player, and twenty minutes of it beside what hogs Python: `make soak`."""

from __future__ import annotations

import pytest

from benchmarks.live import FAST, run
from benchmarks.slow_machine import NoGroup

pytestmark = pytest.mark.soak


def test_eight_hours_leave_memory_flat() -> None:
    """After the first ten minutes: the player, the process that plays and the one that makes the sound."""
    night = run(8 * 3_600, speed=FAST)
    assert night.seconds == 8 * 3_600
    assert night.grown_mb_hour <= 1.0, night


def test_twenty_minutes_beside_a_hog_and_a_collector_have_no_gap() -> None:
    """One thread never lets go of Python of its own accord, another collects garbage without end."""
    night = run(20 * 60, frames=256, hog=True)
    assert (night.starved, night.late) == (0, 0), night
    assert night.longest_us < 1_000, "a callback took a fifth of what it plays lasts"


def test_twenty_minutes_alone_have_no_gap_and_stay_flat() -> None:
    night = run(20 * 60)
    assert (night.starved, night.late) == (0, 0), night
    assert night.grown_mb_hour <= 1.0, night
    assert night.cpu_share <= 0.015, night


def test_one_core_at_a_twentieth_of_its_speed_has_no_gap() -> None:
    """From the first start on."""
    try:
        night = run(5 * 60, slower=20, one_core=True)
    except NoGroup as error:
        pytest.skip(f"nobody can be held to a share of a core here: {error}")
    assert (night.starved, night.late) == (0, 0), night
