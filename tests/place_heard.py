"""Where in a night some sound is: found by laying it over the night itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.night import Night
from lullaby.time import RATE, Span

AROUND = 4.0
"""Seconds before and after the place that is thought of."""
PIECE = 4_096
"""Frames that are compared at a time. A player under load leaves out a quantum or two of Web Audio (128
frames each): what comes after it lies that much further on, and as a whole second the sound would be alike
by .8 only."""
SLIP = 2_400
"""Frames by which pieces may lie further apart in the night than they were heard: 50 ms."""
FAITHFUL = 0.8
"""Of the pieces must be alike: all but the one or two that something was left out of."""


def place_of(heard: NDArray[np.float32], night: Night, about: float) -> float:
    """The second of the night at which this sound (one channel, the left one, 48 kHz) begins; `about` it is
    thought to. An AssertionError where it is nowhere near there, or is something else for a part of it."""
    start = max(0, round((about - AROUND) * RATE))
    stop = min(night.length, round((about + AROUND) * RATE) + len(heard))
    there = night.render(Span(start, stop))[:, 0]
    along, _ = _laid_over(heard, there)
    near, alike = [], []
    for first in range(0, len(heard) - PIECE + 1, PIECE):
        earliest = max(0, along + first - SLIP)
        at, likeness = _laid_over(
            heard[first : first + PIECE], there[earliest : along + first + PIECE + SLIP]
        )
        near.append(earliest + at - first)
        alike.append(likeness)
    faithful = sum(likeness > 0.9 for likeness in alike) / len(alike)
    assert faithful >= FAITHFUL, (
        f"what is heard is not what the night has about {about:g} s "
        f"(alike: {', '.join(f'{likeness:.2f}' for likeness in alike)})"
    )
    return (start + float(np.median(near))) / RATE


def _laid_over(heard: NDArray[np.float32], there: NDArray[np.float32]) -> tuple[int, float]:
    """The frame of `there` at which `heard` fits best, and how alike they are."""
    size = 1 << (len(there) + len(heard)).bit_length()
    product = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(heard, size)), size)
    along = int(np.argmax(product[: len(there) - len(heard) + 1]))
    found = there[along : along + len(heard)]
    return along, float(found @ heard / np.sqrt((found @ found) * (heard @ heard) + 1e-20))
