"""What makes a voice bearable at night, whatever engine it came from.

It is cut above, its sibilants are softened, its loud moments held a little, and every sentence is brought to
the same loudness. All of it is done to the whole sentence at once, by Fourier transforms: no filter has a
beginning, no gain lags behind what it is for.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.narrator.speech import SPEECH_RATE, Manner

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

UNITY = -27.0
"""LUFS of every sentence, over what is spoken of it."""
_EDGE = SPEECH_RATE // 100
"""Samples of the fades at both ends: 10 ms."""
_HIGHEST = 0.9
"""Of full scale: nothing that is spoken goes above."""
_STEP = SPEECH_RATE // 200
"""Samples of a step of the gains: 5 ms."""
_RUMBLE = 45.0  # Hz
_SIBILANT = 4_500.0  # Hz
_AIR = 600
"""Samples of quiet kept before the first sound and after the last: 25 ms."""


def resampled(sound: Floats, rate: int) -> Floats:
    """At SPEECH_RATE: the spectrum is cut or lengthened, so nothing is heard of it."""
    if rate == SPEECH_RATE:
        return sound
    shared = math.gcd(rate, SPEECH_RATE)
    up, down = SPEECH_RATE // shared, rate // shared
    length = len(sound) * up // down
    padded = -(-(len(sound) + down) // down) * down
    spectrum = np.fft.rfft(sound.astype(np.float64), padded)
    made = padded // down * up
    wanted = np.zeros(made // 2 + 1, np.complex128)
    kept = min(len(spectrum), len(wanted))
    wanted[:kept] = spectrum[:kept]
    wanted[-1] = 0
    return (np.fft.irfft(wanted, made)[:length] * (up / down)).astype(np.float32)


def trimmed(sound: Floats) -> tuple[Floats, int]:
    """Without the silence around it, and how many samples were taken off its beginning."""
    size = len(sound) // _STEP
    if not size:
        return sound, 0
    levels = np.abs(sound[: size * _STEP]).reshape(size, _STEP).max(axis=1)
    heard = np.flatnonzero(levels > max(1e-5, 0.01 * float(levels.max())))
    if not heard.size:
        return sound, 0
    start = max(0, int(heard[0]) * _STEP - _AIR)
    stop = min(len(sound), (int(heard[-1]) + 1) * _STEP + 2 * _AIR)
    return sound[start:stop], start


def treated(sound: Floats, manner: Manner) -> Floats:
    """A sentence at SPEECH_RATE as it is to be heard: at unity loudness, with soft edges."""
    if not np.any(sound):
        return sound
    frames = len(sound)
    size = _good_size(frames + SPEECH_RATE // 4)  # room for what rings
    spectrum: NDArray[np.complex64] = np.asarray(np.fft.rfft(sound.astype(np.float32), size), np.complex64)
    spectrum *= _colour(size, manner.tilt, manner.high_cut)
    sibilant = _sibilance(size)
    bright = _wave(spectrum * sibilant, size, frames)
    plain = _wave(spectrum * (1 - sibilant), size, frames)
    shaped: Floats = plain + bright * _softening(plain, bright, manner.deess)
    shaped *= _holding(shaped, manner.compress)
    shaped *= np.float32(10 ** ((UNITY - loudness(shaped)) / 20))
    highest = float(np.abs(shaped).max())
    if highest > _HIGHEST:
        shaped *= np.float32(_HIGHEST / highest)
    edge = min(_EDGE, frames // 2)
    fade = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / max(1, edge))).astype(np.float32)
    shaped[:edge] *= fade
    shaped[frames - edge :] *= fade[::-1]
    return np.asarray(shaped, np.float32)


def _wave(spectrum: NDArray[np.complex64], size: int, frames: int) -> Floats:
    return np.asarray(np.fft.irfft(spectrum, size)[:frames], np.float32)


def _frequencies(size: int) -> Doubles:
    return np.arange(size // 2 + 1, dtype=np.float64) * (SPEECH_RATE / size)


@lru_cache(maxsize=32)
def _colour(size: int, tilt: float, high_cut: float) -> Floats:
    """The gain at each frequency: no rumble, tilted from 1 kHz on, cut above."""
    hz = _frequencies(size)
    octaves = np.log2(np.maximum(hz, 1_000.0) / 1_000.0)
    gain = 10 ** (tilt * octaves / 20)
    gain *= _rise(hz, _RUMBLE, 15.0)
    gain /= np.sqrt(1 + (hz / max(500.0, high_cut)) ** 8)
    return gain.astype(np.float32)


@lru_cache(maxsize=32)
def _sibilance(size: int) -> Floats:
    return _rise(_frequencies(size), _SIBILANT, 700.0).astype(np.float32)


def _rise(hz: Doubles, middle: float, half: float) -> Doubles:
    """From 0 to 1 around a frequency, over twice `half` Hz."""
    along = np.clip((hz - middle + half) / (2 * half), 0.0, 1.0)
    return np.asarray(along * along * (3 - 2 * along))


def _powers(sound: Floats, width: float) -> Doubles:
    """Mean square around each step of 5 ms, under a bell of so many seconds to either side."""
    steps = -(-len(sound) // _STEP)
    squares = np.zeros(steps * _STEP)
    squares[: len(sound)] = sound.astype(np.float64) ** 2
    reach = max(1, round(width * SPEECH_RATE / _STEP))
    bell = 0.5 + 0.5 * np.cos(np.pi * np.arange(-reach, reach + 1) / (reach + 1))
    around = np.pad(squares.reshape(steps, _STEP).mean(axis=1), reach)
    return np.convolve(around, bell / bell.sum(), "valid")


def _drawn(gains: Doubles, frames: int) -> Floats:
    """Gains at steps as a line through their middles."""
    at = (np.arange(len(gains)) + 0.5) * _STEP
    return np.interp(np.arange(frames), at, gains).astype(np.float32)


def _softening(plain: Floats, bright: Floats, amount: float) -> Floats:
    """The gain of what hisses: held to a level well below that of the vowels."""
    if amount <= 0:
        return np.ones(len(plain), np.float32)
    voiced = _powers(plain, 0.02)
    usual = float(np.sqrt(np.mean(voiced[voiced >= np.quantile(voiced, 0.6)]) + 1e-20))
    hiss = np.sqrt(_powers(bright, 0.008) + 1e-20)
    limit = usual * 10 ** (-16 / 20)
    gains = np.minimum(1.0, limit / hiss) ** (0.8 * amount)
    return _drawn(gains, len(plain))


def _holding(sound: Floats, amount: float) -> Floats:
    """A gentle gain that lowers the loud and lifts what follows it, over a tenth of a second."""
    if amount <= 0:
        return np.ones(len(sound), np.float32)
    power = _powers(sound, 0.12)
    usual = float(np.mean(power[power >= np.quantile(power, 0.5)])) + 1e-20
    floor = usual * 10 ** (-25 / 10)  # silence is not lifted
    gains = (np.maximum(power, floor) / usual) ** (-0.5 * amount * 0.5)
    quiet = np.clip(np.log10(np.maximum(power, 1e-20) / floor), 0.0, 1.0)
    gains = 1 + (np.minimum(gains, 2.0) - 1) * quiet
    return _drawn(gains, len(sound))


def loudness(sound: Floats) -> float:
    """LUFS of it (BS.1770, both gates), as heard from one channel; of what there is where that is short.

    The K weighting is laid over the spectrum: the standard's two filters at 48 kHz, where the kernels have
    them, by their gain at each frequency.
    """
    block, hop = SPEECH_RATE * 2 // 5, SPEECH_RATE // 10
    frames = max(len(sound), block)
    size = _good_size(frames + SPEECH_RATE // 4)
    spectrum = np.fft.rfft(sound.astype(np.float32), size) * k_weights(size)
    squares = np.fft.irfft(spectrum, size)[:frames].astype(np.float64) ** 2
    so_far = np.concatenate([[0.0], np.cumsum(squares)])
    starts = np.arange(0, frames - block + 1, hop)
    powers = (so_far[starts + block] - so_far[starts]) / min(block, max(1, len(sound)))
    loud = powers[powers > 10 ** ((-70.0 + 0.691) / 10)]
    if not loud.size:
        return -70.0
    loud = loud[loud > loud.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
_RUMBLE_FILTER = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)


@lru_cache(maxsize=32)
def k_weights(size: int) -> Floats:
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) * (SPEECH_RATE / size) / 48_000)
    gain = np.ones(len(z))
    for b0, b1, b2, a1, a2 in (_SHELF, _RUMBLE_FILTER):
        gain *= np.abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))
    return gain.astype(np.float32)


def _good_size(least: int) -> int:
    """A length that is quickly transformed, one of few: a power of two, or 3, 5 or 15 times one."""
    sizes = (odd << max(1, (-(-least // odd) - 1).bit_length()) for odd in (1, 3, 5, 15))
    return min(sizes)
