"""Bowls and bells (modal synthesis): each stroke is a handful of decaying partials, in beating pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.rings import RING
from lullaby.score.settings import Form, Kind, Setting
from lullaby.time import RATE, Span
from lullaby.voices.core.chances import between, normal, uniform, words
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.onsets import Events, Ringing, Rings, rings
from lullaby.voices.core.pace import Pace, mapped
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound
from lullaby.voices.instruments.fading import SLOW_FALL, SLOW_RISE
from lullaby.voices.instruments.notes import USUAL, Notes, given_near, onsets_in


def _table(
    pitch: float,
    partials: tuple[float, ...],
    amplitudes: tuple[float, ...],
    ring: float,
    rise: float,
    every: float,
) -> tuple[Setting, ...]:
    return (
        *channel_strip(send=-6.0),
        number("every", every, "s", 2, 3_600, "longer between strokes", thins=-1),
        number("uneven", 0.25, "", 0, 0.45, "strokes less evenly spaced", moves=False),
        number("pitch", pitch, "Hz", 30, 4_000, "higher", moves=False),
        listed(
            "partials",
            partials,
            "times the pitch",
            0.1,
            40,
            "what rings besides the lowest tone",
            Form.NUMBERS,
            longest=12,
        ),
        listed("amplitudes", amplitudes, "", 0, 2, "how much of each partial", Form.NUMBERS, longest=12),
        number("ring", ring, "s", 0.3, 60, "until the lowest partial is 60 dB down", moves=False),
        number("damp", 0.6, "", 0, 1.5, "high partials that die sooner", moves=False),
        number("rise", rise, "ms", 1, 4_000, "a softer stroke", moves=False),
        number("beat", 0.6, "Hz", 0, 8, "faster beating: each partial is a pair a little apart", moves=False),
        number("softness", 3.0, "dB", 0, 12, "strokes more unlike each other in loudness", moves=False),
        number("seat", 0.0, "", -1, 1, "where it stands, left to right", moves=False),
    )


BOWL = Kind(
    "bowl",
    "a metal bowl, stroked rather than struck",
    _table(196.0, (1.0, 2.71, 5.05, 7.9), (1.0, 0.45, 0.16, 0.05), 18.0, 60.0, 40.0),
    silent_from="n3",
    plays=True,
    program=14,
)
BELL = Kind(
    "bell",
    "a bell, far enough to be kind",
    _table(
        392.0, (0.5, 1.0, 1.19, 1.5, 2.0, 2.66, 4.1), (0.5, 1.0, 0.5, 0.35, 0.45, 0.2, 0.08), 7.0, 4.0, 45.0
    ),
    silent_from="n3",
    plays=True,
    program=14,
)

IN_TUNE = 0.0015
"""Of its pitch: how far apart a given stroke's pairs of partials are at the most, 2.6 cents."""

SWELL, FADE = 1.5, 4.0
"""Seconds: time constants of attack and decay of a stroke that swells, for somebody asleep."""

_E_FOLDS_60 = 6.907755278982137  # ln(1000): time constants in 60 dB


@dataclass(frozen=True)
class Struck:
    """Every stroke is a closed form of the time since its onset."""

    given: float
    """dB by which a stroke that it is given is softer than one that is all there is for half a minute."""
    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        ringing = Ringing(_strokes(key, span, controls, self.given))
        for block in span.blocks():
            # rows that follow each other, as every voice's: for others the mixer's kernels are compiled again
            yield np.ascontiguousarray(ringing.sound(block))

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        if controls.notes is not None:
            return onsets_in(key, span, controls)
        return _onsets(key, span, 0, controls).onsets


