"""Wind over open land: three layers of noise that gusts raise, the higher ones further, so it brightens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, gusts, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.gusts import gust_db
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.voice import Sound

# (Hz, dB): the rush about the ears, the body of the wind, and what it strips off grass and edges
RUSH: Points = ((40, 2), (100, 0), (300, -9), (1_000, -24), (3_000, -42))
BODY: Points = ((60, -18), (250, -3), (600, 0), (1_100, -4), (2_500, -20), (6_000, -36), (12_000, -48))
EDGE: Points = ((300, -24), (1_000, -8), (2_000, 0), (5_000, -5), (10_000, -14))

KIND = Kind(
    "wind",
    "wind over open land",
    (
        *channel_strip(send=-30.0),
        number("strength", 0.5, "", 0, 1, "a harder wind: louder, brighter, with more edge to it"),
        gusts(),
        number("rush", 0.0, "dB", -40, 12, "more of the low rush about the ears"),
        upper_edge(12_000.0),
        distance(),
        width(),
    ),
)


@dataclass(frozen=True)
class Wind:
    """Three layers of one noise; the higher the layer, the further a gust moves it."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (
            Layer(RUSH, 0.15 * wide, dull),
            Layer(BODY, 0.4 * wide, dull),
            Layer(EDGE, 0.95 * wide, dull),
        )
        return layered(key, span, controls, layers, _weights(key, slow_points(span), controls))


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """Gains of the three layers at each control point."""
    rise = gust_db(key, points, controls)
    hard = controls.values("strength", points) - 0.5
    stir = controls.values("gusts", points)
    # each layer also has a random LFO of its own: lows and highs move together, but not exactly
    buffet = 2.0 * stir * drift(key / "buffet", points, 1.8 * RATE)
    hiss = 1.8 * stir * drift(key / "hiss", points, 1.6 * RATE)
    return np.stack(
        [
            exact.gain(controls.values("rush", points) - 5.0 + 0.8 * rise + buffet + 2 * hard),
            exact.gain(-3.4 + rise + 0.4 * hiss + 8 * hard),
            exact.gain(-18.5 + 1.1 * rise + hiss + 18 * hard),
        ],
        axis=1,
    )
