"""Coloured noise of any tilt and band, or a row of narrow bands with LFOs on their gains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.memory import aligned, zeros
from lullaby.kernels.oscillators import fill_tides
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Form, Kind
from lullaby.time import Span
from lullaby.voices.core.bed import Bed, plain_bed
from lullaby.voices.core.colour import bands
from lullaby.voices.core.common_settings import bed_settings, channel_strip, listed, number
from lullaby.voices.core.controls import Controls, slow_points, slow_rows
from lullaby.voices.core.pitches import words_of
from lullaby.voices.core.resonators import Resonators
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

KIND = Kind(
    "noise",
    "coloured noise: white, pink, brown and all between, or a few bands of it",
    (
        *channel_strip(send=-90.0),
        *bed_settings(-3.0, 20.0, 20_000.0, width=1.0),
        listed(
            "bands.at",
            (),
            "Hz",
            100,
            16_000,
            "narrow bands instead of a bed",
            Form.NUMBERS,
            name="bands",
            longest=8,
        ),
        number("bands.q", 4.0, "", 0.7, 10, "narrower bands", moves=False),
        number("bands.depth", 0.0, "", 0, 1, "bands that come and go further", moves=False),
        listed(
            "bands.rate",
            (0.05, 0.2),
            "Hz",
            0.001,
            2,
            "bands that come and go faster",
            Form.RANGE,
            name="bands_rate",
        ),
        number("bands.gain", 0.0, "dB", -60, 30, "louder bands", name="bands_gain", moves=False),
    ),
)


@dataclass(frozen=True)
class Noise:
    """One steady or slowly changing spectrum."""

    memory: float = 0.4
    """Seconds until the lowest band of the highest Q has decayed; a bed needs less."""

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        if controls.numbers("bands"):
            yield from _bands(key, span, controls)
            return
        yield from plain_bed(key, span, controls)


def _bands(key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
    """Two independent noises through the same bands, each band of each channel with its own slow LFO."""
    bank = Resonators(controls.numbers("bands"), controls.number("q", 0))
    each, heard = bands(bank)
    swing = controls.number("depth", 0)
    tidal = (1 - swing / 2) * (1 - swing / 2) + swing * swing / 8
    unity = np.sqrt(np.float64(UNITY / 2 / (heard * tidal)))
    colours = aligned(np.concatenate(each) * np.float32(unity * exact.gain(controls.number("bands_gain", 0))))
    low, high = controls.pair("bands_rate", 0)
    count = len(bank.centres)
    # lanes are left and right of the first band, then of the second; the left side's tides are the slower
    order = np.arange(2 * count).reshape(2, count).T.ravel()
    rates = low + (high - low) * order / max(1, 2 * count - 1)
    points = slow_points(span)
    tides = zeros((len(points), LANES))
    depth = np.full(len(points), controls.number("depth", 0), np.float32)
    fill_tides(span.start, words_of(rates), words_of(np.zeros(0)), depth, tides)
    bed = Bed(key, bank)
    for block in span.blocks():
        yield bed.sound(block, colours, slow_rows(tides, span, block), wide=False)
