"""A bed of noise: two channels of white noise through one bank of colours that may move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import ROOM, STATE, fill_coloured
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import shape_width
from lullaby.kernels.simd import LANES
from lullaby.time import BLOCK, RATE, SLOW, Span
from lullaby.voices.chances import drift
from lullaby.voices.colour import ANY, SLOPES, Colour, Points, Resonators, colour, matrices
from lullaby.voices.controls import Controls, slow_points, slow_rows
from lullaby.voices.voice import Sound

Floats: TypeAlias = NDArray[np.float64]

KNOT = RATE
"""Frames between the colours of a gliding bed: one a second, since lights-out, whoever asks."""

MEMORY = 0.3
"""Seconds until the lowest of the fixed resonators (18 Hz) has forgotten: e^(-80 t) is -100 dB in .15."""


class Bed:
    """The state of one bed during one call: two noises, two banks. It lives inside a render."""

    def __init__(self, key: Key, bank: Resonators = ANY) -> None:
        self._key = np.array((key / "white").words, np.uint32)
        self._matrices = matrices(bank)
        self._state = zeros(STATE)
        self._room = zeros(ROOM)
        self._sound = blank((2, BLOCK))

    def sound(self, span: Span, colours: Colour, weights: NDArray[np.float32], wide: bool) -> Sound:
        """A block: colours (one after the other), each by its weight in either channel, at every control
        point or, with one row, throughout. Wide: they are middle and side, and become left and right."""
        sound = self._sound if len(span) == BLOCK else blank((2, len(span)))
        fill_coloured(self._key, span.start, self._matrices, colours, weights, self._state, self._room, sound)
        if wide:
            shape_width(sound)
        return sound


def middle_and_side(width: float) -> tuple[float, float]:
    """Gains of middle and side whose sum and difference are two channels of unit power."""
    scale = float(1 / np.sqrt(np.float64(1 + width * width)))
    return scale, scale * width


OPEN = 20_000.0
"""Hz: a bed that goes up to here has no upper edge."""

Wish: TypeAlias = tuple[Points, float, float, float]


def bed_wish(controls: Controls, frame: int) -> Wish:
    """The colour the settings ask for at a frame; settings are read finely, but not without end."""
    top = controls.number("to", frame)
    return (
        controls.points("curve"),
        _fine(controls.number("tilt", frame), 32),
        _near(controls.number("from", frame)),
        float(RATE) if top >= OPEN else _near(top),
    )


def _fine(value: float, parts: int) -> float:
    return round(value * parts) / parts


def _near(hz: float) -> float:
    """The frequency on a scale of 48 steps an octave: colours between two steps are not heard apart."""
    return float(exact.exp2(round(float(exact.log2(hz)) * 48) / 48))


def plain_bed(key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
    """The ordinary bed: one colour that may glide, a width, and a slow sway in level."""
    glides = any(controls.moves(name) for name in ("tilt", "from", "to"))
    wish = bed_wish(controls, span.start)
    bank = ANY if glides or not _only_slopes(wish) else SLOPES
    bed = Bed(key, bank)
    shares = _shares(key, span, controls)
    steady = bool((shares == shares[0]).all())
    apart = steady and controls.number("width", span.start) == 1  # two strangers need not be mixed to be two
    if apart:
        shares = np.ones((1, 2))
    weights = laid_out((shares[:1] if steady else shares)[:, None, :])
    for block in span.blocks():
        if not glides:
            rows = weights if steady else slow_rows(weights, span, block)
            yield bed.sound(block, colour(*wish, bank=bank), rows, not apart)
            continue
        knots = np.arange(block.start // KNOT, -(-block.stop // KNOT) + 1) * KNOT
        colours = np.concatenate([colour(*bed_wish(controls, int(knot))) for knot in knots])
        near = np.maximum(0, 1 - np.abs(slow_points(block)[:, None] - knots[None, :]) / KNOT)
        share = shares[:1] if steady else shares[(block.start - span.start) // SLOW :][: len(near)]
        yield bed.sound(block, colours, laid_out(near[:, :, None] * share[:, None, :]), not apart)


def laid_out(weights: Floats) -> NDArray[np.float32]:
    """Weights [points, colours, channels] as the kernel reads them: rows of sixteen."""
    rows = zeros((len(weights), LANES))
    rows[:, : 2 * weights.shape[1]] = weights.reshape(len(weights), -1)
    return rows


def _only_slopes(wish: Wish) -> bool:
    """Can real poles do it? No curve, no edge within what is heard, falling about like pink."""
    points, tilt, low, high = wish
    return not points and -4 <= tilt <= -1 and low <= 30 and high >= OPEN


def _shares(key: Key, span: Span, controls: Controls) -> Floats:
    """Gains of middle and side at the slow points: the width, and a sway that leaves the mean alone."""
    points = slow_points(span)
    by, width = controls.over("sway", points), controls.over("width", points)
    scale = 1 / np.sqrt(1 + width * width)
    shares = np.stack([scale, scale * width], axis=1)
    if by.any():
        wander = drift(key / "sway", points, controls.number("sway_over", 0) * RATE)
        # half the deviation up and down; the second term keeps the mean loudness where it was
        shares = shares * exact.gain(by * wander * 0.5 - by * by * 0.0144)[:, None]
    return shares


def shared(weights: Floats, width: float) -> NDArray[np.float32]:
    """The same weights [points, colours] for middle and side, each by its share."""
    return laid_out(np.stack([weights * share for share in middle_and_side(width)], axis=2))
