"""The plan: a score bound to a seed and a date, as curves and keys. Cheap, sequential, and fixed.

Given score, seed and date it is always the same; everything that sounds is a function of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.limiter import MEMORY_SECONDS
from lullaby.night.following import ends, receding, told_asleep
from lullaby.night.reverberation import Room
from lullaby.score import (
    SILENT,
    Change,
    Curve,
    Part,
    RoomWish,
    Score,
    first_sound,
    part_curves,
    steady_values,
)
from lullaby.sleep.course import Course
from lullaby.time import RATE, Span
from lullaby.voices.controls import Controls, Floats, control_points, gains, values
from lullaby.voices.events import seats
from lullaby.voices.kinds import KINDS, VOICES
from lullaby.voices.voice import Voice

VOICE_MEMORY = 0.4
"""Seconds any voice may need of its own past. One number for all: a voice must sound the same whoever
sounds with it."""
MASTER_MEMORY = MEMORY_SECONDS
"""Seconds the desk itself needs: the limiter's, in a sixth of which the high cut has forgotten."""
NO_ROOM = -90.0
"""dB: a send this low is none."""
_TENTH = RATE // 10
STILL = Curve.steady(0.0)


def _tenths(seconds: float) -> int:
    """Frames, in whole tenths of a second."""
    return -(-round(seconds * RATE) // _TENTH) * _TENTH


@dataclass(frozen=True)
class Sounding:
    """One voice of a night: what it is, what it is told, and how the desk places it."""

    name: str
    kind: str
    key: Key
    controls: Controls
    level: Curve
    pan: Curve
    send: Curve
    trim: float
    recede: Curve = STILL
    """dB that it is held below its scenes while its sleeper sleeps."""

    @property
    def voice(self) -> Voice:
        return VOICES[self.kind]

    def is_silent(self, span: Span) -> bool:
        """Is its level exactly nothing over the whole span?"""
        return _silent(self.level, span) or _silent(self.recede, span)

    def place(self, block: Span) -> tuple[Floats, Floats]:
        """Gains of its left and right channel: one each while they rest, else one a control point."""
        curves = (self.level, self.recede, self.pan)
        if all(curve.rests_over(block.start, block.stop) for curve in curves):
            level = self.level.value_at(block.start) + self.recede.value_at(block.start)
            return _placed(level, self.pan.value_at(block.start), self.trim)
        frames = control_points(block)
        loud = gains(self.level, frames) * float(exact.gain(self.trim))
        if not (self.recede.is_steady and self.recede.keyframes[0].value == 0):
            loud = loud * gains(self.recede, frames)
        left, right = seats(values(self.pan, frames))
        return loud * left, loud * right

    def sent(self, block: Span) -> Floats:
        """The share of it that goes into the room."""
        if self.send.rests_over(block.start, block.stop):
            sent = self.send.value_at(block.start)
            return _gain(sent if sent > NO_ROOM else SILENT)
        return gains(self.send, control_points(block))


def _silent(level: Curve, span: Span) -> bool:
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
    left, right = seats(np.array([pan]))
    return loud * left, loud * right


@dataclass(frozen=True)
class Plan:
    """A night worked out as far as it can be without making a sound."""

    soundings: tuple[Sounding, ...]
    wish: RoomWish
    high_cut: float  # Hz
    length: int
    fade_in: int
    fade_out: int

    @cached_property
    def room(self) -> Room | None:
        return Room.of(self.wish)

    @property
    def lead(self) -> int:
        """Frames a page starts early: what the voices, the room and the master must hear of their past."""
        return _tenths(VOICE_MEMORY + MASTER_MEMORY + (self.room.memory if self.room else 0.0))

    @property
    def opening(self) -> int:
        """The frame at which the first voices to sound have come up to their levels, in whole tenths of
        a second: from here on a minute is listened to, to set the night's loudness."""
        levels = [one.level for one in self.soundings]
        first = first_sound(levels)
        arrived = [
            k.stop for level in levels for k in level.keyframes if k.start == first and k.value > SILENT
        ]
        return max(arrived, default=0) // _TENTH * _TENTH

    def fade(self, block: Span) -> Floats:
        """The night's own envelope: in from nothing at lights-out, out to nothing at its end. One
        number where it is 1 or 0, else one a control point."""
        if block.start >= self.fade_in and block.stop <= self.length - self.fade_out:
            return np.ones(1)
        if block.start >= self.length:
            return np.zeros(1)
        frames = control_points(block)
        rise = np.clip(frames / np.float64(max(1, self.fade_in)), 0.0, 1.0)
        fall = np.clip((self.length - frames) / np.float64(max(1, self.fade_out)), 0.0, 1.0)
        return (0.5 - 0.5 * exact.cos_turns(rise / 2)) * (0.5 - 0.5 * exact.cos_turns(fall / 2))


def make_plan(score: Score, seed: int, day: date | None, course: Course | None = None) -> Plan:
    """With a course the night recedes along it and ends when its sleeper has no more need of it; without,
    nobody sleeps, and its scenes play to their end."""
    root = Key.root(seed, "night", day.isoformat() if day else "any night")
    soundings = tuple(
        _sounding(score, part, root / part.name) for part in score.voices if part.kind.name in VOICES
    )
    length, fade_out = score.length, score.fade_out
    if course:
        length = ends(course, length, all_night=score.all_night is not None)
        fade_out = min(fade_out, length - score.fade_in)
        soundings = tuple(_asleep(one, course, score.follow.get(one.name, {}), length) for one in soundings)
    return Plan(soundings, score.room, score.high_cut, length, score.fade_in, fade_out)


def _asleep(one: Sounding, course: Course, told: Mapping[str, Change], length: int) -> Sounding:
    """The same voice along the course of a sleeper."""
    curves = told_asleep(course, told, one.controls.curves, length)
    return replace(
        one,
        controls=replace(one.controls, curves=curves),
        pan=curves["pan"][0],
        send=curves["send"][0],
        recede=receding(course, told, length),
    )


@lru_cache(maxsize=64)
def ratios_of(kind: str) -> frozenset[str]:
    """The settings of this kind that glide by ratio."""
    return frozenset(setting.name for setting in KINDS[kind] if setting.by_ratio)


def _sounding(score: Score, part: Part, key: Key) -> Sounding:
    moving = {
        name: (curve,) if isinstance(curve, Curve) else curve
        for name, curve in part_curves(score, part).items()
    }
    steady = dict(steady_values(part))
    # where its own files are, and that they are still the same: all that another machine must know
    steady |= {name: file.told for name, file in part.voice.brought.items()}
    trim = steady.get("trim", 0.0)
    return Sounding(
        part.name,
        part.kind.name,
        key,
        Controls(steady, moving, ratios_of(part.kind.name)),
        moving["level"][0],
        moving["pan"][0],
        moving["send"][0],
        float(trim) if isinstance(trim, int | float) else 0.0,
    )
