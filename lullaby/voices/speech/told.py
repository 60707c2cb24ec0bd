"""A teller heard: the lines of a story, each from the shelf, at its frame.

A line is a closed form of its onset: a page that begins in the middle of a sentence needs nothing before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.speech import Floats, add_speech, between
from lullaby.time import Span
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.voice import Sound
from lullaby.voices.speech.line import FADE, Line
from lullaby.voices.speech.shelved import shelved

HALF = 0.7071067811865476
"""The gain of each channel, that both together are as loud as the one on the shelf."""


@dataclass(frozen=True)
class Told:
    """Lines of speech, in the middle of the stereo field."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        lines = [line for line in controls.lines if line.start < span.stop and span.start < line.stop]
        sounds = [_sound(line) for line in lines]
        for block in span.blocks():
            out = np.zeros((2, len(block)), np.float32)
            for line, sound in zip(lines, sounds, strict=True):
                if line.start < block.stop and block.start < line.stop:
                    gain = np.float32(HALF / 32_768 * float(exact.gain(line.gain_db)))
                    add_speech(sound, between(), line.start, block.start, gain, out)
            yield out


def _sound(line: Line) -> Floats:
    """What is heard of this line."""
    sound = shelved(line.name, line.digest)[: line.samples].astype(np.float32)
    if line.is_cut:
        fade = min(FADE, len(sound))
        falls = 0.5 + 0.5 * exact.cos_turns((np.arange(fade) + 0.5) / (2 * max(1, fade)))
        sound[len(sound) - fade :] *= falls.astype(np.float32)
    return sound
