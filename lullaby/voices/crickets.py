"""Crickets on a summer night: a few near ones that can be told apart, and the meadow full of them behind.

How often a cricket chirps is how warm it is (Dolbear, 1897): 7.2 more chirps a minute for every degree,
112 at 20 °C. A chirp is a handful of pulses, each one stroke of a wing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY
from lullaby.voices.chances import between, by_ratio, drift, normal, uniform
from lullaby.voices.colour import Points
from lullaby.voices.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.events import seats
from lullaby.voices.notes import Notes, Singing, notes, phases, together
from lullaby.voices.pace import Pace, mapped
from lullaby.voices.surroundings import Layer, air, hush, layers
from lullaby.voices.tables import everyone, listed, number
from lullaby.voices.voice import Sound

MOST = 12
"""Near crickets, at the most."""
FAR = 10
"""Crickets behind them that are drawn one by one; the rest are the meadow's hiss."""
BOUT = 9 * RATE
"""Frames for which a cricket sings on, or is silent."""

# (Hz, dB a hertz): night air; and thousands of insects, too far and too many to count
AIR: Points = (
    (30, 5), (60, 3), (100, -6), (200, -15), (400, -22), (1_000, -26), (2_000, -28), (4_000, -29),
    (7_000, -28), (12_000, -34),
)  # fmt: skip
MEADOW: Points = (
    (1_500, -32),
    (2_300, -9),
    (3_200, -5),
    (4_300, -1),
    (5_200, -2),
    (7_000, -3),
    (9_000, -8),
    (12_000, -18),
)

KIND = Kind(
    "crickets",
    "crickets in a meadow on a warm night",
    (
        *everyone(send=-24.0),
        number("temperature", 20.0, "degrees Celsius", 8, 34, "warmer: faster chirps, a little higher"),
        number("animals", 5.0, "", 0, MOST, "more crickets near enough to be told apart"),
        number(
            "intensity", 0.8, "", 0, 1, "shorter silences: how much of the time each sings", thins=1
        ),
        number("distance", 0.35, "", 0, 1, "farther off: softer strokes, duller, and more of the meadow"),
        listed("song.pitch", (3_460.0, 5_000.0), "Hz", 2_000, 8_000, "higher crickets", Form.RANGE),
        listed("song.pulses", (24.0, 50.0), "per second", 15, 80, "quicker wings", Form.RANGE),
        number("song.uneven", 0.08, "", 0, 0.3, "chirps less evenly spaced", name="uneven", moves=False),
        number("trill.level", -7.0, "dB", -90, 6, "more of the one that trills on and on", name="trill"),
        number("meadow.level", -2.0, "dB", -90, 6, "more of the thousands behind them", name="meadow"),
        *air(1.0, "more of the night air under them"),
        number("wide", 0.6, "", 0, 1, "crickets spread wider", moves=False),
    ),
    silent_from="n2",
)  # fmt: skip


