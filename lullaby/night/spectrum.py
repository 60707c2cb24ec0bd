"""The spectrum of a stretch of sound, as columns of a picture: pitch by octaves, loudness in dB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE

WINDOW = 8_192
"""Frames heard at once: 0.17 s, and bins of 6 Hz."""
BAND = 2 ** (1 / 24)
"""Half a band of a twelfth of an octave, as a ratio: what one row of the picture listens to."""
FLOOR = 1e-14


class Spectrum:
    """Rows from `high` (first) to `low` Hz, evenly by octaves."""

    def __init__(self, low: float, high: float, rows: int) -> None:
        centres = high * (low / high) ** ((np.arange(rows) + 0.5) / rows)
        bins = np.arange(WINDOW // 2 + 1) + 0.5
        # where each row's band begins and ends among the bins, in parts of one: low rows share bins
        self._from = np.interp(centres / BAND * WINDOW / RATE, bins - 0.5, bins)
        self._to = np.interp(centres * BAND * WINDOW / RATE, bins - 0.5, bins)
        self._window = np.hanning(WINDOW)
        # a full-scale sine is 0 dB
        self._scale = 4 / (np.sum(self._window) ** 2) / 1.5

    def columns(self, sound: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """sound[2, frames] as dB[rows, count]."""
        edges = np.linspace(0, sound.shape[1], count + 1).astype(np.int64)
        return np.stack([self._column(sound, a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)], axis=1)

    def _column(self, sound: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
        """The mean over a few windows spread through the stretch."""
        last = max(0, sound.shape[1] - WINDOW)
        windows = min(6, max(1, round(2 * (stop - start) / WINDOW)))
        middle = start + (np.arange(windows) + 0.5) / windows * (stop - start)
        power = np.zeros(WINDOW // 2 + 1)
        for at in np.clip(middle - WINDOW / 2, 0, last).astype(np.int64):
            piece = sound[:, at : at + WINDOW]
            if piece.shape[1] < WINDOW:
                piece = np.pad(piece, ((0, 0), (0, WINDOW - piece.shape[1])))
            power += np.sum(np.abs(np.fft.rfft(piece * self._window, axis=1)) ** 2, axis=0)
        below = np.concatenate([[0.0], np.cumsum(power / windows * self._scale)])
        bins = np.arange(len(below))
        band = np.interp(self._to, bins, below) - np.interp(self._from, bins, below)
        db: NDArray[np.float32] = (10 * np.log10(np.maximum(band, FLOOR))).astype(np.float32)
        return db
