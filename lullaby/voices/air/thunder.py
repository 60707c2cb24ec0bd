"""Distant thunder: layers of low noise under the envelopes of rumbles, each of several swells. No cracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import between, drift, uniform
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.onsets import Events
from lullaby.voices.core.voice import Sound
from lullaby.voices.core.weather import weather_of

# (Hz, dB): the deep end of a rumble, its body, and the far wind under it
DEEP: Points = ((25, 0), (60, 2), (110, 0), (200, -6), (400, -18), (1_000, -36))
BODY: Points = ((50, -14), (150, -3), (300, 0), (600, -7), (1_500, -22), (4_000, -50), (8_000, -70))
SKY: Points = ((30, 0), (100, -2), (300, -8), (1_000, -17), (3_000, -28), (10_000, -43))

PLACE = RATE // 4
"""Frames of a cell of time: at most one rumble begins in each."""
LOOSE = 3 * RATE
"""Frames by which its onset may be delayed, at random."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
CLAPS = 7
"""Swells in one rumble, at the most."""

KIND = Kind(
    "thunder",
    "thunder far away",
    (
        *channel_strip(send=-16.0),
        number("rumbles", 7.0, "per minute", 0, 12, "more rumbles", thins=1),
        number("roll", 3.0, "s", 0.5, 8, "rumbles that roll on for longer", moves=False),
        number("unlike", 2.5, "dB", 0, 6, "rumbles more unlike each other in loudness", moves=False),
        number("sky", -16.0, "dB", -60, 0, "more of the far wind under it"),
        upper_edge(6_000.0),
        distance(0.5, "farther off: duller"),
        width(),
    ),
    silent_from="n3",
    also=("storm", "thunderstorm"),
)


@dataclass(frozen=True)
class Thunder:
    """Three layers of one noise; the envelope of a rumble is a closed form of the time since its onset."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -3.0 * (controls.number("distance", 0) - 0.5), controls.number("width", 0)
        layers = (
            Layer(DEEP, 0.2 * wide, dull),
            Layer(BODY, 0.4 * wide, dull),
            Layer(SKY, 0.9 * wide, dull),
        )
        return layered(key, span, controls, layers, _weights(key, slow_points(span), span, controls))

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        return np.sort(_rumbles(key, span, 0, controls).onsets)


def _reach(controls: Controls) -> float:
    """Seconds until the longest rumble is 100 dB down."""
    return 2.0 * controls.number("roll", 0) + 22.0


def _rumbles(key: Key, span: Span, reach: int, controls: Controls) -> Events:
    """The rumbles whose onset lies in the span or up to `reach` frames before; more of them in a storm."""
    first = max(0, span.start - reach - LOOSE) // PLACE
    index = np.arange(first, -(-span.stop // PLACE), dtype=np.int64)
    # a golden-ratio sequence instead of random numbers: rumbles neither crowd nor stay away
    circle = (index.astype(np.uint64) * _GOLDEN + np.uint64(key.bits)) >> np.uint64(11)
    storm = weather_of(key, controls).strength(index * PLACE)
    chance = storm * controls.values("rumbles", index * PLACE) * (PLACE / RATE / 60)
    index = index[circle.astype(np.float64) * 2.0**-53 < chance]
    onsets = index * PLACE + (uniform(key / "late", index) * LOOSE).astype(np.int64)
    near = (onsets >= span.start - reach) & (onsets < span.stop)
    return Events(onsets[near], index[near])


def _weights(key: Key, points: Frames, span: Span, controls: Controls) -> Floats:
    """Gains of the three layers at each control point."""
    deep, body = np.zeros(points.shape), np.zeros(points.shape)
    seconds = points / np.float64(RATE)
    rumbles = _rumbles(key, Span(span.start, span.stop + SLOW), round(_reach(controls) * RATE), controls)
    weather = weather_of(key, controls)
    storm = weather.strength(rumbles.onsets)
    for onset, index, strong in zip(rumbles.onsets, rumbles.index, storm, strict=True):
        _add_rumble(key / "rumble" / int(index), onset / RATE, float(strong), controls, seconds, deep, body)
    flutter = drift(key / "flutter", points, 0.06 * RATE)
    grumble = drift(key / "grumble", points, 0.4 * RATE)
    sky = 1.5 * drift(key / "sky", points, 7.0 * RATE) + 1.5 * weather.gust(points)
    return np.stack(
        [
            _compressed(deep * exact.gain(3.2 * flutter + 4.5 * grumble - 2.1)),
            _compressed(body * exact.gain(4.2 * flutter + 5.5 * grumble - 3.2)),
            exact.gain(controls.values("sky", points) + sky),
        ],
        axis=1,
    )


def _compressed(swells: Floats) -> Floats:
    """The sum of swells, compressed where they coincide, so that it wakes nobody."""
    return swells / np.sqrt(1 + 3.0 * swells * swells)


def _add_rumble(
    key: Key, onset: float, strong: float, controls: Controls, seconds: Floats, deep: Floats, body: Floats
) -> None:
    """Three to seven swells that follow each other; the farther away, the slower and the deeper.

    A storm brings thunder nearer: a little louder and brighter, never sharper.
    """
    away = min(1.0, max(0.0, controls.number("distance", 0) - 0.15 * (strong - 1)))
    unlike, roll = controls.number("unlike", 0), controls.number("roll", 0)
    n = np.arange(CLAPS)
    swells = 3 + int(uniform(key / "swells", 0)[0] * 5)
    u = uniform(key / "when", n)
    late = np.where(n == 0, 0.0, roll * u * (0.4 + 0.6 * uniform(key / "later", n)))
    size = np.where(n == 0, 1.0, between(key / "size", n, 0.3, 0.8)) * (n < swells)
    rise = between(key / "rise", n, 0.3, 0.55) * (0.5 + 1.0 * away)
    fall = between(key / "fall", n, 0.8, 1.5) * (0.8 + 0.4 * away)
    whole = float(exact.gain(-2 * unlike * uniform(key / "loud", 0)[0] + 1 + 4 * (0.5 - away)))
    bright = float(exact.gain(-1.0 - 8 * (away - 0.5) + 2 * (2 * uniform(key / "bright", 0)[0] - 1)))
    for k in range(swells):
        first, last = np.searchsorted(
            seconds, (onset + late[k], onset + late[k] + 12 * fall[k] + 4 * rise[k])
        )
        x = seconds[first:last] - (onset + late[k])
        # a smooth rise, and an exponential decay
        risen = 1 - exact.exp(-(x / rise[k]) * (x / rise[k]))
        swell = whole * size[k] * risen * exact.exp(-x / fall[k])
        deep[first:last] += swell
        body[first:last] += bright * swell * exact.exp(-0.35 * x / fall[k])
