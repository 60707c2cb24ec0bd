"""Wind over open land: four layers of noise that gusts raise, the higher ones further, so it brightens.

On a gust ride quicker eddies that all layers share. They come in bursts, with calm between.
"""

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
from lullaby.voices.core.gusts import eddies_db, gust_db
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.voice import Sound

# (Hz, dB): the rush about the ears, the body of the wind and its upper half, and what it strips off edges
RUSH: Points = ((40, 2), (100, 0), (300, -9), (1_000, -24), (3_000, -42), (10_000, -62))
BODY: Points = ((60, -18), (160, -4), (300, 0), (500, -3), (900, -12), (2_000, -26), (6_000, -44))
MOAN: Points = ((100, -22), (300, -10), (600, 0), (900, -2), (1_400, -12), (2_800, -26), (8_000, -44))
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
    """Four layers of one noise; the higher the layer, the further a gust moves it."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (
            Layer(RUSH, 0.15 * wide, dull),
            Layer(BODY, 0.35 * wide, dull),
            Layer(MOAN, 0.45 * wide, dull),
            Layer(EDGE, 0.95 * wide, dull),
        )
        return layered(key, span, controls, layers, _weights(key, slow_points(span), controls))


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """Gains of the four layers at each control point."""
    rise = gust_db(key, points, controls)
    eddies = eddies_db(key, points, rise, controls)
    hard = controls.values("strength", points) - 0.5
    stir = controls.values("gusts", points)
    # each layer also has a random LFO of its own: lows and highs move together, but not exactly
    buffet = 2.0 * stir * drift(key / "buffet", points, 1.8 * RATE)
    hiss = 1.8 * stir * drift(key / "hiss", points, 1.6 * RATE)
    moan = 2.2 * stir * drift(key / "moan", points, 2.6 * RATE)
    return np.stack(
        [
            exact.gain(controls.values("rush", points) - 5.0 + 0.8 * rise + 1.2 * eddies + buffet + 2 * hard),
            exact.gain(-4.5 + rise + eddies + 0.4 * hiss + 6 * hard),
            exact.gain(-9.0 + 1.05 * rise + eddies + moan + 9 * hard),
            exact.gain(-19.0 + 1.05 * rise + eddies + 0.7 * hiss + 18 * hard),
        ],
        axis=1,
    )
