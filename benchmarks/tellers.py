"""python -m benchmarks tellers: ten minutes of each before the judges, and what is understood of them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from benchmarks import judging
from lullaby.evening.narration.gathering import manner_from
from lullaby.narrator.rates import RATES, natural_rate
from lullaby.narrator.speaking import speak
from lullaby.narrator.speech import SPEECH_RATE, Manner, Speech
from lullaby.narrator.treatment import loudness
from lullaby.score import VoiceFile, voice_files
from lullaby.score.stories import story_files
from lullaby.story.reading import read_text
from lullaby.story.text import count_words
from lullaby.voices.kinds import KINDS

Doubles = NDArray[np.float64]

HEARD = 24
"""Sentences that are told to the recogniser."""
UNDER = -9.0
"""LU: the bed beside the voice."""


@dataclass(frozen=True)
class Understood:
    """Shares of words that a small recogniser mishears, alone and over a bed, and STOI over it."""

    alone: float
    over_a_bed: float
    stoi: float


def tellers() -> list[VoiceFile]:
    return [voice for voice in voice_files(KINDS) if voice.kind.speaks]


def sentences(lang: str, seconds: float) -> list[str]:
    """Of the shipped stories in this language, about so many seconds at two words a second."""
    from pathlib import Path

    found: list[str] = []
    words = 0.0
    for path in story_files(Path("scores")).values():
        text = read_text(path)
        for sentence in text.sentences:
            if sentence.lang.split("-")[0] != lang or words / 2 >= seconds:
                continue
            found.append(sentence.text)
            words += sentence.words
    return found


def judged(voice: VoiceFile, seconds: float) -> judging.Judged:
    manner, lang = manner_from(voice.values), str(voice.values["lang"])
    return judging.judged(judging.told(sentences(lang, seconds), manner, lang, pace_of(voice)))


def pace_of(voice: VoiceFile) -> float:
    """Its own words a minute, pauses apart: these take about a sixth of the time."""
    manner, lang = manner_from(voice.values), str(voice.values["lang"])
    return 1.2 * float(str(voice.values["pace"])) / natural_rate(manner, lang)


def understood(manner: Manner | None, pace: float) -> Understood:
    """Of this manner; None: of the voice as hibari itself makes it."""
    said = sentences("en", 600)[4::5][:HEARD]
    bed = _bed(20)
    alone = over = words = 0
    stoi = []
    for number, text in enumerate(said):
        sound = _untreated(text, pace) if manner is None else _spoken(text, manner, pace, number)
        under = np.resize(bed, len(sound))
        under = under * 10 ** ((_loud(sound) + UNDER - _loud(under)) / 20)
        wanted = _words(text)
        alone += _apart(wanted, _recognised(sound))
        over += _apart(wanted, _recognised(sound + under))
        words += len(wanted)
        stoi.append(_stoi(sound, sound + under))
    return Understood(alone / words, over / words, float(np.mean(stoi)))


def rates() -> dict[str, float]:
    """Words a minute at pace 1.0, as lullaby.narrator.rates has them."""
    found = {}
    for engine, lang in RATES:
        said = sentences(lang, 120)
        if said:
            seconds = sum(
                speak(Speech(text, lang, Manner(engine), 1.0, k)).seconds for k, text in enumerate(said)
            )
            found[f"{engine} {lang}"] = round(60 * sum(map(count_words, said)) / seconds, 1)
    return found


def table(seconds: float, listening: bool) -> dict[str, Any]:
    """Every teller; with `listening` how well the English ones are understood, too."""
    found: dict[str, Any] = {}
    plain: dict[float, Understood] = {}
    for voice in tellers():
        row: dict[str, Any] = asdict(judged(voice, seconds))
        if listening and voice.values["lang"] == "en":
            pace = round(pace_of(voice), 2)
            if pace not in plain:
                plain[pace] = understood(None, pace)
            mine = understood(manner_from(voice.values), pace)
            row |= {f"misheard_{name}": value for name, value in asdict(mine).items()}
            row |= {f"untreated_{name}": value for name, value in asdict(plain[pace]).items()}
        found[voice.name] = row
        print(f"{voice.name:14}", " ".join(f"{name} {value:.2f}" for name, value in row.items()), flush=True)
    return found


def _spoken(text: str, manner: Manner, pace: float, number: int) -> Doubles:
    return np.asarray(speak(Speech(text, "en", manner, pace, number)).sound / 32_768)


def _untreated(text: str, pace: float) -> Doubles:
    from hibari import Hibari

    if not _hibari:
        _hibari.append(Hibari())
    return np.asarray(_hibari[0](text, speed=max(0.7, pace), seed=0), np.float64)


_hibari: list[Any] = []


def _bed(seconds: int) -> Doubles:
    """Noise that falls by 4.5 dB an octave, as a rain in the distance does."""
    frames = seconds * SPEECH_RATE
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(frames))
    hz = np.fft.rfftfreq(frames, 1 / SPEECH_RATE)
    spectrum *= np.where((hz > 60) & (hz < 7_000), (np.maximum(hz, 1) / 1_000) ** (-4.5 / 6.02), 0)
    bed = np.fft.irfft(spectrum, frames)
    return np.asarray(bed / bed.std())


def _recognised(sound: Doubles) -> list[str]:
    from pocketsphinx import Config, Decoder

    if not _decoder:
        _decoder.append(Decoder(Config(loglevel="FATAL")))
    heard = scipy.signal.resample_poly(sound, 2, 3)
    heard = np.concatenate([np.zeros(3_000), heard / np.abs(heard).max() * 0.7, np.zeros(6_000)])
    decoder = _decoder[0]
    decoder.start_utt()
    decoder.process_raw((heard * 32_767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp().hypstr.split() if decoder.hyp() else []


_decoder: list[Any] = []


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("’", "'").replace("-", " "))


def _apart(wanted: list[str], heard: list[str]) -> int:
    """Words to change, to leave out and to add."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def _loud(sound: Doubles) -> float:
    return loudness(sound.astype(np.float32))


def _stoi(clean: Doubles, over: Doubles) -> float:
    from pystoi import stoi

    return float(stoi(clean, over, SPEECH_RATE))
