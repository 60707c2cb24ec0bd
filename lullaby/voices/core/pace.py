"""A pace that may change: the frame of the nth beat, breath or call.

Its phase (in turns since lights-out) is the integral of the rate, in closed form at every whole second and
wherever an automation begins or ends, and linear between these. So no turn needs the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lullaby.score.curves import Curve
from lullaby.time import RATE, Span
from lullaby.voices.core.controls import Floats, Frames, turns


def mapped(curve: Curve, function: Callable[[float], float]) -> Curve:
    """The curve with every value replaced; exact where the function is a straight line."""
    return Curve(tuple(replace(k, value=function(k.value)) for k in curve.keyframes))


@dataclass(frozen=True)
class Pace:
    """The phase of one repeated event near a span: `wheel` turns at the frames `marks`."""

    marks: Frames
    wheel: Floats

    @classmethod
    def from_rate(cls, span: Span, reach: int, rate: Curve, second: int = RATE) -> Pace:
        """`rate` turns in `second` frames (60 RATE: a minute), from `reach` frames before the span on."""
        first, last = max(0, span.start - reach) // RATE - 1, -(-span.stop // RATE) + 1
        turning = [f for k in rate.keyframes for f in (k.start, k.stop) if first * RATE < f < last * RATE]
        marks = np.unique(np.array([*range(first * RATE, (last + 1) * RATE, RATE), *turning], np.int64))
        return cls(marks, turns(rate, marks, second))

    def whole_turns(self, margin: int = 1) -> Frames:
        """The numbers of all whole turns here, and some before and after."""
        first, last = int(np.floor(self.wheel[0])), int(np.ceil(self.wheel[-1]))
        return np.arange(first - margin, last + margin, dtype=np.int64)

    def frames(self, due: Floats) -> Frames:
        """The frame at which each of these turns is reached; far outside it is only roughly right."""
        k = np.clip(np.searchsorted(self.wheel, due, side="right") - 1, 0, len(self.wheel) - 2)
        along = (due - self.wheel[k]) / np.maximum(self.wheel[k + 1] - self.wheel[k], 1e-12)
        along = np.clip(along, -4.0, 5.0)  # where the rate is 0 no turn is reached
        return self.marks[k] + np.floor(along * (self.marks[k + 1] - self.marks[k])).astype(np.int64)
