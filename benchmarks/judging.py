"""How a voice sounds, by other people's instruments: Praat, and two networks that guess what listeners would
say (DNSMOS P.808, PLCMOS). None of them is a listener; together they notice a machine."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.narrator.espeak.library import Library
from lullaby.narrator.speech import SPEECH_RATE, Manner, Speech
from lullaby.narrator.tunes import following

Doubles = NDArray[np.float64]

HISS = -20.0
"""dB: 4 to 8 kHz beside the whole."""
JITTER, SHIMMER = (1.2, 2.8), (5.0, 12.0)
"""Per cent."""
LIGHT, DEEP = (3.9, 4.2), (3.6, 3.9)
"""P.808 and PLCMOS, at the least."""
FALLS = (2.0, 6.0)
"""Semitones from a sentence's first quarter to its last; the middle of all sentences."""
ALIKE = 0.75
"""The most that the contours of two neighbouring sentences may correlate."""
UNEVEN = 0.3
"""How far pauses vary, at the least: their spread by their mean."""
_JUDGES_AT = 16_000
_PIECE = 9.01
"""Seconds that DNSMOS hears at once."""
_POINTS = 20
"""Points of a contour."""


@dataclass(frozen=True)
class Stretch:
    """Sentences one after another, with pauses between."""

    sound: Doubles
    sentences: tuple[tuple[int, int], ...]
    pauses: tuple[float, ...]


@dataclass(frozen=True)
class Judged:
    seconds: float
    hiss: float
    jitter: float
    shimmer: float
    p808: float
    plcmos: float
    fall: float
    """Semitones, of the sentence in the middle."""
    falls_as_asked: float
    """The share of sentences that fall by what FALLS says."""
    most_alike: float
    uneven: float

    def fails(self, least: tuple[float, float]) -> list[str]:
        """The gates that it does not pass."""
        passed = {
            "hiss": self.hiss <= HISS,
            "jitter": JITTER[0] <= self.jitter <= JITTER[1],
            "shimmer": SHIMMER[0] <= self.shimmer <= SHIMMER[1],
            "p808": self.p808 >= least[0],
            "plcmos": self.plcmos >= least[1],
            "fall": FALLS[0] <= self.fall <= FALLS[1],
            "most_alike": self.most_alike <= ALIKE,
            "uneven": self.uneven >= UNEVEN,
        }
        return [gate for gate, passes in passed.items() if not passes]


def told(
    sentences: Sequence[str],
    manner: Manner,
    lang: str = "en",
    pace: float = 0.62,
    plain: Callable[[str], Doubles] | None = None,
) -> Stretch:
    """Spoken in this process, with tunes as a telling has them and pauses drawn from .45 to 1.35 s; or, as
    `plain` says it, with pauses that are all alike."""
    from lullaby.narrator.speaking import speak

    key, tune = Key.root(7, "judging"), None
    parts: list[Doubles] = []
    spans: list[tuple[int, int]] = []
    pauses: list[float] = []
    at = 0
    for number, text in enumerate(sentences):
        tune = following(tune, (key / "tunes").draw(number))
        sound = plain(text) if plain else speak(Speech(text, lang, manner, pace, tune)).sound / 32_768
        pauses.append(0.7 if plain else 0.45 + 0.9 * (key / "pauses").draw(number) ** 2)
        silence = np.zeros(round(pauses[-1] * SPEECH_RATE))
        spans.append((at, at + len(sound)))
        parts += [sound, silence]
        at += len(sound) + len(silence)
    return Stretch(np.concatenate(parts), tuple(spans), tuple(pauses))


def plain_espeak(text: str, voice: str = "en-us", rate: int = 130) -> Doubles:
    """What eSpeak NG says by itself, at SPEECH_RATE."""
    library = _library()
    heard = np.frombuffer(library.say(text, [voice], rate, 50, 50).pcm, "<i2") / 32_768
    return np.asarray(scipy.signal.resample_poly(heard, 160, 147))


@lru_cache(maxsize=1)
def _library() -> Library:
    return Library()


