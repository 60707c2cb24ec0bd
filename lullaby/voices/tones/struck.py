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
from lullaby.voices.core.controls import Controls, Frames
from lullaby.voices.core.onsets import Events, Ringing, Rings, rings
from lullaby.voices.core.pace import Pace, mapped
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound


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
)
BELL = Kind(
    "bell",
    "a bell, far enough to be kind",
    _table(
        392.0, (0.5, 1.0, 1.19, 1.5, 2.0, 2.66, 4.1), (0.5, 1.0, 0.5, 0.35, 0.45, 0.2, 0.08), 7.0, 4.0, 45.0
    ),
    silent_from="n3",
)

SWELL, FADE = 1.5, 4.0
"""Seconds: time constants of attack and decay of a stroke that swells, for somebody asleep."""

_E_FOLDS_60 = 6.907755278982137  # ln(1000): time constants in 60 dB


@dataclass(frozen=True)
class Struck:
    """Every stroke is a closed form of the time since its onset."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        ringing = Ringing(_strokes(key, span, controls))
        for block in span.blocks():
            # rows that follow each other, as every voice's: for others the mixer's kernels are compiled again
            yield np.ascontiguousarray(ringing.sound(block))

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        return _onsets(key, span, 0, controls).onsets


def _strokes(key: Key, span: Span, controls: Controls) -> Rings:
    """Every partial of every stroke whose sound reaches into the span."""
    ring = controls.number("ring", 0)
    if span.stop > controls.asleep:
        ring = max(ring, FADE * _E_FOLDS_60)
    reach = int(ring * (100 / 60) * RATE) + RATE
    strokes = _onsets(key, span, reach, controls)
    partials = np.array(controls.numbers("partials"))
    given = controls.numbers("amplitudes")
    amplitudes = np.array([*given, *[given[-1]] * len(partials)])[: len(partials)]
    pitch, beat = controls.number("pitch", 0), controls.number("beat", 0)
    hz = pitch * partials
    low_enough = hz < RATE * 0.4
    hz, amplitudes = hz[low_enough], amplitudes[low_enough]
    if not len(hz):
        return np.zeros(0, RING)
    lowest = hz.min()
    tau = controls.number("ring", 0) / _E_FOLDS_60 * exact.power(hz / lowest, -controls.number("damp", 0))
    count, halves = len(hz), 2
    each = count * halves
    onsets = np.repeat(strokes.onsets, each)
    stroke = np.repeat(strokes.index, each)
    partial = np.tile(np.repeat(np.arange(count), halves), len(strokes.index))
    half = np.tile(np.arange(each) % halves, len(strokes.index))
    index = stroke * 64 + partial * halves + half
    softness = controls.number("softness", 0)
    soft = exact.gain(softness * (normal(key / "force", stroke) * 0.5 - 0.5))
    power = float(exact.total(amplitudes * amplitudes * tau))
    size = soft * amplitudes[partial] * np.sqrt(4.5 * MINUS_27 / max(power, 1e-9))
    # harder strokes excite the high partials more
    size = size * exact.power(hz[partial] / lowest, 0.15 * normal(key / "hardness", stroke) - 0.15)
    rise, decay = controls.number("rise", 0) / 3000 / (1 + 0.5 * partial), tau[partial]
    # for somebody asleep a stroke has no attack: it swells, with the same energy
    swells = onsets >= controls.asleep
    size = size * np.where(swells, np.sqrt(decay / np.maximum(decay, FADE)), 1.0)
    rise = np.where(swells, np.maximum(rise, SWELL), rise)
    decay = np.where(swells, np.maximum(decay, FADE), decay)
    left, right = pan_gains(controls.number("seat", 0) + between(key / "lean", index, -0.12, 0.12))
    return rings(
        Events(onsets, index),
        pitch=hz[partial] + (half - 0.5) * beat * (1 + 0.3 * (uniform(key / "beat", partial) - 0.5)),
        decay=np.asarray(decay, np.float64),
        rise=np.asarray(rise, np.float64),
        left=size * left * np.where(half == 0, 0.6, 0.4),
        right=size * right * np.where(half == 0, 0.6, 0.4),
        hiss=np.zeros(index.shape),
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )


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
