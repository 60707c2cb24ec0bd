"""Rain: a noise bed for the thousands of far drops, a patter of sparse impulses for the nearer ones, noise
bursts for those that splash by themselves, and low decaying partials for what they drum on.

All of it is filtered by one colour and moved by the night's weather. A drop that splashes is a burst in a
band of its own, not a click: near drops then do not move all bands at once, as they hardly do in real rain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import (
    COLOURING,
    KNOT,
    MEMORY,
    Movement,
    Spectrum,
    bed_spectrum,
    gliding,
    plain_bed,
)
from lullaby.voices.core.bursts import REACH, Bursting, Bursts, bursts
from lullaby.voices.core.chances import between, by_ratio, drift, normal, uniform, words
from lullaby.voices.core.colour import wider
from lullaby.voices.core.common_settings import bed_settings, channel_strip, listed, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.onsets import Combined, Ringing, Rings, events_at_rate, rings
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.voice import Sound
from lullaby.voices.core.weather import Weather, weather_of

FASTEST = 400.0
"""Drops a second, at the most."""
SQUALL = 2.4
"""dB that a gust of 1 raises the bed."""
FLURRY = 0.35
"""dB: the deviation of what moves quicker than any gust."""
KEEN = 4.0
"""dB an octave by which drops are brighter than the bed: they are nearer, with less air and roof between."""
_HUM = 0.05
"""Seconds, the time constant of a beat of the drum."""
_BEATS = 24.0
"""Beats a second, in usual rain."""
_PLACES = 8
"""Pitches of a drum."""
_GRID = 16 * SLOW
"""Frames between the points at which the number of drops is known."""

KIND = Kind(
    "rain",
    "rain on whatever is above the bed",
    (
        *channel_strip(),
        *bed_settings(-3.0, 250.0, 9_000.0, width=0.4),
        number("intensity", 1.0, "", 0.1, 3, "heavier rain: louder, brighter, more drops", by_ratio=True),
        number("distance", 0.0, "", 0, 1, "farther off: duller, and fewer drops stand out"),
        number("gusts", 1.0, "", 0, 3, "rain that comes and goes more with the wind"),
        number("patter.level", -6.0, "dB", -40, 12, "more patter: drops too many to count", name="patter"),
        number("patter.many", 130.0, "per second", 16, 1_000, "a finer patter", name="many", moves=False),
        number(
            "drops.rate", 60.0, "per second", 0, FASTEST, "more drops one could count", name="drops", thins=1
        ),
        listed("drops.pitch", (1_500.0, 9_000.0), "Hz", 200, 16_000, "higher drops", Form.RANGE),
        listed("drops.decay", (2.0, 8.0), "ms", 0.2, 16, "drops that ring longer", Form.RANGE),
        number("drops.spread", 0.75, "", 0, 1.5, "drops more unlike each other in loudness", moves=False),
        number("drops.hiss", 0.8, "", 0, 1, "drops that splash more and ring less"),
        number("drops.near", -9.0, "dB", -60, 12, "drops that stand out more from the bed", name="near"),
        number("drops.wide", 0.8, "", 0, 1, "drops spread wider", name="wide", moves=False),
        number("drum.level", -20.0, "dB", -60, 6, "more drumming of what it falls on", name="drum"),
        listed(
            "drum.pitch",
            (110.0, 270.0),
            "Hz",
            60,
            1_200,
            "a tighter, smaller drum",
            Form.RANGE,
            name="drum_pitch",
        ),
    ),
)


@dataclass(frozen=True)
class Rain:
    """A bed, its patter, and the drops and drum beats that are filtered with it."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        fall = Fall(key, controls)
        points = slow_points(span)
        strength = fall.strength_db(points)
        patter = controls.values("patter", points) + 0.5 * strength - 10 * controls.values("distance", points)
        movement = Movement(
            gains=exact.gain(strength + fall.flurry(points) - fall.more),
            spectrum=fall.spectrum(span),
            glides=bool(gliding(controls, (*COLOURING, "width", "intensity", "distance", "gusts")))
            or controls.curve("gusts").keyframes[0].value > 0,
            patter=exact.gain(patter).astype(np.float32),
            doublings=int(np.rint(exact.log2(33_000 / controls.number("many", 0)))),
            struck=Combined(
                Bursting(_drops(key / "drops", span, controls, fall)),
                Ringing(_beats(key / "drum", span, controls, fall)),
            ),
            width=fall.width,
        )
        return plain_bed(key / "bed", span, controls, movement)


