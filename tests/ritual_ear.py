"""An ear for a ritual: what is heard when, and whose voice it is, out of the sound alone.

It knows nothing of how a night is made. Speech has a pitch that moves and pauses between; an instrument's
partials stand still; breath swells about every ten seconds; a bed does none of this. A teller is known by a
portrait, the pitch and the long-term spectrum of some other speech of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import parselmouth
import scipy.ndimage
import scipy.signal
import soundfile
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

RATE = 16_000
_MOVES = 11.5
"""Cents in 10 ms, the middle of nine seconds: a voice's pitch moves by 13 to 22, a harp's by 4 to 10."""
_VOICED = 0.12
"""The share of a second that is voiced where somebody speaks in it."""
_PARTIALS = 2.0
"""Narrow peaks that stand still for a second where an instrument plays."""
_SWELLS = 0.4
"""How much ten seconds of breath are like the next ten."""
_HIGHEST = 400.0
"""Hz. Nobody tells at so high a pitch; in noise it is found at the end of where it is looked for, 450 Hz."""
_SILENT = -85.0
"""dBFS."""
_LEAST = {"speech": 10.0, "music": 30.0, "breath": 6.0, "bed": 6.0, "silence": 0.0}
"""Seconds. Some slow sentences of a sleepy teller are as even in pitch as an instrument, for up to a dozen
seconds; nobody's turn to play is shorter than a minute. In a bed alone some seconds can seem to have a pitch
that moves; a greeting takes a dozen."""
_EDGES = np.geomspace(200, 3_500, 18)
"""Hz: bands of a portrait; above them it is the crickets that are heard."""
ONE_VOICE = 0.062
"""How much of a voiced sound no one period explains, times the share that is voiced: less where one person
speaks (.02 to .054), more where two do, the other 6 dB softer (.07 to .13)."""


@dataclass(frozen=True)
class Stretch:
    """One kind of sound from a second to another: "speech", "music", "breath", "bed" or "silence"."""

    kind: str
    start: float
    stop: float

    @property
    def lasts(self) -> float:
        return self.stop - self.start


@dataclass(frozen=True)
class Portrait:
    """How somebody's voice is: bands in dB about their mean, and quartiles of pitch in semitones."""

    bands: Doubles
    pitch: Doubles

    def unlike(self, other: Portrait) -> float:
        bands = float(np.sqrt(np.mean((self.bands - other.bands) ** 2)))
        return bands / 3.0 + float(np.mean(np.abs(self.pitch - other.pitch))) / 1.5


@dataclass(frozen=True)
class Listened:
    """A sound, one channel at 16 kHz, and its pitch, which is looked for once."""

    sound: Doubles
    at: Doubles
    """Seconds, 10 ms apart."""
    pitch: Doubles
    """Hz at each of them; 0 where there is none."""

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE

    def between(self, start: float, stop: float) -> Listened:
        a, b = np.searchsorted(self.at, [start, stop])
        return Listened(
            self.sound[int(start * RATE) : int(stop * RATE)], self.at[a:b] - start, self.pitch[a:b]
        )

    @property
    def voiced(self) -> float:
        """The share of it that is voiced."""
        return float(np.mean(self.pitch > 0)) if len(self.pitch) else 0.0


def listened(sound: Doubles) -> Listened:
    found = parselmouth.Sound(sound, RATE).to_pitch_ac(
        time_step=0.01, pitch_floor=65, pitch_ceiling=450, silence_threshold=0.0, voicing_threshold=0.5
    )
    pitch = np.asarray(found.selected_array["frequency"])
    return Listened(sound, np.asarray(found.xs()), np.where(pitch < _HIGHEST, pitch, 0.0))


def listened_to(path: Path) -> Listened:
    return listened(sound_of(path))


