"""A bed of coloured noise: white noise on two channels through a resonator bank whose colour may glide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
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
from lullaby.voices.core.colour import Points, colour, sided
from lullaby.voices.core.controls import Controls, Frames, slow_points, slow_rows
from lullaby.voices.core.onsets import Combined
from lullaby.voices.core.resonators import ANY, Colour, Resonators, matrices
from lullaby.voices.core.voice import Sound

Floats: TypeAlias = NDArray[np.float64]

KNOT = RATE
"""Frames between the colours that a gliding bed is crossfaded between: whole seconds since lights-out."""

MEMORY = 0.3
"""Seconds until the lowest of the fixed resonators (18 Hz) has decayed: e^(-80 t) is -100 dB in .15."""


NO_PATTER, UNSTRUCK = np.zeros(0, np.float32), np.zeros((2, 0), np.float32)


class Bed:
    """The filter state of one bed during one render."""

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
        """A block: a mixture of colours (one after the other), by weights for either channel: a row for every
        slow point, or one for the whole block. Wide: the channels are mid and side, and become left and
        right. `patter` and `doublings` add sparse impulses, and `struck` is added, before the filter."""
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


def mid_and_side(width: float) -> tuple[float, float]:
    """Gains of mid and side whose sum and difference are two channels of unit power."""
    scale = float(1 / np.sqrt(np.float64(1 + width * width)))
    return scale, scale * width


OPEN = 20_000.0
"""Hz: a bed whose upper edge is here or higher is not low-passed."""

Spectrum: TypeAlias = tuple[Points, float, float, float]
"""The spectrum wanted of a noise: points of (Hz, dB), tilt in dB an octave, lower and upper edge in Hz."""


def bed_spectrum(controls: Controls, frame: int) -> Spectrum:
    """The spectrum that is set at a frame, in steps too small to hear, so that colours can be cached."""
    top = controls.number("to", frame)
    return (
        controls.points("curve"),
        _rounded(controls.number("tilt", frame), 32),
        _rounded_hz(controls.number("from", frame)),
        float(RATE) if top >= OPEN else _rounded_hz(top),
    )


def _rounded(value: float, parts: int) -> float:
    return round(value * parts) / parts


@lru_cache(maxsize=1024)
def _rounded_hz(hz: float) -> float:
    """The frequency on a scale of 48 steps an octave."""
    return float(exact.exp2(round(float(exact.log2(hz)) * 48) / 48))


@dataclass(frozen=True)
class Movement:
    """How rain or running water moves its bed: level and colour over time, and what is heard through it."""

    gains: Floats
    """The gains at the slow points of the span."""
    spectrum: Callable[[int], Spectrum]
    """The spectrum at a frame."""
    glides: bool
    """Whether the spectrum changes within the span."""
    patter: NDArray[np.float32]
    """Gains of the sparse impulses, at the slow points."""
    doublings: int
    """How sparse they are (`kernels.white.rare`)."""
    struck: Combined | None
    """Sounds that are filtered by the bed's colour, too, as mid and side."""
    width: Callable[[int], float] | None = None
    """The width of its lows at a frame, where its highs are `wider`; None: it is equally wide all over."""


COLOURING = ("tilt", "from", "to")


def gliding(controls: Controls, names: tuple[str, ...] = COLOURING) -> set[int]:
    """The frames at which automation of one of these settings begins or ends; none where all are steady."""
    moving = [curve for name in names for curve in controls.curves.get(name, ()) if not curve.is_steady]
    return {k.start for curve in moving for k in curve.keyframes}


