"""A heart heard through a chest: two low, soft tones a beat, over a hush of noise that swells after each.

It is never quite even: it quickens a little with every breath in, and every beat varies at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.animals.notes import Notes, Singing, notes
from lullaby.voices.animals.surroundings import Hush, hushes
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import between, drift, normal
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.pace import Pace
from lullaby.voices.core.voice import Sound

BREATH = 4.6
"""Seconds of a breath, more or less, with which the heart quickens and slows."""
FIRST, SECOND = 0.31, 0.22
"""Seconds of the two thuds."""

# (Hz, dB a hertz): blood, and everything that a chest lets through
CHEST: Points = (
    (30, -14),
    (60, -8),
    (110, -2),
    (190, 0),
    (330, -6),
    (600, -15),
    (1_200, -26),
    (3_000, -42),
    (8_000, -60),
)

KIND = Kind(
    "heartbeat",
    "a heart, heard with an ear on a chest",
    (
        *channel_strip(send=-40.0),
        number("rate", 55.0, "per minute", 36, 90, "a quicker heart"),
        number("gap", 0.31, "s", 0.2, 0.4, "longer from the first thud to the second"),
        number("uneven", 0.035, "", 0, 0.15, "beats less evenly spaced, as it breathes", moves=False),
        number("second", -1.0, "dB", -40, 3, "a louder second thud"),
        number("pitch", 52.0, "Hz", 35, 90, "higher thuds: a smaller chest", moves=False),
        number("soft", 0.5, "", 0, 1, "softer thuds: a slower rise, and less above them"),
        number("distance", 0.2, "", 0, 1, "farther off: softer and duller, the second thud before the first"),
        number("chest.level", -2.0, "dB", -90, 6, "more of the warm hush round it", name="chest"),
        number("width", 0.3, "", 0, 1, "a wider hush", moves=False),
    ),
    silent_from="n2",
    also=("heart",),
)  # fmt: skip


@dataclass(frozen=True)
class Heartbeat:
    """Two thuds a beat, and a hush that swells after each."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        thuds = Singing(_thuds(key, span, controls))
        points = slow_points(span)
        level = controls.values("chest", points)
        moved = (
            level - 6 * controls.values("distance", points) + 2.0 * drift(key / "hush", points, 3.0 * RATE)
        )
        hush = np.where(level <= -90, 0.0, exact.gain(moved) * _rush(key, span, points, controls))
        made = [Hush(CHEST, hush, 25.0, 6_000.0 - 4_500.0 * controls.number("distance", 0))]
        width = controls.number("width", 0)
        for block, sound in zip(span.blocks(), hushes(key / "noise", span, made, width), strict=True):
            sound += thuds.sound(block)
            yield sound

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        """The first thud of every beat."""
        return _due(key, span, 0, controls)[1]


def _due(key: Key, span: Span, reach: int, controls: Controls) -> tuple[Frames, Frames]:
    pace = Pace.from_rate(span, reach + RATE, controls.curve("rate"), 60 * RATE)
    n = pace.whole_turns(2)
    # a breath lasts some five beats
    breath = exact.sin_turns(n / (BREATH * 55.0 / 60.0) + 0.2 * normal(key / "breath", n // 5))
    due = n + controls.number("uneven", 0) * (0.9 * breath + 0.7 * np.clip(normal(key / "when", n), -2, 2))
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - reach) & (onset < span.stop)
    return n[here], onset[here]


def _rush(key: Key, span: Span, points: Frames, controls: Controls) -> Floats:
    """The envelope of the hush: it swells after a first thud and ebbs away until the next, as blood does."""
    n, onset = _due(key, span, 3 * RATE, controls)
    if not len(onset):
        return np.ones(points.shape)
    order = np.argsort(onset, kind="stable")
    n, onset = n[order], onset[order]
    deep = exact.gain(2.5 * np.clip(normal(key / "deep", n), -2, 2))
    swell, ebb = between(key / "swell", n, 0.12, 0.32), between(key / "ebb", n, 0.5, 1.1)
    last = np.searchsorted(onset, points, side="right") - 1
    total = np.zeros(points.shape)
    for back in (0, 1):
        beat = np.maximum(last - back, 0)
        since = (points - onset[beat]) / np.float64(RATE)
        up, down = np.clip(since / swell[beat], 0, 1), np.clip(1 - (since - swell[beat]) / ebb[beat], 0, 1)
        total = total + np.where(last >= back, deep[beat] * up * up * (3 - 2 * up) * down * down, 0.0)
    return np.asarray(0.75 + 0.85 * total)


def _thuds(key: Key, span: Span, controls: Controls) -> Notes:
    """The two tones of every thud: a low one, and a shorter one above it."""
    n, onset = _due(key, span, RATE, controls)
    if not len(n):
        return notes(onset, life=1.0, pitch=1.0, left=0.0, right=0.0, rise=1.0, fall=1.0)
    beat = np.repeat(np.arange(len(n)), 4)
    part = np.tile(np.arange(4), len(n))
    second, upper = part // 2 == 1, part % 2 == 1
    index = n[beat] * 4 + part
    frame = onset[beat]
    gap = controls.values("gap", frame) * (1 + 0.03 * np.clip(normal(key / "gap", n[beat]), -2, 2))
    soft, away = controls.values("soft", frame), controls.values("distance", frame)
    pitch = controls.number("pitch", 0) * np.where(second, 1.22, 1.0) * np.where(upper, 1.9, 1.0)
    pitch = pitch * (1 + 0.02 * normal(key / "tune", index))
    longer, rises = 0.85 + 0.4 * soft, 0.3 + 0.3 * soft
    life = np.where(second, SECOND, FIRST) * np.where(upper, 0.7, 1.0) * longer
    # from the top of one to the top of the other: the second rises quicker
    gap = gap + (FIRST - SECOND) * longer * rises
    level = np.where(second, controls.values("second", frame) - 5 * away, 0.0)
    level = level + np.where(upper, 2.0 - 16.0 * soft - 10.0 * away, 0.0)
    each = 0.6 * np.clip(normal(key / "force", n[beat] * 2 + second), -2, 2)
    loud = 0.5 * exact.gain(level + each - 10 * away)
    return notes(
        frame + np.where(second, np.rint(gap * RATE), 0).astype(np.int64),
        life=life,
        pitch=pitch * 1.12,
        end_pitch=pitch * 0.9,
        left=loud,
        right=loud,
        rise=life * rises,
        fall=life * (1 - rises),
    )
