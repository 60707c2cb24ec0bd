"""A felt piano: an upright with a strip of felt between its hammers and its strings.

A hammer hits each string an eighth of its length from the end, and the softer it hits the duller it is. Two
strings a note are tuned a fraction of a cent apart. Moved together they lose their sound to the soundboard
quickly; what is left moves against each other, loses little, and beats slowly (Weinreich 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.voices.core.chances import between, uniform
from lullaby.voices.core.controls import Controls
from lullaby.voices.instruments.bodies import Resonances, body, tilted
from lullaby.voices.instruments.fading import Partials
from lullaby.voices.instruments.notes import USUAL, Notes, instrument
from lullaby.voices.instruments.ringing import Knock, RingingInstrument, faded_at, rings
from lullaby.voices.instruments.strings import stretched

MOST = 24
"""Partials of a string, at the most."""
TWICE = 10
"""Partials that are heard as two sounds: what dies at once, and what stays."""
HAMMER = 1 / 8
"""Where it hits."""
STAYS, BEATS = 0.22, 0.07
"""Amplitudes of the two strings in what stays."""
AT_ONCE = 0.28
"""How long the first sound lasts beside it."""
SOUNDBOARD: Resonances = ((95.0, 3.0, 0.3), (180.0, 2.5, 0.3), (330.0, 2.0, 0.4), (620.0, 1.5, 0.5))

PIANO = Kind(
    "piano",
    "a felt piano: an upright with felt over its hammers",
    instrument(130.81, 3.0, *rings(9.0, 0.5), send=-9.0),
    silent_from="n3",
    also=("felt-piano",),
    plays=True,
    program=0,
)


@dataclass(frozen=True)
class FeltPiano(RingingInstrument):
    """Hammered strings, two a note."""

    felt: float = 700.0
    """Hz above which a usual note's felt takes the highs."""

    def partials(self, key: Key, notes: Notes, controls: Controls) -> Partials:
        k = np.arange(1, MOST + 1, dtype=np.float64)[None, :]
        fundamental = notes.hz[:, None]
        # B of an upright: least in the tenor, 4e-4 an octave above middle C (Fletcher 1964)
        stiffness = 1.2e-4 + 2.8e-4 * (fundamental / 523.0) * np.sqrt(fundamental / 523.0)
        hz = stretched(fundamental, k, stiffness)
        index = notes.index[:, None] * 64 + np.arange(1, MOST + 1)
        hit = np.abs(exact.sin_turns(k * HAMMER / 2)) + 0.03
        felt = self.felt * exact.power(np.maximum(notes.velocity, 0.02) / USUAL, 0.9)[:, None]
        felt = felt * np.sqrt(np.maximum(fundamental / 262, 0.5))
        level = hit * exact.exp2(-1.0 * (hz / felt)) * body(hz, SOUNDBOARD, 60.0, 2_500.0)
        harder = 1.5 * exact.log2(np.maximum(notes.velocity, 0.05) / USUAL)[:, None]
        level = level * tilted(k, harder + controls.number("bright", 0))
        level = level * exact.gain(between(key / "level", index, -0.8, 0.8))
        ring = self.ring_of(fundamental, controls)
        stays = faded_at(hz, fundamental, ring / float(exact.log(1_000 * STAYS)), 1.8)
        phase = uniform(key / "phase", index)  # a hammer stays on the string for a while: no common start
        # of one pitch the two strings are always as far apart
        cents = between(key / "apart", np.rint(notes.hz * 8).astype(np.int64), 0.6, 1.2)[:, None]
        low = slice(0, TWICE)
        second = hz[:, low] * exact.exp2(cents / 1200)
        at_once = level.copy()
        at_once[:, low] = at_once[:, low] * (1 - STAYS - BEATS)
        tau = stays.copy()
        tau[:, low] = tau[:, low] * AT_ONCE
        return Partials(
            np.concatenate([hz, hz[:, low], second], axis=1),
            np.concatenate([at_once, level[:, low] * STAYS, level[:, low] * BEATS], axis=1),
            np.concatenate([tau, stays[:, low], stays[:, low]], axis=1),
            np.concatenate([phase, phase[:, low], phase[:, low]], axis=1),
        )


PIANIST = FeltPiano(
    rise=0.006,
    fall=0.5,
    knocks=(
        Knock((90.0, 140.0), 0.6, 0.03, 0.006, -16.0),  # the key and the frame
        Knock((500.0, 900.0), 1.0, 0.014, 0.005, -26.0),  # felt
    ),
)
