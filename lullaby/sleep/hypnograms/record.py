"""A night as somebody scored it: what every reader gives and every writer takes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.stages import Stage
from lullaby.time import RATE

LIGHT = "light sleep is read as N2: this device knows four classes, not five"


def minutes(frames: int) -> float:
    """As people are told them."""
    return round(frames / RATE / 60, 2)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one stage as it stands in a file: seconds since the night's zero, and the place to name
    when it is wrong."""

    start: float
    stop: float
    stage: Stage | None
    """The stage; None where nobody knows: unscored, an artefact, movement."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Hypnogram:
    """One night. Frames since lights-out where the file says when that was, else since its beginning.

    What nobody scored is a gap between runs. Two are equal if they say the same of the night.
    """

    runs: tuple[Run, ...]
    start: datetime.datetime | None = None
    """The wall clock at frame 0, with its zone where the file knows it."""
    four_class: bool = False
    """N2 stands for light sleep, N1 and N2 together."""
    source: str = ""
    """The file or program it was read from, in words."""
    remarks: tuple[str, ...] = ()
    """Remarks on what was left out, laid over or assumed in reading it."""
    kept: Course | None = None
    """The course it was, where lullaby kept it as one: that says of every run where it comes from."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hypnogram):
            return NotImplemented
        return self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[object, ...]:
        zone = self.start.utcoffset() if self.start else None
        return self.runs, self.start, zone, self.four_class

    @property
    def stop(self) -> int:
        return self.runs[-1].stop

    @property
    def gaps(self) -> int:
        """Frames that nobody scored."""
        return self.stop - sum(len(run) for run in self.runs)

    def frames(self, stage: Stage) -> int:
        return sum(len(run) for run in self.runs if run.stage is stage)

    @property
    def evening(self) -> datetime.date | None:
        """The date it goes by: a night that begins after midnight belongs to the day before."""
        return (self.start - datetime.timedelta(hours=12)).date() if self.start else None


def course_of(night: Hypnogram) -> Course:
    """The course of a scored night, to be followed: measured all along, except in its gaps. What was made up
    before it was kept stays made up."""
    return night.kept or Course.from_runs(night.runs, Evidence.MEASURED)
