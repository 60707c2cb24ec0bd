"""A night's spectrogram: time in columns, frequency by octaves in rows, level in dB; and its loudness.

The night is rendered as it will sound. Of a long one, every so many of the pages that sound are rendered and
stand for those between them; where nothing sounds nothing is rendered.
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
"""Hz, from the bottom of the picture to its top."""
SILENCE = -140.0
"""dB of nothing."""
FLOOR = 1e-14
"""Power of SILENCE."""
MOST_PAGES = 60
"""Rendered at the most."""

WINDOW = 8_192
"""Frames of a Fourier transform: 0.17 s, and bins of 6 Hz."""
BAND = 2 ** (1 / 24)
"""Half of a row's band, a twelfth of an octave wide, as a ratio of frequencies."""


class Analysis:
    """The levels of bands of a twelfth of an octave, from `high` (the first row) to `low` Hz."""

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
        """The mean power over a few windows spread through these frames."""
        last = max(0, sound.shape[1] - WINDOW)
        windows = min(6, max(1, round(2 * (stop - start) / WINDOW)))
        middle = start + (np.arange(windows) + 0.5) / windows * (stop - start)
        power = np.zeros(WINDOW // 2 + 1)
        for begin in np.clip(middle - WINDOW / 2, 0, last).astype(np.int64):
            piece = sound[:, begin : begin + WINDOW]
            if piece.shape[1] < WINDOW:
                piece = np.pad(piece, ((0, 0), (0, WINDOW - piece.shape[1])))
            power += np.sum(np.abs(np.fft.rfft(piece * self._window, axis=1)) ** 2, axis=0)
        below = np.concatenate([[0.0], np.cumsum(power / windows * self._scale)])
        bins = np.arange(len(below))
        band = np.interp(self._to, bins, below) - np.interp(self._from, bins, below)
        db: NDArray[np.float32] = (10 * np.log10(np.maximum(band, FLOOR))).astype(np.float32)
        return db


@dataclass(frozen=True)
class Spectrogram:
    db: NDArray[np.float32]
    """[rows, columns], the highest frequency first."""
    loudness: list[tuple[float, float]]
    """Where along the night, from 0 to 1, and LUFS short-term there; -inf is silence."""


def spectrogram(
    night: Night, width: int, rows: int, progress: Callable[[int, int], None] | None = None
) -> Spectrogram:
    """The night in so many columns and rows; `progress` is told pages done, of how many."""
    sounding, silent = _pages(night)
    step = max(1, -(-len(sounding) // MOST_PAGES))
    rendered = sounding[::step]
    db = np.full((rows, width), SILENCE, np.float32)
    analysis = Analysis(LOW, HIGH, rows)
    loudness: list[tuple[float, float]] = []
    edges = np.linspace(0, night.length, width + 1).astype(np.int64)
    for done, number in enumerate(rendered):
        if progress:
            progress(done, len(rendered))
        own = page_span(number) & night.span
        ends = (*rendered[done + 1 : done + 2], *silent)
        following = next((page for page in ends if number < page < number + step), None)
        stop = own.start + step * PAGE if following is None else following * PAGE
        stands_for = Span(own.start, min(night.length, stop))
        sound = night.page(number)[: len(own)].T
        first, last = np.searchsorted(edges[:-1], [stands_for.start, stands_for.stop])
        first = min(int(first), width - 1)
        last = max(int(last), first + 1)
        db[:, first:last] = analysis.columns(sound, last - first)
        loudness += _loudness(sound, stands_for, night.length)
    if progress:
        progress(len(rendered), len(rendered))
    loudness += [((number + 0.5) * PAGE / night.length, -np.inf) for number in silent]
    return Spectrogram(db, sorted(loudness))


def _pages(night: Night) -> tuple[list[int], list[int]]:
    """Pages on which something may sound, and those on which nothing does."""
    pages: tuple[list[int], list[int]] = ([], [])
    for number in night.span.pages():
        pages[night.plan.is_silent(page_span(number) & night.span)].append(number)
    return pages


def _loudness(sound: NDArray[np.float32], stands_for: Span, length: int) -> list[tuple[float, float]]:
    """Short-term loudness every few seconds, spread over the frames that this page stands for."""
    meter = Meter()
    meter.feed(sound)
    readings = short_term(meter.k_energies)[::15]
    if not len(readings):
        return []
    frames = stands_for.start + (np.arange(len(readings)) + 0.5) / len(readings) * len(stands_for)
    return [(float(frame) / length, float(lufs)) for frame, lufs in zip(frames, readings, strict=True)]
