"""How fast a level may rise: by so many dB a second at most, while it may fall at once."""

from __future__ import annotations

import numpy as np

from lullaby.kernels import exact
from lullaby.time import RATE, SLOW
from lullaby.voices.core.controls import Floats

LOOK_BACK = 256
"""Control points that decide one value: 1.7 s, in which 50 dB a second are 85 dB. A power of two."""


def rising_at_most(db: float, level: Floats) -> Floats:
    """The highest level under this one that rises by `db` a second at most, at control points.

    Each value follows from its own and the `LOOK_BACK - 1` before it, wherever the array begins: it is the
    least of them, each raised by what may be risen since.
    """
    allowed, back, held = float(exact.gain(db * SLOW / RATE)), 1, level
    while back < LOOK_BACK:
        held = np.concatenate([held[:back], np.minimum(held[back:], held[:-back] * allowed)])
        allowed, back = allowed * allowed, 2 * back
    return held
