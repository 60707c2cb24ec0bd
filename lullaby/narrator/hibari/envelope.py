"""The voice's colour, apart from its pitch: how strong each frequency would be, were it a harmonic.

The network's spectra say something only where its own pitch has a harmonic. Between those they are anything,
and a voice sung at another pitch would pick that up: it sounds rough. So the strength of each harmonic is
read, and lines are drawn from one to the next. The phases that belong to such a colour are the smallest that
it can have: those of a throat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.hibari.network import BINS
from lullaby.narrator.hibari.waves import pieces_of

Floats = NDArray[np.float32]

HZ = 20.0
"""From one frequency of a spectrum to the next."""
_HIGHEST = 11_500.0
"""Hz: harmonics are read up to here."""
_FAINT = np.float32(-16.0)
_DEEP = np.float32(9.0)
"""How far below its strongest frequency a frame's colour counts for its phases: 78 dB."""
_SIZE = 2 * (BINS - 1)


def read(logarithms: Floats, pitch: Floats, throat: float) -> Floats:
    """Logarithms of the colour at every frequency, for frames that are sung at this pitch; seen through a
    throat so many times as short."""
    colour = np.empty(logarithms.shape, np.float32)
    for some in pieces_of(len(pitch)):
        colour[some] = _read(logarithms[some], pitch[some], throat)
    return colour


def _read(logarithms: Floats, pitch: Floats, throat: float) -> Floats:
    strengths = _harmonics(logarithms, pitch)
    counts = np.minimum((_HIGHEST / pitch).astype(np.int64), strengths.shape[1])
    source = (np.arange(BINS) * (HZ / throat)).astype(np.float32)
    place = source / pitch[:, None] - np.float32(1)
    np.clip(place, 0, (counts - 1)[:, None].astype(np.float32) - np.float32(1e-3), out=place)
    below = place.astype(np.int64)
    share = place - below.astype(np.float32)
    flat = below + (np.arange(len(pitch)) * strengths.shape[1])[:, None]
    low, high = strengths.ravel()[flat], strengths.ravel()[flat + 1]
    colour: Floats = low + share * (high - low)
    return colour


def _harmonics(logarithms: Floats, pitch: Floats) -> Floats:
    """Logarithms of the strength of each harmonic, weighed over the five frequencies that its lobe under a
    Hann window covers."""
    most = int(_HIGHEST / float(pitch.min())) + 2
    place = pitch[:, None] * (np.arange(1, most + 1, dtype=np.float32) / np.float32(HZ))
    middle = np.rint(place).astype(np.int64)
    rows = (np.arange(len(pitch)) * BINS)[:, None]
    amplitudes = np.exp(logarithms).ravel()
    total = np.zeros(place.shape, np.float32)
    weights = np.zeros(place.shape, np.float32)
    away = middle.astype(np.float32) - place
    sine = np.sin(np.float32(np.pi) * away) / np.float32(np.pi)
    for beside in range(-2, 3):
        at = middle + beside
        weight = _lobe(away + np.float32(beside), sine)
        weight[at >= BINS] = 0
        total += weight * amplitudes[rows + np.clip(at, 0, BINS - 1)]
        weights += weight
    return np.log(np.maximum(total / np.maximum(weights, np.float32(1e-6)), np.exp(_FAINT)))


def _lobe(away: Floats, sine: Floats) -> Floats:
    """The power of a Hann window's spectrum, so many bins away from a sine's frequency; `sine` is
    sin(π away) / π but for its sign."""
    below = away * (1 - away * away)
    one, half = np.abs(away) < 1e-3, np.abs(np.abs(away) - 1) < 1e-3
    lobe = np.asarray(sine / np.where(one | half, np.float32(1), below), np.float32)
    lobe[one], lobe[half] = 1, 0.5
    lobe *= lobe
    return lobe


def phases(logarithms: Floats) -> Floats:
    """The smallest phases that a colour can have."""
    found = np.empty(logarithms.shape, np.float32)
    for some in pieces_of(len(logarithms)):
        found[some] = _phases(logarithms[some])
    return found


def _phases(logarithms: Floats) -> Floats:
    floor = logarithms.max(axis=1, keepdims=True) - _DEEP
    cepstrum = np.asarray(np.fft.irfft(np.maximum(logarithms, floor), _SIZE, axis=1), np.float32)
    cepstrum[:, 1 : _SIZE // 2] *= 2
    cepstrum[:, _SIZE // 2 + 1 :] = 0
    return np.asarray(np.fft.rfft(cepstrum, axis=1).imag, np.float32)
