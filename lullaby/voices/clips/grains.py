"""The grains of a recording: when each begins, and which part of the recording it plays.

A grain is a few seconds from a random place of the recording, unchanged. Neighbours are crossfaded with equal
power and come from places that do not overlap: every even grain is drawn from anywhere, every odd one from
what its two neighbours leave. So each is a function of its number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels.grains import GRAIN
from lullaby.time import RATE, Span
from lullaby.voices.core.chances import uniform
from lullaby.voices.core.controls import Controls, Floats, Frames

ENOUGH = 6
"""Grains that a recording must hold, so that neighbours never overlap; shorter grains are made of less."""
JITTER = 0.3
"""The most by which a grain may be late, as a share of the mean distance of two."""
LONG = 6 * RATE
"""Frames: a recording as long as this is cut into such grains; a shorter one is played as a loop."""


def grain_length(length: int, seconds: float) -> int:
    """Frames of the longest grain."""
    wanted = int(seconds * RATE)
    return min(wanted, length // ENOUGH) if length >= LONG else min(wanted, 2 * length)


def crossfade(longest: int, controls: Controls) -> int:
    """Frames of the crossfade from one grain to the next."""
    return int(controls.number("cross", 0) * _hop(longest, controls))


def _hop(longest: int, controls: Controls) -> int:
    """Frames from grain to grain, on average."""
    return int(longest / (1 + JITTER + controls.number("cross", 0)))


def grains(key: Key, span: Span, length: int, longest: int, controls: Controls) -> NDArray[np.void]:
    """Every grain that is heard in this span."""
    hop = _hop(longest, controls)
    n = np.arange(span.start // hop - 3, span.stop // hop + 2, dtype=np.int64)
    starts = n * hop + (JITTER * hop * uniform(key / "when", n)).astype(np.int64)
    out = np.zeros(len(n) - 1, GRAIN)
    out["onset"] = starts[:-1]
    out["life"] = np.diff(starts) + crossfade(longest, controls)
    wander = controls.number("wander", 0)
    if length >= LONG:
        out["place"] = _apart(key, n[:-1], length, longest, wander)
    else:
        out["place"] = _round(key, n[:-1], length, wander)
    return out


def _round(key: Key, n: Frames, length: int, wander: float) -> Frames:
    """Places of a looped recording: each more than half of it away from the one before."""
    position = 0.618033988749895 * n + 0.2 * wander * uniform(key / "place", n)
    return ((position - np.floor(position)) * length).astype(np.int64)


def _apart(key: Key, n: Frames, length: int, longest: int, wander: float) -> Frames:
    """Places of grains that do not overlap their neighbours' places."""
    even = n % 2 == 0
    before, after = _even(key, n - 1, length, longest, wander), _even(key, n + 1, length, longest, wander)
    low, high = np.minimum(before, after), np.maximum(before, after)
    first, wide = _window(n, length, longest, wander)
    # what the two neighbours leave of the window: under both, between them, over both
    early = np.clip(low - longest - first, 0, wide)
    left, right = (np.clip(edge, first, first + wide) for edge in (low + longest, high - longest))
    between = np.maximum(0, right - left)
    late = np.clip(first + wide - high - longest, 0, wide)
    position = uniform(key / "odd", n) * (early + between + late)
    odd = np.where(
        position < early,
        first + position,
        np.where(
            position < early + between,
            left + position - early,
            first + wide - (early + between + late - position),
        ),
    )
    return np.where(even, _even(key, n, length, longest, wander), odd).astype(np.int64)


def _even(key: Key, n: Frames, length: int, longest: int, wander: float) -> Floats:
    first, wide = _window(n, length, longest, wander)
    return first + wide * uniform(key / "even", n)


def _window(n: Frames, length: int, longest: int, wander: float) -> tuple[Floats, float]:
    """The part of the recording that places are drawn from: five grains long, or all of it. A narrow window
    moves through the recording and back at its own speed."""
    free = length - longest
    least = min(free, (ENOUGH - 1) * longest)
    wide = least + wander * (free - least)
    along = n * (longest / (2.0 * free))
    along = 2 * np.abs(along - np.floor(along) - 0.5)
    return along * (free - wide), float(wide)
