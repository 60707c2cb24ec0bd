"""A breathing pacer: two colours of noise, one swelling as breath is drawn in and one as it is let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import MEMORY, Bed, widened
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, slow_rows, turns
from lullaby.voices.core.voice import Sound

IN: Points = ((80, -30), (250, -12), (700, -3), (1_400, 0), (3_000, -8), (8_000, -28))
OUT: Points = ((80, -18), (200, -4), (500, 0), (1_000, -6), (3_000, -22), (8_000, -44))

KIND = Kind(
    "breath",
    "a breath to fall in with: in, out, and a rest",
    (
        *channel_strip(),
        number("pace.rate", 6.0, "per minute", 3, 16, "faster breaths", name="rate"),
        number("pace.inhale", 0.4, "of a breath", 0.2, 0.6, "a longer breath in", name="inhale", moves=False),
        number("pace.rest", 0.1, "of a breath", 0, 0.3, "a longer rest after it", name="rest", moves=False),
        number("air.depth", 18.0, "dB", 0, 40, "quieter between breaths", name="depth"),
        number("air.to", 6_000.0, "Hz", 500, 12_000, "brighter air", name="to", moves=False),
        number("width", 0.5, "", 0, 1, "wider", moves=False),
    ),
)


@dataclass(frozen=True)
class Breath:
    """Two colours of one noise; the phase of the breath is the integral of its rate, in closed form."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        top = controls.number("to", 0)
        width = controls.number("width", 0)
        colours = np.concatenate([colour(IN, 0.0, 60.0, top), colour(OUT, 0.0, 50.0, top)])
        bed = Bed(key)
        weights = widened(_weights(slow_points(span), controls), width)
        for block in span.blocks():
            yield bed.sound(block, colours, slow_rows(weights, span, block), wide=True)


def _weights(points: Frames, controls: Controls) -> Floats:
    """Gains of the breath in and the breath out at each control point."""
    phase = turns(controls.curve("rate"), points, 60 * RATE)
    phase = phase - np.floor(phase)
    inhale, rest = controls.number("inhale", 0), controls.number("rest", 0)
    floor = exact.gain(-controls.values("depth", points))
    going_in = _arch(phase / inhale)
    going_out = _arch((phase - inhale) / (1 - inhale - rest))
    drawn = 0.75 * floor + 1.5 * going_in * going_in
    let_go = floor + 1.7 * going_out * (1.3 - 0.3 * going_out)
    return np.stack([drawn, let_go], axis=1)


def _arch(x: Floats) -> Floats:
    """A Hann window: 0 outside of x = 0…1, 1 in the middle."""
    return 0.5 - 0.5 * exact.cos_turns(np.clip(x, 0.0, 1.0))
