"""What every driver of ours has in common: pyttsx3's interface, over one function that makes a sentence."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lullaby import places
from lullaby.narrator.speech import Speech, Word
from lullaby.narrator.wording import words_of

USUAL_RATE = 170
"""Words a minute that pyttsx3's `rate` stands for where a voice speaks at its own pace."""


@dataclass(frozen=True)
class Made:
    """A sentence as an engine made it, at its own rate and loudness; words by its samples."""

    sound: NDArray[np.float32]
    rate: int
    words: tuple[Word, ...]


class Driver(ABC):
    """One engine behind pyttsx3. It works when it is asked and is done when it returns.

    Properties, besides pyttsx3's own: "speech", a Speech whose manner, pace, tune and spellings the next
    text is spoken with.
    """

    voices: ClassVar[tuple[str, ...]] = ()
    side_by_side: ClassVar[bool] = False
    """May several of it, each in a thread of its own, speak at the same time?"""

    def __init__(self, proxy: Any) -> None:
        self._proxy = proxy
        self._looping = False
        self._properties: dict[str, Any] = {
            "rate": USUAL_RATE,
            "volume": 1.0,
            "voice": "",
            "voices": list(self.voices),
            "speech": Speech(""),
        }

    @abstractmethod
    def make(self, speech: Speech) -> Made:
        """The sentence as sound. A LullabyError says why it cannot be."""

    def say(self, text: str) -> None:
        """Made, and handed to whoever listens to "spoken"."""
        self._speak(text, None)

    def save_to_file(self, text: str, filename: str) -> None:
        """Made, and written as a WAV file of 16 bits; done when this returns."""
        self._speak(text, filename)

    def _speak(self, text: str, filename: str | None) -> None:
        self._proxy.setBusy(True)
        self._proxy.notify("started-utterance")
        completed = False
        try:
            made = self.make(self._asked(text))
            volume = min(1.0, max(0.0, float(self._properties["volume"])))
            if filename is not None:
                places.put(Path(filename), wav(made.sound * np.float32(volume), made.rate))
            for word in made.words:
                self._proxy.notify("started-word", name=word.text, location=word.at, length=len(word.text))
            self._proxy.notify("spoken", made_=made)
            completed = True
        except Exception as error:
            self._proxy.notify("error", exception=error)
        finally:
            self._proxy.notify("finished-utterance", completed=completed)
            self._proxy.setBusy(False)

    def _asked(self, text: str) -> Speech:
        from dataclasses import replace

        speech: Speech = self._properties["speech"]
        pace = speech.pace * float(self._properties["rate"]) / USUAL_RATE
        manner = speech.manner
        if self._properties["voice"]:
            manner = replace(manner, voice=str(self._properties["voice"]))
        return replace(speech, text=text, pace=pace, manner=manner)

    def getProperty(self, name: str) -> Any:
        return self._properties[name]

    def setProperty(self, name: str, value: Any) -> None:
        if name not in self._properties:
            raise KeyError(name)
        self._properties[name] = value

    def stop(self) -> None:  # noqa: B027
        """Nothing to stop: a sentence is done when `say` returns."""

    def destroy(self) -> None:  # noqa: B027
        """Nothing is held that outlives this object."""

    def startLoop(self) -> None:
        self._looping = True
        self._proxy.setBusy(False)  # whatever is queued is done in here, the end of the loop last

    def endLoop(self) -> None:
        self._looping = False

    def iterate(self) -> Iterator[None]:
        self._proxy.setBusy(False)
        yield


def wav(sound: NDArray[np.float32], rate: int) -> bytes:
    """A WAV file of 16 bits, mono."""
    pcm = np.rint(np.clip(sound, -1.0, 1.0) * 32_767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    chunks = (b"fmt ", form), (b"data", pcm)
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(held)) + held for name, held in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def guessed(text: str, sound: NDArray[np.float32], rate: int) -> tuple[Word, ...]:
    """Words where an engine says nothing of them: each has its letters' share of the time in which
    something is heard."""
    words = words_of(text)
    size = rate // 100
    levels = np.abs(sound[: len(sound) // size * size]).reshape(-1, size).max(axis=1)
    if not words or not levels.size or levels.max() <= 0:
        return ()
    heard = np.flatnonzero(levels > 0.02 * levels.max())
    ends = np.cumsum([len(word) + 1 for word, _ in words]) * (len(heard) / sum(len(w) + 1 for w, _ in words))
    found, start = [], int(heard[0])
    for (word, at), end in zip(words, ends, strict=True):
        stop = int(heard[min(len(heard) - 1, max(0, round(float(end)) - 1))]) + 1
        found.append(Word(word, at, start * size, stop * size))
        start = stop
    return tuple(found)
