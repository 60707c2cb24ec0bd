"""The ambience of an animal: quiet coloured noise, as of a night, a garden or a room, under its calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Setting
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import Bed, widened
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.common_settings import number
from lullaby.voices.core.controls import Controls, Floats, slow_points, slow_rows
from lullaby.voices.core.voice import Sound

TOP = 16_000.0


def air(level: float, says: str = "more of the air round it") -> tuple[Setting, ...]:
    """Settings of the ambience, which every animal has."""
    return (
        number("air.level", level, "dB", -90, 6, says, name="air"),
        number("air.to", TOP, "Hz", 500, TOP, "brighter air", name="air_to", moves=False),
    )


@dataclass(frozen=True)
class Hush:
    """One colour of noise, and its gains over time."""

    points: Points
    gain: Floats
    """The gain at every slow point; 1 is -27 LUFS."""
    low: float = 20.0
    high: float = TOP


def hushes(key: Key, span: Span, parts: list[Hush], width: float) -> Iterator[Sound]:
    """The sum of several colours of one noise, block by block."""
    colours = np.concatenate([colour(part.points, 0.0, part.low, part.high) for part in parts])
    weights = widened(np.stack([part.gain for part in parts], axis=1), width)
    bed = Bed(key)
    for block in span.blocks():
        yield bed.sound(block, colours, slow_rows(weights, span, block), wide=True)


def hush(
    key: Key, span: Span, controls: Controls, points: Points, sway: float = 1.5, period: float = 11.0
) -> Hush:
    """The ambience by its settings, swaying by `sway` dB over so many seconds."""
    frames = slow_points(span)
    moved = exact.gain(controls.values("air", frames) + sway * drift(key / "stir", frames, period * RATE))
    moved = np.where(controls.values("air", frames) <= -90, 0.0, moved)
    return Hush(points, moved, high=controls.number("air_to", 0))
