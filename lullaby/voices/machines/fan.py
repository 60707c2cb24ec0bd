"""A fan: three layers of noise, amplitude-modulated by slow blades, and oscillators for their hum.

What it pushes into the room arrives as a flutter of the lows; its blades keep time only nearly, so that each
partial of their hum is a narrow band and no line; and it is never quite in balance, which is heard once a
turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.memory import zeros
from lullaby.kernels.oscillators import add_oscillators
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import drift, uniform
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, slow_rows
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.pitches import padded, turns_of, twice_cosine, words_of
from lullaby.voices.core.voice import Sound

# (Hz, dB): gusts pushed into the room, the steady stream of air, and air torn at the blades' edges
GUSTS: Points = ((40, -4), (80, 0), (160, -4), (320, -14), (1_000, -36))
AIR: Points = ((40, -14), (120, -4), (300, -4), (700, -9), (1_500, -15), (4_000, -26), (12_000, -42))
EDGES: Points = ((200, -22), (700, -6), (1_600, 0), (3_500, -5), (8_000, -16), (16_000, -30))

FLUTTER = 2.0
"""dB by which the gusts come and go."""
PUSHED = -8.0
"""dB of the gusts beside the air."""
LEANS = 0.4
"""How far it is chopped once a turn, of how far it is chopped once a blade."""
SLOWEST, ROUGH = 20.0, 30.0
"""Blades a second. Modulation fades out between these: faster than that it would sound rough."""
USUAL = 960.0
"""Turns a minute at which a fan is as bright as its file says."""

KIND = Kind(
    "fan",
    "a fan in the room",
    (
        *channel_strip(send=-20.0),
        number(
            "speed",
            USUAL,
            "turns a minute",
            120,
            1_800,
            "faster: a higher hum, and brighter air",
            moves=False,
        ),
        number("blades", 4.0, "", 2, 9, "more blades, which hum higher", moves=False),
        number("hum", -3.0, "dB", -60, 6, "more hum of the blades"),
        number("chop", 0.15, "", 0, 1, "air chopped further by slow blades; none by 30 a second and more"),
        number("waver", 0.6, "dB", 0, 4, "air that comes less evenly"),
        upper_edge(12_000.0),
        distance(0.1, "farther off: duller"),
        width(0.8),
    ),
)


@dataclass(frozen=True)
class Fan:
    """Three layers of one noise, and four oscillators."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (
            Layer(GUSTS, 0.25 * wide, dull),
            Layer(AIR, 0.4 * wide, dull),
            Layer(EDGES, 0.7 * wide, dull),
        )
        points = slow_points(span)
        turning = controls.number("speed", 0) / 60
        passing = int(controls.number("blades", 0) + 0.5) * turning
        weights = _weights(key, points, turning, passing, controls)
        hum, tides = _Hum(key, passing), _tides(key, points, controls)
        for block, sound in zip(span.blocks(), layered(key, span, controls, layers, weights), strict=True):
            hum.add(block, slow_rows(tides, span, block), sound)
            yield sound


def _weights(key: Key, points: Frames, turning: float, passing: float, controls: Controls) -> Floats:
    """Gains of the three layers: amplitude-modulated once a blade, and less once a turn."""
    chop = controls.values("chop", points)
    blades, turns = _chopped(points, passing, chop), _chopped(points, turning, LEANS * chop)
    waver = controls.values("waver", points)
    haste = 5 * float(exact.log2(controls.number("speed", 0) / USUAL))
    slow, quick = drift(key / "slow", points, 4.0 * RATE), drift(key / "quick", points, 0.3 * RATE)
    flutter = np.minimum(drift(key / "flutter", points, 0.15 * RATE), 1.8)
    gusts = exact.gain(PUSHED - 0.115 * FLUTTER * FLUTTER + FLUTTER * flutter + waver * 0.6 * slow)
    air = exact.gain(-1.0 + waver * (0.6 * slow + 0.6 * quick))
    edges = exact.gain(-9.0 + haste + waver * (0.8 * slow + 0.8 * quick))
    return np.stack([gusts, air, edges], axis=1) * (blades * turns)[:, None]


def _chopped(points: Frames, hz: float, deep: Floats) -> Floats:
    """An amplitude modulation of unit power, as far as slow points can follow."""
    deep = deep * min(1.0, max(0.0, (ROUGH - hz) / (ROUGH - SLOWEST)))
    return np.asarray((1 + deep * exact.cos_turns(turns_at(points, hz))) / np.sqrt(1 + 0.5 * deep * deep))


def turns_at(points: Frames, hz: float) -> Floats:
    """The phase of an oscillator of this pitch, from its rounded increment: hum and chopping stay in step."""
    word = int(words_of(np.array([hz]))[0])
    return ((points * word) & 0xFFFFFFFF).astype(np.float64) * 2.0**-32


def _tides(key: Key, points: Frames, controls: Controls) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Gains of the hum's oscillators at every slow point."""
    level = exact.gain(controls.values("hum", points) - 6 * controls.number("distance", 0))
    rows = zeros((len(points), LANES))
    for lane in range(VOICES):
        rows[:, lane] = level * exact.gain(0.8 * drift(key / "beat" / lane, points, 3.0 * RATE))
    return rows


VOICES = 4
"""Oscillators: the blades, twice more a little beside their pitch, and a motor near 100 Hz that is almost one
of their partials."""
JITTER = 0.0028
"""How far blades run beside their pitch, as a share of it."""
MOTOR = 100.0
_PARTIALS = np.array([1, 0.5, 0.42, 0.3, 0.16, 0.12, 0.07, 0.08, *[0.05, 0.04, 0.06, 0.03] * 3], np.float32)
_LOUD = 0.055


class _Hum:
    """The oscillators of the hum."""

    def __init__(self, key: Key, passing: float) -> None:
        motor = passing * max(1, round(MOTOR / passing)) * 1.003
        hz = np.array([passing, motor, passing * (1 - JITTER), passing * (1 + 0.83 * JITTER)])
        self._pitch = words_of(hz)
        self._phase = turns_of(np.array([0.0, *uniform(key / "phase", np.arange(VOICES - 1))]))
        self._twice = twice_cosine(hz)
        self._period = np.zeros(LANES, np.float32)
        self._gains = (padded(np.array([0.97, 0.35, 0.17, 0.17]) * _LOUD)).astype(np.float32)
        self._scratch = np.zeros(128, np.float32)

    def add(self, block: Span, tides: np.ndarray[tuple[int, int], np.dtype[np.float32]], out: Sound) -> None:
        nothing = np.float32(0)
        add_oscillators(
            block.start,
            VOICES,
            self._pitch,
            self._phase,
            _PARTIALS,
            nothing,
            nothing,
            self._period,
            self._twice,
            self._gains,
            self._gains,
            tides,
            self._scratch,
            out,
        )
