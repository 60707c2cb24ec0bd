"""Plucked strings: a harp and a guitar with nylon strings.

A string that is plucked at a point has no partial with a node there (sin kπp), and the rest fall as 1/k on
their way to the bridge. The width of the finger takes the highs, less so where it plucks harder. Stiffness
stretches the partials (Fletcher: f(k) = k f √(1 + B k²)). A box makes some of them louder. Each of the lower
partials is two: a string moves across the soundboard and along it, and along it it dies more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind, Setting
from lullaby.voices.core.chances import between, uniform
from lullaby.voices.core.common_settings import number
from lullaby.voices.core.controls import Controls, Floats
from lullaby.voices.instruments.bodies import Resonances, body, tilted
from lullaby.voices.instruments.fading import E_FOLDS_60, Partials
from lullaby.voices.instruments.notes import USUAL, Notes, instrument
from lullaby.voices.instruments.ringing import Knock, RingingInstrument, faded_at, rings

MOST = 28
"""Partials of a string, at the most."""
TWICE = 6
"""Partials that are two."""
ALONG = 0.3
"""The amplitude of the one that dies more slowly."""
SOONER = 0.45
"""How long the other lasts beside it."""


HARDER = 2.5
"""dB an octave that a note is brighter at twice the velocity, besides what the finger leaves."""


def _where(at: float) -> tuple[Setting, ...]:
    says = "plucked nearer its middle: rounder"
    return (number("pluck", at, "of the string", 0.05, 0.5, says, moves=False),)


HARP = Kind(
    "harp",
    "a harp with strings of gut and nylon",
    instrument(220.0, 3.0, *rings(4.5, 2.5), *_where(0.4), send=-7.0),
    silent_from="n3",
    plays=True,
    program=46,
)
GUITAR = Kind(
    "guitar",
    "a guitar with nylon strings",
    instrument(147.0, 3.0, *rings(3.6, 0.35), *_where(0.23), send=-10.0),
    silent_from="n3",
    also=("lute",),
    plays=True,
    program=24,
)


@dataclass(frozen=True)
class PluckedString(RingingInstrument):
    """Stiff strings over a body."""

    stiffness: float = 8e-5
    """B of a string at 220 Hz; shorter strings are stiffer, in proportion to their pitch."""
    finger: float = 2_000.0
    """Hz above which its width takes the highs, of a usual note."""
    inner: float = 2.0
    """What is lost at 1 kHz, a second."""
    resonances: Resonances = ()
    low: float = 80.0

    def partials(self, key: Key, notes: Notes, controls: Controls) -> Partials:
        k = np.arange(1, MOST + 1, dtype=np.float64)[None, :]
        fundamental = notes.hz[:, None]
        hz = stretched(fundamental, k, self.stiffness * notes.hz[:, None] / 220)
        index = notes.index[:, None] * 64 + np.arange(1, MOST + 1)
        at = controls.number("pluck", 0) + between(key / "at", notes.index, -0.02, 0.02)[:, None]
        comb = np.abs(exact.sin_turns(k * at / 2)) + 0.02
        finger = self.finger * exact.power(np.maximum(notes.velocity, 0.02) / USUAL, 0.8)[:, None]
        touch = exact.exp2(-0.7 * (hz / finger))
        box = body(hz, self.resonances, self.low, 3_500.0)
        harder = HARDER * exact.log2(np.maximum(notes.velocity, 0.05) / USUAL)[:, None]
        level = comb / k * touch * box * tilted(k, harder + controls.number("bright", 0))
        level = level * exact.gain(between(key / "level", index, -1.0, 1.0))
        ring = self.ring_of(fundamental, controls) / E_FOLDS_60
        tau = faded_at(hz, fundamental, aftersound(ring), self.inner)
        phase = 0.12 * (uniform(key / "phase", index) - 0.5)
        return in_two(key, notes, Partials(hz, level, tau, phase))


def stretched(fundamental: Floats, k: Floats, stiffness: Floats) -> Floats:
    """The partials of a stiff string whose lowest is in tune."""
    return fundamental * k * np.sqrt((1 + stiffness * k * k) / (1 + stiffness))


def aftersound(ring: Floats) -> Floats:
    """The time constant of what dies more slowly, so that both together are 60 dB down in time: it starts
    softer than they do, and has less far to go."""
    return ring * E_FOLDS_60 / float(exact.log(1_000 * ALONG))


def in_two(key: Key, notes: Notes, one: Partials) -> Partials:
    """The lowest partials as two each, less than a cent apart."""
    low = slice(0, TWICE)
    index = notes.index[:, None] * 64 + np.arange(TWICE)[None, :]
    apart = one.hz[:, low] * (exact.exp2(between(key / "apart", index, 0.15, 0.6) / 1200) - 1)
    first = one.level.copy()
    first[:, low] = first[:, low] * (1 - ALONG)
    tau = one.tau.copy()
    tau[:, low] = tau[:, low] * SOONER
    return Partials(
        np.concatenate([one.hz, one.hz[:, low] + apart], axis=1),
        np.concatenate([first, one.level[:, low] * ALONG], axis=1),
        np.concatenate([tau, one.tau[:, low]], axis=1),
        np.concatenate([one.phase, one.phase[:, low]], axis=1),
    )


HARPIST = PluckedString(
    rise=0.0012,
    fall=0.6,
    knocks=(
        Knock((900.0, 1_500.0), 1.2, 0.005, 0.001, -24.0),  # fingertip
        Knock((150.0, 210.0), 0.5, 0.03, 0.004, -20.0),  # the soundbox
    ),
    stiffness=6e-5,
    finger=1_900.0,
    inner=1.6,
    resonances=((165.0, 3.0, 0.4), (270.0, 4.0, 0.35), (410.0, 3.0, 0.4), (900.0, 2.0, 0.6)),
    low=70.0,
)
GUITARIST = PluckedString(
    rise=0.0009,
    fall=0.5,
    knocks=(
        Knock((1_400.0, 2_200.0), 1.0, 0.004, 0.0008, -22.0),  # fingertip
        Knock((95.0, 115.0), 0.3, 0.04, 0.004, -18.0),  # the air in the box
    ),
    stiffness=1.1e-4,
    finger=1_800.0,
    inner=2.4,
    resonances=((103.0, 5.0, 0.15), (205.0, 5.0, 0.12), (390.0, 3.0, 0.15), (560.0, 3.0, 0.3)),
    low=75.0,
)
