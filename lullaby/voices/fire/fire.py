"""A wood fire: two layers of noise (flames that lap, embers that hiss), and crackles as clustered bursts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.bursts import REACH, Bursting, Bursts, bursts, gain_of_one
from lullaby.voices.core.chances import between, by_ratio, drift, normal, uniform, words
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.onsets import events_at_rate
from lullaby.voices.core.pan import pan_gains, toward_sides
from lullaby.voices.core.unity import ROOT_2
from lullaby.voices.core.voice import Sound

# (Hz, dB): the draught and the flames, what lies between, the hiss of sap and embers
FLAMES: Points = (
    (30, 0),
    (90, 0),
    (160, -4),
    (280, -11),
    (600, -15),
    (1_000, -19),
    (2_500, -33),
    (6_000, -52),
)
EMBERS: Points = ((150, -30), (300, -12), (700, -6), (1_500, -6), (3_000, -4), (6_000, 0), (12_000, -2))

MOST = 320.0
"""Crackles a second in the thickest cluster."""
TAIL = 0.85
"""Energies follow a power law: crackles above n times an energy are n^-TAIL times as frequent."""

KIND = Kind(
    "fire",
    "a wood fire",
    (
        *channel_strip(send=-22.0),
        number("crackles.rate", 36.0, "per second", 0, 60, "more crackles", name="crackles", thins=1),
        number(
            "crackles.loudest",
            17.0,
            "dB",
            0,
            30,
            "a loudest crackle farther above the softest",
            name="loudest",
        ),
        number(
            "crackles.pitch", 5_000.0, "Hz", 1_000, 9_000, "smaller, drier wood", name="pitch", moves=False
        ),
        number("crackles.decay", 4.0, "ms", 1, 12, "crackles that last longer", name="decay", moves=False),
        number("crackles.near", -2.0, "dB", -40, 12, "louder crackles", name="near"),
        number("flames", 0.0, "dB", -40, 12, "more lapping of flames"),
        number("flicker", 3.0, "dB", 0, 6, "flames that lap more unevenly"),
        number("hiss", 0.0, "dB", -40, 12, "more hiss of embers"),
        upper_edge(16_000.0),
        distance(),
        width(),
    ),
    unity=-33.0,
    also=("fireplace",),
)


@dataclass(frozen=True)
class Fire:
    """Two layers of one noise, and noise bursts."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -3.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (Layer(FLAMES, 0.22 * wide, dull), Layer(EMBERS, 0.62 * wide, dull))
        crackling = Bursting(_crackles(key / "crackles", span, controls))
        weights = _weights(key, slow_points(span), controls)
        for block, sound in zip(span.blocks(), layered(key, span, controls, layers, weights), strict=True):
            sound += crackling.sound(block)
            yield sound


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """Gains of flames and embers at each control point."""
    lap = drift(key / "lap", points, 0.5 * RATE)
    draught = drift(key / "draught", points, 6.0 * RATE)
    seethe = drift(key / "seethe", points, 1.8 * RATE)
    flicker = controls.values("flicker", points)
    # a level that moves has more power than a steady one; the last term keeps the mean where it was
    flames = (
        controls.values("flames", points) - 6.0 + flicker * (lap + 0.3 * draught) - 0.12 * flicker * flicker
    )
    hiss = controls.values("hiss", points) - 7.5 + 1.6 * seethe + 0.8 * draught
    return np.stack([exact.gain(flames), exact.gain(hiss)], axis=1)


def _crackles(key: Key, span: Span, controls: Controls) -> Bursts:
    """Every crackle of the span: in clusters, and of very unlike energies."""

    def rate(onsets: Frames) -> Floats:
        crowd = 0.68 * drift(key / "crowd", onsets, 0.5 * RATE)
        return controls.values("crackles", onsets) * exact.exp(crowd - 0.23)

    found = events_at_rate(key, span, rate, MOST, REACH)
    index = found.index
    away = controls.number("distance", 0)
    # far off, air and walls take the sharpest first
    loudest = exact.gain(controls.values("loudest", found.onsets) - 8 * away)
    energy = exact.power(1 - uniform(key / "energy", index), -1 / TAIL)
    size = np.sqrt(energy)
    size = size / np.sqrt(1 + size * size / (loudest * loudest))
    typical = controls.number("decay", 0) * 0.001
    decay = np.clip(typical * exact.exp(0.4 * normal(key / "decay", index)), 0.0006, 0.015)
    loud = gain_of_one(14.0, typical) * 0.25 * exact.gain(controls.values("near", found.onsets) - 4 * away)
    pitch = controls.number("pitch", 0) * by_ratio(key / "pitch", index, 1 / ROOT_2 / 1.35, ROOT_2 * 1.35)
    top = controls.values("to", found.onsets)
    place = 0.8 * controls.number("width", 0) * toward_sides(between(key / "seat", index, -1, 1))
    left, right = pan_gains(place)
    return bursts(
        found,
        pitch=np.minimum(pitch * exact.exp2(-0.7 * away), 0.7 * top),
        breadth=between(key / "breadth", index, 0.6, 1.2),
        decay=decay,
        rise=np.full(index.shape, 0.00015) * (1 + 4 * away),
        left=loud * size * left,
        right=loud * size * right,
        seed=words(key / "seed", index),
    )
