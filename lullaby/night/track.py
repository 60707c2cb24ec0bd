"""One voice of a night: what it is, what it is told, and how the mixer places it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score import SILENT, Curve
from lullaby.time import Span
from lullaby.voices.core.controls import Controls, Floats, control_points, gains, interpolated, tenths, values
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.voice import Voice
from lullaby.voices.kinds import VOICES

NO_ROOM = -90.0
"""dB: a send this low is none."""
STILL = Curve.steady(0.0)


@dataclass(frozen=True)
class Track:
    """One voice of a night: what it is, what it is told, and how the mixer places it."""

    name: str
    kind: str
    key: Key
    controls: Controls
    recede: Curve = STILL
    """dB that it is held below its scenes while its sleeper sleeps."""

    @property
    def level(self) -> Curve:
        return self.controls.curves["level"][0]

    @property
    def pan(self) -> Curve:
        return self.controls.curves["pan"][0]

    @property
    def send(self) -> Curve:
        return self.controls.curves["send"][0]

    @property
    def trim(self) -> float:
        """dB that a voice file adds to every level it is given."""
        return self.controls.number("trim", 0) if "trim" in self.controls.steady else 0.0

    @property
    def voice(self) -> Voice:
        return VOICES[self.kind]

    def at_the_height_of_the_storm(self) -> Track:
        """The same voice, with the storm all night as strong as it ever gets."""
        weather = self.controls.weather
        if weather is None or weather.storm.is_steady:
            return self
        height = Curve.steady(max(k.value for k in weather.storm.keyframes))
        return replace(self, controls=replace(self.controls, weather=replace(weather, storm=height)))

    def is_silent(self, span: Span) -> bool:
        """Is its level exactly nothing over the whole span?"""
        return silent_over(self.level, span) or silent_over(self.recede, span)

    def place(self, block: Span, held: Floats | None) -> tuple[Floats, Floats]:
        """Gains of its left and right channel: one each while they rest, else one a control point. `held`
        is how far it recedes over the block, where that moves."""
        start, stop = block.start, block.stop
        level, pan = (curve.rests_over(start, stop) for curve in (self.level, self.pan))
        if held is None and level and pan:
            still = self.level.value_at(start) + self.recede.value_at(start)
            return _placed(still, self.pan.value_at(start), self.trim)
        loud = self.loud(block, held)
        left, right = _seat(self.pan.value_at(start)) if pan else pan_gains(self.seat(block))
        return loud * left, loud * right

    def loud(self, block: Span, held: Floats | None) -> Floats:
        """Its gain, wherever it is: one, or one a control point."""
        start = block.start
        rests = self.level.rests_over(start, block.stop)
        level = _gain(self.level.value_at(start)) if rests else gains(self.level, control_points(block))
        return level * _gain(self.trim) * (_gain(self.recede.value_at(start)) if held is None else held)

    def seat(self, block: Span) -> Floats:
        """Where it is, from -1 to 1: one place, or one a control point."""
        if self.pan.rests_over(block.start, block.stop):
            return np.array([self.pan.value_at(block.start)])
        return values(self.pan, control_points(block))

    def sent(self, block: Span) -> Floats:
        """The share of it that goes into the room."""
        if self.send.rests_over(block.start, block.stop):
            sent = self.send.value_at(block.start)
            return _gain(sent if sent > NO_ROOM else SILENT)
        return gains(self.send, control_points(block))


class Receding:
    """How far voices recede over a span: known every tenth of a second, and found once for all that recede
    alike."""

    def __init__(self, curves: Iterable[Curve], span: Span) -> None:
        self._span = span
        points = tenths(span)
        moving = {curve for curve in curves if not curve.rests_over(span.start, span.stop)}
        self._known = {id(curve): gains(curve, points) for curve in moving}
        self._same = {id(curve): id(one) for curve in curves for one in moving if one == curve}

    def over(self, block: Span) -> Mapping[int, Floats]:
        """Gains at the block's control points, by the curve's identity."""
        frames = control_points(block)
        found = {one: interpolated(known, self._span, frames) for one, known in self._known.items()}
        return {curve: found[one] for curve, one in self._same.items()}


def silent_over(level: Curve, span: Span) -> bool:
    left, right = level.segment(span.start)
    if left.value > SILENT or right.value > SILENT:
        return False
    return not any(span.start < k.start < span.stop and k.value > SILENT for k in level.keyframes)


@lru_cache(maxsize=256)
def _gain(db: float) -> Floats:
    return np.atleast_1d(exact.gain(db))


@lru_cache(maxsize=256)
def _placed(level: float, pan: float, trim: float) -> tuple[Floats, Floats]:
    loud = _gain(level) * _gain(trim)
    left, right = _seat(pan)
    return loud * left, loud * right


@lru_cache(maxsize=256)
def _seat(pan: float) -> tuple[Floats, Floats]:
    return pan_gains(np.array([pan]))