def _strokes(key: Key, span: Span, controls: Controls, softer: float) -> Rings:
    """Every partial of every stroke whose sound reaches into the span."""
    notes, gain = _notes(key, span, controls)
    partials = np.array(controls.numbers("partials"))
    given = controls.numbers("amplitudes")
    amplitudes = np.array([*given, *[given[-1]] * len(partials)])[: len(partials)]
    hz = notes.hz[:, None] * partials
    low_enough = hz < RATE * 0.4
    if not low_enough.any():
        return np.zeros(0, RING)
    lowest = np.where(low_enough, hz, np.inf).min(axis=1, keepdims=True)
    ratio = np.where(low_enough, hz / lowest, 1.0)
    taus = controls.number("ring", 0) / _E_FOLDS_60 * exact.power(ratio, -controls.number("damp", 0))
    power = exact.total(low_enough * amplitudes * amplitudes * taus)
    count, halves = len(partials), 2
    each = count * halves
    which = np.repeat(np.arange(len(notes)), each)
    partial = np.tile(np.repeat(np.arange(count), halves), len(notes))
    half = np.tile(np.arange(each) % halves, len(notes))
    kept = low_enough[which, partial]
    which, partial, half = which[kept], partial[kept], half[kept]
    onsets, stroke = notes.onset[which], notes.index[which]
    index = stroke * 64 + partial * halves + half
    if controls.notes is not None:
        gain = gain * exact.gain(softer)
    size = gain[which] * amplitudes[partial] * np.sqrt(4.5 * MINUS_27 / np.maximum(power[which], 1e-9))
    # harder strokes excite the high partials more
    harder = 0.15 * normal(key / "hardness", stroke) - 0.15
    harder = harder + 0.35 * exact.log2(np.maximum(notes.velocity[which], 0.01) / USUAL)
    size = size * exact.power(ratio[which, partial], harder)
    rise, decay = controls.number("rise", 0) / 3000 / (1 + 0.5 * partial), taus[which, partial]
    # for somebody asleep a stroke has no attack: it swells, with the same energy
    swells, own = notes.swell[which] > 0, controls.notes is None
    slow = FADE if own else SLOW_FALL * notes.swell[which]
    swell = SWELL if own else SLOW_RISE * notes.swell[which]
    size = size * np.where(swells, np.sqrt(decay / np.maximum(decay, slow)), 1.0)
    rise = np.where(swells, np.maximum(rise, swell), rise)
    decay = np.where(swells, np.maximum(decay, slow), decay)
    beat = controls.number("beat", 0) * (1 + 0.3 * (uniform(key / "beat", partial) - 0.5))
    off = (half - 0.5) * beat
    if (
        controls.notes is not None
    ):  # in tune with others: both within two cents, the middle of their power right
        off = (half - 0.31) * np.minimum(beat, IN_TUNE * hz[which, partial])
    left, right = pan_gains(controls.number("seat", 0) + between(key / "lean", index, -0.12, 0.12))
    return rings(
        Events(onsets, index),
        pitch=hz[which, partial] + off,
        decay=np.asarray(decay, np.float64),
        rise=np.asarray(rise, np.float64),
        left=size * left * np.where(half == 0, 0.6, 0.4),
        right=size * right * np.where(half == 0, 0.6, 0.4),
        hiss=np.zeros(index.shape),
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )


def _notes(key: Key, span: Span, controls: Controls) -> tuple[Notes, Floats]:
    """The strokes near a span, and the gain of each."""
    if controls.notes is not None:
        given = given_near(span, controls)
        return given, given.force
    ring = controls.number("ring", 0)
    if span.stop > controls.asleep:
        ring = max(ring, FADE * _E_FOLDS_60)
    own = _onsets(key, span, int(ring * (100 / 60) * RATE) + RATE, controls)
    notes = Notes(
        own.onsets,
        np.zeros(own.index.shape, np.int64),
        np.full(own.index.shape, controls.number("pitch", 0)),
        np.full(own.index.shape, USUAL),
        np.where(own.onsets >= controls.asleep, SWELL, 0.0),
        own.index,
    )
    softness = controls.number("softness", 0)
    return notes, exact.gain(softness * (normal(key / "force", own.index) * 0.5 - 0.5))


def _onsets(key: Key, span: Span, reach: int, controls: Controls) -> Events:
    """Strokes near the span: the nth comes when n intervals have gone by, give or take its unevenness."""
    pace = Pace.from_rate(span, reach, mapped(controls.curve("every"), lambda seconds: 1 / seconds))
    n = pace.whole_turns()
    n = n[n >= 0]
    due = n + 0.5 + controls.number("uneven", 0) * (2 * uniform(key / "when", n) - 1)
    inside = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    n, onset = n[inside], pace.frames(due[inside])
    near = (onset >= span.start - reach) & (onset < span.stop)
    return Events(onset[near], n[near])
