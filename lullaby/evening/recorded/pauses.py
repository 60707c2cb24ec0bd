"""Where somebody pauses, found against the recording's own noise.

    level   ▂▇█▆▇▅▂▁▁▁▁▁▂▃▂▁▁▁▃▇█▇▅█▆▂▁▁▁
            ├─ phrase ─┤     ├──── phrase ────┤        a breath stays with what follows it
                        ├───┤                          the pause: its longest quiet part

A recording of a quiet room has its noise 50 dB under the voice, one of a telephone 10: what counts as voice,
and what as quiet, lies between the two, and moves with them from half minute to half minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lullaby.evening.recorded.levels import STEPS, Floats, decibels

SHORTEST = 0.35
"""Seconds of a pause."""
LONGEST_PHRASE = 20.0
"""Seconds; a longer one is cut where it is softest, and nothing is heard of that."""
_SOONEST = 10.0
"""Seconds of such a piece, at the least."""
_QUIET_PART = 0.2
"""Seconds of the quiet in a pause, where somebody breathes in it."""
_BREATH = 6
"""Steps that a sound in a pause lasts, at the least: shorter is a click."""
_VOICE = 8
"""Steps that a voice lasts, at the least."""
_SOFT_VOICE = 25
"""Steps of a sound that is no louder than a breath, and too long for one: a word that was whispered."""
_AROUND = 15
"""Seconds to either side by which noise and voice are judged."""
_SOFTER = 12.0
"""dB by which the voice may be softer here than in most of the recording: where nobody speaks for a while it
is not the noise that is taken for a voice."""
_QUIETEST, _NOISIER = 0.01, 15.0
"""The share of all seconds in which the noise is heard alone; and dB by which it may be louder elsewhere.
Where somebody speaks for half a minute without a pause, the softest of it is still no noise."""
_MOST_RANGE = 48.0
"""dB between voice and noise beyond which it makes no difference."""
_LEAST_RANGE = 5.0
"""dB; where the two are nearer each other everywhere, there is no voice."""
_SPREAD = 5
"""Steps over which levels are smoothed; an edge is found two of them late, or early."""


@dataclass(frozen=True)
class Phrase:
    """From one pause to the next, in steps of 10 ms."""

    start: int
    stop: int
    pause: int
    """Steps of the pause after it; 0 where it goes on without one."""
    noise: float
    """dB of the noise around it."""

    @property
    def steps(self) -> int:
        return self.stop - self.start


Steps = NDArray[np.int64]


def phrases_in(powers: Floats) -> list[Phrase]:
    """Every phrase, in order; none where no voice stands out."""
    if not len(powers):
        return []
    level = decibels(_smoothed(powers, _SPREAD))
    noise, voice = _noise_and_voice(level)
    span = np.clip(voice - noise, 0.0, _MOST_RANGE)
    if float(span.max()) < _LEAST_RANGE:
        return []
    noise = voice - span
    sounds = level > noise + np.clip(0.25 * span, 3.0, 7.0)
    speaks = level > noise + np.maximum(0.45 * span, 4.0)
    runs = [run for run in _runs(sounds) if _count(speaks, run) >= _VOICE or run[1] - run[0] >= _SOFT_VOICE]
    if not runs:
        return []
    between = ((before[1], after[0]) for before, after in pairwise(runs))
    cuts = [pause for start, stop in between if (pause := _pause(sounds, start, stop))]
    edges = [runs[0][0] + _LATE, *(edge for cut in cuts for edge in cut), runs[-1][1] - _LATE]
    return _phrases([max(0, min(len(powers), edge)) for edge in edges], level, noise)


_LATE = _SPREAD // 2


def _smoothed(powers: Floats, steps: int) -> Floats:
    so_far = np.concatenate([[0.0], np.cumsum(np.pad(powers, steps // 2), dtype=np.float64)])
    means = (so_far[steps:] - so_far[:-steps]) / steps
    return np.asarray(means[: len(powers)], np.float32)


def _noise_and_voice(level: Floats) -> tuple[Floats, Floats]:
    """The levels of both at each step."""
    seconds = -(-len(level) // STEPS)
    padded = np.pad(level, (0, seconds * STEPS - len(level)), mode="edge").reshape(seconds, STEPS)
    softest, loudest = np.quantile(padded, 0.05, axis=1), np.quantile(padded, 0.9, axis=1)
    noise, voice = _around(softest, 0.12), _around(loudest, 0.8)
    noise = np.minimum(noise, np.quantile(softest, _QUIETEST) + _NOISIER)
    voice = np.maximum(voice, np.quantile(loudest, 0.8) - _SOFTER)
    at = np.arange(len(level)) / STEPS - 0.5
    times = np.arange(seconds)
    return np.interp(at, times, noise).astype(np.float32), np.interp(at, times, voice).astype(np.float32)


def _around(seconds: NDArray[np.floating], share: float) -> NDArray[np.float64]:
    """That quantile of the half minute around each second."""
    padded = np.pad(seconds, _AROUND, mode="reflect" if len(seconds) > _AROUND else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)
    return np.asarray(np.quantile(windows, share, axis=1), np.float64)


def _runs(true: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where it is true without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _count(true: NDArray[np.bool_], run: tuple[int, int]) -> int:
    return int(np.count_nonzero(true[run[0] : run[1]]))


def _pause(sounds: NDArray[np.bool_], start: int, stop: int) -> tuple[int, int] | None:
    """The pause between two sounds of a voice, if it is one."""
    edge = _LATE
    if stop - start + 2 * edge < SHORTEST * STEPS:
        return None
    breaths = [run for run in _runs(sounds[start:stop]) if run[1] - run[0] - 2 * edge >= _BREATH]
    edges = [0, *(place for run in breaths for place in run), stop - start]
    first, last = max(zip(edges[::2], edges[1::2], strict=True), key=lambda quiet: quiet[1] - quiet[0])
    if last - first + 2 * edge < _QUIET_PART * STEPS:
        return None
    return start + first - edge, start + last + edge


def _phrases(edges: list[int], level: Floats, noises: Floats) -> list[Phrase]:
    found: list[Phrase] = []
    starts, stops = edges[::2], edges[1::2]
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        pause = starts[number + 1] - stop if number + 1 < len(starts) else 0
        noise = float(np.median(noises[start:stop]))
        while stop - start > LONGEST_PHRASE * STEPS:
            cut = _softest(level, start, stop)
            found.append(Phrase(start, cut, 0, noise))
            start = cut
        found.append(Phrase(start, stop, pause, noise))
    return found


def _softest(level: Floats, start: int, stop: int) -> int:
    """Where a long phrase is cut: in the middle of its softest tenth of a second."""
    first = start + round(_SOONEST * STEPS)
    last = min(start + round(LONGEST_PHRASE * STEPS), stop - STEPS)
    softness = np.convolve(level[first:last], np.ones(15) / 15, "same")
    return first + int(np.argmin(softness[8:-8])) + 8
