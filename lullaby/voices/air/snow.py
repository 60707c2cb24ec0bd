"""The hush of falling snow: two soft layers of noise, and faint noise bursts for flakes that touch down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.bursts import REACH, Bursting, Bursts, bursts, gain_of_one
from lullaby.voices.core.chances import between, by_ratio, normal, words
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, gusts, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.gusts import gust_db
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.onsets import events_at_rate
from lullaby.voices.core.pan import pan_gains, toward_sides
from lullaby.voices.core.voice import Sound

# (Hz, dB): the far world under snow, and the air in which it falls
WORLD: Points = ((40, -4), (100, 0), (250, -3), (500, -10), (1_200, -24), (4_000, -46))
AIR: Points = ((100, -18), (400, -5), (1_000, 0), (2_500, -5), (6_000, -13), (14_000, -26))

MOST = 120.0
"""Flakes a second, at the most."""

KIND = Kind(
    "snow",
    "the hush of falling snow",
    (
        *channel_strip(send=-24.0),
        number("hush", 0.5, "", 0, 1, "deeper snow: the air loses its edge"),
        gusts(0.5),
        number(
            "flakes.rate", 12.0, "per second", 0, 60, "more flakes that touch down", name="flakes", thins=1
        ),
        number("flakes.near", -20.0, "dB", -60, 0, "flakes that stand out more", name="near"),
        upper_edge(12_000.0),
        width(),
    ),
)


@dataclass(frozen=True)
class Snow:
    """Two layers of one noise, and faint bursts."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        wide = controls.number("width", 0)
        layers = (Layer(WORLD, 0.4 * wide), Layer(AIR, 0.8 * wide))
        falling = Bursting(_flakes(key / "flakes", span, controls))
        weights = _weights(key, slow_points(span), controls)
        for block, sound in zip(span.blocks(), layered(key, span, controls, layers, weights), strict=True):
            sound += falling.sound(block)
            yield sound


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    rise = 0.5 * gust_db(key, points, controls, own=0.2, calm=0.0)
    hush = 12 * (controls.values("hush", points) - 0.5)
    return np.stack([exact.gain(-2.5 + 0.7 * rise), exact.gain(-5.0 - hush + rise)], axis=1)


def _flakes(key: Key, span: Span, controls: Controls) -> Bursts:
    found = events_at_rate(key, span, lambda onsets: controls.values("flakes", onsets), MOST, REACH)
    index = found.index
    decay = by_ratio(key / "decay", index, 0.001, 0.004)
    force = 4 * np.minimum(normal(key / "force", index), 1.5)
    hush = 8 * (controls.values("hush", found.onsets) - 0.5)
    near = controls.values("near", found.onsets)
    loud = gain_of_one(12.0, 0.002) * exact.gain(force + near - hush)
    left, right = pan_gains(controls.number("width", 0) * toward_sides(between(key / "seat", index, -1, 1)))
    pitch = np.minimum(
        by_ratio(key / "pitch", index, 2_500.0, 7_000.0), 0.7 * controls.values("to", found.onsets)
    )
    return bursts(
        found,
        pitch=pitch,
        breadth=np.full(index.shape, 1.5),
        decay=decay,
        rise=np.full(index.shape, 0.0008),
        left=loud * left,
        right=loud * right,
        seed=words(key / "seed", index),
    )
