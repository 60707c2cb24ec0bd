"""Minutes of a stage in a hypnogram, and its periods of REM."""

from __future__ import annotations

from collections.abc import Iterable

from lullaby.sleep.course import EPOCH, Run
from lullaby.sleep.norms import APART
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, Span


def minutes_of(runs: Iterable[Run], stage: Stage) -> float:
    return sum(len(run) for run in runs if run.stage is stage) / PAGE


def rem_periods(runs: Iterable[Run]) -> list[Span]:
    """Each from its first REM to its last: broken for no longer than a cycle's end takes, it is still one."""
    periods: list[Span] = []
    for run in runs:
        if run.stage is not Stage.REM:
            continue
        if periods and run.start - periods[-1].stop <= APART * EPOCH:
            periods[-1] = Span(periods[-1].start, run.stop)
        else:
            periods.append(Span(run.start, run.stop))
    return periods
