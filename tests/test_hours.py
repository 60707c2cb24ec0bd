"""Hours of the day, also in nights in which clocks are changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from lullaby.cli.options.hours import Hours, hour_of, hours_of
from lullaby.errors import AskedWrongly

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone a process")


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()


@pytest.mark.parametrize(
    ("now", "hours", "around"),
    [
        ("2026-11-26T21:59", "22:00-06:00", None),
        ("2026-11-26T22:00", "22:00-06:00", ("2026-11-26T22:00", "2026-11-27T06:00")),
        ("2026-11-27T05:59", "22:00-06:00", ("2026-11-26T22:00", "2026-11-27T06:00")),
        ("2026-11-27T06:00", "22:00-06:00", None),
        ("2026-11-27T13:30", "13:00-15:00", ("2026-11-27T13:00", "2026-11-27T15:00")),
        ("2026-11-27T15:00", "13:00-15:00", None),
    ],
)
def test_hours_hold_from_the_first_to_the_last(now: str, hours: str, around: tuple[str, str] | None) -> None:
    expected = around and tuple(map(local, around))
    assert hours_of("--between", hours).around(local(now)) == expected


@pytest.mark.parametrize(
    ("evening", "hours", "lasting"),
    [
        ("2026-03-28T23:00", "22:00-06:00", 7),  # clocks go forward: 02:00 is 03:00
        ("2026-10-24T23:00", "22:00-06:00", 9),  # and back: 03:00 is 02:00
        ("2026-03-29T03:45", "02:30-04:00", 0.5),  # begins in the hour that there is not, so at 03:30
        ("2026-10-25T02:45", "02:30-04:00", 2.5),  # begins the first time that it is 02:30
    ],
)
def test_the_nights_on_which_clocks_change(evening: str, hours: str, lasting: float) -> None:
    found = hours_of("--between", hours).around(local(evening))
    assert found is not None
    assert found[1] - found[0] == timedelta(hours=lasting)


def test_of_two_hours_of_one_name_the_second_is_no_second_night() -> None:
    hours = Hours(hour_of("02:30"), hour_of("04:00"))
    again = datetime.fromisoformat("2026-10-25T02:45+01:00").astimezone()
    found = hours.around(again)
    assert found is not None
    assert found[0] == datetime.fromisoformat("2026-10-25T02:30+02:00")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("22:00", "is no stretch of hours like 22:00-06:00"),
        ("22-06", "is no time of day like 07:00"),
        ("22:00-22:00", "begins and ends at the same hour"),
        ("22:00-24:30", "is no time of day"),
    ],
)
def test_what_are_no_hours_is_said(text: str, says: str) -> None:
    with pytest.raises(AskedWrongly, match=says):
        hours_of("--between", text)