def sound_of(path: Path) -> Doubles:
    """The file as one channel at 16 kHz."""
    read, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono: Doubles = read.mean(axis=1).astype(np.float64)
    if rate == RATE:
        return mono
    common = int(np.gcd(rate, RATE))
    return np.asarray(scipy.signal.resample_poly(mono, RATE // common, rate // common), np.float64)


def heard(night: Listened) -> list[Stretch]:
    """What is heard when, in order."""
    sound = night.sound
    seconds = len(sound) // RATE
    kinds = np.full(seconds, "bed", dtype=object)
    spoken = _joined(_spoken(night, seconds), gap=14)
    played = _joined(_played(sound, seconds) & ~spoken, gap=14)
    kinds[_breathed(sound, seconds, spoken | played)] = "breath"
    kinds[played] = "music"
    kinds[spoken] = "speech"
    power = np.array([np.mean(sound[k * RATE : (k + 1) * RATE] ** 2) for k in range(seconds)])
    kinds[10 * np.log10(power + 1e-20) < _SILENT] = "silence"
    edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1), seconds]
    found = [Stretch(str(kinds[a]), float(a), float(b)) for a, b in pairwise(edges)]
    return _without_passing(found)


def _without_passing(found: list[Stretch]) -> list[Stretch]:
    """Without what lasts too short to be a movement, such as a bed between two others."""
    kept: list[Stretch] = []
    for one in found:
        if kept and (one.kind == kept[-1].kind or one.lasts < _LEAST[one.kind]):
            kept[-1] = Stretch(kept[-1].kind, kept[-1].start, one.stop)
        else:
            kept.append(one)
    return kept


def _spoken(night: Listened, seconds: int) -> NDArray[np.bool_]:
    at, pitch = night.at, night.pitch
    voiced = pitch > 0
    both = voiced[1:] & voiced[:-1]
    cents = np.zeros(len(both))
    cents[both] = 1200 * np.abs(np.log2(pitch[1:][both] / pitch[:-1][both]))
    first = np.searchsorted(at[1:], np.arange(seconds + 1))
    found = np.zeros(seconds, bool)
    for k in range(seconds):
        here = voiced[1:][first[k] : first[k + 1]]
        around = slice(first[max(0, k - 4)], first[min(seconds, k + 5)])
        if len(here) and np.mean(here) > _VOICED and np.any(both[around]):
            found[k] = np.median(cents[around][both[around]]) > _MOVES
    return found


def _played(sound: Doubles, seconds: int) -> NDArray[np.bool_]:
    size = 8_192
    hertz, at, spectrum = scipy.signal.stft(sound, RATE, nperseg=size, noverlap=size // 2)
    levels = 10 * np.log10(np.abs(spectrum[(hertz > 120) & (hertz < 2_500)]) ** 2 + 1e-18)
    stands_out = levels - _middling(levels, 61) > 14
    stays = (stands_out[:, 1:] & stands_out[:, :-1]).sum(axis=0)
    first = np.searchsorted(at[1:], np.arange(seconds + 1))
    return np.array([stays[first[k] : first[k + 1] + 1].mean() > _PARTIALS for k in range(seconds)])


def _middling(levels: Doubles, count: int) -> Doubles:
    """The median of each level and those around it in its column, with zeros beyond its ends: what medfilt2d
    gives, in one row, which takes a tenth of the time."""
    half = count // 2
    row = np.pad(levels, ((half, half), (0, 0))).T.ravel()
    medians = scipy.ndimage.median_filter(row, count, mode="constant").reshape(levels.shape[1], -1)
    return np.asarray(medians[:, half:-half].T, np.float64)


def _breathed(sound: Doubles, seconds: int, other: NDArray[np.bool_]) -> NDArray[np.bool_]:
    band = scipy.signal.butter(3, [150, 1_500], "band", fs=RATE, output="sos")
    step = RATE // 10
    power = scipy.signal.sosfilt(band, sound) ** 2
    levels = 10 * np.log10(power[: len(power) // step * step].reshape(-1, step).mean(axis=1) + 1e-14)
    levels = scipy.signal.medfilt(levels, 5)
    found, span = np.zeros(seconds, bool), 40
    for k in range(0, seconds - span, 2):
        if np.mean(other[k : k + span]) > 0.3:
            continue
        window = scipy.signal.detrend(levels[10 * k : 10 * (k + span)])
        alike = np.correlate(window, window, "full")[len(window) - 1 :] / max(1e-9, float(window @ window))
        if window.std() > 1.5 and alike[70:160].max() > _SWELLS:
            found[k : k + span] = True
    return found & ~other


def _joined(found: NDArray[np.bool_], gap: int) -> NDArray[np.bool_]:
    """With gaps that are no longer than so many seconds filled, and without single seconds."""
    joined = found.copy()
    at = np.flatnonzero(found)
    for a, b in pairwise(at):
        if b - a <= gap:
            joined[a:b] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], joined.astype(int), [0]])))
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        if b - a < 3:
            joined[a:b] = False
    return joined


