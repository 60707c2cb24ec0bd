"""Steady noise of one spectral slope, uncorrelated left and right. The cheapest voice there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY, Bed
from lullaby.voices.core.colour import colour
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.resonators import SLOPES
from lullaby.voices.core.voice import Sound

KIND = Kind(
    "steady",
    "noise of one plain slope that nothing changes, at half the cost of any other",
    (
        *channel_strip(send=-90.0),
        number("bed.tilt", -3.0, "dB per octave", -4, -1, "brighter", moves=False),
    ),
)


@dataclass(frozen=True)
class Steady:
    """Eight real poles are enough for a slope about as steep as that of pink noise."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        pink = colour((), controls.number("tilt", 0), 20.0, float(RATE), bank=SLOPES)
        bed, full = Bed(key, SLOPES), np.ones((1, 16), np.float32)
        for block in span.blocks():
            yield bed.sound(block, pink, full, wide=False)
