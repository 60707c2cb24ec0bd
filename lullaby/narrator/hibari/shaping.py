"""What hibari's network gives is shaped before it is sound: pitch, range, throat, breath, and the tune."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.hibari.network import BINS, Frames
from lullaby.narrator.hibari.waves import SUNG, Floats, pulses, spectra_of, wave_of
from lullaby.narrator.speech import Manner
from lullaby.narrator.tunes import offsets, tune


def sound_of(frames: Frames, manner: Manner, number: int) -> Floats:
    """The wave of a sentence, spoken in this manner with the tune of this number."""
    pitch = _pitched(frames.pitch, manner, number)
    sung, rest, turns = frames.harmonics, frames.rest, frames.turns
    if manner.throat != 1.0:
        sung, rest, turns = (_stretched(part, manner.throat) for part in (sung, rest, turns))
    spectra = spectra_of(pulses(pitch), len(pitch))
    spectra *= _polar(sung, turns * np.float32(np.pi))
    spectra += _polar(rest, frames.phases)
    return wave_of(spectra)


def _polar(logarithms: Floats, phases: Floats) -> NDArray[np.complex64]:
    amplitudes = np.exp(logarithms)
    made = np.empty(logarithms.shape, np.complex64)
    np.cos(phases, out=made.real)
    np.sin(phases, out=made.imag)
    made *= amplitudes
    return made


def _pitched(pitch: Floats, manner: Manner, number: int) -> Floats:
    """The pitch with its range stretched around its middle, and the tune laid over it."""
    sung = np.flatnonzero(pitch > SUNG)
    if not sung.size:
        return pitch
    which = tune(number)
    logarithms = np.log(pitch[sung].astype(np.float64))
    middle = logarithms.mean()
    wide = manner.range * which.range
    shares = (sung - sung[0]) / max(1, sung[-1] - sung[0])
    bent = offsets(which, shares) * (np.log(2) / 12) * min(1.0, manner.range * 1.2)
    shaped = pitch.copy()
    shaped[sung] = np.exp(middle + (logarithms - middle) * wide + bent) * manner.pitch
    return shaped


def _stretched(spectra: Floats, by: float) -> Floats:
    """Spectra stretched along frequency: over 1 a shorter throat."""
    place = np.clip(np.arange(BINS) / by, 0, BINS - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, BINS - 1)
    share = (place - low).astype(np.float32)
    stretched: Floats = spectra[:, low] * (1 - share) + spectra[:, high] * share
    return stretched
