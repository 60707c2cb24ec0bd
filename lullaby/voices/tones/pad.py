"""A drone or pad: a few notes, each of several detuned oscillators, each with a slow LFO on its gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.memory import zeros
from lullaby.kernels.oscillators import add_oscillators, fill_tides
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Form, Kind
from lullaby.time import BLOCK, RATE, Span
from lullaby.voices.core.chances import uniform
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, slow_points, slow_rows
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.pitches import padded, turns_of, twice_cosine, words_of
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound

KIND = Kind(
    "pad",
    "a drone or pad of partials, slow as breath",
    (
        *channel_strip(send=-8.0),
        listed(
            "notes",
            (110.0, 165.0, 220.0),
            "Hz",
            20,
            4_000,
            "the notes that sound together",
            Form.NUMBERS,
            longest=12,
        ),
        listed(
            "detune",
            (-4.0, 3.0),
            "cents",
            -100,
            100,
            "one oscillator a note for each of these",
            Form.NUMBERS,
            longest=8,
        ),
        listed(
            "partials",
            (1.0, 0.4, 0.2, 0.1),
            "",
            -2,
            2,
            "amplitudes of partial 1, 2, 3 … of every note",
            Form.NUMBERS,
            longest=16,
        ),
        number(
            "saw",
            0.0,
            "",
            0,
            1,
            "a raw saw beside the partials; it aliases, so no shipped voice uses it",
            moves=False,
        ),
        number("tide.by", 0.6, "", 0, 1, "notes that come and go further", name="tide"),
        listed(
            "tide.rate",
            (0.02, 0.07),
            "Hz",
            0.001,
            1,
            "notes that come and go faster",
            Form.RANGE,
            name="tide_rate",
        ),
        number("width", 0.8, "", 0, 1, "notes spread wider", moves=False),
        number("gain", 0.0, "dB", -60, 20, "louder oscillators", moves=False),
    ),
)


Words: TypeAlias = NDArray[np.uint32]
Lanes: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class _Oscillators:
    """Up to sixteen oscillators, as arguments of the kernel."""

    count: int
    pitch: Words
    phase: Words
    period: Lanes
    twice: Lanes
    left: Lanes
    right: Lanes
    tides: Lanes
    """Gains of the LFOs, a row for every slow point of the span."""


@dataclass(frozen=True)
class Pad:
    """Oscillators without state."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        groups = _groups(key, span, controls)
        partials = np.array(controls.numbers("partials"), np.float32)
        highest = max(controls.numbers("notes")) * 1.06
        partials = partials[: max(1, min(len(partials), int(0.375 * RATE / highest)))]  # well below Nyquist
        saw = np.float32(controls.number("saw", 0))
        sound, scratch = zeros((2, BLOCK)), zeros(128)
        for block in span.blocks():
            out = zeros((2, len(block))) if len(block) < BLOCK else sound
            out[:] = 0
            for g in groups:
                tides = slow_rows(g.tides, span, block)
                add_oscillators(
                    block.start,
                    g.count,
                    g.pitch,
                    g.phase,
                    partials,
                    saw,
                    np.sqrt(saw),
                    g.period,
                    g.twice,
                    g.left,
                    g.right,
                    tides,
                    scratch,
                    out,
                )
            yield out


def _groups(key: Key, span: Span, controls: Controls) -> list[_Oscillators]:
    notes, cents = np.array(controls.numbers("notes")), np.array(controls.numbers("detune"))
    hz = (notes[:, None] * exact.exp2(cents[None, :] / 1200)).ravel()
    count = len(hz)
    place = (np.arange(count) + 0.5) / count * 2 - 1
    left, right = pan_gains(place * controls.number("width", 0))
    low, high = controls.pair("tide_rate", 0)
    rate = low + (high - low) * np.arange(count) / max(1, count - 1)
    phase, start = uniform(key / "phase", np.arange(count)), uniform(key / "tide", np.arange(count))
    loud = float(exact.gain(controls.number("gain", 0))) * _unity(controls, count)
    depth = controls.values("tide", slow_points(span)).astype(np.float32)
    groups = []
    for first in range(0, count, LANES):
        here = slice(first, min(first + LANES, count))
        tides = zeros((len(depth), LANES))
        fill_tides(span.start, words_of(rate[here]), turns_of(start[here]), depth, tides)
        groups.append(
            _Oscillators(
                here.stop - here.start,
                words_of(hz[here]),
                turns_of(phase[here]),
                padded(RATE / hz[here]).astype(np.float32),
                twice_cosine(hz[here]),
                padded(left[here] * loud).astype(np.float32),
                padded(right[here] * loud).astype(np.float32),
                tides,
            )
        )
    return groups


def _unity(controls: Controls, count: int) -> float:
    """The gain at which so many oscillators of these partials are about -27 LUFS, at a mean tide."""
    partials = np.array(controls.numbers("partials"))
    saw = controls.number("saw", 0)
    power = float(exact.total(partials * partials)) / 2 + saw * saw / 3
    return float(np.sqrt(np.float64(MINUS_27 / 2 / max(power * count, 1e-9))))
