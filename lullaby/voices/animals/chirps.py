"""Songs of crickets: chirps of a few wing strokes, at a rate set by the temperature; and an endless trill.

Each cricket has a pace, a pitch and a pan of its own. The near ones can be told apart; those behind them are
softer and never stop for good; the small ones, far off too, sing almost an octave higher.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.time import RATE, Span
from lullaby.voices.animals.notes import Notes, notes, phases
from lullaby.voices.core.chances import between, by_ratio, drift, normal, uniform
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.pace import Pace, mapped
from lullaby.voices.core.pan import pan_gains


@dataclass(frozen=True)
class Choir:
    """A group of crickets that share their settings."""

    name: str
    count: int
    setting: str
    """The setting of their level; of the near ones, of their number."""
    level: float
    """dB"""
    more: float = 0.0
    """dB by which they grow as the near ones move farther off."""
    higher: float = 1.0
    """How much higher they sing than what the range says, and how much quicker their wings are."""
    quicker: float = 1.0


NEAR = Choir("near", 12, "animals", -12.2)
FAR = Choir("far", 10, "meadow", -18.0, more=2.0)
HIGH = Choir("high", 6, "high", -18.0, higher=1.72, quicker=1.35)

BOUT = 9 * RATE
"""Frames for which a cricket sings on, or is silent."""
STROKES = 6
"""Strokes of a chirp, at the most."""


def warm_rate(celsius: float) -> float:
    """Chirps a minute, by Dolbear."""
    return 7.2 * celsius - 32.0


def chirps(key: Key, span: Span, controls: Controls, choir: Choir) -> Notes:
    """Every stroke of every chirp that reaches into the span."""
    pace = Pace.from_rate(span, RATE, mapped(controls.curve("temperature"), warm_rate), 60 * RATE)
    first, turns = pace.wheel[0], pace.wheel[-1] - pace.wheel[0]
    # cricket k has a pace of its own: at phase w of the common pace it has chirped own × w times
    most = int(1.06 * turns) + 6
    animal, step = np.divmod(np.arange(choir.count * most, dtype=np.int64), most)
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
    loud = _loudness(key, animal, index, onset, controls, choir)
    heard = loud > 0
    return _strokes(key, animal[heard], index[heard], onset[heard], loud[heard], controls, choir)


def _loudness(
    key: Key, animal: Frames, index: Frames, onset: Frames, controls: Controls, choir: Choir
) -> Floats:
    """How loud a chirp is: by who sings, whether it sings now, and how far off all of them are."""
    if not len(onset):
        return np.zeros(0)
    away = controls.values("distance", onset)
    each = exact.gain(1.8 * np.clip(normal(key / "force", index), -2, 1.3))
    bout = (onset + (uniform(key / "turn", animal) * BOUT).astype(np.int64)) // BOUT
    sings = uniform(key / "bout", bout * 64 + animal) < controls.values("intensity", onset)
    amount, off = controls.values(choir.setting, onset), uniform(key / "off", animal)
    if choir is not NEAR:
        nearer = choir.more * (away - 0.35)
        return sings * each * exact.gain(amount + choir.level + nearer - 4.0 * off) * (amount > -90)
    here = np.clip(amount - animal, 0, 1)
    place = -1.2 * np.minimum(animal, 6) - 2.0 * off
    return here * sings * each * exact.gain(choir.level + place - 12.0 * away)


def _strokes(
    key: Key, animal: Frames, index: Frames, onset: Frames, loud: Floats, controls: Controls, choir: Choir
) -> Notes:
    """The strokes of these chirps: they grow through a chirp, and each glides down a little."""
    warmth = controls.values("temperature", onset) - 20.0
    away = controls.values("distance", onset)
    rate = by_ratio(key / "wings", animal, *controls.pair("pulses", 0)) * (1 + 0.025 * warmth) * choir.quicker
    pitch = _carrier(key, animal, controls) * (1 + 0.008 * warmth) * choir.higher
    size = 3 + np.floor(3.6 * uniform(key / "strokes", animal)).astype(np.int64)
    # the last stroke of some chirps is left out
    size = size - (uniform(key / "short", index) < 0.2)
    stroke = np.tile(np.arange(STROKES), len(animal))
    each = np.repeat(np.arange(len(animal)), STROKES)
    kept = stroke < size[each]
    stroke, each = stroke[kept], each[kept]
    onsets, gap = onset[each], 1 / rate[each]
    number_of = index[each] * 8 + stroke
    begins = onsets + np.rint((stroke * gap + 0.0006 * normal(key / "stroke", number_of)) * RATE).astype(
        np.int64
    )
    life = gap * (0.62 + 0.3 * away[each]) if choir is NEAR else gap * 0.95
    high = pitch[each] * (1 + 0.004 * normal(key / "tune", number_of))
    grown = np.minimum(1.0, 0.45 + 0.28 * stroke)
    # those of the meadow are as far off as they ever were
    blur = 0.35 if choir is FAR else away[each]
    dull = exact.gain(-5.0 * blur * (high / 4_000) * (high / 4_000))
    size_of = loud[each] * grown * dull * (1 + 0.1 * normal(key / "weight", number_of))
    left, right = pan_gains(controls.number("wide", 0) * (2 * uniform(key / "seat", animal[each]) - 1))
    return notes(
        begins,
        life=life,
        pitch=high + GLIDE,
        end_pitch=high - GLIDE,
        left=size_of * left,
        right=size_of * right,
        rise=life * 0.55,
        fall=life * 0.45,
        octave=0.2 * (1 - away[each]) if choir is NEAR else 0.0,
        phase=phases(key, number_of),
    )


GLIDE = 160.0
"""Hz above its pitch where a stroke begins, and below where it ends."""


def _carrier(key: Key, animal: Frames, controls: Controls) -> Floats:
    """Hz: each its own, the nearest not like each other, nor at the ends of the range."""
    low, high = controls.pair("pitch", 0)
    along = 0.45 + 0.618033988749895 * animal + 0.25 * uniform(key / "pitch", animal)
    along = along - np.floor(along)
    bottom = exact.log2(low)
    return exact.exp2(bottom + (exact.log2(high) - bottom) * along)


def trill(key: Key, span: Span, controls: Controls) -> Notes:
    """One that does not chirp but trills for many seconds, swells, and rests."""
    pace = Pace.from_rate(
        span, RATE, mapped(controls.curve("temperature"), lambda c: 64.5 * (1 + 0.025 * (c - 20)))
    )
    stroke = pace.whole_turns(2)
    onset = pace.frames(stroke.astype(np.float64))
    here = (onset >= span.start - RATE) & (onset < span.stop)
    stroke, onset = stroke[here], onset[here]
    if not len(onset):
        return notes(onset, life=1.0, pitch=1.0, left=0.0, right=0.0, rise=1.0, fall=1.0)
    swell = np.clip(0.6 + 0.9 * drift(key / "swell", onset, 12.0 * RATE), 0.0, 1.0)
    away, trills = controls.values("distance", onset), controls.values("trill", onset)
    loud = (
        exact.gain(trills - 16.0 - 10.0 * away)
        * swell
        * (trills > -90)
        * (controls.values("intensity", onset) > 0)
    )
    high = controls.pair("pitch", 0)[1] * 1.02 * (1 + 0.002 * normal(key / "tune", stroke))
    loud = loud * (1 + 0.15 * normal(key / "force", stroke))
    left, right = pan_gains(np.full(onset.shape, 0.5 * controls.number("wide", 0)))
    return notes(
        onset,
        life=0.0135,
        pitch=high + 20,
        end_pitch=high - 20,
        left=loud * left,
        right=loud * right,
        rise=0.006,
        fall=0.006,
        phase=phases(key, stroke),
    )
