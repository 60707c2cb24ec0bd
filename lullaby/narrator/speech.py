"""What is to be spoken, and what came of it: the two sides of the narrator."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly

SPEECH_RATE = 24_000
"""Samples a second of everything that is spoken: half of what sounds at night."""


class Unsayable(AskedWrongly):
    """The error of a sentence in which there is nothing that its engine can say: signs, or another script."""


@dataclass(frozen=True)
class Manner:
    """How a teller speaks, whatever is said."""

    engine: str = "hibari"
    """hibari, espeak, piper, kokoro, or the name of one of pyttsx3's own drivers."""
    voice: str = ""
    """The engine's own name for a voice, or the file of a model; "" is the engine's usual one."""
    pitch: float = 1.0  # times the voice's own
    range: float = 1.0  # times its own, in semitones around its middle
    throat: float = 1.0  # times its own length, heard in its formants: over 1 shorter, a smaller body
    breath: float = 0.0  # dB more of the noise in it
    tilt: float = 0.0  # dB an octave above 1 kHz
    high_cut: float = 7_000.0  # Hz
    deess: float = 0.5  # 0 not at all … 1 fully
    compress: float = 0.3  # 0 not at all … 1 firmly


@dataclass(frozen=True)
class Speech:
    """One sentence, and everything that its sound depends on."""

    text: str
    lang: str = "en"
    manner: Manner = Manner()
    pace: float = 1.0
    """Times the voice's own pace."""
    tune: int = 0
    """Which of the sentence tunes it is spoken with, so that neighbours are not alike."""
    say: tuple[tuple[str, str], ...] = ()
    """Spellings for those of its words that a machine may misread."""

    def address(self, engine: str) -> str:
        """The name under which it is shelved; `engine` names the engine and its version."""
        facts = json.dumps([engine, asdict(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(facts.encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Word:
    """When a word is heard."""

    text: str
    at: int
    """The index of its first character in the sentence."""
    start: int
    """Samples from the beginning of the sentence's sound."""
    stop: int


@dataclass(frozen=True)
class Spoken:
    """A sentence as sound: mono, at SPEECH_RATE, at unity loudness."""

    sound: NDArray[np.int16]
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.sound) / SPEECH_RATE
