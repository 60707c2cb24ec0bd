"""Distant thunder: layers of low noise under the envelopes of rumbles, each of several swells. No cracks.

No rumble is like the one before: a flash may be nearer or farther, and its thunder then begins faster or
slower, is over sooner or later, and has more highs or none. They come as chance will have it, and where they
coincide they rise no faster than one of them may, so that they startle nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import between, by_ratio, drift, uniform
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.onsets import Events
from lullaby.voices.core.slope import LOOK_BACK, rising_at_most
from lullaby.voices.core.voice import Sound
from lullaby.voices.core.weather import weather_of

# (Hz, dB): the deep end of a rumble, its body, the highs of its claps, and the far wind under it
DEEP: Points = ((25, 0), (60, 2), (110, 0), (200, -6), (400, -18), (1_000, -36), (2_500, -58), (8_000, -76))
BODY: Points = ((50, -14), (150, -3), (300, 0), (600, -7), (1_500, -22), (4_000, -50), (8_000, -70))
CLAP: Points = ((100, -22), (400, -6), (900, 0), (1_800, -5), (3_500, -15), (7_000, -30), (12_000, -44))
SKY: Points = ((30, 0), (100, -2), (300, -8), (1_000, -16), (3_000, -24), (10_000, -34))

PLACE = RATE // 4
"""Frames of a cell of time: at most one rumble begins in each."""
LOOSE = 8 * RATE
"""Frames by which its onset may be delayed, at random: some come close together, others after a rest."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
CLAPS = 7
"""Swells in one rumble, at the most."""

