"""Piper behind pyttsx3, with a model that the listener brought: an .onnx file, and its .onnx.json beside it.

onnxruntime loads it, and its phonemes come from eSpeak NG, as Piper's own do. It says nothing of when a word
is heard: that is guessed.
"""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.drivers.driver import Driver, Made, guessed
from lullaby.narrator.drivers.espeak import phonemes
from lullaby.narrator.models import loaded, model_file
from lullaby.narrator.respelling import ipa_of
from lullaby.narrator.speech import Speech
from lullaby.narrator.wording import spelled_out

_PAD, _BEGINS, _ENDS = "_", "^", "$"


class PiperDriver(Driver):
    def make(self, speech: Speech) -> Made:
        if not speech.manner.voice:
            raise AskedWrongly('piper speaks with a model of yours.  Write voice = "en-joe.onnx", say.')
        model = _model(model_file(speech.manner.voice))
        pieces = spelled_out(speech.text, speech.say)
        said = [phonemes(piece, model.espeak) if how is None else ipa_of(how) for piece, how in pieces]
        sound = model.sound(" ".join(said), 1 / speech.pace)
        return Made(sound, model.rate, guessed(speech.text, sound, model.rate))


class Model:
    """A Piper model, loaded once."""

    def __init__(self, path: Path) -> None:
        beside = path.with_name(path.name + ".json")
        try:
            facts = json.loads(beside.read_text("utf-8"))
            self.rate, self.espeak = int(facts["audio"]["sample_rate"]), str(facts["espeak"]["voice"])
            self._length = float(facts.get("inference", {}).get("length_scale", 1.0))
            self._ids: dict[str, list[int]] = facts["phoneme_id_map"]
        except OSError as error:
            raise CouldNot(f"{beside}: this could not be read ({error.strerror}).") from None
        except (ValueError, KeyError, TypeError):
            raise CouldNot(f"{beside}: this does not describe a Piper voice.") from None
        self._session = loaded(path)
        self._several = "sid" in {given.name for given in self._session.get_inputs()}

    def sound(self, said: str, length: float) -> NDArray[np.float32]:
        pad = self._ids.get(_PAD, [0])
        ids = [*self._ids.get(_BEGINS, []), *pad]
        for sound in unicodedata.normalize("NFD", said):
            if sound in self._ids:
                ids += [*self._ids[sound], *pad]
        ids += self._ids.get(_ENDS, [])
        given: dict[str, Any] = {
            "input": np.asarray([ids], np.int64),
            "input_lengths": np.asarray([len(ids)], np.int64),
            # no noise: the same sentence is the same samples
            "scales": np.asarray([0.0, self._length * length, 0.0], np.float32),
        }
        if self._several:
            given["sid"] = np.asarray([0], np.int64)
        return np.asarray(self._session.run(None, given)[0], np.float32).ravel()


@lru_cache(maxsize=2)
def _model(path: Path) -> Model:
    return Model(path)
