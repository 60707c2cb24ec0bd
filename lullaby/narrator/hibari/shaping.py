"""What hibari's network gives is shaped before it is sound: pitch, range, throat, breath, and the tune."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator import tunes
from lullaby.narrator.hibari import envelope
from lullaby.narrator.hibari.network import BINS, FRAME, Frames
from lullaby.narrator.hibari.waves import SUNG, Floats, pulses, spectra_of, wave_of
from lullaby.narrator.speech import SPEECH_RATE, Manner

_OCTAVE = 12 / np.log(2)
"""Semitones in a unit of the natural logarithm."""
_LOWEST, _HIGHEST = 55.0, 480.0
"""Hz: no voice is sung outside."""
_BREATH_FROM, _BREATH_OVER = 1_200.0, 1_600.0
"""Hz: breath is heard above, fully so after the second."""
_SLIDES = 0.62
"""Of the middle pitch: what is under it is no pitch."""
_LOW = slice(4, 60)
"""80 to 1200 Hz: where a voice is loudest."""
_HEARD = 24.0
"""dB below the loud moments of a sentence: what is fainter has no pitch to speak of."""
_FEW = 8
"""Frames of a sentence that is too short for a tune."""
_DB = np.log(10) / 20
_WAVERS, _SWELLS = 0.2, 0.5
"""Semitones and dB by which a voice is never quite steady, from one frame to the next: one that is spoken
slowly, in long even vowels, sounds made without. With these jitter is 1.4 % rather than 1.2."""


def sound_of(frames: Frames, manner: Manner, number: int, asks: bool = False) -> Floats:
    """The wave of a sentence, spoken in this manner with the tune of this number."""
    sung = _sung(frames.pitch)
    rest = _stretched(frames.rest, manner.throat)
    if manner.breath:
        rest[sung] += _breath(manner.breath)
    spectra = _polar(rest, frames.phases)
    if sung.size:
        # a pulse is heard as far from its frame as a window reaches
        near = np.unique(np.clip(sung[:, None] + np.arange(-2, 3), 0, len(rest) - 1))
        colour = _stretched(frames.harmonics[near], manner.throat)
        colour[np.isin(near, sung)] = envelope.read(frames.harmonics[sung], frames.pitch[sung], manner.throat)
        colour += _wavering(len(rest), number + 1_000)[near, None] * np.float32(_SWELLS * _DB)
        pulsed = spectra_of(pulses(pitched(frames, manner, number, asks)), len(rest))
        spectra[near] += pulsed[near] * _polar(colour, envelope.phases(colour))
    return wave_of(spectra)


def _sung(pitch: Floats) -> NDArray[np.int64]:
    """The frames that are sung. Around them the network lets its pitch slide from nothing and back: those
    are not."""
    some = np.flatnonzero(pitch > SUNG)
    if not some.size:
        return some
    return np.flatnonzero(pitch > _SLIDES * float(np.median(pitch[some])))


def _polar(logarithms: Floats, phases: Floats) -> NDArray[np.complex64]:
    made = np.empty(logarithms.shape, np.complex64)
    np.cos(phases, out=made.real)
    np.sin(phases, out=made.imag)
    made *= np.exp(logarithms)
    return made


def pitched(frames: Frames, manner: Manner, number: int, asks: bool) -> Floats:
    """The pitch moved, and its line led by a tune. Where the voice is faint, at the edges of what is sung,
    its pitch slides: there it stays as it is in the nearest frame that is heard."""
    pitch, sung = frames.pitch, _sung(frames.pitch)
    if not sung.size:
        return pitch
    low = frames.harmonics[sung, _LOW]
    levels = np.log(np.sum(np.exp(2 * low), axis=1)) / (2 * _DB)
    sung = sung[levels > np.quantile(levels, 0.9) - _HEARD]
    logarithms = np.log(pitch[sung].astype(np.float64))
    middle = float(logarithms.mean())
    line = (logarithms - middle) * _OCTAVE
    if sung.size > _FEW:
        shares = (sung - sung[0]) / float(sung[-1] - sung[0])
        seconds = float(sung[-1] - sung[0]) * FRAME / SPEECH_RATE
        line = tunes.sung(line, shares, number, manner.range, seconds, asks)
    hz = np.clip(np.exp(middle + line / _OCTAVE) * manner.pitch, _LOWEST, _HIGHEST)
    shaped = np.zeros(len(pitch), np.float32)
    shaped[sung] = hz
    slides = np.setdiff1d(np.flatnonzero(pitch > SUNG), sung)
    after = np.minimum(np.searchsorted(sung, slides), len(sung) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(slides - sung[before] <= np.abs(sung[after] - slides), before, after)
    shaped[slides] = hz[nearer]
    shaped *= np.exp2(_wavering(len(shaped), number) * np.float32(_WAVERS / 12))
    return shaped


def _wavering(frames: int, salt: int) -> Floats:
    """A number for each frame, by chance: 0 on average, and 1 in its usual size; the sum of four draws."""
    frame = np.arange(4 * frames, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(
        salt * 0x85EBCA6B % 2**32
    )
    for shift, factor in ((16, 0x21F0AAAD), (15, 0xD35A2D97)):
        frame ^= frame >> np.uint32(shift)
        frame *= np.uint32(factor)
    frame ^= frame >> np.uint32(15)
    drawn = frame.astype(np.float64).reshape(frames, 4).sum(axis=1) / 2**32
    return np.asarray((drawn - 2) * np.sqrt(3), np.float32)


def _breath(more: float) -> Floats:
    along = np.clip((np.arange(BINS) * envelope.HZ - _BREATH_FROM) / _BREATH_OVER, 0.0, 1.0)
    return np.asarray(more * _DB * along, np.float32)


def _stretched(spectra: Floats, by: float) -> Floats:
    """Spectra stretched along frequency: over 1 a shorter throat. Always a copy."""
    if by == 1.0:
        return spectra.copy()
    place = np.clip(np.arange(BINS) / by, 0, BINS - 1)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, BINS - 1)
    share = (place - low).astype(np.float32)
    stretched: Floats = spectra[:, low] * (1 - share) + spectra[:, high] * share
    return stretched
