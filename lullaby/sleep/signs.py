"""Evidence of tonight's sleep, from any source: at some frames, the likelihood of each stage.

The errors of a source are correlated: a watch that takes somebody who reads for asleep does so for minutes,
and what it repeats meanwhile is hardly new. So each sign is weighted by 1 - exp(-gap / lasting), where `gap`
is the time since the source's sign before. Measured on real nights, this keeps a follower from being too
sure, whether signs come every second or every minute.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lullaby.kernels.epochs import exp, ln
from lullaby.sleep.course import EPOCH
from lullaby.sleep.crowd import NOTHING
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, RATE

LASTING_S = 60.0
"""Seconds: the correlation time of a source's errors where it does not say. [design]"""

LEAST = 1e-6
"""The smallest likelihood against the largest: no source is surer than that."""

NEARLY = 0.7
"""A difference of log-likelihoods, a factor of two: likelihoods that all lie closer together say nothing."""

KEYS = "keys"
"""The source of presses."""

_PRESSED = tuple(float(stage is Stage.AWAKE) for stage in Stage)


@dataclass(frozen=True, slots=True)
class Sign:
    """One piece of evidence: log likelihoods, 0 for the likeliest stage."""

    logs: tuple[float, ...]
    lasting_s: float


@dataclass
class Signs:
    """All evidence so far; a source that speaks of a frame again replaces what it said of it."""

    _sources: dict[str, dict[int, Sign]] = field(default_factory=dict)
    _frames: dict[str, list[int]] = field(default_factory=dict)

    def add(self, frame: int, likelihoods: Sequence[float], source: str, lasting_s: float) -> None:
        """ValueError for numbers that are no likelihoods, and nothing is changed."""
        sign = Sign(_logs(likelihoods), _seconds(lasting_s))
        epoch_of(frame)
        if max(sign.logs) - min(sign.logs) < NEARLY:
            return self._take_back(frame, source)
        known, frames = self._sources.setdefault(source, {}), self._frames.setdefault(source, [])
        if frame not in known:
            frames.insert(bisect_left(frames, frame), frame)
        known[frame] = sign

    def _take_back(self, frame: int, source: str) -> None:
        """A source for which all stages are nearly alike has seen nothing there."""
        if self._sources.get(source, {}).pop(frame, None):
            self._frames[source].remove(frame)

    def press(self, frame: int) -> None:
        self.add(frame, _PRESSED, KEYS, 0.0)

    def likelihoods_in(self, epoch: int) -> tuple[float, ...]:
        """How likely each stage makes what was seen in this half minute, the likeliest 1."""
        logs = [0.0] * len(Stage)
        for source in sorted(self._sources):
            frames = self._frames[source]
            for k in range(bisect_left(frames, epoch * EPOCH), bisect_left(frames, (epoch + 1) * EPOCH)):
                sign = self._sources[source][frames[k]]
                share = _share(frames[k] - frames[k - 1], sign.lasting_s) if k else 1.0
                logs = [log + share * more for log, more in zip(logs, sign.logs, strict=True)]
        top = max(logs)
        found = tuple(exp(log - top) for log in logs)
        return NOTHING if min(found) == max(found) else found

    def newest(self, frame: int, source: str | None = None) -> int | None:
        """The frame of the newest sign up to this one."""
        found = [
            frames[k - 1]
            for name, frames in self._frames.items()
            if source in (None, name) and (k := bisect_right(frames, frame))
        ]
        return max(found, default=None)

    def frames_back_from(self, frame: int) -> Iterator[int]:
        """The frames of all signs up to this one, newest first."""
        while (seen := self.newest(frame)) is not None:
            yield seen
            frame = seen - 1

    def waking_frames(self, frame: int) -> Iterator[int]:
        """Frames up to this one, newest first, of signs in half minutes whose evidence speaks for waking."""
        while (seen := self.newest(frame)) is not None:
            found = self.likelihoods_in(seen // EPOCH)
            if found != NOTHING and found[Stage.AWAKE] == max(found):
                yield seen
            frame = seen - 1


def epoch_of(frame: int) -> int:
    """The epoch that a frame lies in; a ValueError for what is no frame of a day."""
    if type(frame) is not int or not 0 <= frame < LONGEST:
        raise ValueError(f"evidence is of a frame inside a day, not of {frame!r}")
    return frame // EPOCH


def _share(gap: int, lasting_s: float) -> float:
    return 1.0 - exp(-gap / (lasting_s * RATE)) if lasting_s else 1.0


def _seconds(lasting_s: float) -> float:
    if not 0 <= lasting_s <= 86_400:
        raise ValueError(f"a source's mistakes last from 0 to 86400 s, not {lasting_s!r}")
    return float(lasting_s)


def _logs(likelihoods: Sequence[float]) -> tuple[float, ...]:
    values = [float(value) for value in likelihoods]
    if len(values) != len(Stage):
        raise ValueError(f"evidence is a likelihood for each of the {len(Stage)} stages, not {len(values)}")
    if not all(math.isfinite(value) and value >= 0 for value in values):
        raise ValueError(f"likelihoods are finite and not below 0, unlike {values}")
    top = max(values)
    if top == 0:
        raise ValueError("evidence that no stage can explain says nothing: all its likelihoods are 0")
    return tuple(ln(max(value / top, LEAST)) for value in values)
