"""The sea: three colours of one noise (undertow, swell, foam) under the envelopes of waves.

Each wave is a swell that rises and runs out, and on top of it several falls of water one after the other, no
two of them alike, as a crest breaks along its length. The wind of the night makes the waves higher.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import MEMORY, Bed, laid_out, mid_and_side
from lullaby.voices.core.chances import between, by_ratio, drift, normal, uniform
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, slow_rows
from lullaby.voices.core.resonators import Colour
from lullaby.voices.core.voice import Sound
from lullaby.voices.core.weather import weather_of

# (Hz, dB): the undertow, a swell before it breaks, the foam after
UNDER: Points = ((60, -12), (200, -6), (600, 0), (1_500, -4), (6_000, -16), (12_000, -28))
SWELL: Points = ((60, -8), (200, -3), (600, 0), (1_500, -5), (6_000, -19), (12_000, -30))
FOAM: Points = ((200, -18), (800, -3), (2_000, 0), (6_000, -7), (12_000, -15))

FALLS = 5
"""Falls of water in one wave."""
STEEPEST = 5.0
"""dB that the sea may stand over the mean of the second before: a wave comes, and does not jump."""
_SECOND = RATE // SLOW

KIND = Kind(
    "sea",
    "waves on a shore, or a swell that never breaks",
    (
        *channel_strip(),
        number("waves.every", 7.0, "s", 3, 30, "longer from crest to crest", moves=False),
        number("waves.uneven", 0.3, "", 0, 0.45, "crests less evenly spaced", moves=False),
        number("waves.height", 1.0, "", 0, 2, "waves that stand out more from the sea under them"),
        number("waves.rise", 2.6, "s", 0.8, 8, "waves that gather more slowly", moves=False),
        number("waves.fall", 2.4, "s", 0.5, 10, "waves that run out more slowly", moves=False),
        number("waves.broken", 0.7, "", 0, 1, "waves that break in several falls", name="broken"),
        number("foam.level", -6.0, "dB", -60, 6, "more foam as a wave breaks", name="foam"),
        number("foam.to", 9_000.0, "Hz", 1_000, 16_000, "brighter foam", by_ratio=True, name="foam_to"),
        number("distance", 0.2, "", 0, 1, "farther off: duller, and calmer"),
        number("gusts", 1.0, "", 0, 3, "waves that grow more with the wind"),
        number("width", 0.45, "", 0, 1, "wider", moves=False),
    ),
    also=("ocean", "waves"),
)


@dataclass(frozen=True)
class Sea:
    """Three colours of one noise, under the envelopes of the waves."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        bed = Bed(key)
        points = slow_points(span)
        away, top = controls.values("distance", points), controls.values("foam_to", points)
        parts = _weights(key, points, controls)
        # distance and brightness may glide: each is a crossfade between two fixed colours
        dull = np.clip(exact.log2(16_000 / top) / 4, 0, 1)
        mixed = [parts[:, :2] * (1 - away)[:, None], parts[:, :2] * away[:, None]]
        foam = [parts[:, 2:] * (1 - dull)[:, None], parts[:, 2:] * dull[:, None]]
        sides = np.array(mid_and_side(controls.number("width", 0)))
        rows = laid_out(np.concatenate([*mixed, *foam], axis=1)[:, :, None] * sides)
        colours = _colours()
        for block in span.blocks():
            yield bed.sound(block, colours, slow_rows(rows, span, block), wide=True)


@cache
def _colours() -> Colour:
    """The colours of its layers: undertow and swell, near and far; foam, bright and dull."""
    return np.concatenate(
        [
            colour(UNDER, 0, 35.0, 16_000.0),
            colour(SWELL, 0, 35.0, 16_000.0),
            colour(UNDER, -3.5, 35.0, 3_000.0),
            colour(SWELL, -3.5, 35.0, 3_000.0),
            colour(FOAM, 0, 60.0, 16_000.0),
            colour(FOAM, -3.0, 60.0, 1_000.0),
        ]
    )


def _weights(key: Key, points: Frames, controls: Controls) -> Floats:
    """Gains of the undertow, the swell and the foam at each point, none of which startles."""
    before = points[0] + np.arange(-_SECOND, 0, dtype=np.int64) * SLOW
    parts = _uneased(key, np.concatenate([before, points]), controls)
    power = exact.total(parts * parts)
    seconds = np.lib.stride_tricks.sliding_window_view(power, _SECOND)[:-1]
    most = exact.gain(2 * STEEPEST) / _SECOND * exact.total(seconds)
    parts, power = parts[_SECOND:], power[_SECOND:]
    return np.asarray(parts * np.sqrt(np.minimum(1.0, most / np.maximum(power, 1e-12)))[:, None])


