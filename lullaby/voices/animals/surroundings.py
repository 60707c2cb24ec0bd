"""The air round an animal: the hush of a night, of a garden or of a room, under everything that calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Setting
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import Bed, shared
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.controls import Controls, Floats, slow_points, slow_rows
from lullaby.voices.core.tables import number
from lullaby.voices.core.voice import Sound

TOP = 16_000.0


def air(level: float, says: str = "more of the air round it") -> tuple[Setting, ...]:
    """The rows every animal has for it."""
    return (
        number("air.level", level, "dB", -90, 6, says, name="air"),
        number("air.to", TOP, "Hz", 500, TOP, "brighter air", name="air_to", moves=False),
    )


@dataclass(frozen=True)
class Hush:
    """One colour of air, and how it moves."""

    points: Points
    gain: Floats
    """At every slow point; 1 is -27 LUFS."""
    low: float = 20.0
    high: float = TOP


def hushes(key: Key, span: Span, made: list[Hush], width: float) -> Iterator[Sound]:
    """Several colours of one noise, block by block."""
    colours = np.concatenate([colour(one.points, 0.0, one.low, one.high) for one in made])
    weights = shared(np.stack([one.gain for one in made], axis=1), width)
    held = Bed(key)
    for block in span.blocks():
        yield held.sound(block, colours, slow_rows(weights, span, block), wide=True)


def hush(
    key: Key, span: Span, controls: Controls, points: Points, sway: float = 1.5, over: float = 11.0
) -> Hush:
    """The air as it is told to be, coming and going by `sway` dB over so many seconds."""
    at = slow_points(span)
    moved = exact.gain(controls.over("air", at) + sway * drift(key / "stir", at, over * RATE))
    moved = np.where(controls.over("air", at) <= -90, 0.0, moved)
    return Hush(points, moved, high=controls.number("air_to", 0))
