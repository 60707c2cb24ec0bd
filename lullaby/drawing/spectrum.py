"""A night as columns of a picture: pitch by octaves, loudness in dB.

The night is heard as it will sound; of a long one, every so many of the pages that sound are heard and stand
for those between them. Where nothing sounds nothing is heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lullaby.night.loudness import Meter, short_term
from lullaby.night.night import Night
from lullaby.time import PAGE, RATE, Span, page_span

LOW, HIGH = 40.0, 16_000.0
"""Hz, from the foot of the picture to its top."""
SILENCE = -140.0
MOST_PAGES = 60

WINDOW = 8_192
"""Frames heard at once: 0.17 s, and bins of 6 Hz."""
BAND = 2 ** (1 / 24)
"""Half a band of a twelfth of an octave, as a ratio: what one row of the picture listens to."""
FLOOR = 1e-14
"""Power of SILENCE."""


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
        return np.stack([self._column(sound, a, b) for a, b in pairwise(edges)], axis=1)

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


@dataclass(frozen=True)
class Heard:
    """What the portrait is drawn from: a column of the spectrum per pixel, and loudness along the night."""

    columns: NDArray[np.float32]  # [rows, columns] dB, the highest pitch first
    levels: list[tuple[float, float]]  # (share of the night, LUFS short-term)


def hear(night: Night, width: int, rows: int, progress: Callable[[int, int], None] | None = None) -> Heard:
    """The night in so many columns and rows."""
    sounding, silent = _pages(night)
    step = max(1, -(-len(sounding) // MOST_PAGES))
    heard = sounding[::step]
    columns = np.full((rows, width), SILENCE, np.float32)
    spectrum = Spectrum(LOW, HIGH, rows)
    levels: list[tuple[float, float]] = []
    edges = np.linspace(0, night.length, width + 1).astype(np.int64)
    for done, number in enumerate(heard):
        if progress:
            progress(done, len(heard))
        own = page_span(number) & night.span
        later = next((n for n in (*heard[done + 1 : done + 2], *silent) if number < n < number + step), None)
        stop = own.start + step * PAGE if later is None else later * PAGE
        stands_for = Span(own.start, min(night.length, stop))
        sound = night.page(number)[: len(own)].T
        first, last = np.searchsorted(edges[:-1], [stands_for.start, stands_for.stop])
        first = min(int(first), width - 1)
        last = max(int(last), first + 1)
        columns[:, first:last] = spectrum.columns(sound, last - first)
        levels += _levels(sound, stands_for, night.length)
    if progress:
        progress(len(heard), len(heard))
    levels += [((number + 0.5) * PAGE / night.length, -np.inf) for number in silent]
    return Heard(columns, sorted(levels))


def _pages(night: Night) -> tuple[list[int], list[int]]:
    """Those on which something may be heard, and those on which nothing is."""
    pages: tuple[list[int], list[int]] = ([], [])
    for number in night.span.pages():
        pages[night.plan.is_silent(page_span(number) & night.span)].append(number)
    return pages


def _levels(sound: NDArray[np.float32], stands_for: Span, length: int) -> list[tuple[float, float]]:
    """The short-term loudness every few seconds, placed along the stretch this page stands for."""
    meter = Meter()
    meter.feed(sound)
    readings = short_term(meter.k_energies)[::15]
    if not len(readings):
        return []
    places = stands_for.start + (np.arange(len(readings)) + 0.5) / len(readings) * len(stands_for)
    return [(float(place) / length, float(level)) for place, level in zip(places, readings, strict=True)]
