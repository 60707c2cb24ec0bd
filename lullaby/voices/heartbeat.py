"""A heart heard through a chest: two soft thuds, the second shorter and a little higher, then a rest.

It is never quite even: it hurries a little with every breath in, and every beat has a mind of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY
from lullaby.voices.chances import drift, normal
from lullaby.voices.colour import Points
from lullaby.voices.controls import Controls, Frames, slow_points
from lullaby.voices.notes import Notes, Singing, notes
from lullaby.voices.pace import Pace
from lullaby.voices.surroundings import Layer, layers
from lullaby.voices.tables import everyone, number
from lullaby.voices.voice import Sound

BREATH = 4.6
"""Seconds of a breath, more or less: what the heart hurries with."""

# (Hz, dB a hertz): blood, and everything that a chest lets through
CHEST: Points = (
    (30, -6),
    (60, -2),
    (120, 0),
    (250, -8),
    (500, -16),
    (1_000, -24),
    (3_000, -40),
    (8_000, -60),
)

KIND = Kind(
    "heartbeat",
    "a heart, heard with an ear on a chest",
    (
        *everyone(send=-40.0),
        number("rate", 55.0, "per minute", 36, 90, "a quicker heart"),
        number("gap", 0.31, "s", 0.2, 0.4, "longer from the first thud to the second"),
        number("uneven", 0.035, "", 0, 0.15, "beats less evenly spaced: it breathes", moves=False),
        number("second", -5.0, "dB", -40, 3, "a louder second thud"),
        number("pitch", 52.0, "Hz", 35, 90, "higher thuds: a smaller chest", moves=False),
        number("soft", 0.5, "", 0, 1, "softer thuds: a slower rise, and nothing above them"),
        number("distance", 0.2, "", 0, 1, "farther off: softer and duller, the second thud before the first"),
        number("chest.level", -19.0, "dB", -90, 6, "more of the warm hush round it", name="chest"),
        number("width", 0.3, "", 0, 1, "a wider hush", moves=False),
    ),
    silent_from="n2",
    also=("heart",),
)  # fmt: skip


@dataclass(frozen=True)
class Heartbeat:
    """Two thuds a turn of a slow wheel, and a hush that swells after each."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        thuds = Singing(_thuds(key, span, controls))
        at = slow_points(span)
        told = controls.over("chest", at) - 6 * controls.over("distance", at)
        hush = np.where(told <= -90, 0.0, exact.gain(told + 2.0 * drift(key / "hush", at, 3.0 * RATE)))
        made = [Layer(CHEST, hush, 25.0, 6_000.0 - 4_500.0 * controls.number("distance", 0))]
        width = controls.number("width", 0)
        for block, sound in zip(span.blocks(), layers(key / "noise", span, made, width), strict=True):
            sound += thuds.sound(block)
            yield sound

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        """The first thud of every beat."""
        return _due(key, span, 0, controls)[1]


def _due(key: Key, span: Span, reach: int, controls: Controls) -> tuple[Frames, Frames]:
    pace = Pace.over(span, reach + RATE, controls.curve("rate"), 60 * RATE)
    n = pace.within(2)
    # with the breath: it comes round every five beats or so, never quite the same
    breath = exact.sin_turns(n / (BREATH * 55.0 / 60.0) + 0.2 * normal(key / "breath", n // 5))
    due = n + controls.number("uneven", 0) * (0.9 * breath + 0.7 * np.clip(normal(key / "when", n), -2, 2))
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - reach) & (onset < span.stop)
    return n[here], onset[here]


def _thuds(key: Key, span: Span, controls: Controls) -> Notes:
    """The parts of every thud: a low one, and a shorter one above it."""
    n, onset = _due(key, span, RATE, controls)
    if not len(n):
        return notes(onset, life=1.0, pitch=1.0, left=0.0, right=0.0, rise=1.0, fall=1.0)
    beat = np.repeat(np.arange(len(n)), 4)
    part = np.tile(np.arange(4), len(n))
    second, upper = part // 2 == 1, part % 2 == 1
    index = n[beat] * 4 + part
    frame = onset[beat]
    gap = controls.over("gap", frame) * (1 + 0.03 * np.clip(normal(key / "gap", n[beat]), -2, 2))
    soft, away = controls.over("soft", frame), controls.over("distance", frame)
    pitch = controls.number("pitch", 0) * np.where(second, 1.22, 1.0) * np.where(upper, 1.9, 1.0)
    pitch = pitch * (1 + 0.02 * normal(key / "tune", index))
    life = np.where(second, 0.12, 0.16) * np.where(upper, 0.7, 1.0) * (0.85 + 0.4 * soft)
    told = np.where(second, controls.over("second", frame) - 8 * away, 0.0)
    told = told + np.where(upper, 2.0 - 16.0 * soft - 10.0 * away, 0.0)
    each = 1.0 * np.clip(normal(key / "force", n[beat] * 2 + second), -2, 2)
    loud = 0.5 * exact.gain(told + each - 10 * away)
    return notes(
        frame + np.where(second, np.rint(gap * RATE), 0).astype(np.int64),
        life=life,
        pitch=pitch * 1.12,
        to=pitch * 0.9,
        left=loud,
        right=loud,
        rise=life * (0.2 + 0.25 * soft),
        fall=life * (0.8 - 0.25 * soft),
    )
