"""Binaural and isochronic tones. No shipped score uses them; who asks for them is told what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels.oscillators import add_oscillators
from lullaby.kernels.simd import LANES
from lullaby.score.settings import Form, Kind, Setting
from lullaby.time import BLOCK, SLOW, Span
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats
from lullaby.voices.core.pitches import twice_cosine, words_of
from lullaby.voices.core.voice import Sound

Lanes: TypeAlias = NDArray[np.float32]

_CAUTION = (
    "Beating tones are for adults, for relaxation and play, never treatment; binaural ones need headphones. "
    "Not with epilepsy. Of the trials reviewed in 2023 (Ingendoh), five spoke for an effect on brain waves "
    "and eight against."
)

KIND = Kind(
    "beats",
    "a tone that beats: between the ears, or in itself",
    (
        *channel_strip(send=-90.0),
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
    silent_from="n2",
    caution=_CAUTION,
    adults_only=True,
    for_each_ear=True,
)


@dataclass(frozen=True)
class Beats:
    """Three steady oscillators: a carrier and its sidebands, or a tone for each ear."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        hz, left, right = _tones(controls)
        pitch, none, one = words_of(hz), words_of(np.zeros(0)), np.ones(1, np.float32)
        still, nothing = np.ones((BLOCK // SLOW + 1, LANES), np.float32), np.float32(0)
        scratch, sound = np.zeros(128, np.float32), np.zeros((2, BLOCK), np.float32)
        for block in span.blocks():
            out = np.zeros((2, len(block)), np.float32) if len(block) < BLOCK else sound
            out[:] = 0
            add_oscillators(
                block.start,
                _USED,
                pitch,
                none,
                one,
                nothing,
                nothing,
                np.zeros(LANES, np.float32),
                twice_cosine(hz),
                left,
                right,
                still,
                scratch,
                out,
            )
            yield out


def _tones(controls: Controls) -> tuple[Floats, Lanes, Lanes]:
    """Sixteen pitches with their gains left and right; those not needed are silent.

    A tone amplitude-modulated by a raised cosine is a carrier and two sidebands: (1 - d/2) sin at − d/4 (sin
    (a+b)t + sin (a−b)t). Its power is that of a steady tone.
    """
    tone, beat, depth = (controls.number(name, 0) for name in ("tone", "beat", "depth"))
    hz, left, right = np.full(LANES, tone), np.zeros(LANES), np.zeros(LANES)
    if controls.word("shape") == "binaural":
        hz[:2] = tone - beat / 2, tone + beat / 2
        left[0] = right[1] = _LOUD
    else:
        hz[1:3] = tone - beat, tone + beat
        whole, side = 1 - depth / 2, -depth / 4
        power = np.sqrt(np.float64(whole * whole + 2 * side * side))
        left[:3] = right[:3] = np.array([whole, side, side]) * (_LOUD / power)
    return hz, left.astype(np.float32), right.astype(np.float32)


_USED = 3
"""Oscillators of the sixteen that are used."""
_LOUD = 0.055
