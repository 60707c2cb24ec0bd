"""The weather of a night: gusts of wind that many voices share as one LFO, and a storm that comes and passes.

Wind, rain, leaves, snow, a howl at the window and the sea share it: a gust moves all of them together, each
in its own way, and a storm makes all of them stronger. It brings thunder nearer, and more of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.score.curves import Curve
from lullaby.time import RATE
from lullaby.voices.core.chances import drift
from lullaby.voices.core.controls import Controls, Floats, Frames, values

USUAL_GUSTS, USUAL_PACE = 0.4, 14.0
CALMEST = 0.1
"""The least a storm multiplies an intensity by."""
EVEN = Curve.steady(1.0)
"""The storm of a night that has none."""


@dataclass(frozen=True)
class Weather:
    """A function of time alone, like everything else."""

    key: Key
    gusts: float = USUAL_GUSTS
    """How strong gusts are: 0 still air … 1 squalls."""
    pace: float = USUAL_PACE
    """Seconds from one slow gust to the next, more or less."""
    storm: Curve = EVEN
    """Through the night: 1 is as the voices say, less is calmer, more is stormier."""

    def gust(self, points: Frames) -> Floats:
        """How far the wind is above its mean at these frames: about -2.5 … 2.5 in squalls, 0 in still air. It
        is the sum of a slow and a fluttering random LFO."""
        slow = drift(self.key / "gust", points, self.pace * RATE)
        quick = drift(self.key / "flutter", points, self.pace * 0.18 * RATE)
        return self.gusts * (0.85 * slow + 0.53 * quick)

    def strength(self, points: Frames) -> Floats:
        """The factor by which the storm multiplies every intensity at these frames; never 0."""
        return np.maximum(values(self.storm, points), CALMEST)


def weather_of(key: Key, controls: Controls) -> Weather:
    """The night's weather; a voice heard alone has its own."""
    return controls.weather or Weather(key / "weather")
