"""Binaural and isochronic tones. No shipped score uses them; who asks for them is told what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.oscillators import add_oscillators
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Form, Kind, Setting
from lullaby.time import BLOCK, RATE, Span
from lullaby.voices.controls import Controls, Floats, Frames, control_points
from lullaby.voices.tables import everyone, number
from lullaby.voices.voice import Sound

CAUTION = (
    "Beating tones are for adults, for relaxation and play, never treatment; binaural ones need headphones. "
    "Not with epilepsy. Of the trials reviewed in 2023 (Ingendoh), five spoke for an effect on brain waves "
    "and eight against."
)

KIND = Kind(
    "beats",
    "a tone that beats: between the ears, or in itself",
    (
        *everyone(send=-90.0),
        Setting(
            "shape",
            "shape",
            "binaural",
            "",
            0,
            0,
            "binaural: each ear its own tone; isochronic: one tone that swells and fades",
            Form.CHOICE,
            moves=False,
            choices=("binaural", "isochronic"),
        ),
        number("tone", 200.0, "Hz", 60, 800, "a higher tone", moves=False),
        number("beat", 4.0, "Hz", 0.5, 30, "faster beating", moves=False),
        number("depth", 1.0, "", 0, 1, "isochronic tones that fade further", moves=False),
    ),
)


@dataclass(frozen=True)
class Beats:
    """Two oscillators, each in one ear or both in both."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        tone, beat = controls.number("tone", 0), controls.number("beat", 0)
        binaural = controls.word("shape") == "binaural"
        pitch = np.zeros(LANES, np.uint32)
        hz = np.array([tone - beat / 2, tone + beat / 2]) if binaural else np.array([tone, tone])
        pitch[:2] = np.rint(hz * (2.0**32 / RATE)).astype(np.uint32)
        nothing, one = np.zeros(LANES, np.uint32), np.ones(1, np.float32)
        room = np.zeros(128, np.float32)
        for block in span.blocks():
            out = np.zeros((2, min(BLOCK, len(block))), np.float32)
            points = control_points(block)
            swell = np.ones(points.shape) if binaural else _swell(points, beat, controls.number("depth", 0))
            left, right = np.zeros((len(points), LANES)), np.zeros((len(points), LANES))
            left[:, 0], right[:, 1] = 0.055 * swell, 0.055 * swell
            add_oscillators(
                block.start,
                pitch,
                nothing,
                one,
                np.float32(0),
                np.float32(0),
                np.zeros(LANES, np.float32),
                left.astype(np.float32).ravel(),
                right.astype(np.float32).ravel(),
                room,
                out,
            )
            yield out


def _swell(points: Frames, beat: float, depth: float) -> Floats:
    """A raised cosine at the beat, as loud on the whole as a steady tone."""
    turn = points.astype(np.float64) * (beat / RATE)
    wave = 1 - depth / 2 - depth / 2 * exact.cos_turns(turn)
    mean_square = (1 - depth / 2) * (1 - depth / 2) + depth * depth / 8
    return wave / np.sqrt(np.float64(mean_square))
