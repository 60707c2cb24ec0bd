"""Where in a night some sound is: found by laying it over the night itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.night import Night
from lullaby.time import RATE, Span

AROUND = 4.0  # seconds before and after the place that is thought of


def place_of(heard: NDArray[np.float32], night: Night, about: float) -> float:
    """The second of the night at which this sound (one channel, the left one, 48 kHz) begins; `about` it is
    thought to. An AssertionError where it is nowhere near there."""
    start = max(0, round((about - AROUND) * RATE))
    stop = min(night.length, round((about + AROUND) * RATE) + len(heard))
    there = night.render(Span(start, stop))[:, 0]
    size = 1 << (len(there) + len(heard)).bit_length()
    product = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(heard, size)), size)
    along = int(np.argmax(product[: len(there) - len(heard) + 1]))
    found = there[along : along + len(heard)]
    alike = float(found @ heard / np.sqrt((found @ found) * (heard @ heard)))
    assert alike > 0.9, f"what is heard is not what the night has about {about:g} s (alike: {alike:.2f})"
    return (start + along) / RATE
