"""What a texture is made of: statistics of sound after McDermott & Simoncelli (Neuron 2011), numpy and scipy.

One channel is listened to in windows of seven seconds: thirty bands evenly apart on the ear's own scale
(ERB), 20 Hz to 10 kHz, the envelope of each at 400 Hz, to the power .3. White noise has the modulation
shares .02 .07 .26 .64, envelopes of kurtosis 3 and next to no correlation of bands.

Spectra and filters go through a sound in blocks of float32 that fit a processor's cache: a transform of a
whole minute costs twenty times as much. Their noise lies 130 dB under the sound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

RATE = 48_000
WINDOW = 7 * RATE
"""Frames of a window."""
SLOW = 400
"""Envelope values a second."""
BANDS = 30

Floats = NDArray[np.float64]
Waves = NDArray[np.float32]

THIRDS = 100 * 2 ** (np.arange(21) / 3)
"""Centres of third octaves, Hz: 100, 126, 159 … 10 159."""

REAL_THIRDS: dict[str, tuple[float, str]] = {
    "rain": (5.8, "-19 -18 -18 -17 -16 -15 -15 -14 -14 -13 -13 -12 -12 -13 -13 -13 -14 -13 -14 -15 -17"),
    "sea": (4.5, "-22 -19 -16 -15 -14 -13 -12 -11 -11 -10 -11 -11 -11 -13 -14 -15 -16 -18 -19 -21 -23"),
    "stream": (6.8, "-32 -28 -25 -25 -23 -21 -19 -15 -12 -11 -10 -9 -9 -9 -11 -13 -15 -17 -18 -18 -19"),
    "waterfall": (4.7, "-30 -25 -22 -22 -18 -15 -14 -14 -13 -12 -11 -10 -12 -12 -12 -12 -13 -14 -16 -15 -16"),
    "wind": (9.1, "-12 -11 -12 -12 -13 -12 -12 -13 -12 -13 -13 -16 -22 -25 -27 -29 -32 -34 -34 -36 -39"),
    "leaves": (5.1, "-14 -14 -17 -18 -17 -19 -20 -21 -20 -20 -19 -17 -16 -15 -15 -14 -12 -10 -8 -9 -11"),
    "fire": (8.0, "-8 -8 -11 -14 -18 -19 -19 -19 -20 -21 -23 -23 -23 -21 -20 -19 -17 -15 -16 -12 -14"),
    "crickets": (13.1, "-20 -21 -23 -25 -29 -28 -28 -28 -28 -28 -27 -28 -29 -28 -24 -21 -16 -18 -20 -22 -26"),
    "birds": (14.7, "-39 -40 -36 -39 -36 -36 -33 -30 -30 -27 -32 -29 -24 -16 -11 -7 -6 -10 -13 -18 -35"),
    "thunder": (8.4, "-9 -8 -8 -8 -10 -11 -13 -15 -17 -19 -21 -22 -23 -26 -29 -33 -35 -36 -39 -41 -43"),
}
"""Of real recordings: the mean interquartile width, and the medians at THIRDS, dB relative to the whole."""


# ---- spectrum


def power_spectrum(x: Any, size: int = 1 << 14) -> tuple[Floats, Floats]:
    """Frequencies and mean power (Hann windows, half over each other) of one channel."""
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(x, np.float32), size)[:: size // 2]
    window = np.hanning(size).astype(np.float32)
    power = np.zeros(size // 2 + 1)
    for some in _a_few(frames):
        spectrum = scipy.fft.rfft(some * window)
        power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0, dtype=np.float64)
    return np.fft.rfftfreq(size, 1 / RATE), power / len(frames)


def _a_few(frames: Any) -> list[Any]:
    """Frames in groups that fit a processor's cache together."""
    count = max(1, (1 << 18) // frames.shape[-1])
    return [frames[k : k + count] for k in range(0, len(frames), count)]


def third_octaves(x: Any) -> Floats:
    """Levels at THIRDS, dB relative to the whole (20 Hz and up)."""
    hz, power = power_spectrum(x)
    whole = power[hz >= 20].sum()
    edges = THIRDS[:, None] * 2 ** (np.array([-1, 1]) / 6)
    return np.array([10 * np.log10(power[(hz >= a) & (hz < b)].sum() / whole + 1e-12) for a, b in edges])


def real_thirds(kind: str) -> Floats:
    return np.array([float(word) for word in REAL_THIRDS[kind][1].split()])


def beyond_real_thirds(kind: str, x: Any) -> Floats:
    """How far each third octave lies outside ±(3 dB + half the interquartile width) of the real median; 0
    where it lies within."""
    apart = np.abs(third_octaves(x) - real_thirds(kind))
    return np.asarray(np.maximum(0, apart - 3 - REAL_THIRDS[kind][0] / 2))


def centroid(x: Any) -> float:
    """Hz: where the middle of the power lies, up to 20 kHz."""
    hz, power = power_spectrum(x)
    heard = hz < 20_000
    return float((hz * power)[heard].sum() / power[heard].sum())


def band_level(x: Any, low: float, high: float) -> float:
    """dB of one band relative to full scale."""
    hz, power = power_spectrum(x, 1 << 13)
    whole = 10 * np.log10(np.mean(np.asarray(x, np.float64) ** 2) + 1e-20)
    return float(whole + 10 * np.log10(power[(hz >= low) & (hz < high)].sum() / power.sum() + 1e-20))


def slope(x: Any, low: float, high: float) -> float:
    """dB an octave of spectral density between two frequencies."""
    hz, power = power_spectrum(x)
    centres = low * 2 ** (np.arange(np.log2(high / low) * 3 + 0.5) / 3)
    level = [10 * np.log10(power[(hz >= c / 1.122) & (hz < c * 1.122)].mean() + 1e-20) for c in centres]
    return float(np.polyfit(np.log2(centres), level, 1)[0])


def filtered(x: Any, gain: Callable[[Floats], Floats], ring: float) -> Waves:
    """One channel through a filter of no delay: its gain at each frequency, and the seconds within which it
    has rung out. Blocks overlap by that much on both sides, and what is wrong there is left out."""
    x = np.asarray(x, np.float32)
    margin = round(ring * RATE)
    size = min(max(1 << 15, _power_of_two(8 * margin)), _power_of_two(len(x) + 2 * margin))
    hop = size - 2 * margin
    count = -(-len(x) // hop)
    padded = np.zeros(count * hop + 2 * margin, np.float32)
    padded[margin : margin + len(x)] = x
    blocks = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    gains = gain(np.fft.rfftfreq(size, 1 / RATE)).astype(np.float32)
    out = np.empty((count, hop), np.float32)
    at = 0
    for some in _a_few(blocks):
        spectrum = scipy.fft.rfft(some)
        spectrum *= gains
        out[at : at + len(some)] = scipy.fft.irfft(spectrum, size)[:, margin : margin + hop]
        at += len(some)
    return out.reshape(-1)[: len(x)]


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()


def band_passed(x: Any, low: float, high: float) -> Waves:
    """One channel between two frequencies, edges a sixth of an octave wide."""
    half = 2 ** (1 / 12)  # of an edge

    def gain(hz: Floats) -> Floats:
        out = np.zeros(len(hz))
        inside = slice(*np.searchsorted(hz, (low / half, high * half)))
        out[inside] = np.sin(np.clip(np.log2(hz[inside] / low) * 6 + 0.5, 0, 1) * np.pi / 2)
        out[inside] *= np.sin(np.clip(np.log2(high / hz[inside]) * 6 + 0.5, 0, 1) * np.pi / 2)
        return out

    return filtered(x, gain, 8 / (low * (half - 1 / half)))


def mean_power(x: Any, size: int) -> Floats:
    """Of each so many frames."""
    x = np.asarray(x)
    pieces = x[: len(x) // size * size].reshape(-1, size)
    return np.asarray(np.einsum("ij,ij->i", pieces, pieces) / size, np.float64)


# ---- envelopes


def _erb(hz: Any) -> Floats:
    return np.asarray(9.265 * np.log(1 + np.asarray(hz) / (24.7 * 9.265)))


def band_centres(bands: int = BANDS, low: float = 20, high: float = 10_000) -> Floats:
    """Hz, evenly apart on the ERB scale."""
    return np.asarray(24.7 * 9.265 * (np.exp(np.linspace(_erb(low), _erb(high), bands) / 9.265) - 1))


@lru_cache(maxsize=4)
def _filters(size: int, bands: int) -> list[tuple[int, Floats]]:
    """Half a cosine over the ERB scale for each band: its first bin and its weights."""
    centres = _erb(band_centres(bands))
    place = _erb(np.fft.rfftfreq(size, 1 / RATE))
    out = []
    for centre in centres:
        away = (place - centre) / (centres[1] - centres[0])
        bins = np.flatnonzero(np.abs(away) < 1)
        out.append((int(bins[0]), np.cos(np.pi * away[bins] / 2)))
    return out


def envelopes(x: Any, bands: int = BANDS) -> Floats:
    """[bands, 400 a second] of one channel's window: Hilbert envelopes, averaged over 2.5 ms."""
    spectrum = np.fft.rfft(np.asarray(x, np.float64))
    count = len(x) * SLOW // RATE
    out = np.empty((bands, count))
    for k, (first, weights) in enumerate(_filters(len(x), bands)):
        size = count * -(-len(weights) // count)
        band = np.zeros(size, np.complex128)
        band[: len(weights)] = spectrum[first : first + len(weights)] * weights
        out[k] = np.abs(np.fft.ifft(band)).reshape(count, -1).mean(axis=1) * (2 * size / len(x))
    return out


def windows(x: Any, most: int = 8) -> list[Floats]:
    """Up to so many windows of one channel, evenly spread."""
    x = np.asarray(x, np.float64)
    count = len(x) // WINDOW
    chosen = np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))
    return [x[k * WINDOW : (k + 1) * WINDOW] for k in chosen]


def kurtosis(x: Any) -> float:
    """3 for Gaussian noise, more for what has peaks."""
    x = np.asarray(x)
    square = np.square(x - x.mean())
    return float(np.mean(np.square(square)) / np.mean(square) ** 2)


@dataclass(frozen=True)
class Texture:
    """The medians over windows of one channel."""

    kurtosis: float
    """Of the wave."""
    peaks_mid: float
    """Kurtosis of the envelopes of bands between 300 Hz and 2 kHz."""
    peaks_high: float
    """Of those between 2 and 10 kHz."""
    shares: tuple[float, float, float, float]
    """Of modulation at .5–2, 2–8, 8–32 and 32–200 Hz."""
    together: tuple[float, float, float]
    """Correlation of envelopes 1, 5 and 11 bands apart."""


def texture(x: Any, most: int = 8) -> Texture:
    """Statistics of one channel, seven seconds at least."""
    found = []
    hz = band_centres()
    mid, high = (hz > 300) & (hz < 2_000), hz > 2_000
    for window in windows(x, most):
        flat = envelopes(window) ** 0.3
        peaks = np.array([kurtosis(band) for band in flat])
        found.append(
            [
                kurtosis(window),
                np.median(peaks[mid]),
                np.median(peaks[high]),
                *modulation_shares(flat),
                *(band_correlation(flat, apart) for apart in (1, 5, 11)),
            ]
        )
    m = [float(v) for v in np.median(np.array(found), axis=0)]
    return Texture(m[0], m[1], m[2], (m[3], m[4], m[5], m[6]), (m[7], m[8], m[9]))


def modulation_shares(flat: Floats) -> Floats:
    """Of envelopes [bands, 400 a second]: the shares of .5–2, 2–8, 8–32 and 32–200 Hz, mean over bands."""
    flat = flat - flat.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(flat * np.hanning(flat.shape[1]), axis=1)) ** 2
    hz = np.fft.rfftfreq(flat.shape[1], 1 / SLOW)
    edges = ((0.5, 2), (2, 8), (8, 32), (32, 200.1))
    each = np.array([power[:, (hz >= a) & (hz < b)].sum(axis=1) for a, b in edges])
    return np.asarray((each / each.sum(axis=0)).mean(axis=1))


def band_correlation(flat: Floats, apart: int) -> float:
    """Mean correlation of envelopes so many bands apart."""
    z = flat - flat.mean(axis=1, keepdims=True)
    z = z / (z.std(axis=1, keepdims=True) + 1e-12)
    return float((z[:-apart] * z[apart:]).mean())


# ---- left and right


def left_right_correlation(sound: Any, low: float, high: float) -> float:
    """Correlation of the two channels' waves between two frequencies."""
    return _correlations(sound, (low, high))[0]


def left_right(sound: Any) -> tuple[float, float, float]:
    """At .1–.5, .5–2 and 2–8 kHz."""
    a, b, c = _correlations(sound, (100, 500), (500, 2_000), (2_000, 8_000))
    return a, b, c


def _correlations(sound: Any, *bands: tuple[float, float]) -> list[float]:
    sound = np.asarray(sound, np.float32)
    size = 1 << 12
    frames = sound[:, : sound.shape[1] // size * size].reshape(2, -1, size)
    window = np.hanning(size).astype(np.float32)
    powers = np.zeros((2, size // 2 + 1))
    across = np.zeros(size // 2 + 1)
    for lefts, rights in zip(_a_few(frames[0]), _a_few(frames[1]), strict=True):
        left, right = scipy.fft.rfft(lefts * window), scipy.fft.rfft(rights * window)
        across += (left.real * right.real + left.imag * right.imag).sum(axis=0)
        powers += [(one.real**2 + one.imag**2).sum(axis=0) for one in (left, right)]
    found = []
    for low, high in bands:
        bins = slice(*(np.array((low, high)) * size // RATE).astype(int))
        found.append(float(across[bins].sum() / np.sqrt(np.prod(powers[:, bins].sum(axis=1)))))
    return found


# ---- level, crests, happenings


def levels(x: Any, every: float = 0.05, smooth: float = 0.0) -> Floats:
    """The level in dB every so many seconds; smoothed over a bell of so many seconds' deviation."""
    power = mean_power(x, round(every * RATE))
    if smooth:
        reach = np.arange(-int(4 * smooth / every), int(4 * smooth / every) + 1) * every / smooth
        bell = np.exp(-0.5 * reach**2)
        whole = np.convolve(np.ones(len(power)), bell, "same")
        power = np.convolve(power, bell, "same") / whole
    return np.asarray(10 * np.log10(power + 1e-20))


def slow_deviation(x: Any, seconds: float = 1.0) -> float:
    """dB: the deviation of the level from second to second."""
    return float(levels(x, seconds).std())


def startling(x: Any) -> float:
    """dB that the loudest tenth of a second stands over the second before it."""
    level = levels(x, 0.1)
    power = np.concatenate([[0.0], np.cumsum(10 ** (level / 10))])
    before = 10 * np.log10((power[10:-1] - power[:-11]) / 10)
    return float((level[10:] - before).max())


@dataclass(frozen=True)
class Crests:
    """Waves, as far as the level tells."""

    at: Floats
    """Seconds."""
    period: float
    """Seconds from crest to crest, the median."""
    uneven: float
    """Deviation of the periods over their mean: 0 is a machine, 1 is chance."""
    height: float
    """dB from trough to crest, the median."""
    echo: float
    """The best peak of the level's autocorrelation between 2 and 20 seconds: 1 for a machine."""


def crests(x: Any, smooth: float = 0.3, least: float = 4.0) -> Crests:
    """The crests of a level that stand `least` dB above the troughs on both sides."""
    every = 0.05
    level = levels(x, every, smooth)
    tops: list[int] = []
    troughs: list[float] = []
    top = low = 0
    rising = True
    for k in range(len(level)):
        if rising:
            if level[k] > level[top]:
                top = k
            elif level[top] - level[k] > least:
                tops.append(top)
                rising, low = False, k
        elif level[k] < level[low]:
            low = k
        elif level[k] - level[low] > least:
            troughs.append(float(level[low]))
            rising, top = True, k
    at = np.array(tops) * every
    apart = np.diff(at)
    tall = [level[t] - trough for t, trough in zip(tops, troughs, strict=False)]
    z = level - level.mean()
    size = 1 << (2 * len(z)).bit_length()
    echo = np.fft.irfft(np.abs(np.fft.rfft(z, size)) ** 2)[: len(z)]
    echo = echo / (echo[0] + 1e-20) * len(z) / np.maximum(len(z) - np.arange(len(z)), 1)
    near = echo[round(2 / every) : round(20 / every)]
    peaks = near[1:-1][(near[1:-1] > near[:-2]) & (near[1:-1] > near[2:])]
    return Crests(
        at,
        float(np.median(apart)) if len(apart) else float("inf"),
        float(apart.std() / apart.mean()) if len(apart) > 2 else 0.0,
        float(np.median(tall)) if tall else 0.0,
        float(peaks.max()) if len(peaks) else 0.0,
    )


@dataclass(frozen=True)
class Happenings:
    """What stands out: crackles, drops, bubbles."""

    at: Floats
    """Seconds."""
    over: Floats
    """dB over the level around."""
    decay: Floats
    """Seconds until 10 dB down."""

    @property
    def clustered(self) -> float:
        """Deviation over mean of the times between: 0 a clock, 1 chance, more for clusters."""
        apart = np.diff(self.at)
        return float(apart.std() / apart.mean()) if len(apart) > 2 else 0.0


def happenings(x: Any, low: float = 1_000, high: float = 10_000, over: float = 8.0) -> Happenings:
    """What rises so many dB over the local median (half a second) within a band, at most one in 10 ms."""
    every = 48  # 1 ms
    power = mean_power(band_passed(x, low, high), every)
    level = 10 * np.log10(power + 1e-20)
    around = 500
    middle = np.repeat([np.median(level[k : k + around]) for k in range(0, len(level), around)], around)[
        : len(level)
    ]
    found: list[int] = []
    for k in np.flatnonzero((level > middle + over)[1:-1]) + 1:
        if level[k] < level[k - 1] or level[k] < level[k + 1]:
            continue
        if found and k - found[-1] < 10:
            if level[k] > level[found[-1]]:
                found[-1] = int(k)
            continue
        found.append(int(k))
    decay = []
    for k in found:
        under = np.flatnonzero(level[k : k + 400] < level[k] - 10)
        decay.append((under[0] if len(under) else 400) * 0.001)
    at = np.array(found, int)
    return Happenings(at * 0.001, level[at] - middle[at], np.array(decay))


# ---- never the same


_FINE = 50
"""Values a second."""


def repetition(x: Any, low: float = 300, high: float = 8_000, step: float = 2.0) -> float:
    """The highest correlation between any two 2-second envelopes of one channel's band."""
    return most_alike(fine_envelope(x, low, high), step)


def fine_envelope(x: Any, low: float = 300, high: float = 8_000) -> Floats:
    """Fifty values a second, in bell-shaped shares."""
    power = mean_power(band_passed(x, low, high), RATE // _FINE)
    order = np.argsort(np.argsort(power, kind="stable"), kind="stable")
    return np.asarray(_bell((order + 0.5) / len(power)))


def noise_alike(envelope: Floats, times: int) -> Floats:
    """How much alike the most alike are in so many noises with the spectrum of this envelope."""
    size = np.abs(np.fft.rfft(envelope))
    out = []
    for seed in range(times):
        phase = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(envelope)))
        out.append(most_alike(np.fft.irfft(size * phase / np.abs(phase), len(envelope))))
    return np.array(out)


def _bell(share: Floats) -> Floats:
    """The normal deviate under which this share lies (Hastings' approximation, to .0005)."""
    lower = np.minimum(share, 1 - share)
    t = np.sqrt(-2 * np.log(lower))
    z = t - (2.515517 + 0.802853 * t + 0.010328 * t**2) / (
        1 + 1.432788 * t + 0.189269 * t**2 + 0.001308 * t**3
    )
    return np.asarray(np.where(share < 0.5, -z, z))


def most_alike(z: Floats, step: float = 2.0) -> float:
    """The highest correlation of two pieces of two seconds: every `step` seconds one is taken and laid over
    the whole at every fiftieth of a second. One product of matrices for many at a time."""
    length = 2 * _FINE
    pieces = np.lib.stride_tricks.sliding_window_view(z, length)
    mean = pieces.mean(axis=1, keepdims=True)
    spread = pieces.std(axis=1, keepdims=True) + 1e-12
    pieces = ((pieces - mean) / spread / np.sqrt(length)).astype(np.float32)
    chosen = np.arange(0, len(z) - length, max(1, round(step * _FINE)))
    best = 0.0
    for some in np.array_split(chosen, -(-len(chosen) // 128)):
        alike = pieces[some] @ pieces.T
        for row, k in zip(alike, some, strict=True):
            row[max(0, k - length) : k + length] = 0  # itself
        best = max(best, float(alike.max()))
    return best


# ---- what must fail


def same_spectrum(sound: Any, seed: int = 0) -> Waves:
    """Gaussian noise with the spectrum of this sound, channel by channel."""
    chance = np.random.default_rng(seed)
    return np.array([_noise_like(side, chance) for side in np.atleast_2d(sound)])


def _noise_like(side: Any, chance: np.random.Generator) -> Waves:
    hz, power = power_spectrum(side)
    noise = chance.standard_normal(len(side), np.float32)
    own = filtered(noise, lambda at: np.sqrt(np.interp(at, hz, power)), 0.2)
    own *= np.sqrt(mean_power(side, len(side)) / mean_power(own, len(own)))
    return own


def looped(sound: Any, seconds: float) -> Waves:
    """The first so many seconds again and again."""
    sound = np.asarray(sound)
    size = round(seconds * RATE)
    return np.asarray(np.tile(sound[..., :size], -(-sound.shape[-1] // size))[..., : sound.shape[-1]])
