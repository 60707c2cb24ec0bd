"""A bed of noise: two channels of white noise through one bank of colours that may move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import fill_coloured
from lullaby.kernels.mixing import shape_width
from lullaby.kernels.noise import fill_white
from lullaby.time import BLOCK, Span
from lullaby.voices.chances import drift
from lullaby.voices.colour import Colour, Points, Poles, colour, poles
from lullaby.voices.controls import Controls, control_points
from lullaby.voices.voice import Sound

Floats: TypeAlias = NDArray[np.float64]

MEMORY = 0.3
"""Seconds until the lowest of the fixed resonators (18 Hz) has forgotten: e^(-80 t) is -100 dB in .15."""


class Bed:
    """The state of one bed during one call: two noises, two banks. It lives inside a render."""

    def __init__(self, key: Key, resonators: Poles | None = None) -> None:
        self.poles = resonators or poles()
        self._keys = [(key / side).words for side in ("middle", "side")]
        self._states = np.zeros((2, 16), np.float32)
        self._scratch = np.zeros(144, np.float32)
        self._white = np.zeros(BLOCK, np.float32)
        self._sound = np.zeros((2, BLOCK), np.float32)

    def fill(self, span: Span, channel: int, colours: Sequence[Colour], weights: Floats | None) -> None:
        """One channel of a block: the colours, each by its weight at every control point."""
        count = len(span)
        white, out = self._white[:count], self._sound[channel, :count]
        low, high = self._keys[channel]
        fill_white(low, high, span.start, white)
        steady = weights is None
        held = np.ones((1, len(colours))) if weights is None else weights
        fill_coloured(
            white,
            self.poles.matrices,
            np.concatenate(colours),
            np.ascontiguousarray(held, np.float32).ravel(),
            steady,
            self._states[channel],
            self._scratch,
            out,
        )

    def sound(self, span: Span, wide: bool = True) -> Sound:
        """The block just filled, as left and right (or, not wide, the two channels as they are)."""
        sound = self._sound[:, : len(span)]
        if wide:
            shape_width(sound)
        return sound


def middle_and_side(width: float) -> tuple[float, float]:
    """Gains of middle and side whose sum and difference are two channels of unit power."""
    scale = float(1 / np.sqrt(np.float64(1 + width * width)))
    return scale, scale * width


Wish: TypeAlias = tuple[Points, float, float, float]


def bed_wish(controls: Controls, frame: int) -> Wish:
    """The colour the settings ask for at a frame; settings are read finely, but not without end."""
    return (
        controls.points("curve"),
        _fine(controls.number("tilt", frame), 32),
        _near(controls.number("from", frame)),
        _near(controls.number("to", frame)),
    )


def _fine(value: float, parts: int) -> float:
    return round(value * parts) / parts


def _near(hz: float) -> float:
    """The frequency on a scale of 48 steps an octave: colours between two steps are not heard apart."""
    return float(exact.exp2(round(float(exact.log2(hz)) * 48) / 48))


def fill_bed(bed: Bed, key: Key, span: Span, controls: Controls) -> Sound:
    """The ordinary bed: one colour that may glide, a width, and a slow sway in level."""
    first_wish, last_wish = bed_wish(controls, span.start), bed_wish(controls, span.stop)
    first, last = colour(*first_wish), colour(*last_wish)
    points = control_points(span)
    glides = first_wish != last_wish
    sways = controls.moves("sway") or controls.number("sway", span.start) > 0
    widens = controls.moves("width")
    width = controls.number("width", span.start)
    loud: Floats | None = None
    if sways:
        period = controls.number("sway_over", 0) * 48_000
        by = controls.over("sway", points)
        loud = exact.gain(by * drift(key / "sway", points, period) * 0.5 - by * by * 0.0144)
    along = (points - span.start).astype(np.float64) / len(span)
    for channel in (0, 1):
        share = middle_and_side(width)[channel]
        if not (glides or sways or widens):
            bed.fill(span, channel, [first * np.float32(share)], None)
            continue
        held = np.full(points.shape, share) if loud is None else loud * share
        if widens:
            over = controls.over("width", points)
            scale = 1 / np.sqrt(1 + over * over)
            held = (scale if channel == 0 else scale * over) * (1 if loud is None else loud)
        if glides:
            bed.fill(span, channel, [first, last], np.stack([held * (1 - along), held * along], axis=1))
        else:
            bed.fill(span, channel, [first], held[:, None])
    return bed.sound(span)