def judged(stretch: Stretch, rounds: int = 15) -> Judged:
    sound = stretch.sound
    breadth = _breadth(sound)
    jitter, shimmer = _periods(sound, breadth)
    heard = scipy.signal.resample_poly(sound, 2, 3)
    heard = (heard / np.abs(heard).max() * 0.5).astype(np.float32)
    contours = [_contour(sound[start:stop], breadth) for start, stop in stretch.sentences]
    quarter = _POINTS // 4
    falls = np.asarray([c[:quarter].mean() - c[-quarter:].mean() for c in contours])
    alike = [float(np.corrcoef(one, other)[0, 1]) for one, other in pairwise(contours)]
    pauses = np.asarray(stretch.pauses)
    return Judged(
        len(sound) / SPEECH_RATE,
        _hiss(sound),
        jitter,
        shimmer,
        _p808(heard),
        _plcmos(heard, rounds),
        float(np.median(falls)),
        float(np.mean((falls >= FALLS[0]) & (falls <= FALLS[1]))),
        max(alike),
        float(pauses.std() / pauses.mean()),
    )


def _hiss(sound: Doubles) -> float:
    hz, power = scipy.signal.welch(sound, SPEECH_RATE, nperseg=1024)
    return float(10 * np.log10(power[(hz >= 4_000) & (hz < 8_000)].sum() / power.sum()))


def _praat(sound: Doubles) -> Any:
    import parselmouth

    return parselmouth.Sound(sound, SPEECH_RATE)


def _breadth(sound: Doubles) -> tuple[float, float]:
    """Hz between which this speaker's pitch is looked for."""
    hz = _praat(sound).to_pitch(0.01, 50, 500).selected_array["frequency"]
    low, high = np.percentile(hz[hz > 0], (25, 75))
    return max(50.0, 0.6 * float(low)), min(600.0, 1.9 * float(high))


def _periods(sound: Doubles, breadth: tuple[float, float]) -> tuple[float, float]:
    """Jitter and shimmer, local, per cent."""
    from parselmouth.praat import call

    praat = _praat(sound)
    points = call(praat, "To PointProcess (periodic, cc)", *breadth)
    jitter = call(points, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
    shimmer = call([praat, points], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6)
    return 100 * float(jitter), 100 * float(shimmer)


def _contour(sentence: Doubles, breadth: tuple[float, float]) -> Doubles:
    """Semitones at points from its first pitch to its last."""
    hz = _praat(sentence).to_pitch(0.01, *breadth).selected_array["frequency"]
    sung = np.flatnonzero(hz > 0)
    if sung.size < 2:
        return np.zeros(_POINTS)
    return np.interp(np.linspace(sung[0], sung[-1], _POINTS), sung, 12 * np.log2(hz[sung]))


@lru_cache(maxsize=1)
def _networks() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from speechmos import dnsmos, plcmos
    folder = dnsmos.__file__.rpartition("/")[0]
    models = (f"{folder}/dnsmos_models/sig_bak_ovr.onnx", f"{folder}/dnsmos_models/model_v8.onnx")
    return dnsmos.DNSMOS(*models), plcmos.PLCMOS()


def _p808(heard: NDArray[np.float32]) -> float:
    """The mean of pieces that follow one another."""
    judge, _ = _networks()
    size = int(_PIECE * _JUDGES_AT)
    found = []
    for start in range(0, max(1, len(heard) - size + 1), size):
        piece = np.resize(heard[start : start + size], size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen = judge.audio_melspec(piece[:-160]).astype(np.float32)[np.newaxis]
        found.append(float(judge.p808_onnx_sess.run(None, {"input_1": seen})[0][0][0]))
    return float(np.mean(found))


def _plcmos(heard: NDArray[np.float32], rounds: int) -> float:
    """The mean of pieces of 12 s; the raters that it makes up are always the same."""
    _, judge = _networks()
    size, raters = 12 * _JUDGES_AT, np.random.default_rng(0).standard_normal((rounds, 1, 64))
    found = []
    for start in range(0, max(1, len(heard) - size + 1), size):
        seen = np.float32(judge.stft_transform(heard[start : start + size]))[np.newaxis, np.newaxis]
        for rater in raters.astype(np.float32):
            given = {"degraded_audio": seen, "rater_embed": rater}
            found.append(float(judge.session.run(None, given)[0].ravel()[0]))
    return float(np.mean(found))
