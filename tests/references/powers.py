"""Powers, logarithms and sines, one after the other, as the standard library has them."""

from __future__ import annotations

import math
from typing import Any

EXP2, LOG2, SIN_TURNS = 0, 1, 2


def powers(which: int, numbers: Any) -> list[float]:
    """2 to each of the numbers, its logarithm to base 2, or the sine of so many turns."""
    if which == EXP2:
        return [2.0**x for x in numbers]
    if which == LOG2:
        return [math.log2(x) for x in numbers]
    return [math.sin(2 * math.pi * math.fmod(x, 1.0)) for x in numbers]
