"""A voice's settings at any frame: those that are steady, and the automation curves of those that move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.score.curves import Curve, Keyframe
from lullaby.score.settings import SILENT, Value
from lullaby.time import LONGEST, RATE, SLOW, STEP, Span

if TYPE_CHECKING:
    from lullaby.voices.core.played import Played
    from lullaby.voices.core.weather import Weather
    from lullaby.voices.speech.line import Line

Floats: TypeAlias = NDArray[np.float64]
Frames: TypeAlias = NDArray[np.int64]


def control_points(span: Span) -> Frames:
    """The frames at which gains are set: every 64th, and one past the end."""
    return np.arange(span.start, span.stop + STEP, STEP, dtype=np.int64)


def slow_points(span: Span) -> Frames:
    """The frames at which slow gains are set: every 320th of a span that starts at a whole block, up to its
    end or just past it."""
    return np.arange(span.start, span.stop + SLOW, SLOW, dtype=np.int64)


def slow_rows(table: NDArray[np.float32], span: Span, block: Span) -> NDArray[np.float32]:
    """The rows for one block, of a table with a row for every slow point of the span."""
    first = (block.start - span.start) // SLOW
    return table[first : first + -(-len(block) // SLOW) + 1]


def values(curve: Curve, frames: Frames, by_ratio: bool = False) -> Floats:
    """The curve at each of these frames."""
    first, glides = _glides(curve, *_ends(frames))
    out = np.full(frames.shape, first.value, np.float64)
    for before, after in glides:
        moved = _along(after.start, after.stop, frames)
        if by_ratio and before.value > 0 and after.value > 0:
            start, stop = exact.log2(before.value), exact.log2(after.value)
            glide = exact.exp2(start + (stop - start) * moved)
        else:
            glide = before.value + (after.value - before.value) * moved
        out = np.where(frames >= after.start, np.where(moved >= 1, after.value, glide), out)
    return out


def value_at(curve: Curve, frame: int, by_ratio: bool = False) -> float:
    """The curve at one frame, the same bits as among many."""
    first, glides = _glides(curve, frame, frame)
    out = first.value
    for before, after in glides:
        moved = min(max((frame - after.start) / max(1, after.stop - after.start), 0.0), 1.0)
        if moved >= 1:
            out = after.value
        elif by_ratio and before.value > 0 and after.value > 0:
            start, stop = exact.log2(float(before.value)), exact.log2(float(after.value))
            out = float(exact.exp2(start + (stop - start) * moved))
        else:
            out = before.value + (after.value - before.value) * moved
    return float(out)


def gains(level: Curve, frames: Frames) -> Floats:
    """A level in dB as amplitudes. Between sound and silence the amplitude is a raised cosine."""
    first, glides = _glides(level, *_ends(frames))
    out = np.full(frames.shape, float(exact.gain(first.value)), np.float64)
    for before, after in glides:
        moved = _along(after.start, after.stop, frames)
        arrived = float(exact.gain(after.value))
        if SILENT in (before.value, after.value):
            rise = 0.5 - 0.5 * exact.cos_turns(moved / 2)
            start = float(exact.gain(before.value))
            glide = start + (arrived - start) * rise
        else:
            glide = exact.gain(before.value + (after.value - before.value) * moved)
        out = np.where(frames >= after.start, np.where(moved >= 1, arrived, glide), out)
    return out


TENTH = RATE // 10
"""Frames between the points at which the slowest curves are known: tenths of a second."""


def tenths(span: Span) -> Frames:
    """Every tenth of a second from one at or before the span's start to one after its end."""
    first, last = span.start // TENTH, -(-span.stop // TENTH) + 1
    return np.arange(first, last + 1, dtype=np.int64) * TENTH


