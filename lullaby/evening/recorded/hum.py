"""Hum from the mains in a recording: tones at multiples of 50 or 60 Hz that never change."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE

_WINDOW = RATE // 2
"""Frames that are looked at together: 2 Hz apart are told from each other."""
_BIN = RATE / _WINDOW
_HIGHEST = 520.0  # Hz
_QUIETEST, _QUIET = 0.02, 0.3
"""Shares of the windows: a hum is as loud in the quietest as in those that are merely quiet; a voice is
not."""
_FAINT = 0.03
"""The power of a tone at -90 dBFS."""
_STANDS_OUT, _STEADY = 10.0, 4.0
"""Times the power of its neighbours, at the least; and times its own power at other times, at the most."""


def hums_in(sound: Iterable[NDArray[np.float32]]) -> tuple[float, ...]:
    """Hz of every tone that hums in it. `sound` is mono, at 48 kHz; a few minutes are enough."""
    spectra = _spectra(sound)
    if len(spectra) < 8:
        return ()
    quietest, quiet = np.quantile(spectra, (_QUIETEST, _QUIET), axis=0)
    found = []
    for mains in (50.0, 60.0):
        tones = [mains * k for k in range(1, int(_HIGHEST / mains) + 1)]
        found += [tone for tone in tones if _hums(quietest, quiet, round(tone / _BIN))]
    return tuple(sorted(set(found)))


def _spectra(sound: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Powers at 0 … 540 Hz, in steps of 2 Hz, of each half second."""
    bell = np.hanning(_WINDOW).astype(np.float32)
    kept = round(_HIGHEST / _BIN) + 10
    found: list[NDArray[np.float64]] = []
    held = np.zeros(0, np.float32)
    for piece in sound:
        held = np.concatenate([held, piece])
        while len(held) >= _WINDOW:
            found.append(np.abs(np.fft.rfft(held[:_WINDOW] * bell)[:kept]).astype(np.float64) ** 2)
            held = held[_WINDOW // 2 :]
    return np.array(found).reshape(-1, kept)


def _hums(quietest: NDArray[np.float64], quiet: NDArray[np.float64], bin: int) -> bool:
    level = quietest[bin]
    around = [*range(max(1, bin - 8), bin - 2), *range(bin + 3, bin + 9)]
    beside = float(np.median(quietest[around]))
    return bool(level > _FAINT and level > _STANDS_OUT * beside and quiet[bin] < _STEADY * level)