STEEPEST = 50.0
"""dB a second by which all of it together may rise: 10 dB in .2 s is the quickest rumble of recordings."""

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
    """Four layers of one noise; the envelope of a rumble is a closed form of the time since its onset."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -3.0 * (controls.number("distance", 0) - 0.5), controls.number("width", 0)
        layers = (
            Layer(DEEP, 0.2 * wide, dull),
            Layer(BODY, 0.4 * wide, dull),
            Layer(CLAP, 0.5 * wide, dull),
            Layer(SKY, 0.9 * wide, dull),
        )
        return layered(key, span, controls, layers, _weights(key, slow_points(span), span, controls))

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        return np.sort(_rumbles(key, span, 0, controls).onsets)


def _reach(controls: Controls) -> float:
    """Seconds until the longest rumble is 100 dB down."""
    return 2.0 * controls.number("roll", 0) + 36.0


def _rumbles(key: Key, span: Span, reach: int, controls: Controls) -> Events:
    """The rumbles whose onset lies in the span or up to `reach` frames before; more of them in a storm."""
    first = max(0, span.start - reach - LOOSE) // PLACE
    index = np.arange(first, -(-span.stop // PLACE), dtype=np.int64)
    # a golden-ratio sequence instead of random numbers: as many in every few minutes as the setting says
    circle = (index.astype(np.uint64) * _GOLDEN + np.uint64(key.bits)) >> np.uint64(11)
    storm = weather_of(key, controls).strength(index * PLACE)
    chance = storm * controls.values("rumbles", index * PLACE) * (PLACE / RATE / 60)
    index = index[circle.astype(np.float64) * 2.0**-53 < chance]
    onsets = index * PLACE + (uniform(key / "late", index) * LOOSE).astype(np.int64)
    near = (onsets >= span.start - reach) & (onsets < span.stop)
    return Events(onsets[near], index[near])


def _weights(key: Key, wished: Frames, span: Span, controls: Controls) -> Floats:
    """Gains of the four layers at each control point.

    Where swells coincide they would startle, so all layers alike are held back to a rise that recordings
    have. What was heard just before is therefore computed too.
    """
    before = wished[0] + SLOW * np.arange(-LOOK_BACK, 0, dtype=np.int64)
    points = np.concatenate([before, wished])
    deep, body, clap = np.zeros(points.shape), np.zeros(points.shape), np.zeros(points.shape)
    seconds = points / np.float64(RATE)
    reach = round(_reach(controls) * RATE) + LOOK_BACK * SLOW
    rumbles = _rumbles(key, Span(span.start, span.stop + SLOW), reach, controls)
    weather = weather_of(key, controls)
    storm = weather.strength(rumbles.onsets)
    for onset, index, strong in zip(rumbles.onsets, rumbles.index, storm, strict=True):
        own = key / "rumble" / int(index)
        _add_rumble(own, onset / RATE, float(strong), controls, seconds, deep, body, clap)
    flutter = drift(key / "flutter", points, 0.06 * RATE)
    grumble = drift(key / "grumble", points, 0.4 * RATE)
    crackle = drift(key / "crackle", points, 0.09 * RATE)
    sky = 1.5 * drift(key / "sky", points, 7.0 * RATE) + 1.5 * weather.gust(points)
    deep = _compressed(deep * exact.gain(4.0 * flutter + 4.5 * grumble - 2.1))
    body = _compressed(body * exact.gain(5.0 * flutter + 5.5 * grumble - 3.2))
    clap = _compressed(clap * exact.gain(5.0 * crackle + 5.5 * grumble - 3.2))
    far = exact.gain(controls.values("sky", points) + sky)
    heard = deep + body + clap + far
    held = rising_at_most(STEEPEST, heard) / heard
    return np.stack([held * deep, held * body, held * clap, far], axis=1)[LOOK_BACK:]


def _compressed(swells: Floats) -> Floats:
    """The sum of swells, compressed where they coincide, so that it wakes nobody."""
    return swells / np.sqrt(1 + 1.7 * swells * swells)


def _add_rumble(
    key: Key,
    onset: float,
    strong: float,
    controls: Controls,
    seconds: Floats,
    deep: Floats,
    body: Floats,
    clap: Floats,
) -> None:
    """Two to seven swells that follow each other; the farther away, the slower and the deeper.

    A storm brings thunder nearer: louder and a little brighter, never sharper.
    """
    # where the lightning struck: about as far away as the voice is, and how much farther or nearer
    struck = uniform(key / "struck", 0)[0] - 0.5
    away = min(1.0, max(0.0, controls.number("distance", 0) - 0.15 * (strong - 1)))
    unlike, roll = controls.number("unlike", 0), controls.number("roll", 0)
    n = np.arange(CLAPS)
    swells = 2 + int(uniform(key / "swells", 0)[0] * 6)
    long = roll * float(by_ratio(key / "long", 0, 0.5, 2.0)[0])
    u = uniform(key / "when", n)
    late = np.where(n == 0, 0.0, long * u * (0.4 + 0.6 * uniform(key / "later", n)))
    # a rumble may be loudest at its first swell, or later
    size = between(key / "size", n, 0.35, 1.0) * (n < swells)
    slow = float(exact.exp2(1.2 * struck)) * (0.5 + 1.0 * away)
    rise = by_ratio(key / "rise", n, 0.38, 0.85) * slow
    fall = by_ratio(key / "fall", n, 0.8, 2.0) * (0.8 + 0.4 * away)
    loud = 3 + 4 * (0.5 - away) + 4 * (strong - 1) - 2 * unlike * uniform(key / "loud", 0)[0]
    whole = float(exact.gain(loud))
    bright = -1.0 - 8 * (away - 0.5) - 7 * struck
    sharp = -13.0 - 16 * (away - 0.5) - 11 * struck + 5 * (uniform(key / "sharp", n) - 0.5)
    brights, sharps = float(exact.gain(bright)), exact.gain(sharp)
    for k in range(swells):
        first, last = np.searchsorted(
            seconds, (onset + late[k], onset + late[k] + 12 * fall[k] + 4 * rise[k])
        )
        x = seconds[first:last] - (onset + late[k])
        # a smooth rise, and an exponential decay, the sooner the higher
        risen = 1 - exact.exp(-(x / rise[k]) * (x / rise[k]))
        swell = whole * size[k] * risen * exact.exp(-x / fall[k])
        sooner = exact.exp(-0.35 * x / fall[k])
        deep[first:last] += swell
        swell *= sooner
        body[first:last] += brights * swell
        clap[first:last] += sharps[k] * swell * (sooner * sooner)
