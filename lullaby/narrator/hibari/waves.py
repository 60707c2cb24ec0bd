"""From spectra, 80 a second, to a wave: pulses at the pitch, filtered, and everything else beside them.

The same as hibari's own synthesis, but for the noise (which comes with the spectra here) and the Fourier
transform, which is numpy's: the same bits whether or not scipy is installed.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.hibari.network import FRAME
from lullaby.narrator.speech import SPEECH_RATE

Floats = NDArray[np.float32]
Complexes = NDArray[np.complex64]

SUNG = 40.0
"""Hz: under this nothing is sung."""
_WINDOW = 4 * FRAME
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)
_TOP = 11_000.0
"""Hz: no pulse has a harmonic above."""

PIECE = 128
"""Frames that a sentence is worked on at a time."""


def pieces_of(frames: int) -> list[slice]:
    """The frames of a sentence in pieces that are worked on one after another: a long one has a thousand,
    and what is worked out on the way takes several times the memory of what is kept."""
    return [slice(start, start + PIECE) for start in range(0, frames, PIECE)]


def pulses(pitch: Floats) -> Floats:
    """A pulse train at this pitch, every harmonic of it at unit amplitude; nothing where nothing is sung."""
    hz = _between(pitch)
    sung = hz > SUNG
    np.maximum(hz, np.float32(SUNG), out=hz)
    turns = np.cumsum(hz, dtype=np.float64)
    turns *= 1.0 / SPEECH_RATE
    np.modf(turns, turns)
    half = (turns * np.pi).astype(np.float32)
    highest = np.floor(np.float32(_TOP) / hz)
    highest += np.float32(0.5)
    below = 2 * np.sin(half)
    wave: Floats = np.sin(2 * highest * half)
    at_pulse = np.abs(below) <= 2e-3  # the limit of sin(n x) / sin(x)
    below[at_pulse] = 1
    wave /= below
    wave[at_pulse] = highest[at_pulse]
    wave -= np.float32(0.5)
    wave[~sung] = 0
    return wave


def _between(pitch: Floats) -> Floats:
    """The pitch of every sample, along straight lines between the middles of frames."""
    half = FRAME // 2
    share = (((np.arange(FRAME) + 0.5) / FRAME - 0.5) % 1.0).astype(np.float32)
    around = np.pad(pitch.astype(np.float32), 1, mode="edge")
    before, here, after = around[:-2, None], around[1:-1, None], around[2:, None]
    hz = np.empty((len(pitch), FRAME), np.float32)
    hz[:, :half] = before * (1 - share[:half]) + here * share[:half]
    hz[:, half:] = here * (1 - share[half:]) + after * share[half:]
    return hz.reshape(-1)


def spectra_of(wave: Floats, frames: int) -> Complexes:
    """The spectrum around the beginning of every frame; a cosine of unit amplitude is 1 high."""
    around = np.pad(wave, _WINDOW // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(around, _WINDOW)[::FRAME][:frames]
    spectra, shape = np.empty((len(windows), _WINDOW // 2 + 1), np.complex64), _HANN / np.float32(_WINDOW / 4)
    for some in pieces_of(len(windows)):
        spectra[some] = np.fft.rfft(windows[some] * shape, axis=1)
    return spectra


def wave_of(spectra: Complexes) -> Floats:
    """The wave whose spectra these are."""
    frames, laps = len(spectra), _WINDOW // FRAME
    windows = np.empty((frames, _WINDOW), np.float32)
    for some in pieces_of(frames):
        windows[some] = np.fft.irfft(spectra[some], _WINDOW, axis=1)
        windows[some] *= _HANN
    parts = windows.reshape(frames, laps, FRAME)
    wave = np.zeros((frames + laps - 1, FRAME), np.float32)
    for lap in range(laps):
        wave[lap : lap + frames] += parts[:, lap]
    wave *= _evened(frames)
    return wave.reshape(-1)[_WINDOW // 2 :][: frames * FRAME]


@lru_cache(maxsize=8)
def _evened(frames: int) -> Floats:
    laps = _WINDOW // FRAME
    squares = (_HANN * _HANN).reshape(laps, FRAME)
    total = np.zeros((frames + laps - 1, FRAME), np.float32)
    for lap in range(laps):
        total[lap : lap + frames] += squares[lap]
    return np.asarray(1 / np.maximum(total, np.float32(1e-3)), np.float32)
