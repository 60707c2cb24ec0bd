"""Kokoro behind pyttsx3, with a model that the listener brought: kokoro.onnx, and its voices beside it as
kokoro.npz; `voice = "kokoro.onnx af_heart"` names one of them.

Its phonemes are hibari's, which was made after it: it speaks English. It says nothing of when a word is
heard: that is guessed.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.drivers.driver import Driver, Made, guessed
from lullaby.narrator.hibari.spelling import Speller
from lullaby.narrator.hibari.voice import package
from lullaby.narrator.models import loaded, model_file
from lullaby.narrator.speech import SPEECH_RATE, Speech

_MOST = 509
"""Phonemes that it reads at once."""


class KokoroDriver(Driver):
    def make(self, speech: Speech) -> Made:
        if not speech.manner.voice:
            raise AskedWrongly(
                'kokoro speaks with a model of yours.  Write voice = "kokoro.onnx af_heart", say.'
            )
        named = speech.manner.voice.partition(" ")[2]
        model = _model(model_file(speech.manner.voice), named, named[:1] == "b")
        sound = model.sound(speech)
        return Made(sound, SPEECH_RATE, guessed(speech.text, sound, SPEECH_RATE))


class Model:
    """A Kokoro model and one of its voices, loaded once."""

    def __init__(self, path: Path, voice: str, british: bool) -> None:
        beside = path.with_suffix(".npz")
        try:
            with np.load(beside, allow_pickle=False) as voices:
                names = list(voices.files)
                if voice and voice not in names:
                    raise AskedWrongly(f'{beside} has no voice "{voice}".  It has: {", ".join(names)}.')
                self._styles = np.asarray(voices[voice or names[0]], np.float32).reshape(-1, 256)
        except (OSError, ValueError, IndexError):
            raise CouldNot(f"{beside}: Kokoro's voices could not be read from here.") from None
        self._session = loaded(path)
        self._speller = Speller(british)
        vocabulary = (package() / "assets" / "vocab.json").read_text("utf-8")
        self._ids: dict[str, int] = json.loads(vocabulary)
        inputs = {given.name for given in self._session.get_inputs()}
        self._named = "input_ids" if "input_ids" in inputs else "tokens"

    def sound(self, speech: Speech) -> NDArray[np.float32]:
        spelled = self._speller.spelled(speech.text, speech.say).phonemes
        ids = [self._ids[p] for p in spelled if p in self._ids][:_MOST]
        given: dict[str, Any] = {
            self._named: np.asarray([[0, *ids, 0]], np.int64),
            "style": self._styles[min(len(ids), len(self._styles) - 1)][np.newaxis],
            "speed": np.asarray([speech.pace], np.float32),
        }
        return np.asarray(self._session.run(None, given)[0], np.float32).ravel()


@lru_cache(maxsize=2)
def _model(path: Path, voice: str, british: bool) -> Model:
    return Model(path, voice, british)
