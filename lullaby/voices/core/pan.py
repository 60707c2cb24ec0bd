"""Panning: gains left and right for places between the speakers."""

from __future__ import annotations

import numpy as np

from lullaby.kernels import exact
from lullaby.voices.core.controls import Floats
from lullaby.voices.core.unity import ROOT_2


def pan_gains(place: Floats) -> tuple[Floats, Floats]:
    """Equal-power gains for places from -1 (left) to 1 (right); 1 and 1 in the middle."""
    turn = (np.clip(place, -1, 1) + 1) / 8
    return exact.cos_turns(turn) * ROOT_2, exact.sin_turns(turn) * ROOT_2


def toward_sides(place: Floats) -> Floats:
    """Places from -1 to 1, more of them out to the sides: a short crackle is heard by one ear."""
    return np.sqrt(np.abs(place)) * np.where(place < 0, -1.0, 1.0)
