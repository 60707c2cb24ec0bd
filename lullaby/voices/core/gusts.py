"""What moving air does to whatever stands in it: the night's one gust, and what each thing makes of it."""

from __future__ import annotations

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Setting
from lullaby.time import RATE
from lullaby.voices.core.chances import drift
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.tables import number
from lullaby.voices.core.weather import weather_of

SWING = 9.0
"""dB for one step of gust."""
STORM = 4.0
"""dB for wind of twice the strength."""
HELD = 0.07
"""A gust is held back the more the higher it rises, so that none is the one that wakes somebody."""


def gusts(default: float = 1.0) -> Setting:
    """The row that everything standing in the wind has."""
    return number("gusts", default, "", 0, 2, "gusts that move it further; 0 is an even wind")


def to(default: float) -> Setting:
    return number("to", default, "Hz", 500, 20_000, "more high end", by_ratio=True)


def distance(default: float = 0.2, says: str = "farther off: duller, and calmer") -> Setting:
    return number("distance", default, "", 0, 1, says, moves=False)


def width(default: float = 1.0) -> Setting:
    return number("width", default, "", 0, 1, "wider: 0 is one point", moves=False)


def blown(key: Key, points: Frames, controls: Controls, *, own: float = 0.35, calm: float = 0.4) -> Floats:
    """dB above the usual wind at these frames: the night's storm and gust, and a little that is this place's
    own.

    `own`: the share of the place's own eddies; `calm`: how much of it all the full distance takes away.
    """
    weather = weather_of(key, controls)
    eddies = weather.gusts * drift(key / "eddies", points, 1.6 * RATE)
    gust = (1 - own * own / 2) * weather.gust(points) + own * eddies
    swing = SWING * controls.over("gusts", points)
    if calm:
        swing = swing * (1 - calm * controls.number("distance", 0))
    rise = gust * swing
    storm = STORM * exact.log2(weather.strength(points))
    return np.asarray(storm + rise / (1 + HELD * (rise * (rise > 0))))
