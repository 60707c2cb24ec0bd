"""A track: one voice of a night with its key of chance, its automation, and its gain, pan and send."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score import SILENT, Curve
from lullaby.time import Span
from lullaby.voices.core.controls import Controls, Floats, control_points, gains, interpolated, tenths, values
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.played import REACH
from lullaby.voices.core.voice import Voice
from lullaby.voices.kinds import voice_of
from lullaby.voices.teller import TELLER

NO_REVERB = -90.0
"""dB: a send this low is none."""
STILL = Curve.steady(0.0)
"""Automation that stays at 0."""


@dataclass(frozen=True)
class Track:
    """One voice of a night, and all that the mixer does to it before the bus."""

    name: str
    kind: str
    key: Key
    controls: Controls
    recede: Curve = STILL
    """dB by which its gain is below what its scenes ask for, because somebody sleeps."""
    fader: Curve = STILL
    """dB that a listener has added by hand."""
    duck: Curve = STILL
    """dB by which it makes room for a teller; of a teller, by which it is as loud as the night's opening."""

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
        return voice_of(self.kind)

    @property
    def tells(self) -> bool:
        """Is it a teller, for whom the others make room?"""
        return self.kind == TELLER.name

    def at_the_height_of_the_storm(self) -> Track:
        """The track with the storm all night as strong as it ever gets."""
        weather = self.controls.weather
        if weather is None or weather.storm.is_steady:
            return self
        height = Curve.steady(max(k.value for k in weather.storm.keyframes))
        return replace(self, controls=replace(self.controls, weather=replace(weather, storm=height)))

    def is_silent(self, span: Span) -> bool:
        """Is its gain exactly 0 over the whole span?"""
        if self.tells and not any(
            line.start < span.stop and span.start < line.stop for line in self.controls.lines
        ):
            return True
        if self.controls.notes is not None and span.start >= self._rings_until(span.stop):
            return True
        return any(silent_over(curve, span) for curve in (self.level, self.recede, self.fader))

    def _rings_until(self, frame: int) -> int:
        """The frame from which on none of the notes that begin before this one is heard any more."""
        starts, rings_until = self._reach_of_notes
        begun = bisect_left(starts, frame)
        return rings_until[begun - 1] if begun else -1

    @cached_property
    def _reach_of_notes(self) -> tuple[list[int], list[int]]:
        """Where each note begins, and until when it or one before it may be heard."""
        notes = sorted(self.controls.notes or (), key=lambda note: note.start)
        ends = accumulate((note.stop + REACH for note in notes), max)
        return [note.start for note in notes], list(ends)

    def rests_over(self, span: Span) -> bool:
        """Do its gain, pan and send stay where they are?"""
        moving = (self.level, self.pan, self.send, self.recede, self.fader, self.duck)
        return all(curve.rests_over(span.start, span.stop) for curve in moving)

    def place(self, block: Span, receded: Floats | None) -> tuple[Floats, Floats]:
        """Gains of its left and right channel: one each while they rest, else one a control point. `receded`
        is the gain of its `recede` over the block, where that moves."""
        start, stop = block.start, block.stop
        moving = (self.level, self.pan, self.fader, self.duck)
        level, pan, fader, duck = (curve.rests_over(start, stop) for curve in moving)
        if receded is None and level and pan and fader and duck:
            still = self.level.value_at(start) + self.recede.value_at(start) + self.fader.value_at(start)
            return _placed(still + self.duck.value_at(start), self.pan.value_at(start), self.trim)
        loud = self.loud(block, receded)
        left, right = _seat(self.pan.value_at(start)) if pan else pan_gains(self.seat(block))
        return loud * left, loud * right

    def loud(self, block: Span, receded: Floats | None) -> Floats:
        """The track's gain before panning: one, or one a control point."""
        start = block.start
        rests = self.level.rests_over(start, block.stop)
        level = _gain(self.level.value_at(start)) if rests else gains(self.level, control_points(block))
        loud = level * _gain(self.trim) * (_gain(self.recede.value_at(start)) if receded is None else receded)
        for curve in (self.fader, self.duck):
            if not (curve.is_steady and curve.keyframes[0].value == 0):
                rests = curve.rests_over(start, block.stop)
                loud = loud * (_gain(curve.value_at(start)) if rests else gains(curve, control_points(block)))
        return loud

    def seat(self, block: Span) -> Floats:
        """The track's pan, from -1 to 1: one place, or one a control point."""
        if self.pan.rests_over(block.start, block.stop):
            return np.array([self.pan.value_at(block.start)])
        return values(self.pan, control_points(block))

    def sent(self, block: Span) -> Floats:
        """The track's send: the gain at which it goes into the reverb."""
        if self.send.rests_over(block.start, block.stop):
            sent = self.send.value_at(block.start)
            return _gain(sent if sent > NO_REVERB else SILENT)
        return gains(self.send, control_points(block))


class Receding:
    """Gains of several tracks' `recede` over a span: worked out every tenth of a second and interpolated, and
    only once for tracks that share a curve."""

    def __init__(self, curves: Iterable[Curve], span: Span) -> None:
        self._span = span
        points = tenths(span)
        moving = {curve for curve in curves if not curve.rests_over(span.start, span.stop)}
        self._known = {id(curve): gains(curve, points) for curve in moving}
        self._same = {id(curve): id(equal) for curve in curves for equal in moving if equal == curve}

    def gains(self, block: Span) -> Mapping[int, Floats]:
        """Gains at the block's control points, by the curve's identity."""
        frames = control_points(block)
        found = {curve: interpolated(known, self._span, frames) for curve, known in self._known.items()}
        return {curve: found[equal] for curve, equal in self._same.items()}


def silent_over(level: Curve, span: Span) -> bool:
    """Is this level SILENT from the first frame of the span to its last?"""
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
