"""Fitbit's sleep-*.json: levels in seconds by the clock on the wall, and short awakenings laid over them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import counted, quoted
from lullaby.sleep.hypnograms.checked import DAY, hypnogram_of, in_order, laid_over
from lullaby.sleep.hypnograms.logs import listed, logs_in, table
from lullaby.sleep.hypnograms.opening import Opened, between, instant
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.stages import Stage

STAGES = {"wake": Stage.AWAKE, "light": Stage.N2, "deep": Stage.N3, "rem": Stage.REM}
_CLASSIC = ("asleep", "restless", "awake")
_HOUR = 3600.0
_SMALL = 6 * _HOUR
"""The second of the night, by the wall, before which a level begins that follows a clock put forward: that is
done from 0:00 to 3:00."""


def is_fitbit(head: bytes) -> bool:
    return b'"dateOfSleep"' in head or (b'"levels"' in head and b'"startTime"' in head)


def read_fitbit(file: Opened) -> list[Hypnogram]:
    nights: list[Hypnogram] = []
    logs = logs_in(file, "sleep")
    for log_place, log in logs:
        if log.get("type") == "classic":
            continue  # it only tells asleep from restless
        nights.append(_night(file.where, log_place, log))
    if not nights:
        raise WrittenWrongly(file.where, "no log in it has stages, only asleep and restless.")
    return nights


def _night(where: str, log_place: str, log: dict[str, Any]) -> Hypnogram:
    levels = table(log.get("levels"), f"{log_place}, levels")
    zero = instant(log.get("startTime"), log_place)
    its = [
        _level(one, f"{log_place}, level {k}", zero)
        for k, one in enumerate(listed(levels.get("data"), log_place), 1)
    ]
    remarks: list[str] = []
    true, unsure = _unfolded(its, _shift(log, zero, log_place), zero, remarks)
    place = log_place.removeprefix(f"{where}, ")
    under = [
        Stretch(true(start, k), true(start, k) + lasts, stage, f"{place}, level {k + 1}")
        for k, (start, lasts, stage) in enumerate(its)
    ]
    in_order(where, under)
    overlay = []
    for k, one in enumerate(listed(levels.get("shortData", []), log_place), 1):
        start, lasts, _ = _level(one, f"{log_place}, short awakening {k}", zero)
        if unsure(start):
            remarks.append("an awakening in the hour that the clock showed twice is left out")
        else:
            overlay.append(Stretch(true(start, None), true(start, None) + lasts, Stage.AWAKE))
    if overlay:
        remarks.append(f"{counted(len(overlay), 'short awakening')} laid over")
    return hypnogram_of(
        where, laid_over(under, overlay), source="Fitbit", start=zero, four_class=True, remarks=remarks
    )


def _level(one: object, place: str, zero: datetime.datetime) -> tuple[float, float, Stage]:
    row = table(one, place)
    lasts, level = row.get("seconds"), row.get("level")
    if isinstance(lasts, bool) or not isinstance(lasts, int | float) or not 0 < lasts <= DAY:
        raise WrittenWrongly(place, "it does not say for how many seconds.")
    if not isinstance(level, str) or level not in STAGES:
        shown = quoted(level) if isinstance(level, str) else "this"
        hint = (
            "Asleep and restless are no stages." if level in _CLASSIC else f"There are: {', '.join(STAGES)}."
        )
        raise WrittenWrongly(place, f"{shown} is not a level.", hint)
    return between(zero, instant(row.get("dateTime"), place), place), float(lasts), STAGES[level]


def _shift(log: dict[str, Any], zero: datetime.datetime, place: str) -> float:
    """Seconds by which the clock on the wall was put forward in this night, or back: 3600, 0 or -3600."""
    lasts = log.get("duration")
    if isinstance(lasts, bool) or not isinstance(lasts, int | float) or "endTime" not in log:
        return 0.0
    shift = between(zero, instant(log["endTime"], place), place) - lasts / 1000
    return next((hour for hour in (_HOUR, -_HOUR) if abs(shift - hour) < 60), 0.0)


def _unfolded(
    its: list[tuple[float, float, Stage]], shift: float, zero: datetime.datetime, remarks: list[str]
) -> tuple[Callable[[float, int | None], float], Callable[[float], bool]]:
    """Functions of seconds by the wall: to seconds that went by; and whether the wall showed them twice."""
    midnight = between(zero, zero.replace(hour=0, minute=0, second=0, microsecond=0), "")
    jump, shift = _jump(its, shift, midnight)
    if not jump:
        return (lambda start, _: start), (lambda start: False)
    began, ended, begins = its[jump - 1][0], its[jump - 1][0] + its[jump - 1][1], its[jump][0]
    remarks.append(f"the clock was put {'forward' if shift > 0 else 'back'} an hour in this night")
    # clocks are put at full hours: which one, is sure where the level before spans only one of them
    hour = midnight + _HOUR * (math.floor((began - midnight) / _HOUR) + 1)
    first = hour if hour <= ended else ended
    last = first if first + _HOUR > ended else max(ended, begins)

    def true(start: float, k: int | None) -> float:
        later = k >= jump if k is not None else start >= last
        return start - shift if later else start

    return true, (lambda start: min(first, first + shift) <= start < last)


def _jump(its: list[tuple[float, float, Stage]], shift: float, midnight: float) -> tuple[int, float]:
    """The first level after the clock was put forward or back by this shift, or by an hour where the log does
    not tell; 0 where it was not."""
    for k, ((began, lasts, _), (begins, _, _)) in enumerate(pairwise(its), 1):
        step = begins - (began + lasts)
        if shift and abs(step - shift) < 1:
            return k, shift
        if not shift and abs(step + _HOUR) < 1:
            return k, -_HOUR  # time goes forward: it can be nothing else
        if not shift and abs(step - _HOUR) < 1 and (begins - midnight) % DAY <= _SMALL:
            return k, _HOUR
    return 0, 0.0
