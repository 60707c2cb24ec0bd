"""A train by night, heard from a berth in it or across a valley: layers of noise for rumble and wheels, and
the envelopes of rail joints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import drift, normal
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, distance, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, turns
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.voice import Sound

# (Hz, dB): the carriage, its wheels on the rail, and a joint heard through the floor
RUMBLE: Points = ((25, -4), (50, 1), (90, 0), (180, -6), (400, -16), (1_200, -32), (5_000, -54))
WHEELS: Points = ((80, -16), (250, -4), (500, 0), (900, -3), (2_000, -12), (5_000, -26), (12_000, -42))
JOINT: Points = (
    (50, -6),
    (110, 0),
    (220, -1),
    (500, -5),
    (1_200, -10),
    (3_000, -16),
    (6_000, -25),
    (10_000, -36),
)

AXLES = (0.0, 2.5, 6.8, 9.3)
"""Metres: where the two bogies nearest the berth have their wheels."""
USUAL = 62.0
"""km/h at which a train is as bright as its file says."""
MARK = RATE // 10
"""Frames between the points at which the train's position is known; it is interpolated between them."""

KIND = Kind(
    "train",
    "a train by night",
    (
        *channel_strip(send=-24.0),
        number("speed", USUAL, "km/h", 15, 140, "faster"),
        number("rail", 25.0, "m", 10, 60, "longer rails: joints farther apart", moves=False),
        number("joints", -4.0, "dB", -40, 8, "joints that stand out more"),
        number("wheels", -8.0, "dB", -40, 6, "more of the wheels, less of the rumble"),
        number("sway", 2.0, "dB", 0, 5, "stronger swaying"),
        upper_edge(9_000.0),
        distance(0.2, "farther off: duller"),
        width(0.8),
    ),
    silent_from="n2",
)


@dataclass(frozen=True)
class Train:
    """Three layers of one noise; the train's position at any moment is a closed form."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (
            Layer(RUMBLE, 0.35 * wide, dull),
            Layer(WHEELS, 0.6 * wide, dull),
            Layer(JOINT, 0.3 * wide, dull),
        )
        return layered(key, span, controls, layers, _weights(key, slow_points(span), controls))


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """Gains of the three layers at each control point."""
    depth = controls.values("sway", points)
    sway = drift(key / "sway", points, 4.0 * RATE)
    rattle = drift(key / "rattle", points, 0.7 * RATE)
    # twice as fast is some 6 dB brighter
    haste = 6 * exact.log2(controls.values("speed", points) / USUAL)
    away = controls.number("distance", 0)
    joints = controls.values("joints", points) - 10 * away
    thud = _thuds(key, points, controls) * exact.gain(joints)
    wheels = controls.values("wheels", points) + haste + depth * (0.6 * sway + 0.5 * rattle)
    return np.stack(
        [
            exact.gain(-1.0 + depth * (0.35 * sway + 0.3 * rattle)),
            exact.gain(wheels) * (1 + 0.25 * thud),
            thud,
        ],
        axis=1,
    )


def _way(key: Key, marks: Frames, controls: Controls) -> Floats:
    """Metres since lights-out at these frames: the integral of the speed, and a little random drift.

    The drift is a function of distance rather than of time, so that a slow train drifts as slowly, and one
    that brakes never rolls back.
    """
    metres = turns(controls.curve("speed"), marks, RATE) / 3.6
    usual = np.rint(metres * (3.6 * RATE / USUAL)).astype(np.int64)
    return metres + 9.0 * drift(key / "way", usual, 19.0 * RATE)


def _thuds(key: Key, points: Frames, controls: Controls) -> Floats:
    """The envelope of the rail joints at each control point: ta-dam, ta-dam, no two quite alike."""
    lead = 12 * RATE // 10
    first = max(0, int(points[0]) - lead) // MARK
    marks = np.arange(first, -(-int(points[-1]) // MARK) + 2, dtype=np.int64) * MARK
    way = _way(key, marks, controls)
    rail = controls.number("rail", 0)
    out = np.zeros(points.shape)
    seconds = points / np.float64(RATE)
    welds = drift(key / "welds", marks, 40.0 * RATE)
    for axle, behind in enumerate(AXLES):
        place = (way - behind) / rail
        n = np.arange(int(np.ceil(place[0])), int(np.ceil(place[-1])), dtype=np.int64)
        k = np.clip(np.searchsorted(place, n, side="right") - 1, 0, len(marks) - 2)
        crossed = (marks[k] + MARK * (n - place[k]) / (place[k + 1] - place[k])) / RATE
        # some stretches of the line are smoother than others, and no two joints are alike
        force = 3.5 * normal(key / "joint", n) + 3.0 * normal(key / "wheel" / axle, n) + 3.0 * welds[k]
        size = exact.gain(np.minimum(force, 6.0) - 1.5)
        for one, loud in zip(crossed, size, strict=True):
            a, b = np.searchsorted(seconds, (one, one + 1.0))
            x = seconds[a:b] - one
            out[a:b] += loud * 2.7 * (x / 0.022) * exact.exp(-x / 0.022) + 0.35 * loud * (
                1 - exact.exp(-x / 0.02)
            ) * exact.exp(-x / 0.11)
    return out
