"""Silence trimmed from the ends of a recording; pydub detects where the sound begins and ends.

It is given ten seconds at a time, from either end, and only until it finds sound: it copies all it is given.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from lullaby.errors import CouldNot
from lullaby.time import RATE
from lullaby.voices.clips.decoding import Samples
from lullaby.voices.clips.measures import Measures

_SILENCE = 36.0
"""dB below the mean level of the recording: what is softer, at its ends, is trimmed."""
_SHOWN = 10 * RATE
"""Frames that are looked through at a time."""


def trimmed(sound: Samples, measures: Measures) -> Samples:
    """A view of the recording without the silence at its ends."""
    level = 10 * math.log10(max(sum(measures.powers) / len(measures.powers), 1e-9) / 32768**2)
    first = _silent(sound, measures, level - _SILENCE)
    last = len(sound) - _silent(sound[::-1], measures, level - _SILENCE)
    return sound[first : max(first, last)]


def _silent(sound: Samples, measures: Measures, threshold: float) -> int:
    """Frames of silence at the beginning. DC offset is subtracted first: it would hide silence."""
    segment, leading_silence = _pydub()
    for start in range(0, len(sound), _SHOWN):
        shown = np.clip(sound[start : start + _SHOWN] - measures.offsets, -32768, 32767).astype(np.int16)
        part = segment(data=shown.tobytes(), sample_width=2, frame_rate=RATE, channels=shown.shape[1])
        silent = leading_silence(part, threshold)
        if silent < len(part):
            return start + int(silent) * RATE // 1000
    return len(sound)


def _pydub() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for an ffmpeg of its own, which we do not need
        try:
            from pydub import AudioSegment
            from pydub.silence import detect_leading_silence
        except ImportError as error:  # Python 3.13 left audioop out
            raise CouldNot(f"cannot be trimmed without pydub and audioop-lts ({error}).") from None
    return AudioSegment, detect_leading_silence
