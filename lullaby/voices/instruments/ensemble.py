"""Warm pads: three oscillators a note, a little apart, so that they drift in and out of phase as an ensemble
of strings does from far away."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.score.settings import Kind
from lullaby.voices.core.controls import Floats
from lullaby.voices.instruments.bodies import body
from lullaby.voices.instruments.held import HeldInstrument, Player, holds
from lullaby.voices.instruments.notes import instrument

KIND = Kind(
    "ensemble",
    "warm pads: an ensemble from far away",
    instrument(146.83, 7.0, *holds(12.0, 2.2, 3.0, 3.0), send=-6.0),
    silent_from="n3",
    also=("pads", "synth"),
    plays=True,
    program=89,
)


@dataclass(frozen=True)
class Ensemble(HeldInstrument):
    """Harmonics as 1/n, and soon cut."""

    def harmonics(self, hz: Floats, k: Floats) -> Floats:
        return body(hz, ((250.0, 2.0, 0.6),), 70.0, 650.0, steep=3) / k


STRINGS = Ensemble(
    Player(
        most=10,
        detune=(-3.8, 0.3, 3.5),
        swings=(0.3, 0.7),
        late=(0.0, 1.0),
        tremble=0.08,
        waver=0.05,
        cell=960,
        colour=2.0,
        grows=3.0,
        spread=0.15,
    )
)
