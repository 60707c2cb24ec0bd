"""Rain: a bed for the thousands of drops nobody could count, a patter of the nearer ones, and the few that
ring by themselves. All three fall on one thing and go through its colour; one weather moves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.bed import COLOURING, KNOT, MEMORY, Stir, Wish, bed_wish, gliding, plain_bed
from lullaby.voices.chances import by_ratio, drift, normal, uniform, words
from lullaby.voices.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.events import Ringing, Rings, candidates, happening, rings, seats
from lullaby.voices.tables import bed, everyone, listed, number
from lullaby.voices.voice import Sound
from lullaby.voices.weather import Weather, weather_of

FASTEST = 400.0
"""Drops a second, at the most."""
SQUALL = 2.4
"""dB that the bed is moved by a gust of 1."""
FLURRY = 0.35
"""dB: the deviation of what is quicker than any gust."""
_GRID = 16 * SLOW
"""Frames between the points at which the number of drops is known."""

KIND = Kind(
    "rain",
    "rain on whatever is above the bed",
    (
        *everyone(),
        *bed(-3.0, 250.0, 9_000.0, width=0.4),
        number("intensity", 1.0, "", 0.1, 3, "heavier rain: louder, brighter, more drops", by_ratio=True),
        number("distance", 0.0, "", 0, 1, "farther off: duller, and fewer drops stand out"),
        number("gusts", 1.0, "", 0, 3, "rain that comes and goes more with the wind"),
        number("patter.level", -6.0, "dB", -40, 12, "more patter: drops too many to count", name="patter"),
        number("patter.many", 130.0, "per second", 16, 1_000, "a finer patter", name="many", moves=False),
        number(
            "drops.rate", 60.0, "per second", 0, FASTEST, "more drops one could count", name="drops", thins=1
        ),
        listed("drops.pitch", (1_500.0, 9_000.0), "Hz", 200, 16_000, "higher drops", Form.RANGE),
        listed("drops.decay", (0.4, 2.0), "ms", 0.2, 60, "drops that ring longer", Form.RANGE),
        number("drops.spread", 0.75, "", 0, 1.5, "drops more unlike each other in loudness", moves=False),
        number("drops.hiss", 0.7, "", 0, 1, "drops that splash more and ring less"),
        number("drops.near", -9.0, "dB", -60, 12, "drops that stand out more from the bed", name="near"),
        number("drops.wide", 0.8, "", 0, 1, "drops spread wider", name="wide", moves=False),
    ),
)


@dataclass(frozen=True)
class Rain:
    """A bed, what patters on it and what strikes it."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        fall = Fall(key, controls)
        points = slow_points(span)
        by = fall.by(points)
        patter = controls.over("patter", points) + 0.5 * by - 10 * controls.over("distance", points)
        stir = Stir(
            loud=exact.gain(by + fall.flurry(points) - fall.more),
            wish=fall.wish(span),
            glides=bool(gliding(controls, (*COLOURING, "intensity", "distance", "gusts")))
            or controls.curve("gusts").keyframes[0].value > 0,
            patter=exact.gain(patter).astype(np.float32),
            doublings=int(np.rint(exact.log2(33_000 / controls.number("many", 0)))),
            striking=Ringing(_drops(key / "drops", span, controls, fall)),
        )
        return plain_bed(key / "bed", span, controls, stir)


class Fall:
    """How hard it rains, at any frame."""

    def __init__(self, key: Key, controls: Controls) -> None:
        self._key, self._controls = key, controls
        self._weather: Weather = weather_of(key, controls)
        squall = SQUALL * controls.number("gusts", 0) * self._weather.gusts
        self.more = 0.115 * (squall * squall + FLURRY * FLURRY)
        """dB: what coming and going adds to the mean loudness."""

    def by(self, points: Frames) -> Floats:
        """dB over the usual."""
        force = self._controls.over("intensity", points) * self._weather.strength(points)
        gusts = self._controls.over("gusts", points)
        blown = SQUALL * gusts * self._weather.gust(points) if gusts.any() else np.zeros(points.shape)
        return np.asarray(blown + 3.0 * exact.log2(np.maximum(force, 0.05)))

    def flurry(self, points: Frames) -> Floats:
        """dB: what no wind explains."""
        return FLURRY * drift(self._key / "flurry", points, 0.5 * RATE)

    def wish(self, span: Span) -> _Wishes:
        return _Wishes(self, span, self._controls)


