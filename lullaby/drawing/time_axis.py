"""Where a time axis has its ticks, and what stands at them."""

from __future__ import annotations

from lullaby.time import RATE, clock

STEPS = (0.25, 1, 2, 5, 10, 15, 30, 60, 120, 240)
"""Minutes between two ticks."""
MOST = 13
"""Steps along an axis, about, before their labels would touch."""


def ticks(length: int) -> list[tuple[int, str]]:
    """Frames from 0 to `length`, each with its clock time in hours, minutes and seconds, as everywhere: 00:25
    could be either."""
    minutes = length / RATE / 60
    step = next((step for step in STEPS if minutes / step <= MOST), STEPS[-1])
    frames = [round(k * step * 60 * RATE) for k in range(int(minutes / step) + 1)]
    return [(frame, clock(frame)) for frame in frames]
