"""Frogs round a pond: some croak in pulses, some peep, and they answer each other; then all fall silent.

A croak is a row of pulses, each ringing in two places at once as a vocal sac does; a peep is one note that
slides up. The warmer the water, the quicker the pulses.
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
from lullaby.voices.chances import drift, normal, uniform
from lullaby.voices.colour import Points
from lullaby.voices.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.events import seats
from lullaby.voices.notes import Notes, Singing, notes, phases, together
from lullaby.voices.pace import Pace
from lullaby.voices.surroundings import Layer, air, hush, layers
from lullaby.voices.tables import everyone, listed, number
from lullaby.voices.voice import Sound

MOST = 10
BOUT = 14 * RATE
"""Frames for which frogs go on, or are silent."""
PULSES = 14
"""Pulses of a croak, at the most."""

# (Hz, dB a hertz): the air over water at night; a pond full of frogs too far to tell apart
AIR: Points = ((60, -14), (120, -18), (300, -21), (1_000, -26), (4_000, -32), (10_000, -38))
POND: Points = ((300, -30), (700, -12), (1_100, -2), (1_700, 0), (2_600, -5), (3_600, -14), (8_000, -34))

KIND = Kind(
    "frogs",
    "frogs round a pond, answering each other",
    (
        *everyone(send=-20.0),
        number("calls", 28.0, "per minute", 0, 60, "each frog calls more often", thins=1),
        number("animals", 8.0, "", 0, MOST, "more frogs near enough to be told apart"),
        number("intensity", 0.75, "", 0, 1, "shorter silences: the share of the time that each calls"),
        number("temperature", 17.0, "degrees Celsius", 5, 32, "warmer: the pulses of a croak come quicker"),
        number("distance", 0.35, "", 0, 1, "farther off: softer, duller, and more of the pond"),
        listed("croak.pitch", (900.0, 2_300.0), "Hz", 200, 4_000, "smaller frogs", Form.RANGE),
        number("croak.length", 0.32, "s", 0.1, 0.8, "longer croaks", name="length", moves=False),
        number("croak.uneven", 0.18, "", 0, 0.45, "calls less evenly spaced", name="uneven", moves=False),
        number("peeps", 0.3, "", 0, 1, "more of them peep instead of croaking", moves=False),
        number("pond.level", -10.0, "dB", -90, 6, "more of the hundreds behind them", name="pond"),
        *air(-17.0, "more of the night air over the water"),
        number("wide", 0.7, "", 0, 1, "frogs spread wider", moves=False),
    ),
    silent_from="n2",
)  # fmt: skip


@dataclass(frozen=True)
class Frogs:
    """Croaks and peeps, a pond, and the air."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        near = Singing(_calls(key / "near", span, controls))
        at = slow_points(span)
        away = controls.over("distance", at)
        told = controls.over("pond", at)
        ruffled = 3.0 * drift(key / "pond", at, 0.12 * RATE) + 1.5 * drift(key / "swell", at, 7.0 * RATE)
        pond = np.where(told <= -90, 0.0, exact.gain(told + 3 * (away - 0.35) + ruffled))
        made = [
            hush(key / "air", span, controls, AIR),
            Layer(POND, pond, 150.0, 9_000.0 - 5_000.0 * controls.number("distance", 0)),
        ]
        for block, sound in zip(span.blocks(), layers(key / "noise", span, made, 0.5), strict=True):
            sound += near.sound(block)
            yield sound


def _calls(key: Key, span: Span, controls: Controls) -> Notes:
    """Every pulse of every call that reaches into the span. Frog k calls a little after frog k − 1: they
    answer each other, each at a place of its own in the round."""
    reach = 2 * RATE
    pace = Pace.over(span, reach + RATE, controls.curve("calls"), 60 * RATE)
    n = pace.within(2)
    frog, step = np.divmod(np.arange(MOST * len(n), dtype=np.int64), len(n))
    turn = n[step]
    index = turn * 64 + frog
    place = 0.618033988749895 * frog + 0.2 * uniform(key / "place", frog)
    due = turn + place - np.floor(place)
    due = due + controls.number("uneven", 0) * np.clip(normal(key / "when", index), -2, 2)
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - reach) & (onset < span.stop)
    frog, index, onset = frog[here], index[here], onset[here]
    loud = _loudness(key, frog, index, onset, controls)
    peeps = uniform(key / "peeps", frog) < controls.number("peeps", 0)
    left, right = seats(controls.number("wide", 0) * (2 * uniform(key / "seat", frog) - 1))
    heard = loud > 0
    return together(
        *(
            made(key, frog[who], index[who], onset[who], (loud * left)[who], (loud * right)[who], controls)
            for made, who in ((_croaks, heard & ~peeps), (_peeps, heard & peeps))
        )
    )


