"""A choir that hums with closed mouths.

The throat's sound falls by 12 dB an octave. A closed mouth lets it out through the nose: one formant at
270 Hz, a weak one at 1 kHz, and little above. Nobody is quite in tune, nobody's vibrato keeps time with the
others', and no voice is quite steady.
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.score.settings import Kind
from lullaby.voices.core.controls import Floats
from lullaby.voices.instruments.bodies import Resonances, body
from lullaby.voices.instruments.held import HeldInstrument, Player, holds
from lullaby.voices.instruments.notes import instrument

CLOSED_MOUTH: Resonances = ((270.0, 9.0, 0.45), (1_000.0, 4.0, 0.25), (2_100.0, 3.0, 0.2))

KIND = Kind(
    "choir",
    "a small choir that hums with closed mouths",
    instrument(174.61, 6.0, *holds(8.0, 0.7, 1.1, 12.0), send=-6.0),
    silent_from="n3",
    also=("hum", "humming"),
    plays=True,
    program=53,
)


@dataclass(frozen=True)
class Hum(HeldInstrument):
    """Voices through a closed mouth."""

    def harmonics(self, hz: Floats, k: Floats) -> Floats:
        return body(hz, CLOSED_MOUTH, 90.0, 700.0) / (k * k)


HUMMING = Hum(
    Player(
        most=10,
        detune=(-2.3, 0.4, 1.9),
        swings=(4.6, 5.7),
        late=(0.2, 1.0),
        tremble=0.1,
        waver=0.07,
        cell=960,
        colour=3.0,
        grows=2.0,
        spread=0.12,
    )
)
