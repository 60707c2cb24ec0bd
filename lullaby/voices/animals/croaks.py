"""Calls of frogs: a croak is a row of short pulses at two pitches, as of a vocal sac; a peep is one tone that
glides up. Both grow louder from their beginning, and the more so after a silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.time import RATE, Span
from lullaby.voices.animals.notes import Notes, notes, phases, together
from lullaby.voices.core.chances import normal, uniform
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.pace import Pace
from lullaby.voices.core.pan import pan_gains


@dataclass(frozen=True)
class Chorus:
    """A group of frogs that share their settings."""

    name: str
    count: int
    level: float
    """dB"""


NEAR = Chorus("near", 10, -14.5)
ACROSS = Chorus("across", 14, -6.0)

BOUT = 14 * RATE
"""Frames for which frogs call, or are silent."""
FALLS_IN = 5 * RATE
"""Frames until a frog that begins after a silence is in full voice."""
PULSES = 28
"""Pulses of a croak, at the most."""
REACH = 3 * RATE


def calls(key: Key, span: Span, controls: Controls, chorus: Chorus) -> Notes:
    """Every pulse of every call that reaches into the span. Frog k calls a little after frog k − 1: they
    answer each other, each at a place of its own in the round."""
    pace = Pace.from_rate(span, REACH + RATE, controls.curve("calls"), 60 * RATE)
    n = pace.whole_turns(2)
    frog, step = np.divmod(np.arange(chorus.count * len(n), dtype=np.int64), len(n))
    turn = n[step]
    index = turn * 64 + frog
    place = 0.618033988749895 * frog + 0.2 * uniform(key / "place", frog)
    due = turn + place - np.floor(place)
    due = due + controls.number("uneven", 0) * np.clip(normal(key / "when", index), -2, 2)
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - REACH) & (onset < span.stop)
    frog, index, onset = frog[here], index[here], onset[here]
    loud = _loudness(key, frog, index, onset, controls, chorus)
    away = controls.values("distance", onset)
    away = away if chorus is NEAR else np.minimum(1.0, away + 0.5)
    peeps = uniform(key / "peeps", frog) < controls.number("peeps", 0)
    left, right = pan_gains(controls.number("wide", 0) * (2 * uniform(key / "seat", frog) - 1))
    return together(
        *(
            made(key, frog[who], index[who], onset[who], away[who], (loud * left)[who], (loud * right)[who],
                 controls)
            for made, who in ((_croaks, (loud > 0) & ~peeps), (_peeps, (loud > 0) & peeps))
        )
    )  # fmt: skip


def _loudness(
    key: Key, frog: Frames, index: Frames, onset: Frames, controls: Controls, chorus: Chorus
) -> Floats:
    if not len(onset):
        return np.zeros(0)
    away = controls.values("distance", onset)
    # the near ones fall silent together, more or less; across the water somebody always calls
    apart = 0.3 if chorus is NEAR else 1.0
    since = onset + (apart * uniform(key / "late", frog) * BOUT).astype(np.int64)
    bout, into = since // BOUT, since % BOUT

    def on(which: Frames) -> Frames:
        return np.asarray(uniform(key / "bout", which * 64 + frog) < controls.values("intensity", onset))

    fresh = np.where(on(bout - 1), 0.0, np.maximum(0.0, 1 - into / FALLS_IN))
    each = 1.5 * np.clip(normal(key / "force", index), -2, 1.5) - 12.0 * fresh
    off = 2.0 * uniform(key / "off", frog)
    if chorus is ACROSS:
        pond = controls.values("pond", onset)
        return on(bout) * (pond > -90) * exact.gain(each + pond + chorus.level - 2 * off + 3 * away)
    here = np.clip(controls.values("animals", onset) - frog, 0, 1)
    place = -0.8 * np.minimum(frog, 6) - off
    return here * on(bout) * exact.gain(each + place + chorus.level - 10.0 * away)


def _pitch(key: Key, frog: Frames, controls: Controls) -> Floats:
    low, high = controls.pair("pitch", 0)
    along = 0.3 + 0.618033988749895 * frog + 0.2 * uniform(key / "pitch", frog)
    bottom = exact.log2(low)
    return exact.exp2(bottom + (exact.log2(high) - bottom) * (along - np.floor(along)))


def _croaks(
    key: Key, frog: Frames, index: Frames, onset: Frames, away: Floats, left: Floats, right: Floats,
    controls: Controls,
) -> Notes:  # fmt: skip
    warmth = controls.values("temperature", onset) - 17.0
    rate = (22.0 + 30.0 * uniform(key / "rate", frog)) * (1 + 0.04 * warmth)
    # of the set length at a mean pulse rate: fewer pulses where they come slowly
    long = controls.number("length", 0) * (1 + 0.25 * np.clip(normal(key / "long", index), -2, 2))
    count = np.clip(np.rint(long * rate / (1 + 0.04 * warmth)), 3, PULSES)
    rate = rate * (1 + 0.05 * normal(key / "quick", index))
    pitch = _pitch(key, frog, controls)
    rows = PULSES * 2
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
    grown = np.minimum(1.0, 0.15 + 1.4 * along) * (
        1 + 0.12 * np.clip(normal(key / "weight", number_of), -2, 2)
    )
    share = grown * np.where(upper == 1, 0.4 * exact.gain(-9.0 * away[which]), 1.0)
    return notes(
        begins,
        life=life,
        pitch=high * 1.02,
        end_pitch=high * 0.97,
        left=left[which] * share,
        right=right[which] * share,
        rise=life * 0.22,
        fall=life * 0.78,
        octave=0.12 * (1 - away[which]),
        phase=phases(key, number_of),
    )


def _peeps(
    key: Key, frog: Frames, index: Frames, onset: Frames, away: Floats, left: Floats, right: Floats,
    controls: Controls,
) -> Notes:  # fmt: skip
    pitch = 1.7 * _pitch(key, frog, controls) * (1 + 0.01 * normal(key / "tune", index))
    life = 0.18 * (1 + 0.15 * np.clip(normal(key / "life", index), -2, 2))
    return notes(
        onset,
        life=life,
        pitch=pitch * 0.93,
        end_pitch=pitch * 1.05,
        left=0.5 * left,
        right=0.5 * right,
        rise=life * 0.5,
        fall=life * 0.45,
        octave=0.03,
        phase=phases(key, index),
    )