class Fall:
    """The intensity of the rain, at any frame."""

    def __init__(self, key: Key, controls: Controls) -> None:
        self._key, self._controls = key, controls
        self._weather: Weather = weather_of(key, controls)
        squall = SQUALL * controls.number("gusts", 0) * self._weather.gusts
        self.more = 0.115 * (squall * squall + FLURRY * FLURRY)
        """dB that these movements add to the mean loudness, taken off again."""

    def strength_db(self, points: Frames) -> Floats:
        """dB over usual rain."""
        force = self._controls.values("intensity", points) * self._weather.strength(points)
        gusts = self._controls.values("gusts", points)
        blown = SQUALL * gusts * self._weather.gust(points) if gusts.any() else np.zeros(points.shape)
        return np.asarray(blown + 3.0 * exact.log2(np.maximum(force, 0.05)))

    def flurry(self, points: Frames) -> Floats:
        """dB: movement that no wind explains."""
        return FLURRY * drift(self._key / "flurry", points, 0.5 * RATE)

    def width(self, frame: int) -> float:
        """The width of the lows, in steps too small to hear, as it was the second before."""
        before = max(0, frame // KNOT * KNOT - KNOT)
        return round(32 * self._controls.number("width", before)) / 32

    def spectrum(self, span: Span) -> _Spectra:
        return _Spectra(self, span, self._controls)


class _Spectra:
    """The bed's spectrum at whole seconds: heavier rain is brighter, far rain is dull.

    It is set by the second before: between two seconds the colour is interpolated, and must not yet move for
    a scene that begins in between.
    """

    def __init__(self, fall: Fall, span: Span, controls: Controls) -> None:
        self._turning, self._controls = gliding(controls), controls
        self._plain = bed_spectrum(controls, span.start)
        knots = np.arange(span.start // KNOT, -(-span.stop // KNOT) + 1, dtype=np.int64) * KNOT
        before = np.maximum(0, knots - KNOT)
        away = controls.values("distance", before)
        # in steps of a quarter of a decibel an octave, so that few colours have to be fitted
        lean = np.rint(4 * (0.25 * fall.strength_db(before) - 2 * away)) / 4
        lower = exact.exp2(-np.rint(48 * 1.6 * away) / 48)
        self._at = {int(f): (float(a), float(b)) for f, a, b in zip(knots, lean, lower, strict=True)}

    def __call__(self, frame: int) -> Spectrum:
        frame = frame // KNOT * KNOT
        base = bed_spectrum(self._controls, max(0, frame - KNOT)) if self._turning else self._plain
        points, tilt, low, high = base
        lean, lower = self._at[frame]
        return points, tilt + lean, low, (high if high < RATE else 20_000.0) * lower


def _heavier(onsets: Frames, fall: Fall) -> Floats:
    """The factor by which more drops fall than in usual rain, at each onset."""
    # a grid of fixed frames: the same values whichever span is asked for
    coarse = np.arange(onsets[0] // _GRID, onsets[-1] // _GRID + 1) * _GRID
    return np.asarray(exact.exp2(fall.strength_db(coarse) / 3.0)[onsets // _GRID - onsets[0] // _GRID])


def _sides(
    controls: Controls, pitch: Floats, loud: Floats, left: Floats, right: Floats
) -> tuple[Floats, Floats]:
    """Gains for mid and side, which the bed's width at this pitch turns back into left and right."""
    width = wider(pitch, controls.number("width", 0))
    back = np.sqrt(1 + width * width) / 2
    return loud * (left + right) * back, loud * (left - right) * back / np.maximum(width, 0.1)


def _drops(key: Key, span: Span, controls: Controls, fall: Fall) -> Bursts:
    """Every drop of the span. Together, at 60 a second and before the filter, they are `near` dB over the
    bed."""
    shortest, longest = controls.pair("decay", 0)
    reach = min(REACH, int(longest * 0.001 * 12 * RATE) + 64)

    def rate(onsets: Frames) -> Floats:
        return controls.values("drops", onsets) * _heavier(onsets, fall)

    found = events_at_rate(key, span, rate, FASTEST, reach)
    index = found.index
    decay = by_ratio(key / "decay", index, shortest, longest) * 0.001
    pitch = by_ratio(key / "pitch", index, *controls.pair("pitch", 0))
    spread = controls.number("spread", 0)
    # log-normal, clipped at +1.4 sigma: no drop is so loud that it wakes somebody
    size = exact.exp(spread * np.minimum(normal(key / "size", index), 1.4) - spread * spread)
    near = controls.values("near", found.onsets) - 12 * controls.values("distance", found.onsets)
    near = near + KEEN * exact.log2(pitch / 2_000.0)
    loud = size * exact.gain(near) * np.sqrt(RATE / (60 * 0.5 * decay * RATE))
    left, right = pan_gains(controls.number("wide", 0) * (2 * uniform(key / "seat", index) - 1))
    mid, side = _sides(controls, pitch, loud, left, right)
    splash = exact.exp2(3.4 * controls.values("hiss", found.onsets) - 3.0)
    return bursts(
        found,
        pitch=pitch,
        breadth=splash * between(key / "breadth", index, 0.6, 1.4),
        decay=decay,
        rise=np.full(pitch.shape, 0.0002),
        left=mid,
        right=side,
        seed=words(key / "seed", index),
    )


def _beats(key: Key, span: Span, controls: Controls, fall: Fall) -> Rings:
    """Every beat of the drum: what rain falls on rings a little, at pitches of its own. Together, before the
    filter, they are `drum` dB over the bed."""
    reach = int(_HUM * 17 * RATE)
    found = events_at_rate(key, span, lambda onsets: _BEATS * _heavier(onsets, fall), 3 * _BEATS, reach)
    index = found.index
    low, high = controls.pair("drum_pitch", 0)
    # a roof, a tent, a window pane rings at few places, each with its pitch and pan
    place = np.floor(_PLACES * uniform(key / "place", index)).astype(np.int64)
    pitch = by_ratio(key / "pitch", place, low, high) * between(key / "detune", index, 0.96, 1.04)
    decay = _HUM * between(key / "decay", index, 0.6, 1.4)
    size = exact.exp(0.7 * np.minimum(normal(key / "size", index), 1.4) - 0.49)
    drum = controls.values("drum", found.onsets) - 6 * controls.values("distance", found.onsets)
    loud = size * exact.gain(drum) * np.sqrt(RATE / (_BEATS * 0.25 * decay * RATE))
    left, right = pan_gains(0.6 * (2 * uniform(key / "seat", place) - 1))
    mid, side = _sides(controls, pitch, loud, left, right)
    return rings(
        found,
        pitch=pitch,
        decay=decay,
        rise=np.full(pitch.shape, 0.002),
        left=mid,
        right=side,
        hiss=np.zeros(pitch.shape),
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )
