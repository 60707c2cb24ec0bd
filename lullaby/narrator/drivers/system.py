"""The system's own voices, by pyttsx3's own drivers: espeak, nsss, sapi5.

They write files, and return before these are finished; a file is waited for until it is whole and has not
grown for a while. When a word is heard is guessed.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.narrator.drivers.driver import USUAL_RATE, Driver, Made, guessed
from lullaby.narrator.speech import Speech

PREFIX = "system-"
_STEP, _STEADY, _MOST = 0.05, 4, 400
"""Seconds between two looks at a file, looks without a change, and looks in all: 20 s."""


def driver_of(name: str) -> Any:
    """What makes a driver that speaks through pyttsx3's own of this name."""
    return lambda proxy: SystemDriver(proxy, name.removeprefix(PREFIX))


class SystemDriver(Driver):
    def __init__(self, proxy: Any, name: str) -> None:
        super().__init__(proxy)
        self._name = name

    def make(self, speech: Speech) -> Made:
        import pyttsx3

        wrong: list[Exception] = []
        with tempfile.TemporaryDirectory(prefix="lullaby-") as folder:
            path = Path(folder) / "sentence.wav"
            try:
                engine = pyttsx3.init(self._name)
                engine.connect("error", lambda exception, **_: wrong.append(exception))
                if speech.manner.voice:
                    engine.setProperty("voice", speech.manner.voice)
                engine.setProperty("rate", round(USUAL_RATE * speech.pace))
                engine.save_to_file(speech.text, str(path))
                engine.runAndWait()
            except Exception as error:  # no library, no voice, no COM: each driver has kinds of its own
                raise CouldNot(f"the system's {self._name} cannot speak ({_said(error)}).") from None
            content = _finished(path)
        if content is None:
            why = f" ({_said(wrong[0])})" if wrong else ""
            raise CouldNot(f"the system's {self._name} did not finish a sentence{why}.")
        sound, rate = samples_of(content, self._name)
        return Made(sound, rate, guessed(speech.text, sound, rate))


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _finished(path: Path) -> bytes | None:
    """The file, once it is there, says something and grows no more."""
    pause, before, steady = threading.Event(), -1, 0
    for _ in range(_MOST):
        with contextlib.suppress(OSError):
            size = path.stat().st_size
            steady = steady + 1 if size == before and size > 64 else 0
            before = size
            if steady >= _STEADY:
                return path.read_bytes()
        pause.wait(_STEP)
    return None


def samples_of(content: bytes, whose: str) -> tuple[NDArray[np.float32], int]:
    """Samples and rate of a WAV or AIFF of 16 bits, one channel of it."""
    little = content[:4] == b"RIFF"
    order = "little" if little else "big"
    at, channels, rate, data = 12, 1, 0, b""
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], order)  # type: ignore[arg-type]
        body = content[at + 8 : at + 8 + size]
        if name == b"fmt " and body[14:16] == b"\x10\0":
            channels, rate = body[2], int.from_bytes(body[4:8], "little")
        elif name == b"COMM" and body[6:8] == b"\0\x10":
            exponent = int.from_bytes(body[8:10], "big") - 16_383
            channels, rate = body[1], int.from_bytes(body[10:18], "big") >> (63 - exponent)
        elif name == b"data":
            data = content[at + 8 :] if size > len(content) else body  # a head that was never completed
        elif name == b"SSND":
            data = body[8:]
        at += 8 + size + size % 2
    if not rate or not data:
        raise CouldNot(f"the system's {whose} wrote a file that is no sound of 16 bits.")
    whole = data[: len(data) // (2 * channels) * 2 * channels]
    pcm = np.frombuffer(whole, "<i2" if little else ">i2").reshape(-1, channels)[:, 0]
    return pcm.astype(np.float32) / np.float32(32_768), rate
