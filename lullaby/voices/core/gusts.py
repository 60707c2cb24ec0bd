"""Wind as an envelope in dB: the night's gusts and storm, as one voice is moved by them."""

from __future__ import annotations

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.time import RATE
from lullaby.voices.core.chances import drift
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.weather import weather_of

SWING = 9.0
"""dB for a gust of 1."""
STORM = 4.0
"""dB for wind of twice the strength."""
EDDIES = 0.75
"""dB, the deviation of the level by small eddies."""
EDDY = 0.2 * RATE
"""Frames from one of them to the next, of the slowest."""
COMPRESSION = 0.07
"""A gust of r dB is compressed to r / (1 + 0.07 r): the strongest ones must not wake anybody."""


def gust_db(key: Key, points: Frames, controls: Controls, *, own: float = 0.35, calm: float = 0.4) -> Floats:
    """dB above the usual wind at these frames.

    `own`: the share of eddies that no other voice has; `calm`: how much less it swings at full distance.
    """
    weather = weather_of(key, controls)
    eddies = weather.gusts * drift(key / "eddies", points, 1.6 * RATE)
    gust = (1 - own * own / 2) * weather.gust(points) + own * eddies
    swing = SWING * controls.values("gusts", points)
    if calm:
        swing = swing * (1 - calm * controls.number("distance", 0))
    rise = gust * swing
    storm = STORM * exact.log2(weather.strength(points))
    return np.asarray(storm + rise / (1 + COMPRESSION * (rise * (rise > 0))))


def eddies_db(key: Key, points: Frames, rise: Floats, controls: Controls) -> Floats:
    """dB by which the small eddies of a gust raise and lower it, several a second.

    Turbulence is intermittent: eddies come in bursts, most of them on top of a gust, and leave calm between.
    """
    burst = exact.exp(0.85 * drift(key / "bursts", points, 2.6 * RATE) + 0.05 * np.minimum(rise, 8.0))
    depth = EDDIES * np.minimum(burst, 3.0) * controls.values("gusts", points)
    return np.asarray(
        depth * (1 - 0.4 * controls.number("distance", 0)) * drift(key / "gustlets", points, EDDY)
    )
