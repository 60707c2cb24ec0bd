"""Reading what stands on the shelf: a sentence as a WAV file of 16 bits, one channel, 24 kHz.

The last ones that were read are cached for as long as the process lives.
"""

from __future__ import annotations

import threading
import wave
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby import places
from lullaby.errors import CouldNot

Samples = NDArray[np.int16]

KEPT = 64
"""Sentences in the cache: some 20 MB, and more than are heard within a minute."""

_reading = threading.Lock()

_missed = False


def go_on_without() -> None:
    """From now on what is missing is silent, in this process: a night that is heard goes on."""
    global _missed
    _missed = True


def shelved(name: str, digest: str) -> Samples:
    """The samples under this name. A CouldNot where others, or none, stand there."""
    with _reading:
        return _shelved(name, digest)


@lru_cache(maxsize=KEPT)
def _shelved(name: str, digest: str) -> Samples:
    try:
        with wave.open(str(places.speech(name)), "rb") as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    except (OSError, EOFError, wave.Error):
        sound = np.zeros(0, np.int16)
    if places.speech_digest(sound.astype("<i2", copy=False).tobytes()) != digest:
        if _missed:
            return np.zeros(0, np.int16)
        raise CouldNot(
            "a sentence of the story is no longer where it was kept. Where the story is told anew it is "
            "spoken again; the log of a night cannot have it back."
        )
    return sound
