"""Checks on what a reader found: finite times, in order, without overlap, no longer than a day."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import figure
from lullaby.sleep.course import Run
from lullaby.sleep.hypnograms.opening import YEARS
from lullaby.sleep.hypnograms.record import LIGHT, Hypnogram, Stretch
from lullaby.sleep.stages import Stage
from lullaby.time import RATE

DAY = 24 * 3600
"""Seconds of the longest stretch, and of the longest night."""

LONGER_THAN_A_DAY = "by then the night has lasted more than 24 hours."

TOUCH = 0.001
"""Seconds by which two stretches may miss or overlap each other and still touch: decimals are rounded."""


def hypnogram_of(
    where: str,
    stretches: Iterable[Stretch],
    *,
    source: str,
    start: datetime.datetime | None = None,
    four_class: bool = False,
    remarks: Sequence[str] = (),
) -> Hypnogram:
    """The night these make, or a WrittenWrongly that names the first that is wrong."""
    if start is not None and start.year not in YEARS:
        raise WrittenWrongly(where, f"a night of the year {start.year} cannot be.")
    runs: list[Run] = []
    found = in_order(where, stretches)
    for one in found:
        if one.stage is None:
            continue
        first, last, stage = round(one.start * RATE), round(one.stop * RATE), one.stage
        if last > DAY * RATE:
            raise WrittenWrongly(_at(where, one), LONGER_THAN_A_DAY)
        if runs and runs[-1].stop == first and runs[-1].stage is stage:
            first = runs.pop().start
        runs.append(Run(first, last, stage))
    if not runs:
        raise WrittenWrongly(where, "no stage of sleep is scored in it.", _instead(found, remarks))
    if four_class and LIGHT not in remarks:
        remarks = (LIGHT, *remarks)
    return Hypnogram(tuple(runs), start, four_class, source, tuple(remarks))


def _instead(found: Sequence[Stretch], remarks: Sequence[str]) -> str:
    """A hint on what a file holds in place of stages."""
    if not found:
        return "; ".join(["There is nothing in it that could be one", *remarks]) + "."
    lasts = sum(one.stop - one.start for one in found) / 60
    return "; ".join([f"There are only {lasts:.1f} min that nobody scored", *remarks]) + "."


def in_order(where: str, stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches, each checked to be sound; ends that miss each other by a rounding meet."""
    found: list[Stretch] = []
    for one in stretches:
        place = _at(where, one)
        if not (math.isfinite(one.start) and math.isfinite(one.stop)):
            raise WrittenWrongly(place, "its times are not finite.")
        lasts = one.stop - one.start
        if lasts < 0:
            raise WrittenWrongly(place, f"it lasts {figure(lasts)} s, and time goes forward.")
        if lasts < TOUCH:
            raise WrittenWrongly(place, "it ends when it begins.")
        if lasts > DAY:
            raise WrittenWrongly(place, f"it lasts {figure(lasts / 3600)} hours, which no stage does.")
        if one.start < -TOUCH:
            raise WrittenWrongly(place, f"it begins {figure(-one.start)} s before the night does.")
        before = found[-1].stop if found else 0.0
        if found and one.start < before - TOUCH:
            other = found[-1].place or "the one before"
            what = f"begins at {figure(one.start)} s, before {other} ends at {figure(before)} s"
            raise WrittenWrongly(
                place, f"it {what}.", "Stretches of a night come in order and do not overlap."
            )
        if one.start < 0 or (found and abs(one.start - before) <= TOUCH):
            if one.stop - before < TOUCH:
                continue  # all of it was a rounding
            one = replace(one, start=before)
        found.append(one)
    return found


def laid_over(ground: Sequence[Stretch], overlay: Iterable[Stretch]) -> list[Stretch]:
    """Short awakenings laid over a night: where they are, what was there is not.

    `ground` is in order. What reaches beyond it is cut off: it is no part of the night.
    """
    if not ground:
        return []
    found: list[Stretch] = []
    awake = _joined(overlay, ground[0].start, ground[-1].stop)
    k = 0
    for one in ground:
        start = one.start
        while k and awake[k - 1].stop > start:  # one awakening may lie over several
            k -= 1
        while k < len(awake) and awake[k].start < one.stop:
            if awake[k].start > start:
                found.append(replace(one, start=start, stop=awake[k].start))
            start = max(start, min(awake[k].stop, one.stop))
            k += 1
        if start < one.stop:
            found.append(replace(one, start=start))
    return sorted([*found, *awake], key=lambda stretch: stretch.start)


def _joined(stretches: Iterable[Stretch], start: float, stop: float) -> list[Stretch]:
    """Inside these bounds, in order and apart."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start):
        one = replace(one, start=max(one.start, start), stop=min(one.stop, stop), stage=Stage.AWAKE)
        if one.stop - one.start < TOUCH:
            continue
        if found and one.start <= found[-1].stop:
            last = found.pop()
            one = replace(last, stop=max(last.stop, one.stop))
        found.append(one)
    return found


def _at(where: str, one: Stretch) -> str:
    return f"{where}, {one.place}" if one.place else where
