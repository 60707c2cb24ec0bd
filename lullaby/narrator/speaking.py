"""A sentence spoken, in this process: by its engine through pyttsx3, then treated for the night."""

from __future__ import annotations

import atexit
import threading
from dataclasses import replace
from typing import Any

import numpy as np

from lullaby.errors import CouldNot, LullabyError
from lullaby.narrator import treatment
from lullaby.narrator.drivers.driver import Made
from lullaby.narrator.engines import ESPEAK, HIBARI, OF_THE_SYSTEM, engine_for, engine_name, plug_ins
from lullaby.narrator.speech import SPEECH_RATE, Manner, Speech, Spoken, Unsayable, Word
from lullaby.narrator.timing import held_against

__all__ = ["engine_for", "engine_name", "make_ready", "speak"]


def speak(speech: Speech) -> Spoken:
    """The sentence as sound, with the times of its words. A LullabyError says why it cannot be."""
    speech = replace(speech, manner=engine_for(speech.manner, speech.lang))
    made = _made(speech)
    sound = treatment.resampled(made.sound, made.rate)
    sound, off = treatment.trimmed(sound)
    sound = treatment.treated(sound, speech.manner)
    if not np.any(sound):
        raise Unsayable(f'"{speech.text}" came out silent from {speech.manner.engine}.')
    per_sample = SPEECH_RATE / made.rate

    def place(sample: int) -> int:
        return min(len(sound), max(0, round(sample * per_sample) - off))

    words = tuple(Word(word.text, word.at, place(word.start), place(word.stop)) for word in made.words)
    return Spoken(np.rint(sound * 32_767).astype(np.int16), held_against(sound, words))


def make_ready(manner: Manner) -> None:
    """Loads what speaks in this manner, so that the first sentence need not wait for it."""
    manner = engine_for(manner, "en")
    if manner.engine == HIBARI:
        from lullaby.narrator.hibari.voice import voice

        voice(manner.voice, False).said("Ready.", 1.0, ())


_engines: dict[str, Any] = {}
"""By the name that pyttsx3 knows each by."""
_one_at_a_time = threading.Lock()
atexit.register(_engines.clear)  # pyttsx3's own engines complain where they outlive the interpreter's modules


def _made(speech: Speech) -> Made:
    """By an engine that may speak beside itself in other threads, or when it is this one's turn."""
    name = speech.manner.engine
    driver = _driver(name)
    if getattr(driver, "side_by_side", False):
        return _made_by(_engine(f"{name}_{threading.get_ident()}", driver), speech)
    with _one_at_a_time:
        return _made_by(_engine(name, driver), speech)


def _engine(name: str, driver: Any) -> Any:
    import pyttsx3

    from lullaby.narrator.drivers import register

    if name not in _engines:
        _engines[name] = pyttsx3.init(register(name, driver))
    return _engines[name]


def _made_by(engine: Any, speech: Speech) -> Made:
    name = speech.manner.engine
    made: list[Made] = []
    wrong: list[Exception] = []
    topics = [
        engine.connect("spoken", lambda made_, **_: made.append(made_)),
        engine.connect("error", lambda exception, **_: wrong.append(exception)),
    ]
    try:
        engine.setProperty("speech", speech)
        engine.say(speech.text)
        engine.runAndWait()
    finally:
        for topic in topics:
            engine.disconnect(topic)
    if made:
        return made[0]
    if wrong and isinstance(wrong[0], LullabyError):
        raise wrong[0]
    why = f": {type(wrong[0]).__name__}, {wrong[0]}" if wrong else " and does not say why"
    raise CouldNot(f'{name} could not say "{speech.text}"{why}.')


def _driver(name: str) -> Any:
    if name == HIBARI:
        from lullaby.narrator.drivers.hibari import HibariDriver

        return HibariDriver
    if name == ESPEAK:
        from lullaby.narrator.drivers.espeak import EspeakDriver

        return EspeakDriver
    if name in OF_THE_SYSTEM:
        from lullaby.narrator.drivers.system import driver_of

        return driver_of(name)
    try:
        return plug_ins()[name].load()
    except Exception as error:  # whatever a stranger's module does when it is imported
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise CouldNot(f"the engine {name} could not be loaded ({said}).") from None