@dataclass(frozen=True)
class Crickets:
    """Chirps that are counted by warmth, a trill, a meadow and the air."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        near = Singing(
            together(
                _chirps(key / "near", span, controls, far=False),
                _chirps(key / "far", span, controls, far=True),
                _trill(key / "trill", span, controls),
            )
        )
        at = slow_points(span)
        away = controls.over("distance", at)
        stirred = (
            controls.over("meadow", at) + 4 * (away - 0.35) + 1.2 * drift(key / "meadow", at, 3.0 * RATE)
        )
        made = [
            hush(key / "air", span, controls, AIR),
            Layer(
                MEADOW,
                exact.gain(controls.over("meadow", at) + stirred),
                400.0,
                _top(controls.number("distance", 0)),
            ),
        ]
        for block, sound in zip(span.blocks(), layers(key / "noise", span, made, 0.45), strict=True):
            sound += near.sound(block)
            yield sound


def _top(away: float) -> float:
    """Hz: what is left of the highs at this distance."""
    return 14_000.0 - 7_000.0 * away


def warm_rate(celsius: float) -> float:
    """Chirps a minute, by Dolbear."""
    return 7.2 * celsius - 32.0


def _chirps(key: Key, span: Span, controls: Controls, far: bool) -> Notes:
    """Every pulse of every chirp that reaches into the span."""
    count = FAR if far else MOST
    pace = Pace.over(span, RATE, mapped(controls.curve("temperature"), warm_rate), 60 * RATE)
    first, turns = pace.wheel[0], pace.wheel[-1] - pace.wheel[0]
    # cricket k has a pace of its own: where the wheel stands at w, it has made own × w turns
    animal, step = np.divmod(
        np.arange(count * (int(1.06 * turns) + 6), dtype=np.int64), int(1.06 * turns) + 6
    )
    own = between(key / "pace", animal, 0.94, 1.06)
    turn = np.floor(own * first).astype(np.int64) - 2 + step
    index = turn * 64 + animal
    jitter = controls.number("uneven", 0) * np.clip(normal(key / "when", index), -2, 2)
    due = (turn + uniform(key / "first", animal) + jitter) / own
    onset = pace.frames(due)
    here = (
        (onset >= span.start - RATE) & (onset < span.stop) & (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    )
    animal, index, onset = animal[here], index[here], onset[here]
    loud = _loudness(key, animal, index, onset, controls, far)
    heard = loud > 0
    return _pulses(key, animal[heard], index[heard], onset[heard], loud[heard], controls, far)


def _loudness(
    key: Key, animal: Frames, index: Frames, onset: Frames, controls: Controls, far: bool
) -> Floats:
    """How loud a chirp is: by who sings, whether it sings now, and how far off all of them are."""
    away = controls.over("distance", onset) if len(onset) else np.zeros(0)
    each = exact.gain(1.0 * np.clip(normal(key / "force", index), -2, 1.5))
    bout = (onset + (uniform(key / "turn", animal) * BOUT).astype(np.int64)) // BOUT
    sings = uniform(key / "bout", bout * 64 + animal) < controls.over("intensity", onset)
    if far:
        told = controls.over("meadow", onset)
        return sings * each * exact.gain(told - 20.0 - 4.0 * uniform(key / "off", animal)) * (told > -90)
    here = np.clip(controls.over("animals", onset) - animal, 0, 1)
    place = -1.2 * np.minimum(animal, 6) - 2.0 * uniform(key / "off", animal)
    return here * sings * each * exact.gain(-10.4 + place - 12.0 * away)


def _pulses(
    key: Key, animal: Frames, index: Frames, onset: Frames, loud: Floats, controls: Controls, far: bool
) -> Notes:
    """The strokes of these chirps: they grow through a chirp, and each glides down a little."""
    warmth = controls.over("temperature", onset) - 20.0 if len(onset) else np.zeros(0)
    away = controls.over("distance", onset) if len(onset) else np.zeros(0)
    rate = by_ratio(key / "wings", animal, *controls.pair("pulses", 0)) * (1 + 0.025 * warmth)
    pitch = _carrier(key, animal, controls) * (1 + 0.008 * warmth)
    size = 3 + np.floor(3.6 * uniform(key / "strokes", animal)).astype(np.int64)
    # the last stroke of some chirps is left out
    size = size - (uniform(key / "short", index) < 0.2)
    most = 6
    stroke = np.tile(np.arange(most), len(animal))
    each = np.repeat(np.arange(len(animal)), most)
    kept = stroke < size[each]
    stroke, each = stroke[kept], each[kept]
    at, gap = onset[each], 1 / rate[each]
    number_of = index[each] * 8 + stroke
    begins = at + np.rint((stroke * gap + 0.0006 * normal(key / "stroke", number_of)) * RATE).astype(np.int64)
    life = gap * (0.62 + 0.3 * away[each]) if not far else gap * 0.95
    high = pitch[each] * (1 + 0.004 * normal(key / "tune", number_of))
    grown = np.minimum(1.0, 0.45 + 0.28 * stroke)
    dull = exact.gain(-5.0 * away[each] * (high / 4_000) * (high / 4_000))
    size_of = loud[each] * grown * dull * (1 + 0.1 * normal(key / "weight", number_of))
    left, right = seats(controls.number("wide", 0) * (2 * uniform(key / "seat", animal[each]) - 1))
    return notes(
        begins,
        life=life,
        pitch=high + 45.0,
        to=high - 45.0,
        left=size_of * left,
        right=size_of * right,
        rise=life * 0.55,
        fall=life * 0.45,
        octave=0.0 if far else 0.16 * (1 - away[each]),
        phase=phases(key, number_of),
    )


def _carrier(key: Key, animal: Frames, controls: Controls) -> Floats:
    """Hz: each its own, the nearest not like each other, nor at the ends of the range."""
    low, high = controls.pair("pitch", 0)
    along = 0.45 + 0.618033988749895 * animal + 0.25 * uniform(key / "pitch", animal)
    along = along - np.floor(along)
    bottom = exact.log2(low)
    return exact.exp2(bottom + (exact.log2(high) - bottom) * along)


def _trill(key: Key, span: Span, controls: Controls) -> Notes:
    """One that does not chirp but trills for many seconds, swells, and rests."""
    pace = Pace.over(
        span, RATE, mapped(controls.curve("temperature"), lambda c: 64.5 * (1 + 0.025 * (c - 20)))
    )
    stroke = pace.within(2)
    onset = pace.frames(stroke.astype(np.float64))
    here = (onset >= span.start - RATE) & (onset < span.stop)
    stroke, onset = stroke[here], onset[here]
    if not len(onset):
        return notes(onset, life=1.0, pitch=1.0, left=0.0, right=0.0, rise=1.0, fall=1.0)
    swell = np.clip(0.6 + 0.9 * drift(key / "swell", onset, 12.0 * RATE), 0.0, 1.0)
    away, told = controls.over("distance", onset), controls.over("trill", onset)
    loud = (
        exact.gain(told - 16.0 - 10.0 * away) * swell * (told > -90) * (controls.over("intensity", onset) > 0)
    )
    high = controls.pair("pitch", 0)[1] * 1.02 * (1 + 0.002 * normal(key / "tune", stroke))
    loud = loud * (1 + 0.15 * normal(key / "force", stroke))
    left, right = seats(np.full(onset.shape, 0.5 * controls.number("wide", 0)))
    return notes(
        onset,
        life=0.0135,
        pitch=high + 20,
        to=high - 20,
        left=loud * left,
        right=loud * right,
        rise=0.006,
        fall=0.006,
        phase=phases(key, stroke),
    )