def plain_bed(key: Key, span: Span, controls: Controls, movement: Movement | None = None) -> Iterator[Sound]:
    """The usual bed: a colour that may glide, a width, and a slow sway in level."""
    turning = gliding(controls) if movement is None else set()
    glides = bool(turning) if movement is None else movement.glides
    spectrum_at = partial(bed_spectrum, controls) if movement is None else movement.spectrum
    width_at = None if movement is None else movement.width

    def colours_at(frame: int) -> _Coloured:
        return spectrum_at(frame), None if width_at is None else width_at(frame)

    paired, first = width_at is not None, colours_at(span.start)
    bed = Bed(key)
    shares = _shares(key, span, controls)
    if movement is not None:
        shares = shares * movement.gains[:, None]
    steady = bool((shares == shares[0]).all())
    weights = _mixed(np.ones((1, 1)), shares[:1] if steady else shares, paired)
    for block in span.blocks():
        row = (block.start - span.start) // SLOW
        patter, doublings, struck = NO_PATTER, 8, UNSTRUCK
        if movement is not None:
            patter, doublings = movement.patter[row : row + -(-len(block) // SLOW)], movement.doublings
            struck = movement.struck.sound(block) if movement.struck else UNSTRUCK
        if not glides:
            rows = weights if steady else slow_rows(weights, span, block)
            yield bed.sound(block, _colours(*first), rows, True, patter, doublings, struck)
            continue
        knots = _knots(block, turning)
        spectra = [colours_at(knot) for knot in knots]
        # equal neighbours are one colour: a colour that rests is the same bits whatever comes after it
        distinct = list(dict.fromkeys(spectra))
        along = _between(slow_points(block), knots)
        near = np.zeros((len(along), len(distinct)))
        for knot, spectrum in enumerate(spectra):
            near[:, distinct.index(spectrum)] += along[:, knot]
        colours = np.concatenate([_colours(*spectrum) for spectrum in distinct])
        share = shares[:1] if steady else shares[row:][: len(near)]
        rows = _mixed(near, share, paired)
        yield bed.sound(block, colours, rows, True, patter, doublings, struck)


_Coloured: TypeAlias = tuple[Spectrum, float | None]
"""A spectrum, and the width in the lows of what is wider in its highs."""


def _colours(spectrum: Spectrum, width: float | None) -> Colour:
    """The colour of both channels; or one of mid and one of side, of a bed that is wider in its highs."""
    return colour(*spectrum) if width is None else np.concatenate(sided(*spectrum, width))


_APART = np.eye(2)
"""Of a pair of colours, one for mid and one for side."""


def _mixed(near: Floats, shares: Floats, paired: bool) -> NDArray[np.float32]:
    """Rows of weights: of every colour, by how near it is; of a pair of them, mid in the first alone, side in
    the second."""
    weights = near[:, :, None] * shares[:, None, :]
    if not paired:
        return laid_out(weights)
    pairs = weights[:, :, None, :] * _APART
    return laid_out(pairs.reshape(len(pairs), -1, 2))


def _knots(block: Span, turning: set[int]) -> list[int]:
    """The frames whose colours a block is interpolated between: whole seconds, and where a glide begins (a
    colour must not begin to move before its scene does). The kernel mixes eight at the most."""
    first, last = block.start // KNOT * KNOT, -(-block.stop // KNOT) * KNOT
    inside = sorted(frame for frame in turning if first < frame < last)
    return sorted({*range(first, last + 1, KNOT), *inside[: COLOURS - 3]})


def _between(points: Frames, knots: list[int]) -> Floats:
    """Weights [points, knots] of a linear interpolation between the knots."""
    frames = np.array(knots, np.int64)
    k = np.clip(np.searchsorted(frames, points, side="right") - 1, 0, len(frames) - 2)
    along = np.clip((points - frames[k]) / (frames[k + 1] - frames[k]), 0.0, 1.0)
    weights = np.zeros((len(points), len(frames)))
    rows = np.arange(len(points))
    weights[rows, k], weights[rows, k + 1] = 1 - along, along
    return weights


def laid_out(weights: Floats) -> NDArray[np.float32]:
    """Weights [points, colours, channels] as the kernel reads them: rows of sixteen."""
    rows = zeros((len(weights), LANES))
    rows[:, : 2 * weights.shape[1]] = weights.reshape(len(weights), -1)
    return rows


def _shares(key: Key, span: Span, controls: Controls) -> Floats:
    """Gains of mid and side at the slow points: the width, and a sway that leaves the mean loudness alone."""
    points = slow_points(span)
    sway, width = controls.values("sway", points), controls.values("width", points)
    scale = 1 / np.sqrt(1 + width * width)
    shares = np.stack([scale, scale * width], axis=1)
    if sway.any():
        wander = drift(key / "sway", points, controls.number("sway_over", 0) * RATE)
        # half the deviation up and down; the second term keeps the mean loudness where it was
        shares = shares * exact.gain(sway * wander * 0.5 - sway * sway * 0.0144)[:, None]
    return shares


ONE = laid_out(np.ones((1, 1, 2)))
"""Weights of a single colour: gain 1, left and right."""


def widened(weights: Floats, width: float) -> NDArray[np.float32]:
    """The weights [points, colours] for mid and side, at this width."""
    return laid_out(np.stack([weights * share for share in mid_and_side(width)], axis=2))
