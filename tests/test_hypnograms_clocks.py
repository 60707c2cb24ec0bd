"""A night in which the clock is put forward or back is as long as it was."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from hypnogram_samples import (
    APPLE_HEAD,
    FITBIT_LOG,
    apple_record,
    runs,
)
from reading import read

from lullaby.sleep import Stage
from lullaby.time import RATE

W, N1, N2, N3, R = Stage


def test_a_night_in_which_the_clock_is_put_back_is_not_longer(tmp_path: Path):
    """Apple's times have zones; Fitbit's have none, and only its duration says how long it was."""
    start = datetime.datetime(2026, 10, 25, 2, 50)
    apple = APPLE_HEAD + apple_record(start, 600, "AsleepCore", zone="+0200")
    apple += apple_record(start.replace(hour=2, minute=0), 600, "AsleepDeep", zone="+0100") + "</HealthData>"
    (night,) = read(tmp_path, "x", apple)
    assert night.runs == runs(((0, 600, N2), (600, 1200, N3)))
    assert "one change of the clock or zone in it" in night.remarks
    data = [
        {"dateTime": "2026-10-25T02:50:00.000", "level": "light", "seconds": 600},
        {"dateTime": "2026-10-25T02:00:00.000", "level": "deep", "seconds": 7200},
    ]
    log = {"startTime": "2026-10-25T02:50:00", "endTime": "2026-10-25T04:00:00", "duration": 7_800_000}
    short = [{"dateTime": f"2026-10-25T{t}:00", "level": "wake", "seconds": 60} for t in ("02:20", "03:30")]
    levels = {"data": data, "shortData": short}
    (night,) = read(tmp_path, "x", json.dumps([{"dateOfSleep": "", **log, "levels": levels}]))
    assert night.runs == runs(((0, 600, N2), (600, 6000, N3), (6000, 6060, W), (6060, 7800, N3)))
    assert any("put back" in remark for remark in night.remarks)
    assert any("showed twice" in remark for remark in night.remarks)


def test_a_night_in_which_the_clock_is_put_forward_is_not_shorter(tmp_path: Path):
    data = [
        {"dateTime": "2026-03-29T01:50:00", "level": "light", "seconds": 600},
        {"dateTime": "2026-03-29T03:00:00", "level": "rem", "seconds": 600},
    ]
    log = {"startTime": "2026-03-29T01:50:00", "endTime": "2026-03-29T03:10:00", "duration": 1_200_000}
    (night,) = read(tmp_path, "x", json.dumps([{"dateOfSleep": "", **log, "levels": {"data": data}}]))
    assert night.runs == runs(((0, 600, N2), (600, 1200, R)))


FOLDED = {"light": 600, "deep": 5400, "rem": 1800, "wake": 600}


def folded(first: str, by: int, at: int) -> dict[str, object]:
    """A log whose clock on the wall was put by an hour before its level `at`, with nothing that says so."""
    wall = datetime.datetime.fromisoformat(first)
    data = []
    for k, (level, lasts) in enumerate(FOLDED.items()):
        wall += datetime.timedelta(seconds=by if k == at else 0)
        data.append({"dateTime": wall.isoformat(), "level": level, "seconds": lasts})
        wall += datetime.timedelta(seconds=lasts)
    return {"dateOfSleep": "", "startTime": first, "levels": {"data": data}}


@pytest.mark.parametrize(
    ("first", "by", "at"),
    [
        ("2026-10-25T02:50:00", -3600, 1),
        ("2026-10-25T02:10:00", -3600, 2),
        ("2026-03-29T01:50:00", 3600, 1),
        ("2026-03-29T01:10:00", 3600, 2),
        ("2026-03-28T23:50:00", 3600, 1),
    ],
)
@pytest.mark.parametrize("told", [{}, {"duration": 8_400_000 - 3_600_000}, {"duration": 8_400_000}])
def test_a_step_of_an_hour_is_the_clock_whatever_else_a_log_says(
    first: str, by: int, at: int, told: dict[str, object], tmp_path: Path
):
    log = folded(first, by, at)
    end = datetime.datetime.fromisoformat(first) + datetime.timedelta(seconds=8400 + by)
    whole = FITBIT_LOG | {"logId": 2}
    (night,) = [
        one
        for one in read(tmp_path, "x", json.dumps([whole, log | told | {"endTime": end.isoformat()}]))
        if one.start == datetime.datetime.fromisoformat(first)
    ]
    assert night.runs == runs(((0, 600, N2), (600, 6000, N3), (6000, 7800, R), (7800, 8400, W)))
    assert night.gaps == 0
    assert any("the clock was put" in remark for remark in night.remarks)


def test_awakenings_follow_the_clock_from_the_hour_it_was_put(tmp_path: Path):
    """The deep sleep goes on from 1:20 over the hour of the change: by the wall, to 3:50 in spring."""
    log = folded("2026-03-29T01:10:00", 3600, 2)
    short = [{"dateTime": f"2026-03-29T{at}:00", "level": "wake", "seconds": 60} for at in ("01:30", "03:10")]
    log["levels"]["shortData"] = short  # type: ignore[index]
    (night,) = read(tmp_path, "x", json.dumps([log]))
    awake = [run.start // RATE for run in night.runs if run.stage is W]
    assert awake == [20 * 60, 60 * 60, 7800]


def test_awakenings_after_the_hour_that_came_twice_are_sure(tmp_path: Path):
    """The deep sleep goes on from 2:20 over the hour of the change: by the wall, to the second 2:50."""
    log = folded("2026-10-25T02:10:00", -3600, 2)
    short = [{"dateTime": "2026-10-25T03:10:00", "level": "wake", "seconds": 60}]
    log["levels"]["shortData"] = short  # type: ignore[index]
    (night,) = read(tmp_path, "x", json.dumps([log]))
    assert [run.start // RATE for run in night.runs if run.stage is W] == [7200, 7800]
    assert not any("showed twice" in remark for remark in night.remarks)


def test_an_hour_that_nobody_scored_by_day_stays_a_gap(tmp_path: Path):
    (night,) = read(tmp_path, "x", json.dumps([folded("2026-03-29T13:00:00", 3600, 1)]))
    assert night.gaps == 3600 * RATE
