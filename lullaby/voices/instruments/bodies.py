"""Bodies of instruments: what a box, a soundboard or a mouth does to a partial at its frequency."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from lullaby.kernels import exact
from lullaby.voices.core.controls import Floats

Resonances: TypeAlias = tuple[tuple[float, float, float], ...]
"""Hz, dB and bandwidth over frequency (1/Q)."""


def body(hz: Floats, resonances: Resonances, low: float, high: float, steep: int = 2) -> Floats:
    """The gain at these frequencies: 1 but for its resonances, falling below `low` Hz by 12 dB an octave and
    above `high` Hz by 6 dB an octave for each of `steep`."""
    hz = np.maximum(hz, 1.0)
    db = np.zeros(hz.shape)
    for centre, height, breadth in resonances:
        off = (hz / centre - centre / hz) / breadth
        db = db + height / (1 + off * off)
    under, over = low / hz, hz / high
    gain = exact.gain(db) / np.sqrt(1 + under * under * under * under)
    shelf = 1 / np.sqrt(1 + over * over)
    for _ in range(steep):
        gain = gain * shelf
    return np.asarray(gain)


def tilted(ratio: Floats, db_per_octave: Floats | float) -> Floats:
    """The gain of partials at so many times the lowest: so many dB for each octave above it."""
    return exact.gain(db_per_octave * exact.log2(np.maximum(ratio, 1.0)))