class _Wishes:
    """The colour at whole seconds: heavier rain is brighter, far rain is dull. It is that of the second
    before, for on its way to the next second a colour must not know what a scene has in store."""

    def __init__(self, fall: Fall, span: Span, controls: Controls) -> None:
        self._turning, self._controls = gliding(controls), controls
        self._plain = bed_wish(controls, span.start)
        knots = np.arange(span.start // KNOT, -(-span.stop // KNOT) + 1, dtype=np.int64) * KNOT
        before = np.maximum(0, knots - KNOT)
        away = controls.over("distance", before)
        # colours a quarter of a decibel an octave apart: few of them, so that few have to be found
        lean = np.rint(4 * (0.25 * fall.by(before) - 2 * away)) / 4
        lower = exact.exp2(-np.rint(48 * 1.6 * away) / 48)
        self._at = {int(f): (float(a), float(b)) for f, a, b in zip(knots, lean, lower, strict=True)}

    def __call__(self, frame: int) -> Wish:
        frame = frame // KNOT * KNOT
        told = bed_wish(self._controls, max(0, frame - KNOT)) if self._turning else self._plain
        points, tilt, low, high = told
        lean, lower = self._at[frame]
        return points, tilt + lean, low, (high if high < RATE else 20_000.0) * lower


def _drops(key: Key, span: Span, controls: Controls, fall: Fall) -> Rings:
    """Every drop of the span, for the middle and the side of the bed. Together, at 60 a second and before
    either goes through its colour, they are `near` dB beside it."""
    shortest, longest = controls.pair("decay", 0)
    reach = int(longest * 0.001 * 12 * RATE) + 64
    found = candidates(key, span, reach, FASTEST)
    # the grid stands still, whoever asks
    first = max(0, span.start - reach) // _GRID * _GRID
    coarse = np.arange(first, span.stop + _GRID, _GRID)
    heavier = exact.exp2(fall.by(coarse) / 3.0)[(found.onsets - first) // _GRID]
    found = happening(key, found, controls.over("drops", found.onsets) * heavier, FASTEST)
    index = found.index
    decay = by_ratio(key / "decay", index, shortest, longest) * 0.001
    pitch = by_ratio(key / "pitch", index, *controls.pair("pitch", 0))
    spread = controls.number("spread", 0)
    # log-normal, but no drop is the one that wakes somebody
    size = exact.exp(spread * np.minimum(normal(key / "size", index), 1.4) - spread * spread)
    hiss = controls.over("hiss", found.onsets)
    typical = float(np.sqrt(np.float64(shortest * longest))) * 0.001 * RATE
    alone = np.sqrt(1 / (typical * (0.25 * (1 - hiss) * (1 - hiss) + 0.5 * hiss * hiss) * 60 / RATE))
    near = controls.over("near", found.onsets) - 12 * controls.over("distance", found.onsets)
    loud = alone * size * exact.gain(near) * np.sqrt(typical / RATE / decay)
    left, right = seats(controls.number("wide", 0) * (2 * uniform(key / "seat", index) - 1))
    width = controls.number("width", 0)
    back = np.sqrt(1 + width * width) / 2  # a bed shares out its power between middle and side
    return rings(
        found,
        pitch=pitch,
        decay=decay,
        rise=np.full(pitch.shape, 0.0001),
        left=loud * (left + right) * back,
        right=loud * (left - right) * back / max(width, 0.1),
        hiss=hiss,
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )
