"""A stream: a noise bed of running water, splashes as sparse impulses, and bubbles as decaying sines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
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
from lullaby.voices.core.chances import drift
from lullaby.voices.core.common_settings import bed_settings, channel_strip, number
from lullaby.voices.core.controls import Controls, slow_points
from lullaby.voices.core.onsets import Ringing
from lullaby.voices.core.voice import Sound
from lullaby.voices.water.bubbles import bubble_grid, bubble_settings, bubbles

KIND = Kind(
    "stream",
    "running water: a brook, a rill, a stream over stones",
    (
        *channel_strip(),
        *bed_settings(0.0, 60.0, 14_000.0, width=0.35),
        number("flow", 1.0, "", 0.1, 3, "more water: louder and brighter, more bubbles", by_ratio=True),
        number("distance", 0.0, "", 0, 1, "farther off: duller, and fewer bubbles stand out"),
        number("splash", -8.0, "dB", -40, 12, "more splashing over the stones"),
        number("flutter", 1.2, "dB", 0, 4, "water that tumbles less evenly"),
        *bubble_settings(),
    ),
    also=("river", "creek"),
)


@dataclass(frozen=True)
class Stream:
    """A bed, splashes that are filtered with it, and bubbles."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        points = slow_points(span)
        flow = exact.log2(controls.values("flow", points))
        away = controls.values("distance", points)
        flutter = controls.values("flutter", points)
        tumble = flutter * drift(key / "flutter", points, 0.1 * RATE) - 0.115 * flutter * flutter
        splash = controls.values("splash", points) + 1.5 * flow - 10 * away
        turning = gliding(controls, (*COLOURING, "flow", "distance"))
        movement = Movement(
            gains=exact.gain(3 * flow + tumble),
            spectrum=lambda frame: _spectrum(controls, frame),
            glides=bool(turning),
            patter=exact.gain(splash).astype(np.float32),
            doublings=8,
            struck=None,
        )
        grid = bubble_grid(span)
        more = controls.values("flow", grid.astype(np.int64))
        near = Ringing(bubbles(key / "bubbles", span, controls, more, grid))
        for block, sound in zip(span.blocks(), plain_bed(key / "bed", span, controls, movement), strict=True):
            sound += near.sound(block)
            yield sound


def _spectrum(controls: Controls, frame: int) -> Spectrum:
    """The spectrum of the water: more water is brighter; water far off is dull. It is set by the second
    before: between two seconds the colour is interpolated, and must not yet move for a scene that begins in
    between."""
    frame = max(0, frame - KNOT)
    points, tilt, low, high = bed_spectrum(controls, frame)
    away = controls.number("distance", frame)
    lean = 0.7 * float(exact.log2(controls.number("flow", frame))) - 2 * away
    lower = float(exact.exp2(-np.rint(48 * 1.6 * away) / 48))
    return points, tilt + round(8 * lean) / 8, low, (high if high < RATE else 20_000.0) * lower
