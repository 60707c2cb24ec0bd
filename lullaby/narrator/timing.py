"""The times of words, held against the sound: an engine's own are of its sounds' plans, and an onset may be
heard some hundredths of a second before or after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.speech import SPEECH_RATE, Word

_STEP = SPEECH_RATE // 400
"""Samples between two looks at the level: 2.5 ms."""
_FLOOR = 10 ** (-32 / 20)
"""What is softer than this, against the loudest, is silence."""
_SILENCE = round(0.04 * SPEECH_RATE / _STEP)
"""Steps of silence that part two words: within a word a stop is closed for less, as a rule."""
_REACH = round(0.12 * SPEECH_RATE / _STEP)
"""Steps around a boundary within which such a silence is taken for it."""


def held_against(sound: NDArray[np.float32], words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words, begun where they are first heard and ended where they are last; where it is silent between
    two, both end and begin at that silence."""
    heard = np.flatnonzero(_is_heard(sound))
    if not len(heard) or not words:
        return words
    starts = [word.start for word in words]
    stops = [word.stop for word in words]
    starts[0], stops[-1] = int(heard[0]) * _STEP, min(len(sound), (int(heard[-1]) + 1) * _STEP)
    ends = np.flatnonzero(np.diff(heard) > _SILENCE)
    silences = [(int(heard[k]) + 1, int(heard[k + 1])) for k in ends]
    for number in range(len(words) - 1):
        left, right = stops[number] // _STEP, starts[number + 1] // _STEP
        near = [s for s in silences if s[0] - _REACH <= right and left <= s[1] + _REACH]
        if near:
            begins, ends_at = max(near, key=lambda s: s[1] - s[0])
            stops[number], starts[number + 1] = begins * _STEP, ends_at * _STEP
    return _in_order(words, starts, stops)


def _is_heard(sound: NDArray[np.float32]) -> NDArray[np.bool_]:
    steps = len(sound) // _STEP
    level = np.sqrt(np.mean(sound[: steps * _STEP].reshape(steps, _STEP).astype(np.float64) ** 2, axis=1))
    return np.asarray(level > _FLOOR * level.max(initial=1e-9))


def _in_order(words: tuple[Word, ...], starts: list[int], stops: list[int]) -> tuple[Word, ...]:
    """No word begins before the one before it has ended, and each lasts a moment."""
    found: list[Word] = []
    free = 0
    for word, start, stop in zip(words, starts, stops, strict=True):
        start = max(free, start)
        stop = max(start + _STEP, stop)
        found.append(replace(word, start=start, stop=stop))
        free = stop
    return tuple(found)
