"""Coloured noise of any tilt and band, or a row of narrow bands that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY, Bed, plain_bed
from lullaby.voices.colour import bands, poles
from lullaby.voices.controls import Controls, Floats, Frames, Slowly, slow_points
from lullaby.voices.tables import bed, everyone, listed, number
from lullaby.voices.voice import Sound

KIND = Kind(
    "noise",
    "coloured noise: white, pink, brown and all between, or a few bands of it",
    (
        *everyone(send=-90.0),
        *bed(-3.0, 20.0, 20_000.0, width=1.0),
        listed("bands.at", (), "Hz", 30, 16_000, "narrow bands instead of a bed", Form.NUMBERS, name="bands", longest=8),
        number("bands.q", 4.0, "", 0.7, 30, "narrower bands", moves=False),
        number("bands.depth", 0.0, "", 0, 1, "bands that come and go further", moves=False),
        listed("bands.rate", (0.05, 0.2), "Hz", 0.001, 2, "bands that come and go faster", Form.RANGE, name="bands_rate"),
        number("bands.gain", 0.0, "dB", -60, 30, "louder bands", name="bands_gain", moves=False),
    ),
)


@dataclass(frozen=True)
class Noise:
    """One steady or slowly changing spectrum."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        if controls.numbers("bands"):
            yield from _bands(key, span, controls)
            return
        yield from plain_bed(key, span, controls)


def _bands(key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
    """Two independent noises through the same bands, each band of each side with its own slow tide."""
    centres, quality = controls.numbers("bands"), controls.number("q", 0)
    colours = bands(centres, quality)
    depth, (low, high) = controls.number("depth", 0), controls.pair("bands_rate", 0)
    scale = float(exact.gain(controls.number("bands_gain", 0)))
    count = len(centres)
    rates = low + (high - low) * np.arange(2 * count) / max(1, 2 * count - 1)
    held = Bed(key, poles(centres, quality))
    tides = Slowly(span.start, scale * _tides(slow_points(span), rates, depth))
    for block in span.blocks():
        moved = tides.over(block)
        for side in (0, 1):
            held.fill(block, side, colours, moved[:, side * count : (side + 1) * count])
        yield held.sound(block, wide=False)


def _tides(points: Frames, rates: Floats, depth: float) -> Floats:
    """A gain for every control point and band: 1 at high tide, 1 - depth at low tide."""
    turn = points[:, None].astype(np.float64) * (rates[None, :] / RATE)
    return 1 - depth / 2 + depth / 2 * exact.sin_turns(turn)
