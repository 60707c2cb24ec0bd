"""Loudness of a whole file (BS.1770-4), measured from end to end before it is encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lullaby.night import Plan, mixer
from lullaby.night.loudness import Loudness, Meter, gain_for, integrated
from lullaby.night.pages import pieces
from lullaby.time import RATE, Span, page_span

_TENTH = RATE // 10


def gain_to(
    lufs: float,
    plan: Plan,
    span: Span,
    channels: int,
    jobs: int,
    ceiling: float,
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """The gain at which this span of the night has this loudness, gated as BS.1770-4 says. Where the limiter
    then has peaks to hold down, that takes loudness away: it is measured once more, through the limiter."""
    unlimited, peak = _measured(plan, span, channels, jobs, None, progress)
    gain = float(gain_for(unlimited, lufs))
    if gain * peak > ceiling:
        limited, _ = _measured(plan, span, channels, jobs, Loudness(gain, ceiling), progress)
        gain *= float(gain_for(limited, lufs))
    return gain


def _measured(
    plan: Plan,
    span: Span,
    channels: int,
    jobs: int,
    loudness: Loudness | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[float, float]:
    """LUFS and the highest peak of the span, before the limiter or after it."""
    found: list[NDArray[np.float64]] = []
    peak = 0.0
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="loudness")
    try:
        minutes = [page_span(number) & span for number in span.pages()]
        for energies, highest in pool.map(
            lambda minute: _energies(plan, minute, channels, loudness), minutes
        ):
            found.append(energies)
            peak = max(peak, highest)
            if progress:
                progress(0, len(span))
    finally:
        pool.shutdown(cancel_futures=True)
    return integrated(np.concatenate(found)), peak


def _energies(
    plan: Plan, span: Span, channels: int, loudness: Loudness | None
) -> tuple[NDArray[np.float64], float]:
    """The K-weighted energy of every tenth of a second, and the highest sample."""
    meter, peak = Meter(), 0.0
    start = span.start // _TENTH * _TENTH  # where blocks of sound may begin
    for sound in _blocks(plan, Span(start, span.stop), loudness):
        meter.weigh(sound if channels == 2 else _mono(sound))
        peak = max(peak, float(np.abs(sound).max(initial=0.0)))
    return meter.k_energies, peak


def _blocks(plan: Plan, span: Span, loudness: Loudness | None) -> Iterator[NDArray[np.float32]]:
    """The sound as planar stereo; without a loudness, before the limiter and at gain 1."""
    if loudness is None:
        yield from mixer.before_the_limiter(plan, span)
        return
    for _, sound in pieces(plan, loudness, span):
        yield np.ascontiguousarray(sound.T)


def _mono(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sound of a file with one channel, and silence as the other channel."""
    return np.stack([(sound[0] + sound[1]) * np.float32(0.5), np.zeros(sound.shape[1], np.float32)])
