"""The sea: crests that come in their own time, each a dark swell, a break, and a hiss that runs out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY, Bed, shared
from lullaby.voices.chances import between, drift, normal, uniform
from lullaby.voices.colour import Points, colour
from lullaby.voices.controls import Controls, Floats, Frames, slow_points, slow_rows
from lullaby.voices.tables import everyone, number
from lullaby.voices.voice import Sound

# (Hz, dB): what lies under the waves, a swell before it breaks, the foam after
UNDER: Points = ((60, -12), (200, -6), (600, 0), (1_500, -5), (6_000, -20), (12_000, -36))
SWELL: Points = ((60, -10), (200, -3), (600, 0), (1_500, -6), (6_000, -22), (12_000, -36))
FOAM: Points = ((200, -20), (800, -3), (2_500, 0), (6_000, -6), (12_000, -16))

KIND = Kind(
    "sea",
    "waves on a shore, or a swell that never breaks",
    (
        *everyone(),
        number("waves.every", 7.0, "s", 3, 30, "longer from crest to crest", moves=False),
        number("waves.uneven", 0.3, "", 0, 0.45, "crests less evenly spaced", moves=False),
        number("waves.height", 1.0, "", 0, 2, "waves that stand out more from the sea under them"),
        number("waves.rise", 2.6, "s", 0.8, 8, "waves that gather more slowly", moves=False),
        number("waves.fall", 2.4, "s", 0.5, 10, "waves that run out more slowly", moves=False),
        number("foam.level", -6.0, "dB", -60, 6, "more foam as a wave breaks", name="foam"),
        number(
            "foam.to",
            9_000.0,
            "Hz",
            1_000,
            16_000,
            "brighter foam",
            by_ratio=True,
            name="foam_to",
            moves=False,
        ),
        number("distance", 0.2, "", 0, 1, "farther off: duller, and calmer", moves=False),
        number("width", 0.7, "", 0, 1, "wider", moves=False),
    ),
)


@dataclass(frozen=True)
class Sea:
    """Three colours of one noise, moved by a row of crests."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        away = controls.number("distance", 0)
        dull = -6 * away
        top = float(exact.power(2.0, -2 * away)) * controls.number("foam_to", 0)
        width = controls.number("width", 0)
        colours = np.concatenate(
            [
                colour(UNDER, dull, 35.0, 16_000.0),
                colour(SWELL, dull, 35.0, 16_000.0),
                colour(FOAM, dull, 60.0, max(800.0, top)),
            ]
        )
        held = Bed(key)
        weights = shared(_weights(key, slow_points(span), controls), width)
        for block in span.blocks():
            yield held.sound(block, colours, slow_rows(weights, span, block), wide=True)


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """How much of the three colours sounds at each control point."""
    swell, foam = _crests(key, points, controls)
    height = controls.over("height", points) * (1 - 0.6 * controls.number("distance", 0))
    stir = exact.gain(1.3 * drift(key / "stir", points, 0.25 * RATE))
    spray = exact.gain(1.8 * drift(key / "spray", points, 0.15 * RATE))
    under = np.full(points.shape, 0.16) * exact.gain(1.0 * drift(key / "under", points, 9.0 * RATE))
    return np.stack(
        [
            under + 0.5 * np.maximum(0, 1 - height),
            height * swell * stir,
            height * foam * spray * exact.gain(controls.over("foam", points)),
        ],
        axis=1,
    )


def _crests(key: Key, points: Frames, controls: Controls) -> tuple[Floats, Floats]:
    """The swell and its foam at each control point: the sum of the crests near enough to be heard.

    Crest n comes at (n + a jitter of its own) times the mean spacing, so no crest needs the one before.
    """
    every, uneven = controls.number("every", 0), controls.number("uneven", 0)
    rise, fall = controls.number("rise", 0), controls.number("fall", 0)
    seconds = points / np.float64(RATE)
    # as far as a crest is more than 100 dB under its top
    ahead, behind = 3.4 * rise + every, 26 * fall + every
    n = np.arange(
        int((seconds[0] - behind) // every), int((seconds[-1] + ahead) // every) + 1, dtype=np.int64
    )
    crest = (n + 0.5 + uneven * np.clip(normal(key / "when", n), -2, 2)) * every
    size = exact.gain(2.4 * np.clip(normal(key / "size", n), -2.0, 1.2))
    own_rise = rise * between(key / "rise", n, 0.6, 1.4)
    own_fall = fall * between(key / "fall", n, 0.7, 1.3)
    breaks = uniform(key / "breaks", n) < 0.45
    late = np.where(breaks, between(key / "late", n, 0.1, 0.5), 0.3)
    sharp = np.where(breaks, 0.12, 0.5) * own_rise
    loud = np.where(breaks, 1.3, 1.0)
    swell, foam = np.zeros(points.shape), np.zeros(points.shape)
    for k in range(len(n)):
        reached = slice(*np.searchsorted(seconds, (crest[k] - ahead, crest[k] + behind)))
        x = seconds[reached] - crest[k]
        swell[reached] += size[k] * _wave(x, own_rise[k], own_fall[k])
        foam[reached] += size[k] * loud[k] * _wave(x - late[k], sharp[k], 0.9 * own_fall[k])
    return swell, foam


def _wave(x: Floats, rise: float, fall: float) -> Floats:
    """One crest at x = 0: gathers over `rise` seconds, and runs out over `fall`, slower and slower."""
    before = np.minimum(x, 0.0) / rise
    after = np.maximum(x, 0.0) / fall
    up = exact.exp(-2.2 * before * before)
    down = 0.75 * exact.exp(-1.3 * after) + 0.25 * exact.exp(-0.5 * after)
    return np.where(x < 0, up, down)
