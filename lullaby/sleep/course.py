"""A course: a sleeper's stages through one night, their arousal, and the evidence for each.

A course is only ever appended to: `then` gives a longer one that says the same of the past. Where it says
nothing, between two runs or after the last, the last stage goes on and the evidence for it ages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import groupby, pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from lullaby.sleep.stages import EPOCH_S, Stage
from lullaby.time import LONGEST, RATE, clock

EPOCH = EPOCH_S * RATE
"""Frames that sleep is scored by."""

NEVER = LONGEST
"""The age of evidence where there is none: longer than any night."""

AROUSALS = {Stage.AWAKE: 1.0, Stage.N1: 0.6, Stage.N2: 0.3, Stage.N3: 0.05, Stage.REM: 0.3}
"""The goal of arousal in each stage. REM has no level of its own, for it is silent: it counts as N2, so that
nothing is louder after it than before."""

FALL, RISE = 0.15351827510938587, 0.3934693402873666
"""Shares of the way that 30 s go with time constants of 3 min and 60 s: 1 - exp(-30/180), 1 - exp(-30/60).
Written out, because no two processors need agree on exp."""


class Evidence(Enum):
    """How a stage is known. Only evidence that is not simulated may make anything louder."""

    SIMULATED = "simulated"
    """Made up by the model alone, of nobody in particular."""
    MEASURED = "measured"
    """Scored by somebody or by a device, for a whole night: a hypnogram."""
    INFERRED = "inferred"
    """Estimated by the model from what was sensed or pressed some time ago."""
    PRESSED = "pressed"
    """The sleeper said so, by a key."""

    @property
    def real(self) -> bool:
        return self is not Evidence.SIMULATED


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """One stage over frames [start, stop) since lights-out."""

    start: int
    stop: int
    stage: Stage

    def __post_init__(self) -> None:
        if type(self.start) is not int or type(self.stop) is not int:
            raise TypeError("a run is made of whole frames")
        if not isinstance(self.stage, Stage):
            raise TypeError("a run has a Stage")
        if not 0 <= self.start < self.stop <= LONGEST:
            raise ValueError(f"a run goes forward inside a day, not from {self.start} to {self.stop}")

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def seconds(self) -> float:
        return len(self) / RATE


@dataclass(frozen=True, slots=True)
class Known:
    """A run, how it is known, and the frame at which that was seen; None where it was scored or simulated as
    a whole."""

    run: Run
    evidence: Evidence = Evidence.SIMULATED
    seen: int | None = None

    def __post_init__(self) -> None:
        if self.seen is not None and not (type(self.seen) is int and 0 <= self.seen <= self.run.start):
            raise ValueError("evidence is seen before what follows from it")
        if self.evidence in (Evidence.PRESSED, Evidence.INFERRED) and self.seen is None:
            raise ValueError(f"{self.evidence.value} evidence is seen at one frame")


@dataclass(frozen=True)
class Course:
    """Runs in order, each with its evidence. Ask it of a frame, or of an array of them."""

    known: tuple[Known, ...] = ()
    foreseen: int = 0
    """The frames before this one were known at lights-out: the night was simulated, or scored. Whatever
    follows was appended while the night went on, and may be known no sooner than it begins."""

    def __post_init__(self) -> None:
        for before, after in pairwise(self.known):
            _follows(before.run, after.run)
        if type(self.foreseen) is not int or not 0 <= self.foreseen <= self.stop:
            raise ValueError(f"a course foresees frames up to its last at the most, not {self.foreseen!r}")

    @classmethod
    def from_runs(cls, runs: Iterable[Run], evidence: Evidence = Evidence.SIMULATED) -> Course:
        """A night that was known at lights-out."""
        known = tuple(Known(run, evidence) for run in runs)
        return cls(known, known[-1].run.stop if known else 0)

    @classmethod
    def from_epochs(cls, stages: Iterable[int], evidence: Evidence = Evidence.SIMULATED) -> Course:
        """The course of one stage per 30 s from lights-out; runs are as long as they can be."""
        return cls.from_runs(runs_of(stages), evidence)

    def then(self, run: Run, evidence: Evidence = Evidence.SIMULATED, seen: int | None = None) -> Course:
        """The course with one run more, of which nothing was known before it. The past does not change."""
        return Course((*self.known, Known(run, evidence, seen)), self.foreseen)

    def until(self, frame: int) -> Course:
        """The course as it is before this frame, and nothing after it."""
        before = [known for known in self.known if known.run.start < frame]
        if before and before[-1].run.stop > frame:
            before[-1] = replace(before[-1], run=replace(before[-1].run, stop=frame))
        stop = before[-1].run.stop if before else 0
        return Course(tuple(before), min(self.foreseen, stop))

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(known.run for known in self.known)

    @property
    def real(self) -> bool:
        """Does any of it say how somebody really slept?"""
        return any(known.evidence.real for known in self.known)

    @property
    def stop(self) -> int:
        """The first frame that nothing is said of."""
        return self.known[-1].run.stop if self.known else 0

    @overload
    def stage(self, frame: int) -> Stage: ...
    @overload
    def stage(self, frame: NDArray[np.int64]) -> NDArray[np.int8]: ...
    def stage(self, frame: int | NDArray[np.int64]) -> Stage | NDArray[np.int8]:
        """The stage at this frame; before the first run, awake."""
        found = self._stages[np.searchsorted(self._starts, frame, side="right")]
        return found if isinstance(frame, np.ndarray) else Stage(int(found))

    def bouts(self, stage: Stage) -> list[Run]:
        """Each time in this stage, from its first frame until another stage begins: where nothing is said,
        the stage goes on."""
        found: list[Run] = []
        ends = [*(known.run.start for known in self.known[1:]), LONGEST]
        for known, end in zip(self.known, ends, strict=False):
            start = known.run.start
            if known.run.stage is stage:
                if found and found[-1].stop == start:
                    start = found.pop().start
                found.append(Run(start, end, stage))
        return found

    @overload
    def arousal(self, frame: int) -> float: ...
    @overload
    def arousal(self, frame: NDArray[np.int64]) -> NDArray[np.float64]: ...
    def arousal(self, frame: int | NDArray[np.int64]) -> float | NDArray[np.float64]:
        """The arousal, from 1, awake, to .05, deep asleep. It moves from the stages before this frame
        alone."""
        frames, levels, slopes = self._knots
        if isinstance(frame, np.ndarray):
            clipped = np.clip(frame, 0, LONGEST)
            k = np.searchsorted(frames, clipped, side="right") - 1
            found: NDArray[np.float64] = levels[k] + slopes[k] * (clipped - frames[k])
            return found
        one = min(max(frame, 0), LONGEST)
        at = frames.searchsorted(one, side="right") - 1
        return float(levels[at] + slopes[at] * (one - frames[at]))

    def evidence(self, frame: int) -> Evidence | None:
        """How the stage at this frame is known; None before the first run."""
        k = int(np.searchsorted(self._starts, frame, side="right")) - 1
        return self.known[k].evidence if k >= 0 else None

    @overload
    def age(self, frame: int) -> int: ...
    @overload
    def age(self, frame: NDArray[np.int64]) -> NDArray[np.int64]: ...
    def age(self, frame: int | NDArray[np.int64]) -> int | NDArray[np.int64]:
        """Frames since the last evidence that was not simulated; NEVER where there was none."""
        first, last = self._seen
        k = np.searchsorted(self._starts, frame, side="right")
        seen = np.clip(frame, first[k], last[k])
        found = np.where(last[k] < 0, NEVER, np.asarray(frame) - seen)
        return found.astype(np.int64) if isinstance(frame, np.ndarray) else int(found)

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.array([known.run.start for known in self.known], np.int64)

    @cached_property
    def _stages(self) -> NDArray[np.int8]:
        """The stages, by the number of runs that have begun."""
        return np.array([Stage.AWAKE, *(known.run.stage for known in self.known)], np.int8)

    @cached_property
    def _seen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first and the last frame of the newest evidence for each run; -1 where there is none yet."""
        rows = [(-1, -1)]
        for known in self.known:
            if not known.evidence.real:
                rows.append((rows[-1][1],) * 2)
            elif known.seen is None:
                rows.append((known.run.start, known.run.stop))
            else:
                newest = max(known.seen, rows[-1][1])
                rows.append((newest, newest))
        first, last = np.array(rows, np.int64).T
        return first, last

    @cached_property
    def _knots(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Arousal as straight pieces, one every 30 s of a run: their frames, arousal there, and slopes."""
        frames, levels, slopes = [0], [1.0], [0.0]
        level = 1.0
        ends = [*(known.run.start for known in self.known[1:]), LONGEST]
        for known, end in zip(self.known, ends, strict=False):
            goal = AROUSALS[known.run.stage]
            for start in range(known.run.start, end, EPOCH):
                slope = (goal - level) * (FALL if goal < level else RISE) / EPOCH
                frames.append(start)
                levels.append(level)
                slopes.append(slope)
                level += slope * (min(start + EPOCH, end) - start)
        return np.array(frames, np.int64), np.array(levels), np.array(slopes)


def runs_of(stages: Iterable[int]) -> list[Run]:
    """One stage per 30 s as runs, each as long as it can be."""
    runs, stop = [], 0
    for number, epochs in groupby(stages):
        start, stop = stop, stop + EPOCH * sum(1 for _ in epochs)
        runs.append(Run(start, stop, Stage(number)))
    return runs


def _follows(before: Run, after: Run) -> None:
    if after.start < before.stop:
        what = f"from {clock(after.start)} on begins before the one until {clock(before.stop)} has ended"
        raise ValueError(f"the run {what}")