def portrait(voice: Listened) -> Portrait:
    hertz, at, spectrum = scipy.signal.stft(voice.sound, RATE, nperseg=512, noverlap=352)
    power = np.abs(spectrum) ** 2
    bands = np.array([power[(hertz >= a) & (hertz < b)].sum(axis=0) for a, b in pairwise(_EDGES)])
    when, pitch = voice.at, voice.pitch
    voiced = np.interp(at, when, (pitch > 0).astype(float)) > 0.5
    pitch = pitch[np.clip(np.searchsorted(when, at), 0, len(when) - 1)]
    whole = bands.sum(axis=0)
    loud = voiced & (whole > np.percentile(whole[voiced], 40))
    bed = np.percentile(bands, 5, axis=1)
    levels = 10 * np.log10(np.maximum(bands[:, loud].mean(axis=1) - bed, 1e-15))
    semitones = 12 * np.log2(np.percentile(pitch[loud & (pitch > 0)], [25, 50, 75]))
    return Portrait(levels - levels.mean(), semitones)


def whose(night: Listened, where: Stretch, known: Mapping[str, Portrait], window: float = 15.0) -> list[str]:
    """Who speaks, for each stretch of some seconds in it that holds speech enough."""
    found = []
    for start in np.arange(where.start, max(where.start + 0.1, where.stop - window / 2), window):
        piece = night.between(start, min(where.stop, start + window))
        if piece.voiced > 0.15:
            seen = portrait(piece)
            found.append(min(known, key=lambda name: known[name].unlike(seen)))
    return found


def unexplained(voice: Listened) -> float:
    """How much of what is voiced no one period explains: see `ONE_VOICE`."""
    sound, at, pitch = voice.sound, voice.at, voice.pitch
    band = scipy.signal.butter(3, [80, 1_500], "band", fs=RATE, output="sos")
    low, half = scipy.signal.sosfilt(band, sound), 640
    rows = []
    for second, hertz in zip(at, pitch, strict=True):
        i = int(second * RATE)
        if hertz <= 0 or i < half + 300 or i + half + 300 > len(low):
            continue
        here, period = low[i - half : i + half], round(RATE / hertz)
        left = 1.0
        for lag in (period - 1, period, period + 1):
            before = low[i - half - lag : i + half - lag]
            left = min(left, float((here - before) @ (here - before) / (here @ here + before @ before)))
        rows.append((here @ here, left))
    if not rows:
        return 0.0
    table = np.array(rows)
    loud = table[:, 0] > np.percentile(table[:, 0], 50)
    return float(np.median(table[loud, 1])) * float(np.mean(pitch > 0))


def steps(sound: Doubles, within: float = 2.0) -> Doubles:
    """How far the bed's level moves within so many seconds, in dB, at every half second: the level under all
    that comes and goes, its quietest tenth in a second and a half."""
    hop = RATE // 20
    power = sound[: len(sound) // hop * hop].reshape(-1, hop)
    levels = 10 * np.log10((power**2).mean(axis=1) + 1e-12)
    floor = np.array([np.percentile(levels[i : i + 30], 10) for i in range(0, len(levels) - 30, 10)])
    lag = round(within * 2)
    return np.abs(floor[lag:] - floor[:-lag])


def matching(order: Iterable[str], wanted: Iterable[Callable[[str], bool]]) -> bool:
    """Do these kinds come in the wanted order?"""
    kinds, tests = list(order), list(wanted)
    return len(kinds) == len(tests) and all(test(kind) for test, kind in zip(tests, kinds, strict=True))
