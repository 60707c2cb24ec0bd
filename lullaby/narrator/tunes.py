"""The tunes of sentences: the slow line that the pitch follows from a sentence's beginning to its end.

A small neural voice sings every plain sentence alike, and falls by as much as it likes. Here what is slow in
its line is taken away, all but a share, and one of these tunes is put in its place; the accents of its words
stay. Each tune falls by about three semitones on the whole, and is on the way somewhere else at every moment:
no two of them correlate above .6, with the accents of an ordinary sentence over them.

They were picked by a search, out of 4000 that were drawn, for the smallest correlation between any two, also
of sentences so short that only their slowest parts are heard; those that follow each other in the table are
furthest apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

FALL = 4.0
"""Semitones from a sentence's first quarter to its last."""
LEAST_FALL = 3.0
"""The same of a voice whose range is narrow. Its accents shrink as its range does, its tunes by half of that,
or all that was left would be the fall."""
_OWN = 0.25
"""The share that stays of what is slow in the voice's own line."""
_ASKS = 0.7
"""The same share in a question, whose end rises by itself."""
_STRENGTH = 1.15
"""Times the table: so much it takes for no two of 130 neighbouring sentences to correlate above .75."""
_ORDERS = 5
"""Half waves in the fastest part of what counts as slow."""
_FULL = 1.2
"""Seconds of a sentence from which on a tune is sung in full."""
_EVENLY = np.linspace(0.0, 1.0, 80)

# semitones of two, three, four and five half waves over the sentence
TUNES: tuple[tuple[float, float, float, float], ...] = (
    (-0.6, -0.2, -1.3, 0.4),
    (0.7, 1.7, 0.0, -0.1),
    (-1.2, -1.4, -0.2, 0.1),
    (1.5, -0.3, -0.9, 0.2),
    (-1.4, 1.0, -0.4, -0.3),
    (0.5, -1.7, 0.0, -0.3),
    (-0.3, 0.6, 0.7, 0.9),
    (0.1, 0.5, -1.1, -0.7),
    (0.2, -0.5, 1.3, 0.4),
    (0.7, 0.3, 1.0, -0.7),
    (-0.5, -0.2, 0.5, -1.0),
    (0.2, -0.2, -0.3, 1.1),
)


def alike(one: int, other: int) -> float:
    """How far two tunes correlate, with the accents of an ordinary sentence over each."""
    first, second = (np.asarray(TUNES[number % len(TUNES)]) for number in (one, other))
    falls, accents = (FALL / 1.9) ** 2 / 2, 1.0
    power = [float(line @ line) / 2 + falls + accents for line in (first, second)]
    return (float(first @ second) / 2 + falls) / float(np.sqrt(power[0] * power[1]))


def following(previous: int | None, draw: float) -> int:
    """A tune to come after this one: by chance (0 … 1) one of the five that are least like it."""
    numbers = range(len(TUNES))
    if previous is None:
        return int(draw * len(TUNES)) % len(TUNES)
    furthest = sorted((n for n in numbers if n != previous % len(TUNES)), key=lambda n: alike(n, previous))
    return furthest[int(draw * 5) % 5]


def sung(
    semitones: Doubles, shares: Doubles, number: int, breadth: float, seconds: float, asks: bool
) -> Doubles:
    """The line with this tune: semitones around the voice's middle, at shares of the sentence. `breadth` is
    the voice's range."""
    waves = np.cos(np.pi * shares[:, None] * np.arange(_ORDERS + 1))
    slow = waves @ _fitted(waves, semitones)
    slow -= slow.mean()
    accents = semitones - semitones.mean() - slow
    tune = waves[:, 2:] @ np.asarray(TUNES[number % len(TUNES)])
    few = min(1.0, max(0.0, (2.5 - seconds) / 1.3))  # in a short sentence the few accents are alike, too
    tune *= (_STRENGTH + 0.4 * few) * min(1.0, seconds / _FULL) * np.sqrt(breadth) * (0.5 if asks else 1.0)
    line = breadth * (accents + (_ASKS if asks else _OWN) * slow) + tune
    if not asks:
        wanted = max(LEAST_FALL, FALL * breadth**0.7) * min(1.0, 0.6 + 0.4 * seconds / _FULL)
        line += waves[:, 1] * ((wanted - _falls(line, shares)) / _falls(waves[:, 1], shares))
    return np.asarray(line - line.mean())


def _falls(line: Doubles, shares: Doubles) -> float:
    """By how much a line falls, drawn on where nothing is sung: half by its first and last quarters, half by
    the straight line through it."""
    drawn = np.interp(_EVENLY, shares, line)
    quarter = len(_EVENLY) // 4
    by_quarters = float(drawn[:quarter].mean() - drawn[-quarter:].mean())
    apart = _EVENLY - _EVENLY.mean()
    by_slope = -float(apart @ drawn) / float(apart @ apart)
    return (by_quarters + by_slope) / 2


def _fitted(waves: Doubles, line: Doubles) -> Doubles:
    """The weights of slow waves that together come nearest to a line; faster ones must earn theirs."""
    weight = np.diag(np.arange(waves.shape[1], dtype=np.float64) ** 2) * (0.004 * len(line))
    return np.asarray(np.linalg.solve(waves.T @ waves + weight + 1e-9 * np.eye(len(weight)), waves.T @ line))
