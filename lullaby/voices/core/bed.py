"""A bed of noise: two channels of white noise through one bank of colours that may move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.bank import COLOURS, SCRATCH, STATE, fill_coloured
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import shape_width
from lullaby.kernels.simd import LANES
from lullaby.time import BLOCK, RATE, SLOW, Span
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.controls import Controls, Frames, slow_points, slow_rows
from lullaby.voices.core.onsets import Several
from lullaby.voices.core.resonators import ANY, Colour, Resonators, matrices
from lullaby.voices.core.voice import Sound

Floats: TypeAlias = NDArray[np.float64]

KNOT = RATE
"""Frames between the colours of a gliding bed: one a second, since lights-out, whoever asks."""

MEMORY = 0.3
"""Seconds until the lowest of the fixed resonators (18 Hz) has forgotten: e^(-80 t) is -100 dB in .15."""


NO_PATTER, UNSTRUCK = np.zeros(0, np.float32), np.zeros((2, 0), np.float32)


class Bed:
    """The state of one bed during one call: two noises, two banks. It lives inside a render."""

    def __init__(self, key: Key, bank: Resonators = ANY) -> None:
        self._key = np.array((key / "white").words, np.uint32)
        self._matrices = matrices(bank)
        self._state = zeros(STATE)
        self._scratch = zeros(SCRATCH)
        self._sound = blank((2, BLOCK))

    def sound(
        self,
        span: Span,
        colours: Colour,
        weights: NDArray[np.float32],
        wide: bool,
        patter: NDArray[np.float32] = NO_PATTER,
        doublings: int = 8,
        struck: Sound = UNSTRUCK,
    ) -> Sound:
        """A block: colours (one after the other), each by its weight in either channel, at every control
        point or, with one row, throughout. Wide: they are middle and side, and become left and right.
        What patters (`kernels.bank`) and what strikes the bed goes through its colours, too."""
        sound = self._sound if len(span) == BLOCK else blank((2, len(span)))
        fill_coloured(
            self._key,
            span.start,
            self._matrices,
            colours,
            weights,
            patter,
            doublings,
            struck,
            self._state,
            self._scratch,
            sound,
        )
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


@dataclass(frozen=True)
class Stir:
    """What may happen to a bed from outside: its weather, and what falls on it."""

    loud: Floats
    """Gains at the slow points of the span."""
    wish: Callable[[int], Wish]
    """The colour at a frame."""
    glides: bool
    patter: NDArray[np.float32]
    """At the slow points."""
    doublings: int
    striking: Several | None
    """What goes through the colours, too: for the middle and the side."""


COLOURING = ("tilt", "from", "to")


def gliding(controls: Controls, names: tuple[str, ...] = COLOURING) -> set[int]:
    """The frames at which a scene begins or ends to move one of these; none where all of them rest."""
    moving = [curve for name in names for curve in controls.curves.get(name, ()) if not curve.is_steady]
    return {k.start for curve in moving for k in curve.keyframes}


def plain_bed(key: Key, span: Span, controls: Controls, stir: Stir | None = None) -> Iterator[Sound]:
    """The ordinary bed: one colour that may glide, a width, and a slow sway in level."""
    turning = gliding(controls) if stir is None else set()
    glides = bool(turning) if stir is None else stir.glides
    wished = partial(bed_wish, controls) if stir is None else stir.wish
    wish = wished(span.start)
    bed = Bed(key)
    shares = _shares(key, span, controls)
    if stir is not None:
        shares = shares * stir.loud[:, None]
    steady = bool((shares == shares[0]).all())
    weights = laid_out((shares[:1] if steady else shares)[:, None, :])
    for block in span.blocks():
        first = (block.start - span.start) // SLOW
        patter, doublings, struck = NO_PATTER, 8, UNSTRUCK
        if stir is not None:
            patter, doublings = stir.patter[first : first + -(-len(block) // SLOW)], stir.doublings
            struck = stir.striking.sound(block) if stir.striking else UNSTRUCK
        if not glides:
            rows = weights if steady else slow_rows(weights, span, block)
            yield bed.sound(block, colour(*wish), rows, True, patter, doublings, struck)
            continue
        knots = _knots(block, turning)
        wishes = [wished(knot) for knot in knots]
        # knots of one colour count as one: a colour that rests is the same bits whatever comes after it
        each = list(dict.fromkeys(wishes))
        same = np.array([[wish == one for one in each] for wish in wishes], np.float64)
        near = exact.total((_between(slow_points(block), knots)[:, :, None] * same).transpose(0, 2, 1))
        colours = np.concatenate([colour(*one) for one in each])
        share = shares[:1] if steady else shares[first:][: len(near)]
        rows = laid_out(near[:, :, None] * share[:, None, :])
        yield bed.sound(block, colours, rows, True, patter, doublings, struck)


def _knots(block: Span, turning: set[int]) -> list[int]:
    """The frames whose colours a block lies between: whole seconds, and where a glide begins (a colour
    must not begin to move before its scene does). The kernel mixes eight at the most."""
    first, last = block.start // KNOT * KNOT, -(-block.stop // KNOT) * KNOT
    inside = sorted(frame for frame in turning if first < frame < last)
    return sorted({*range(first, last + 1, KNOT), *inside[: COLOURS - 3]})


def _between(points: Frames, knots: list[int]) -> Floats:
    """Weights [points, knots] that join the knots by straight lines."""
    at = np.array(knots, np.int64)
    k = np.clip(np.searchsorted(at, points, side="right") - 1, 0, len(at) - 2)
    along = np.clip((points - at[k]) / (at[k + 1] - at[k]), 0.0, 1.0)
    weights = np.zeros((len(points), len(at)))
    rows = np.arange(len(points))
    weights[rows, k], weights[rows, k + 1] = 1 - along, along
    return weights


def laid_out(weights: Floats) -> NDArray[np.float32]:
    """Weights [points, colours, channels] as the kernel reads them: rows of sixteen."""
    rows = zeros((len(weights), LANES))
    rows[:, : 2 * weights.shape[1]] = weights.reshape(len(weights), -1)
    return rows


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


ONE = laid_out(np.ones((1, 1, 2)))
"""Of one colour all, left and right."""


def shared(weights: Floats, width: float) -> NDArray[np.float32]:
    """The same weights [points, colours] for middle and side, each by its share."""
    return laid_out(np.stack([weights * share for share in middle_and_side(width)], axis=2))
