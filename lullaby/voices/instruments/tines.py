"""Tines: a kalimba and a music box.

A bar that is held at one end rings at 1 : 6.27 : 17.5 (Euler and Bernoulli). A kalimba's tine is held by a
bridge some way from its end, which brings the second to about 5.4 and the third to about 14 (Chapman 2012).
The upper partials are gone within a fraction of a second, and the tone that stays is nearly a sine.
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
from lullaby.voices.instruments.fading import E_FOLDS_60, Partials
from lullaby.voices.instruments.notes import USUAL, Notes, instrument
from lullaby.voices.instruments.ringing import Knock, RingingInstrument, rings

KALIMBA = Kind(
    "kalimba",
    "a kalimba: tines on a small box, plucked with the thumbs",
    instrument(261.63, 3.0, *rings(2.6, 1.2), send=-8.0),
    silent_from="n3",
    also=("mbira",),
    plays=True,
    program=108,
)
MUSIC_BOX = Kind(
    "musicbox",
    "a music box: a comb of steel teeth on a wooden lid",
    instrument(523.25, 3.0, *rings(2.4, 1.6), send=-8.0),
    silent_from="n3",
    also=("music-box",),
    plays=True,
    program=10,
)


HARDER = 2.5
"""dB an octave that a note is brighter at twice the velocity."""


@dataclass(frozen=True)
class Tines(RingingInstrument):
    """Bars of steel, held at one end."""

    ratios: tuple[float, ...] = (1.0,)
    levels: tuple[float, ...] = (1.0,)
    lasts: tuple[float, ...] = (1.0,)
    """How long each partial lasts beside the first."""
    resonances: Resonances = ()
    low: float = 100.0
    high: float = 5_000.0
    twin: float = 0.0
    """The amplitude of a second tooth of the same pitch beside the first."""

    def partials(self, key: Key, notes: Notes, controls: Controls) -> Partials:
        count = len(self.ratios)
        # no two tines are filed alike: the upper partials of each pitch have their own place
        tine = np.rint(notes.hz * 8).astype(np.int64)[:, None] * 16 + np.arange(count)[None, :]
        upper = np.arange(count)[None, :] > 0
        ratio = np.array(self.ratios) * (1 + 0.012 * upper * (2 * uniform(key / "filed", tine) - 1))
        hz = notes.hz[:, None] * ratio
        index = notes.index[:, None] * 16 + np.arange(count)[None, :]
        harder = HARDER * exact.log2(np.maximum(notes.velocity, 0.05) / USUAL)[:, None]
        level = np.array(self.levels) * tilted(ratio, harder + controls.number("bright", 0))
        level = level * body(hz, self.resonances, self.low, self.high)
        level = level * exact.gain(between(key / "level", index, -1.2, 1.2))
        ring = self.ring_of(notes.hz[:, None], controls) / E_FOLDS_60
        tau = ring * np.array(self.lasts)
        phase = 0.2 * (uniform(key / "phase", index) - 0.5)
        one = Partials(hz, level, np.asarray(tau), phase)
        if not self.twin:
            return one
        # half a cent apart, they shimmer
        way = np.where(uniform(key / "way", tine[:, :1]) < 0.5, 1, -1)
        cents = way * between(key / "twin", tine[:, :1], 0.3, 0.6)
        return Partials(
            np.concatenate([one.hz, one.hz[:, :1] * exact.exp2(cents / 1200)], axis=1),
            np.concatenate([one.level, one.level[:, :1] * self.twin], axis=1),
            np.concatenate([one.tau, one.tau[:, :1]], axis=1),
            np.concatenate([one.phase, one.phase[:, :1]], axis=1),
        )


THUMBS = Tines(
    rise=0.0015,
    fall=0.45,
    knocks=(
        Knock((1_600.0, 2_600.0), 1.2, 0.004, 0.0008, -22.0),  # a thumbnail
        Knock((190.0, 240.0), 0.25, 0.035, 0.003, -14.0),  # the box
    ),
    ratios=(1.0, 2.0, 3.0, 5.42, 14.1),
    levels=(1.0, 0.035, 0.015, 0.28, 0.06),
    lasts=(1.0, 0.5, 0.35, 0.14, 0.045),
    resonances=((230.0, 3.0, 0.3), (420.0, 2.5, 0.3), (1_100.0, 2.0, 0.4)),
    low=120.0,
    high=4_000.0,
)
COMB = Tines(
    rise=0.0012,
    fall=0.4,
    knocks=(
        Knock((2_400.0, 3_600.0), 0.9, 0.0035, 0.0006, -24.0),  # a pin on the comb
        Knock((340.0, 420.0), 0.4, 0.02, 0.002, -20.0),  # the lid
    ),
    ratios=(1.0, 2.0, 6.27, 17.55),
    levels=(1.0, 0.03, 0.3, 0.04),
    lasts=(1.0, 0.5, 0.18, 0.05),
    resonances=((380.0, 2.0, 0.4), (850.0, 2.5, 0.4)),
    low=150.0,
    high=6_000.0,
    twin=0.3,
)
