"""Wind in leaves: three layers of noise that swell with the gusts, and noise bursts for leaves that tick."""

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
from lullaby.voices.core.common_settings import channel_strip, distance, gusts, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.gusts import gust_db
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.onsets import events_at_rate
from lullaby.voices.core.pan import pan_gains, toward_sides
from lullaby.voices.core.voice import Sound

# (Hz, dB): the wind the tree stands in, its branches, its leaves
TRUNK: Points = ((40, 2), (100, 0), (200, -5), (500, -13), (1_500, -24), (5_000, -44))
BRANCHES: Points = ((100, -20), (300, -8), (700, -3), (1_500, 0), (3_000, -4), (8_000, -18))
FOLIAGE: Points = (
    (300, -34),
    (1_000, -17),
    (2_500, -7),
    (4_500, -2),
    (7_000, 0),
    (10_000, -3),
    (16_000, -12),
)

MOST = 300.0
"""Ticks a second, at the most."""

KIND = Kind(
    "leaves",
    "wind in the leaves of a tree",
    (
        *channel_strip(send=-30.0),
        number("dry", 0.5, "", 0, 1, "drier leaves: a brighter rustle"),
        gusts(0.6),
        number(
            "ticks.rate",
            90.0,
            "per second",
            0,
            200,
            "more leaves one could tell apart",
            name="ticks",
            thins=1,
        ),
        number("ticks.near", -10.0, "dB", -60, 6, "leaves that stand out more", name="near"),
        upper_edge(16_000.0),
        distance(),
        width(),
    ),
    also=("forest", "trees"),
)


@dataclass(frozen=True)
class Leaves:
    """Three layers of one noise, and ticks, more of them in a gust."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (
            Layer(TRUNK, 0.25 * wide, dull),
            Layer(BRANCHES, 0.56 * wide, dull),
            Layer(FOLIAGE, 0.95 * wide, dull),
        )
        ticking = Bursting(_ticks(key / "ticks", span, controls, key))
        weights = _weights(key, slow_points(span), controls)
        for block, sound in zip(span.blocks(), layered(key, span, controls, layers, weights), strict=True):
            sound += ticking.sound(block)
            yield sound


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    rise = gust_db(key, points, controls)
    dry = controls.values("dry", points) - 0.5
    return np.stack(
        [
            exact.gain(-9.0 + 0.8 * rise),
            exact.gain(-10.0 + rise),
            exact.gain(-2.0 + 1.1 * rise + 8 * dry),
        ],
        axis=1,
    )


def _ticks(key: Key, span: Span, controls: Controls, tree: Key) -> Bursts:
    """Leaf against leaf: more of them, and harder, the harder it blows."""

    def rate(onsets: Frames) -> Floats:
        return controls.values("ticks", onsets) * exact.gain(gust_db(tree, onsets, controls))

    found = events_at_rate(key, span, rate, MOST, REACH)
    index = found.index
    dry = controls.values("dry", found.onsets)
    decay = by_ratio(key / "decay", index, 0.0008, 0.003)
    away = controls.number("distance", 0)
    force = (
        5 * np.minimum(normal(key / "force", index), 1.0)
        - 8 * away
        + 0.5 * gust_db(tree, found.onsets, controls)
    )
    loud = gain_of_one(90.0, 0.0015) * exact.gain(force + controls.values("near", found.onsets))
    left, right = pan_gains(controls.number("width", 0) * toward_sides(between(key / "seat", index, -1, 1)))
    top = np.minimum(controls.values("to", found.onsets), 20_000.0)
    pitch = by_ratio(key / "pitch", index, 3_000.0, 9_000.0) * exact.exp2(0.6 * (dry - 0.5) - away)
    return bursts(
        found,
        pitch=np.minimum(pitch, 0.8 * top),
        breadth=np.full(index.shape, 1.2),
        decay=decay,
        rise=np.full(index.shape, 0.0003),
        left=loud * left,
        right=loud * right,
        seed=words(key / "seed", index),
    )
