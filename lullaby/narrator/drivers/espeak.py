"""eSpeak NG behind pyttsx3: `pyttsx3.init("lullaby_espeak")`."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.drivers.driver import Driver, Made
from lullaby.narrator.espeak.writing import SEMITONE, written
from lullaby.narrator.messages import Message
from lullaby.narrator.process import Process
from lullaby.narrator.speech import Speech, Unsayable, Word
from lullaby.narrator.wording import words_of

VARIANT = "+klatt5"
"""The one that sounds least like a machine: measured, see `natural_rate` and the tellers' benchmark."""
_VOICES = {"en": "en-us", "fr": "fr-fr", "pt": "pt-br", "zh": "cmn"}
_RATE, _PITCH, _RANGE = 150, 45, 50
"""eSpeak's own words a minute, pitch and range of a voice at 1.0."""
_PATIENCE = 30.0
_MODULE = "lullaby.narrator.espeak.process"


@dataclass
class _Kept:
    """The process that eSpeak lives in, from the first sentence on."""

    process: Process | None = field(default=None)


_kept = _Kept()


class EspeakDriver(Driver):
    def make(self, speech: Speech) -> Made:
        manner = speech.manner
        english = speech.lang.lower().split("-")[0] == "en"
        # a shorter throat is a faster sample: what that does to pitch and pace is taken back before
        throat = min(1.3, max(0.7, manner.throat))
        semitones = 12 * np.log2(manner.pitch / throat)
        pitch = round(min(99.0, max(0.0, _PITCH + SEMITONE * semitones)))
        text = written(speech.text, speech.say, pitch, speech.tune, manner.range, english)
        asked = {
            "text": text.text,
            "voices": voices(manner.voice, speech.lang),
            "rate": round(min(450.0, max(80.0, _RATE * speech.pace / throat))),
            "pitch": pitch,
            "breadth": round(min(99.0, max(0.0, _RANGE * manner.range))),
        }
        head, pcm = _asked(asked)
        if "no_voice" in head:
            raise AskedWrongly(f'eSpeak NG has no voice "{head["no_voice"]}".')
        if not pcm and "crashed" not in head:
            raise Unsayable(f'nothing in "{speech.text}" can be said.')
        if "crashed" in head:
            raise CouldNot(f'eSpeak NG could not say "{speech.text}".')
        sound = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
        rate = round(head["rate"] * throat / 50) * 50
        return Made(sound, rate, _words(speech.text, text.origins, head["words"]))


def phonemes(text: str, voice: str) -> str:
    """The text in IPA, as this voice of eSpeak's would say it."""
    head, _ = _asked({"of": text, "voice": voice})
    if "phonemes" not in head:
        raise AskedWrongly(f'eSpeak NG has no voice "{voice}", whose phonemes a model needs.')
    return str(head["phonemes"])


def voices(voice: str, lang: str) -> list[str]:
    """Names by which eSpeak may know it, best first: a whole name (de+klatt2), or a variant (+klatt2) of the
    language's own voice."""
    if voice and not voice.startswith("+"):
        return [voice]
    variant = voice or VARIANT
    tag = lang.lower()
    base = tag.split("-")[0]
    names = [_VOICES.get(tag, tag), tag, _VOICES.get(base, base), base]
    return [f"{name}{variant}" for name in dict.fromkeys(names)]


def _asked(asked: dict[str, Any]) -> Message:
    for _ in range(2):
        if _kept.process is None or _kept.process.ended:
            if _kept.process is not None:
                _kept.process.end(at_once=True)
            _kept.process = Process(_MODULE)
        try:
            message = _kept.process.ask(asked, _PATIENCE)
        except queue.Empty:
            message = None
            _kept.process.end(at_once=True)
            _kept.process = None
        if message is not None:
            return message
    raise CouldNot("eSpeak NG could not be started.  Is espeakng-loader installed?")


def _words(text: str, origins: tuple[int, ...], heard: list[list[int]]) -> tuple[Word, ...]:
    """The text's own words, each from its first sound to its last."""
    known = words_of(text)
    times: dict[int, tuple[int, int]] = {}
    for at, _, start, stop in heard:
        place = origins[min(max(0, at), len(origins) - 1)]
        k = max((k for k, (_, begins) in enumerate(known) if begins <= place), default=0)
        times[k] = (times.get(k, (start, stop))[0], stop)
    return tuple(Word(*known[k], *times[k]) for k in sorted(times) if k < len(known))
