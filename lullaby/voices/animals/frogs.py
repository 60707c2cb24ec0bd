"""Frogs round a pond: croaks and peeps of short tones, in bouts with silences, over noise for the far ones.

One begins softly, others fall in. Those on the far side of the pond call one by one, too; the rest are a
murmur of noise. The warmer the water, the quicker the pulses of a croak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.animals.croaks import ACROSS, NEAR, calls
from lullaby.voices.animals.notes import Singing, together
from lullaby.voices.animals.surroundings import Hush, air, hush, hushes
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, slow_points
from lullaby.voices.core.voice import Sound

# (Hz, dB a hertz): the air over water at night; a pond full of frogs too far to tell apart
AIR: Points = ((60, -24), (120, -24), (300, -24), (1_000, -26), (4_000, -32), (10_000, -38))
POND: Points = ((300, -30), (700, -12), (1_100, -2), (1_700, 0), (2_600, -5), (3_600, -12), (8_000, -34))

KIND = Kind(
    "frogs",
    "frogs round a pond, answering each other",
    (
        *channel_strip(send=-20.0),
        number("calls", 28.0, "per minute", 0, 60, "each frog calls more often", thins=1),
        number("animals", 8.0, "", 0, NEAR.count, "more frogs near enough to be told apart"),
        number("intensity", 0.75, "", 0, 1, "shorter silences: the share of the time that each calls"),
        number("temperature", 17.0, "degrees Celsius", 5, 32, "warmer: the pulses of a croak come quicker"),
        number("distance", 0.35, "", 0, 1, "farther off: softer, duller, and more of the pond"),
        listed("croak.pitch", (900.0, 2_300.0), "Hz", 200, 4_000, "smaller frogs, higher calls", Form.RANGE),
        number("croak.length", 0.32, "s", 0.1, 0.8, "longer croaks", name="length", moves=False),
        number("croak.uneven", 0.22, "", 0, 0.45, "calls less evenly spaced", name="uneven", moves=False),
        number("peeps", 0.3, "", 0, 1, "more of them peep instead of croaking", moves=False),
        number("pond.level", -10.0, "dB", -90, 6, "more of the hundreds behind them", name="pond"),
        *air(-17.0, "more of the night air over the water"),
        number("wide", 0.7, "", 0, 1, "frogs spread wider", moves=False),
    ),
    silent_from="n2",
)  # fmt: skip


@dataclass(frozen=True)
class Frogs:
    """Croaks and peeps near and across the water, a murmur, and the air."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        near, across = (calls(key / chorus.name, span, controls, chorus) for chorus in (NEAR, ACROSS))
        calling = Singing(together(near, across))
        points = slow_points(span)
        away = controls.values("distance", points)
        level = controls.values("pond", points)
        ruffled = 3.0 * drift(key / "pond", points, 0.12 * RATE) + 1.5 * drift(
            key / "swell", points, 7.0 * RATE
        )
        pond = np.where(level <= -90, 0.0, exact.gain(level + 4 + 3 * (away - 0.35) + ruffled))
        made = [
            hush(key / "air", span, controls, AIR),
            Hush(POND, pond, 150.0, 9_000.0 - 5_000.0 * controls.number("distance", 0)),
        ]
        for block, sound in zip(span.blocks(), hushes(key / "noise", span, made, 0.5), strict=True):
            sound += calling.sound(block)
            yield sound