def interpolated(known: Floats, span: Span, frames: Frames) -> Floats:
    """Values known at the tenths of a span, interpolated linearly at frames in it."""
    k = frames // TENTH
    along = (frames - k * TENTH) * (1.0 / TENTH)
    k = k - span.start // TENTH
    return np.asarray(known[k] + (known[k + 1] - known[k]) * along)


def _ends(frames: Frames) -> tuple[int, int]:
    """The earliest and the latest of these frames: onsets come in any order."""
    return (int(frames.min()), int(frames.max())) if frames.size else (-1, -1)


def _glides(curve: Curve, earliest: int, latest: int) -> tuple[Keyframe, list[tuple[Keyframe, Keyframe]]]:
    """The last keyframe that is reached before these frames, and the glides that overlap them: a night has
    hundreds, and a second of it one or none."""
    reached = curve.keyframes[0]
    glides: list[tuple[Keyframe, Keyframe]] = []
    for after in curve.keyframes[1:]:
        if latest < after.start:
            break
        if after.stop <= earliest:
            reached = after
        else:
            glides.append((glides[-1][1] if glides else reached, after))
    return reached, glides


def turns(rate: Curve, frames: Frames, second: int) -> Floats:
    """The phase, in turns since lights-out, of what turns at a rate that follows this curve.

    The integral of linear glides is known in closed form, so no frame needs the one before.
    """
    first = rate.keyframes[0].value
    total = frames.astype(np.float64) * (first / second)
    for before, after in zip(rate.keyframes, rate.keyframes[1:], strict=False):
        step = after.value - before.value
        length = max(1, after.stop - after.start)
        inside = np.clip(frames - after.start, 0, length).astype(np.float64)
        beyond = np.maximum(frames - after.start - length, 0).astype(np.float64)
        total = total + step / second * (inside * inside / (2 * length) + beyond)
    return total


def _along(start: int, stop: int, frames: Frames) -> Floats:
    return np.clip((frames - start) / np.float64(max(1, stop - start)), 0.0, 1.0)


@dataclass(frozen=True)
class Controls:
    """One voice's settings through a night. What no scene moves has one value; the rest are curves."""

    steady: Mapping[str, Value]
    curves: Mapping[str, tuple[Curve, ...]]
    ratios: frozenset[str] = frozenset()
    asleep: int = LONGEST
    """The frame from which on somebody sleeps: bells and bowls are struck softly from then on."""
    weather: Weather | None = None
    """Shared by all voices of a night; None where a voice is heard alone."""
    lines: tuple[Line, ...] = ()
    """What a teller says, in order."""
    notes: tuple[Played, ...] | None = None
    """What an instrument plays, in order. None: nobody gives it notes, and it plays by itself."""

    def number(self, name: str, frame: int) -> float:
        if name in self.curves:
            return self._at(self.curves[name][0], name, frame)
        return float(cast(float, self.steady[name]))

    def pair(self, name: str, frame: int) -> tuple[float, float]:
        """A range: its low and its high end."""
        if name in self.curves:
            low, high = self.curves[name]
            return self._at(low, name, frame), self._at(high, name, frame)
        low_end, high_end = cast(tuple[float, float], self.steady[name])
        return low_end, high_end

    def numbers(self, name: str) -> tuple[float, ...]:
        return cast(tuple[float, ...], self.steady[name])

    def word(self, name: str) -> str:
        return cast(str, self.steady[name])

    def points(self, name: str) -> tuple[tuple[float, float], ...]:
        return cast(tuple[tuple[float, float], ...], self.steady[name])

    def values(self, name: str, frames: Frames) -> Floats:
        """A number at many frames."""
        if name in self.curves:
            return values(self.curves[name][0], frames, name in self.ratios)
        return np.full(frames.shape, self.number(name, 0), np.float64)

    def curve(self, name: str) -> Curve:
        if name in self.curves:
            return self.curves[name][0]
        return Curve.steady(self.number(name, 0))

    def _at(self, curve: Curve, name: str, frame: int) -> float:
        return value_at(curve, frame, name in self.ratios)
