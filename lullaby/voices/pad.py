"""A drone or pad: a few notes, each several oscillators a little apart, each with its own slow tide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.oscillators import add_oscillators
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Form, Kind
from lullaby.time import BLOCK, RATE, Span
from lullaby.voices.chances import uniform
from lullaby.voices.controls import Controls, Floats, Frames, Slowly, slow_points
from lullaby.voices.events import seats
from lullaby.voices.tables import everyone, listed, number
from lullaby.voices.voice import Sound

KIND = Kind(
    "pad",
    "a drone or pad of partials, slow as breath",
    (
        *everyone(send=-8.0),
        listed("notes", (110.0, 165.0, 220.0), "Hz", 20, 4_000, "the notes that sound together", Form.NUMBERS, longest=12),
        listed("detune", (-4.0, 3.0), "cents", -100, 100, "one oscillator a note for each of these", Form.NUMBERS, longest=8),
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
        number("saw", 0.0, "", 0, 1, "a raw saw beside the partials; it aliases, so no shipped voice uses it", moves=False),
        number("tide.by", 0.6, "", 0, 1, "notes that come and go further", name="tide"),
        listed("tide.rate", (0.02, 0.07), "Hz", 0.001, 1, "notes that come and go faster", Form.RANGE, name="tide_rate"),
        number("width", 0.8, "", 0, 1, "notes spread wider", moves=False),
        number("gain", 0.0, "dB", -60, 20, "louder oscillators", moves=False),
    ),
)


@dataclass(frozen=True)
class _Oscillators:
    """Up to sixteen of a pad's oscillators, as the kernel wants them."""

    pitch: np.ndarray[tuple[int], np.dtype[np.uint32]]
    phase: np.ndarray[tuple[int], np.dtype[np.uint32]]
    period: np.ndarray[tuple[int], np.dtype[np.float32]]
    rate: Floats
    start: Floats
    left: Floats
    right: Floats


@dataclass(frozen=True)
class Pad:
    """Oscillators without state: any span is a closed form."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        groups = _groups(key, controls)
        saw = controls.number("saw", 0)
        partials, nyquist = np.array(controls.numbers("partials")), RATE / 2
        top = max(controls.numbers("notes")) * 1.06
        heard = partials[: max(1, min(len(partials), int(nyquist * 0.75 / top)))]
        sound = np.zeros((2, BLOCK), np.float32)
        room = np.zeros(128, np.float32)
        depth = controls.over("tide", slow_points(span))
        tides = [Slowly(span.start, _tide(slow_points(span), group, depth)) for group in groups]
        for block in span.blocks():
            out = np.zeros((2, len(block)), np.float32) if len(block) < BLOCK else sound
            out[:] = 0
            for group, moving in zip(groups, tides, strict=True):
                tide = moving.over(block)
                add_oscillators(
                    block.start,
                    group.pitch,
                    group.phase,
                    heard.astype(np.float32),
                    np.float32(saw),
                    np.float32(np.sqrt(saw)),
                    group.period,
                    (tide * group.left).astype(np.float32).ravel(),
                    (tide * group.right).astype(np.float32).ravel(),
                    room,
                    out,
                )
            yield out


def _groups(key: Key, controls: Controls) -> list[_Oscillators]:
    notes, cents = np.array(controls.numbers("notes")), np.array(controls.numbers("detune"))
    hz = (notes[:, None] * exact.exp2(cents[None, :] / 1200)).ravel()
    count = len(hz)
    place = (np.arange(count) + 0.5) / count * 2 - 1
    left, right = seats(place * controls.number("width", 0))
    low, high = controls.pair("tide_rate", 0)
    rate = low + (high - low) * np.arange(count) / max(1, count - 1)
    phase = uniform(key / "phase", np.arange(count))
    start = uniform(key / "tide", np.arange(count))
    loud = float(exact.gain(controls.number("gain", 0))) * _unity(controls, count)
    groups = []
    for first in range(0, count, LANES):
        here = slice(first, min(first + LANES, count))
        groups.append(
            _Oscillators(
                _padded(np.rint(hz[here] * (2.0**32 / RATE))).astype(np.uint32),
                _padded(np.rint(phase[here] * 2.0**32)).astype(np.uint32),
                _padded(RATE / hz[here]).astype(np.float32),
                _padded(rate[here]),
                _padded(start[here]),
                _padded(left[here] * loud),
                _padded(right[here] * loud),
            )
        )
    return groups


def _padded(x: Floats) -> Floats:
    """Sixteen lanes; the ones too many are silent because their gains are."""
    return np.concatenate([x, np.zeros(LANES - len(x))])


def _unity(controls: Controls, count: int) -> float:
    """An amplitude near -27 LUFS for so many oscillators of these partials, at middling tide."""
    partials = np.array(controls.numbers("partials"))
    saw = controls.number("saw", 0)
    power = float(exact.total(partials * partials)) / 2 + saw * saw / 3
    return float(np.sqrt(np.float64(10**-2.7 / 2 / max(power * count, 1e-9))))


def _tide(points: Frames, group: _Oscillators, depth: Floats) -> Floats:
    turn = points[:, None].astype(np.float64) * (group.rate[None, :] / RATE) + group.start[None, :]
    return 1 - depth[:, None] / 2 + depth[:, None] / 2 * exact.sin_turns(turn)


