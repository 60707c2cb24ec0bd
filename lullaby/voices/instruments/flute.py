"""A breathy flute, low and near: the first few harmonics, and breath close around them.

The second harmonic is half as loud as the first in the low octave and falls behind above it; beyond the
fourth little is left. Breath is noise that the tube colours: here the tone itself wavers by noise, which so
lies within a hundred hertz or two of each harmonic. Vibrato is of breath more than of pitch, and comes late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import Span
from lullaby.voices.core.bursts import Bursting, bursts
from lullaby.voices.core.chances import between, words
from lullaby.voices.core.common_settings import number
from lullaby.voices.core.controls import Controls, Floats
from lullaby.voices.core.onsets import Events
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound
from lullaby.voices.instruments.bodies import body
from lullaby.voices.instruments.held import HeldInstrument, Player, holds
from lullaby.voices.instruments.notes import instrument, notes_near

KIND = Kind(
    "flute",
    "a low flute with more breath than tone",
    instrument(
        293.66,
        6.0,
        *holds(3.6, 0.16, 0.3, 9.0),
        number("noise", 0.0, "dB", -60, 12, "more air before the tone speaks", moves=False),
    ),
    silent_from="n3",
    also=("recorder",),
    plays=True,
    program=73,
)

CHIFF = -16.0
"""dB of the air before the tone, beside the tone."""


@dataclass(frozen=True)
class Flute(HeldInstrument):
    """Few harmonics, and a puff of air at the attack."""

    def harmonics(self, hz: Floats, k: Floats) -> Floats:
        second = 0.5 * np.minimum(1.0, exact.power(np.maximum(hz / k, 1.0) / 330.0, -0.7))
        row = np.where(k == 1, 1.0, np.where(k == 2, second, second * exact.gain(-7.0 * (k - 2))))
        return row * body(hz, (), 100.0, 2_500.0)

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        air = self._air(key, span, controls)
        for block, tone in zip(span.blocks(), super().render(key, span, controls), strict=True):
            yield tone + air.sound(block)

    def _air(self, key: Key, span: Span, controls: Controls) -> Bursting:
        notes = notes_near(key, span, controls.number("hold", 0), controls)
        begins = ~notes.swells
        index = notes.index[begins]
        loud = np.sqrt(np.float64(MINUS_27 / 2)) * notes.force[begins]
        loud = loud * exact.gain(CHIFF + controls.number("noise", 0) + between(key / "air", index, -2, 2))
        left, right = pan_gains(np.full(index.shape, controls.number("seat", 0)))
        flat = np.ones(index.shape)
        return Bursting(
            bursts(
                Events(notes.onset[begins], index),
                pitch=np.minimum(notes.hz[begins] * 2, 2_400.0),
                breadth=0.7 * flat,
                decay=0.03 * flat,
                rise=0.02 * flat,
                left=loud * left,
                right=loud * right,
                seed=words(key / "chiff", index),
            )
        )


FLUTIST = Flute(
    Player(
        most=6,
        swings=(4.3, 5.0),
        late=(0.4, 0.8),
        tremble=0.16,
        waver=0.26,
        cell=192,
        colour=5.0,
        grows=3.0,
    )
)
