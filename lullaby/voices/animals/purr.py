"""A purring cat: some 26 soft beats a second, decaying partials under the envelope of its breath.

Each beat is the glottis opening: a thump in the chest, a ring higher up, and a little breath.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.animals.surroundings import Hush, hushes
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import between, drift, normal, uniform, words
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, turns
from lullaby.voices.core.onsets import Events, Ringing, Rings, rings
from lullaby.voices.core.pace import Pace
from lullaby.voices.core.voice import Sound

# (Hz, dB a hertz): breath through the nose, and fur
BREATH: Points = ((60, -30), (200, -12), (600, -3), (1_200, 0), (2_500, -8), (6_000, -24))

# where a beat rings: Hz, seconds, share of noise, dB
PLACES = (
    (74.0, 0.013, 0.05, 0.0),
    (168.0, 0.009, 0.15, -3.0),
    (390.0, 0.006, 0.3, -8.0),
    (980.0, 0.003, 0.45, -13.0),
)

KIND = Kind(
    "purr",
    "a cat purring close by, asleep",
    (
        *channel_strip(send=-30.0),
        number("rate", 26.0, "per second", 18, 36, "quicker beats"),
        number("breaths", 22.0, "per minute", 10, 50, "quicker breathing"),
        number("strength", 0.6, "", 0, 1, "a stronger purr: beats that stand out more from the breath"),
        number("rasp", 0.45, "", 0, 1, "more of the high, rough part of each beat"),
        number("uneven", 0.05, "", 0, 0.3, "beats less evenly spaced", moves=False),
        number("distance", 0.15, "", 0, 1, "farther off: duller, softer beats"),
        number("breath.level", -13.0, "dB", -90, 6, "more of the breath itself", name="breath"),
        number("width", 0.35, "", 0, 1, "wider", moves=False),
    ),
    silent_from="n2",
    also=("cat",),
)  # fmt: skip


@dataclass(frozen=True)
class Purr:
    """Beats and noise, both under the envelope of the breath."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        beats = Ringing(_beats(key, span, controls))
        grid = slow_points(span)
        going_in, going_out = breathing(key, grid, controls)
        breath_level = controls.values("breath", grid)
        air = (0.25 + 0.9 * going_in + 0.6 * going_out) * exact.gain(
            breath_level - 3 * controls.values("distance", grid)
        )
        top = 7_000.0 - 4_500.0 * controls.number("distance", 0)
        made = [Hush(BREATH, np.where(breath_level <= -90, 0.0, air), 40.0, top)]
        width = controls.number("width", 0)
        for block, sound in zip(span.blocks(), hushes(key / "noise", span, made, width), strict=True):
            sound += beats.sound(block)
            yield sound


def breathing(key: Key, points: Frames, controls: Controls) -> tuple[Floats, Floats]:
    """Envelopes of breathing in and of breathing out, each 0 where the other is not. No two breaths are alike
    in timing, depth, or how they begin and end."""
    phase = turns(controls.curve("breaths"), points, 60 * RATE)
    if len(points):
        phase = phase + 0.1 * drift(key / "breath", points, 7.0 * RATE)
    breath = np.floor(phase).astype(np.int64)
    along = phase - breath
    turn = 0.42 + 0.05 * np.clip(normal(key / "turn", breath), -2, 2)
    rest = between(key / "rest", breath, 0.01, 0.14)
    going_in = _hill(key / "in", breath, along / turn)
    return going_in, _hill(key / "out", breath, (along - turn - 0.04) / (0.96 - turn - rest))


def _hill(key: Key, breath: Frames, x: Floats) -> Floats:
    """An envelope: 0 outside of x = 0…1, about 1 through most of the inside."""
    x = np.clip(x, 0.0, 1.0)
    up = np.clip(x * between(key / "up", breath, 2.5, 7.0), 0.0, 1.0)
    down = np.clip((1 - x) * between(key / "down", breath, 2.5, 7.0), 0.0, 1.0)
    lean = 1 + between(key / "lean", breath, -0.3, 0.3) * (2 * x - 1)
    deep = exact.gain(1.0 * np.clip(normal(key / "deep", breath), -2.5, 1.2))
    return np.asarray(up * up * (3 - 2 * up) * down * down * (3 - 2 * down) * lean * deep)


def _beats(whole: Key, span: Span, controls: Controls) -> Rings:
    """Every ring of every beat that reaches into the span."""
    key, reach = whole / "beats", RATE
    pace = Pace.from_rate(span, reach, controls.curve("rate"))
    n = pace.whole_turns(2)
    due = n + controls.number("uneven", 0) * np.clip(normal(key / "when", n), -2, 2)
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - reach) & (onset < span.stop)
    n, onset = n[here], onset[here]
    going_in, going_out = breathing(whole, onset, controls)
    strength = controls.values("strength", onset)
    each = exact.gain(1.5 * np.clip(normal(key / "force", n), -2.5, 1.4) + 14 * (strength - 0.6) - 3.5)
    loud = each * (0.16 + 0.62 * going_in + 0.84 * going_out)
    count = len(PLACES)
    beat, place = np.repeat(np.arange(len(n)), count), np.tile(np.arange(count), len(n))
    index = n[beat] * 8 + place
    pitch, decay, hiss, level = (np.array([row[k] for row in PLACES]) for k in range(4))
    rasp = controls.values("rasp", onset)[beat]
    away = controls.values("distance", onset)[beat]
    # breathing in is a little higher and rougher than breathing out
    higher = 1 + 0.09 * going_in[beat]
    shaded = level[place] + np.where(place >= 2, 16 * (rasp - 0.45), 0.0) - away * (2.0 + 6.0 * place)
    gain = loud[beat] * exact.gain(shaded) * 0.42
    lean = 0.25 * controls.number("width", 0) * (2 * uniform(key / "lean", index) - 1)
    return rings(
        Events(onset[beat], index),
        pitch=pitch[place] * higher * (1 + 0.03 * normal(key / "tune", index)),
        decay=decay[place] * np.ones(len(index)),
        rise=0.25 * decay[place],
        left=gain * (1 - lean),
        right=gain * (1 + lean),
        hiss=hiss[place],
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )
