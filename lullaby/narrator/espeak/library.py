"""eSpeak NG by its C interface: a sentence in, samples and the times of its words out.

The library is GPL-3.0-or-later, Copyright its authors; where its source is, is told in docs/speech.md.
"""

from __future__ import annotations

import ctypes as c
from dataclasses import dataclass

# speak_lib.h
_SYNCHRONOUS, _PHONEME_EVENTS, _DO_NOT_EXIT = 2, 1, 0x8000
_UTF8, _PHONEMES, _END_PAUSE = 1, 0x100, 0x1000
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_WORD, _PHONEME = 1, 7


class _Id(c.Union):
    _fields_ = (("number", c.c_int), ("name", c.c_char_p), ("string", c.c_char * 8))


class _Event(c.Structure):
    _fields_ = (
        ("type", c.c_int),
        ("unique", c.c_uint),
        ("position", c.c_int),
        ("length", c.c_int),
        ("milliseconds", c.c_int),
        ("sample", c.c_int),
        ("user", c.c_void_p),
        ("id", _Id),
    )


_Callback = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))


_IPA = 2


class NoVoice(Exception):
    """There is no voice of that name."""


@dataclass(frozen=True)
class Heard:
    """Samples of 16 bits, and where each word is: its place and length in the text, start and stop."""

    pcm: bytes
    words: tuple[tuple[int, int, int, int], ...]


class Library:
    """eSpeak NG, loaded once. What it says depends on what it said before, by some samples: where bits
    matter, let a fresh one speak."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = c.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS | _DO_NOT_EXIT)
        if self.rate <= 0:
            raise OSError("eSpeak NG did not find its data")

    def say(self, text: str, voices: list[str], rate: int, pitch: int, breadth: int) -> Heard:
        """With the first of these voices that there is. `rate` in words a minute, `pitch` and `breadth` from
        0 to 99. The text may hold phonemes, [[…]]."""
        library = self._library
        if all(library.espeak_SetVoiceByName(voice.encode()) for voice in voices):
            raise NoVoice(voices[0])
        for which, value in ((_RATE, rate), (_VOLUME, 70), (_PITCH, pitch), (_RANGE, breadth)):
            library.espeak_SetParameter(which, value, 0)
        parts: list[bytes] = []
        words: list[list[int]] = []
        ended = True

        def take(wave: c._Pointer[c.c_short], count: int, events: c._Pointer[_Event]) -> int:
            nonlocal ended
            k = 0
            while (event := events[k]).type:
                if event.type == _WORD:
                    if words and not ended:
                        words[-1][3] = event.sample
                    words.append([event.position - 1, event.length, event.sample, event.sample])
                    ended = False
                elif event.type == _PHONEME and words and not event.id.string and not ended:
                    words[-1][3], ended = event.sample, True  # a pause
                k += 1
            if wave and count > 0:
                parts.append(c.string_at(wave, 2 * count))
            return 0

        callback = _Callback(take)
        library.espeak_SetSynthCallback(callback)
        written = text.encode()
        flags = _UTF8 | _END_PAUSE | (_PHONEMES if "[[" in text else 0)
        library.espeak_Synth(written, len(written) + 1, 0, 1, 0, flags, None, None)
        library.espeak_Synchronize()
        pcm = b"".join(parts)
        if words and not ended:
            words[-1][3] = len(pcm) // 2
        return Heard(pcm, tuple((at, size, start, stop) for at, size, start, stop in words))

    def phonemes(self, text: str, voice: str) -> str:
        """The sentence in IPA, clause after clause."""
        library = self._library
        if library.espeak_SetVoiceByName(voice.encode()):
            raise NoVoice(voice)
        library.espeak_TextToPhonemes.restype = c.c_char_p
        place = c.c_char_p(text.encode())
        clauses = []
        while place.value:
            clauses.append(library.espeak_TextToPhonemes(c.byref(place), _UTF8, _IPA) or b"")
        return " ".join(clause.decode("utf-8", "replace").strip() for clause in clauses)