def _uneased(key: Key, points: Frames, controls: Controls) -> Floats:
    away = controls.values("distance", points)
    swell, foam = _crests(key, points, controls)
    weather = weather_of(key, controls)
    force = weather.strength(points) * exact.gain(
        2.0 * controls.values("gusts", points) * weather.gust(points)
    )
    height = controls.values("height", points) * (1 - 0.6 * away)
    stir = exact.gain(3.5 * np.minimum(drift(key / "stir", points, 0.6 * RATE), 1.2))
    spray = exact.gain(2.5 * np.minimum(drift(key / "spray", points, 0.3 * RATE), 1.5))
    under = 0.2 * exact.gain(1.0 * drift(key / "under", points, 9.0 * RATE))
    loud = exact.gain(controls.values("foam", points)) * (1 - 0.5 * away)
    return np.stack(
        [
            (under + 0.4 * np.maximum(0, 1 - height)) * np.sqrt(force),
            height * swell * stir * force,
            height * foam * stir * spray * loud * force,
        ],
        axis=1,
    )


def _crests(key: Key, points: Frames, controls: Controls) -> tuple[Floats, Floats]:
    """Envelopes of swell and foam at each point: the sum of the waves near enough to be heard.

    Crest n comes at (n + a jitter of its own) times the mean spacing, so no crest needs the one before.
    """
    every, uneven = controls.number("every", 0), controls.number("uneven", 0)
    rise, fall = controls.number("rise", 0), controls.number("fall", 0)
    broken = controls.values("broken", points)
    seconds = points / np.float64(RATE)
    # beyond these a wave is more than 100 dB under its crest
    ahead, behind = 3.4 * rise + every, 17 * fall + every
    n = np.arange(
        int((seconds[0] - behind) // every), int((seconds[-1] + ahead) // every) + 1, dtype=np.int64
    )
    crest = (n + 0.5 + uneven * np.clip(normal(key / "when", n), -2, 2)) * every
    size = exact.gain(2.4 * np.clip(normal(key / "size", n), -2.0, 0.8))
    own_rise = rise * between(key / "rise", n, 0.6, 1.4)
    own_fall = fall * between(key / "fall", n, 0.7, 1.3)
    late = between(key / "late", n, 0.1, 0.5)
    # the falls of water, one after the other as the wave breaks along the shore
    which = n[:, None] * FALLS + np.arange(FALLS)
    when = crest[:, None] + (2 * uniform(key / "fallen", which) - 0.7) * own_fall[:, None] * 0.8
    tall = exact.gain(3.0 * np.clip(normal(key / "tall", which), -3.0, 0.8) - 3.0) * size[:, None]
    quick = by_ratio(key / "quick", which, 0.05, 0.4)
    gone = by_ratio(key / "gone", which, 0.25, 0.9)
    swell, foam = np.zeros(points.shape), np.zeros(points.shape)
    for k in range(len(n)):
        reached = slice(*np.searchsorted(seconds, (crest[k] - ahead, crest[k] + behind)))
        x, share = seconds[reached] - crest[k], broken[reached]
        body = size[k] * _wave(x, own_rise[k], own_fall[k])
        wash = size[k] * _wave(x - late[k], 0.5 * own_rise[k], own_fall[k])
        fallen = np.zeros(x.shape)
        for j in range(FALLS):
            near = slice(*np.searchsorted(x, np.array((-1.5, 9.0)) + when[k, j] - crest[k]))
            fallen[near] += tall[k, j] * _wave(x[near] - when[k, j] + crest[k], quick[k, j], gone[k, j])
        swell[reached] += body * (1 - 0.4 * share) + 0.4 * share * fallen
        foam[reached] += wash * (1 - 0.7 * share) + 0.7 * share * fallen
    return _compressed(swell), _compressed(foam)


def _compressed(sum_of_crests: Floats) -> Floats:
    """The sum of crests, compressed where they coincide, so that it wakes nobody."""
    return np.asarray(sum_of_crests / np.sqrt(1 + 0.25 * sum_of_crests * sum_of_crests))


def _wave(x: Floats, rise: float, fall: float) -> Floats:
    """The envelope of one wave at increasing x, its crest at 0: it rises over `rise` seconds and decays over
    `fall`."""
    crest = int(np.searchsorted(x, 0.0))
    before, after = x[:crest] / rise, x[crest:] / fall
    up = exact.exp(-2.2 * before * before)
    down = 0.8 * exact.exp(-1.5 * after) + 0.2 * exact.exp(-0.8 * after)
    return np.concatenate([up, down])
