"""How loud a whole file would be, heard once from end to end before it is made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lullaby.night import Plan, desk
from lullaby.night.loudness import Meter, gain_for, integrated
from lullaby.time import RATE, Span, page_span

_TENTH = RATE // 10


def gain_to(
    lufs: float,
    plan: Plan,
    span: Span,
    channels: int,
    jobs: int,
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """The gain at which this span of the night has this loudness, gated as BS.1770-4 says."""
    numbers = list(span.pages())
    heard: list[NDArray[np.float64]] = []
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="listening")
    try:
        for energies in pool.map(lambda n: _energies(plan, page_span(n) & span, channels), numbers):
            heard.append(energies)
            if progress:
                progress(0, len(span))
    finally:
        pool.shutdown(cancel_futures=True)
    return float(gain_for(integrated(np.concatenate(heard)), lufs))


def _energies(plan: Plan, span: Span, channels: int) -> NDArray[np.float64]:
    """What a loudness meter adds up, every tenth of a second."""
    meter = Meter()
    start = span.start // _TENTH * _TENTH  # where blocks of sound may begin
    for sound in desk.before_the_limiter(plan, Span(start, span.stop)):
        meter.feed(sound if channels == 2 else _folded(sound))
    return meter.k_energies


def _folded(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """One channel: what a file of one plays, and nothing in the other."""
    return np.stack([(sound[0] + sound[1]) * np.float32(0.5), np.zeros(sound.shape[1], np.float32)])
