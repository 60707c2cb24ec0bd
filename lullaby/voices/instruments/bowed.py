"""A bowed drone: a low string under a long, slow bow.

The string sticks to the bow and slips back once a period (Helmholtz), so its harmonics fall as 1/n at the
bridge. The body makes some of them louder, and above its bridge resonance little is left. The hair's grip is
never even: noise lies close around each harmonic.
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.score.settings import Kind
from lullaby.voices.core.controls import Floats
from lullaby.voices.instruments.bodies import Resonances, body
from lullaby.voices.instruments.held import HeldInstrument, Player, holds
from lullaby.voices.instruments.notes import instrument

FIFTHS = (0.0, 7.0, 12.0, 14.0, 19.0)
"""Semitones: what sounds well together for as long as a bow lasts."""

# a cello's: air, top and back, the belly's higher modes, and the bridge hill
CELLO: Resonances = (
    (102.0, 4.0, 0.25),
    (178.0, 5.0, 0.2),
    (225.0, 4.0, 0.2),
    (400.0, 3.0, 0.4),
    (680.0, 2.0, 0.4),
    (1_500.0, 3.0, 0.6),
)

KIND = Kind(
    "bowed",
    "a low string under a long, slow bow",
    instrument(98.0, 8.0, *holds(13.0, 1.6, 2.0, 4.0), send=-8.0, scale=FIFTHS),
    silent_from="n3",
    also=("cello", "drone"),
    plays=True,
    program=42,
)


@dataclass(frozen=True)
class Bowed(HeldInstrument):
    """Harmonics as 1/n, through a body."""

    def harmonics(self, hz: Floats, k: Floats) -> Floats:
        return body(hz, CELLO, 70.0, 1_300.0) / k


CELLIST = Bowed(
    Player(
        most=20,
        detune=(-1.4, 1.4),
        swings=(4.2, 4.9),
        late=(0.6, 1.4),
        tremble=0.05,
        waver=0.1,
        cell=192,
        colour=3.0,
        grows=4.0,
    )
)
