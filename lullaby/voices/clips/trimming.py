"""Silence at the ends of a recording is not part of it: pydub finds where the sound begins and ends.

It is shown the first seconds and the last, and more only for as long as it hears nothing: it makes
copies of all that it is shown.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from lullaby.errors import CouldNot
from lullaby.time import RATE
from lullaby.voices.clips.decoding import Samples
from lullaby.voices.clips.sums import Sums

_SILENCE = 36.0
"""dB under the whole recording: what is softer, at its ends, is not part of it."""
_SHOWN = 10 * RATE
"""Frames that are looked through at a time."""


def trimmed(sound: Samples, of: Sums) -> Samples:
    """Without the silence at its ends: the same memory."""
    level = 10 * math.log10(max(sum(of.powers) / len(of.powers), 1e-9) / 32768**2)
    first = _silent(sound, of, level - _SILENCE)
    last = len(sound) - _silent(sound[::-1], of, level - _SILENCE)
    return sound[first : max(first, last)]


def _silent(sound: Samples, of: Sums, threshold: float) -> int:
    """Frames before it begins. What a channel stands at when silent is no sound: it would hide silence."""
    segment, leading_silence = _pydub()
    for at in range(0, len(sound), _SHOWN):
        shown = np.clip(sound[at : at + _SHOWN] - of.rests, -32768, 32767).astype(np.int16)
        part = segment(data=shown.tobytes(), sample_width=2, frame_rate=RATE, channels=shown.shape[1])
        silent = leading_silence(part, threshold)
        if silent < len(part):
            return at + int(silent) * RATE // 1000
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
