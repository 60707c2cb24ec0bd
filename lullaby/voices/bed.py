"""A bed of noise: two channels of white noise through one bank of colours that may move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import SCRATCH, STATE, fill_coloured
from lullaby.kernels.mixing import shape_width
from lullaby.kernels.noise import fill_white
from lullaby.time import BLOCK, RATE, STEP, Span
from lullaby.voices.chances import drift
from lullaby.voices.colour import Colour, Points, Poles, colour, poles
from lullaby.voices.controls import Controls, Slowly, slow_points
from lullaby.voices.voice import Sound

Floats: TypeAlias = NDArray[np.float64]

MEMORY = 0.3
"""Seconds until the lowest of the fixed resonators (18 Hz) has forgotten: e^(-80 t) is -100 dB in .15."""


class Bed:
    """The state of one bed during one call: two noises, two banks. It lives inside a render."""

    def __init__(self, key: Key, resonators: Poles | None = None) -> None:
        self.poles = resonators or poles()
        self._keys = [(key / side).words for side in ("middle", "side")]
        self._states = np.zeros((2, STATE), np.float32)
        self._scratch = np.zeros(SCRATCH, np.float32)
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


def plain_bed(key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
    """The ordinary bed: one colour that may glide, a width, and a slow sway in level."""
    bed = Bed(key)
    points = slow_points(span)
    by, width = controls.over("sway", points), controls.over("width", points)
    scale = 1 / np.sqrt(1 + width * width)
    shares = np.stack([scale, scale * width], axis=1)
    if by.any():
        wander = drift(key / "sway", points, controls.number("sway_over", 0) * RATE)
        # half the deviation up and down; the second term keeps the mean loudness where it was
        shares = shares * exact.gain(by * wander * 0.5 - by * by * 0.0144)[:, None]
    steady = bool((shares == shares[0]).all())
    moving = Slowly(span.start, shares)
    for block in span.blocks():
        first, last = bed_wish(controls, block.start), bed_wish(controls, block.stop)
        colours = [colour(*first)] if first == last else [colour(*first), colour(*last)]
        held = None if steady and len(colours) == 1 else moving.over(block)
        for channel in (0, 1):
            if held is None:
                bed.fill(block, channel, [colours[0] * np.float32(shares[0, channel])], None)
            elif len(colours) == 1:
                bed.fill(block, channel, colours, held[:, channel : channel + 1])
            else:
                along = np.arange(len(held)) * (STEP / len(block))
                share = held[:, channel]
                bed.fill(block, channel, colours, np.stack([share * (1 - along), share * along], axis=1))
        yield bed.sound(block)
