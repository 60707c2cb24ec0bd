"""hibari behind pyttsx3: `pyttsx3.init("lullaby_hibari")`."""

from __future__ import annotations

from lullaby.narrator.drivers.driver import Driver, Made
from lullaby.narrator.hibari.network import FRAME
from lullaby.narrator.hibari.shaping import sound_of
from lullaby.narrator.hibari.voice import OWN, voice
from lullaby.narrator.speech import SPEECH_RATE, Speech, Word


class HibariDriver(Driver):
    voices = (OWN,)
    side_by_side = True

    def make(self, speech: Speech) -> Made:
        british = speech.lang.lower().startswith("en-gb") and speech.manner.voice not in ("", OWN)
        frames, words = voice(speech.manner.voice, british).said(speech.text, speech.pace, speech.say)
        asks = speech.text.rstrip("\"'”’)» ").endswith("?")
        sound = sound_of(frames, speech.manner, speech.tune, asks)
        times = tuple(Word(text, at, _edge(start), _edge(stop)) for text, at, start, stop in words)
        return Made(sound, SPEECH_RATE, times)


def _edge(frame: int) -> int:
    """The sample at which this frame's share of the sound begins: a spectrum is of what is around it."""
    return max(0, frame * FRAME - FRAME // 2)