def _loudness(key: Key, frog: Frames, index: Frames, onset: Frames, controls: Controls) -> Floats:
    if not len(onset):
        return np.zeros(0)
    away = controls.over("distance", onset)
    here = np.clip(controls.over("animals", onset) - frog, 0, 1)
    bout = (onset + (0.3 * uniform(key / "late", frog) * BOUT).astype(np.int64)) // BOUT
    calls = uniform(key / "bout", bout * 64 + frog) < controls.over("intensity", onset)
    each = 1.5 * np.clip(normal(key / "force", index), -2, 1.5)
    place = -0.8 * np.minimum(frog, 6) - 2.0 * uniform(key / "off", frog)
    return here * calls * exact.gain(each + place - 9.0 - 10.0 * away)


def _pitch(key: Key, frog: Frames, controls: Controls) -> Floats:
    low, high = controls.pair("pitch", 0)
    along = 0.3 + 0.618033988749895 * frog + 0.2 * uniform(key / "pitch", frog)
    bottom = exact.log2(low)
    return exact.exp2(bottom + (exact.log2(high) - bottom) * (along - np.floor(along)))


def _croaks(
    key: Key, frog: Frames, index: Frames, onset: Frames, left: Floats, right: Floats, controls: Controls
) -> Notes:
    warmth = controls.over("temperature", onset) - 17.0 if len(onset) else np.zeros(0)
    away = controls.over("distance", onset) if len(onset) else np.zeros(0)
    rate = (22.0 + 30.0 * uniform(key / "rate", frog)) * (1 + 0.04 * warmth)
    # as long as it is told to be at the middle of all paces: fewer pulses where they come slowly
    count = np.clip(np.rint(controls.number("length", 0) * rate / (1 + 0.04 * warmth)), 3, 2 * PULSES)
    pitch = _pitch(key, frog, controls)
    rows = 2 * PULSES * 2
    which = np.repeat(np.arange(len(frog)), rows)
    row = np.tile(np.arange(rows), len(frog))
    pulse, upper = row // 2, row % 2
    kept = pulse < count[which]
    which, pulse, upper = which[kept], pulse[kept], upper[kept]
    number_of = index[which] * 64 + pulse * 2 + upper
    gap = 1 / rate[which]
    begins = onset[which] + np.rint(pulse * gap * RATE).astype(np.int64)
    life = gap * (0.75 + 0.35 * away[which])
    along = pulse / count[which]
    high = pitch[which] * np.where(upper == 1, 2.05, 1.0) * (1 + 0.06 * along)
    high = high * (1 + 0.01 * normal(key / "tune", number_of))
    grown = np.minimum(1.0, 0.35 + 1.8 * along) * (
        1 + 0.12 * np.clip(normal(key / "weight", number_of), -2, 2)
    )
    share = grown * np.where(upper == 1, 0.4 * exact.gain(-9.0 * away[which]), 1.0)
    return notes(
        begins,
        life=life,
        pitch=high * 1.02,
        to=high * 0.97,
        left=left[which] * share,
        right=right[which] * share,
        rise=life * 0.22,
        fall=life * 0.78,
        octave=0.12 * (1 - away[which]),
        phase=phases(key, number_of),
    )


def _peeps(
    key: Key, frog: Frames, index: Frames, onset: Frames, left: Floats, right: Floats, controls: Controls
) -> Notes:
    pitch = 1.7 * _pitch(key, frog, controls) * (1 + 0.01 * normal(key / "tune", index))
    life = 0.16 * (1 + 0.1 * np.clip(normal(key / "life", index), -2, 2))
    return notes(
        onset,
        life=life,
        pitch=pitch * 0.93,
        to=pitch * 1.05,
        left=0.5 * left,
        right=0.5 * right,
        rise=life * 0.35,
        fall=life * 0.45,
        octave=0.03,
        phase=phases(key, index),
    )
