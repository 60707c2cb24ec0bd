"""The plan: a score bound to a seed and a date, as curves and keys. Cheap, sequential, and fixed.

Given score, seed and date it is always the same; everything that sounds is a function of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.limiter import LOOK_AHEAD, MEMORY_SECONDS
from lullaby.night.ears import MEMORY
from lullaby.night.following import asleep_from, darkening, ends, gate, receding
from lullaby.night.guard import HEARS_BACK, HEARS_ITSELF, LOOKS_AHEAD, UNGUARDED, Guard
from lullaby.night.reverberation import Room
from lullaby.night.thinning import told_asleep
from lullaby.night.track import STILL, Track, silent_over
from lullaby.score import (
    SILENT,
    Curve,
    Keyframe,
    Part,
    RoomSettings,
    Score,
    first_sound,
    part_curves,
    steady_values,
)
from lullaby.score.model import STATES, WeatherSettings
from lullaby.score.settings import SEAT
from lullaby.sleep.course import Course
from lullaby.time import RATE, Span
from lullaby.voices.core.controls import TENTH, Controls, Floats, control_points, gains
from lullaby.voices.core.weather import EVEN, Weather
from lullaby.voices.kinds import KINDS, VOICES

VOICE_MEMORY = 0.4
"""Seconds any voice may need of its own past. One number for all: a voice must sound the same whoever
sounds with it."""
MASTER_MEMORY = MEMORY_SECONDS
"""Seconds the mixer itself needs: the limiter's, in a sixth of which the high cut has forgotten."""


def _tenths(seconds: float) -> int:
    """Frames, in whole tenths of a second."""
    return -(-round(seconds * RATE) // TENTH) * TENTH


@dataclass(frozen=True)
class Plan:
    """A night worked out as far as it can be without making a sound."""

    tracks: tuple[Track, ...]
    reverb: RoomSettings
    high_cut: float  # Hz
    length: int
    fade_in: int
    fade_out: int
    gate: Curve = STILL
    """The night's silences, where somebody sleeps: 0 or SILENT."""
    darkening: Curve | None = None
    """Steps by which all of it is darker, where somebody sleeps."""
    guard: Guard = UNGUARDED
    headphones: bool = False
    """Is it made for two ears, rather than for two loudspeakers?"""

    @cached_property
    def room(self) -> Room | None:
        return Room.of(self.reverb)

    @property
    def lead(self) -> int:
        """Frames a page starts early: what the voices, the room and the master must hear of their past."""
        room = self.room.memory if self.room else 0.0
        return _tenths(VOICE_MEMORY + self._ears + MASTER_MEMORY + room)

    @property
    def _ears(self) -> float:
        """Seconds that the way around a head adds to what a voice remembers."""
        return MEMORY if self.headphones else 0.0

    def listens_from(self, frame: int, capped: bool) -> int:
        """Where the guard begins to listen for a page that begins at this frame. What happens later has no
        say in that, or a change of plan would be heard before it comes."""
        back = HEARS_BACK if self.guard.acts_before(frame) else HEARS_ITSELF if capped else 0
        return max(0, frame - back)

    def needed(self, span: Span) -> Span:
        """The frames that a page's sound over this span is made from, at the most."""
        return Span(self.begins(span.start, capped=True), span.stop + LOOK_AHEAD + LOOKS_AHEAD)

    def begins(self, frame: int, capped: bool) -> int:
        """Where a page that begins at this frame starts from rest."""
        heard = self.listens_from(frame, capped) - _tenths(VOICE_MEMORY + self._ears)
        return max(0, min(frame - self.lead, heard))

    @property
    def opening(self) -> int:
        """The frame at which the first voices to sound have come up to their levels, in whole tenths of
        a second: from here on a minute is listened to, to set the night's loudness."""
        levels = [one.level for one in self.tracks]
        first = first_sound(levels)
        arrived = [
            k.stop for level in levels for k in level.keyframes if k.start == first and k.value > SILENT
        ]
        return max(arrived, default=0) // TENTH * TENTH

    def fade(self, block: Span) -> Floats:
        """The night's own envelope: in from nothing at lights-out, out to nothing at its end, and its
        silences between. One number where it is 1 or 0, else one a control point."""
        if self.is_silent(block):
            return np.zeros(1)
        inside = block.start >= self.fade_in and block.stop <= self.length - self.fade_out
        open_ = self.gate.rests_over(block.start, block.stop)  # and not silent, as was asked before
        if inside and open_:
            return np.ones(1)
        frames = control_points(block)
        let = np.ones(1) if open_ else gains(self.gate, frames)
        if inside:
            return let
        rise = np.clip(frames / np.float64(max(1, self.fade_in)), 0.0, 1.0)
        fall = np.clip((self.length - frames) / np.float64(max(1, self.fade_out)), 0.0, 1.0)
        return let * (0.5 - 0.5 * exact.cos_turns(rise / 2)) * (0.5 - 0.5 * exact.cos_turns(fall / 2))

    def is_silent(self, span: Span) -> bool:
        """Is nothing heard over the whole of it, whatever the voices do?"""
        return span.start >= self.length or silent_over(self.gate, span)


def make_plan(score: Score, seed: int, day: date | None, course: Course | None = None) -> Plan:
    """With a course the night recedes along it and ends when its sleeper has no more need of it; without,
    nobody sleeps, and its scenes play to their end."""
    root = Key.root(seed, "night", day.isoformat() if day else "any night")
    weather = _weather(score.weather, root)
    tracks = tuple(
        _track(score, part, root / part.name, weather) for part in score.voices if part.kind.name in VOICES
    )
    plan = Plan(tracks, score.room, score.high_cut, score.length, score.fade_in, score.fade_out)
    return _asleep(plan, score, course) if course else plan


def _weather(wish: WeatherSettings, root: Key) -> Weather:
    """The night's own, whatever voices stand in it: no voice is called so, for names have no slash."""
    storm = EVEN
    if wish.storm:
        (first, force), *later = wish.storm
        storm = Curve((Keyframe(0, 0, force),))
        for at, force in later:
            storm = storm.then(first, at, force)
            first = at
    return Weather(root / "/weather", wish.gusts, wish.pace, storm)


def _asleep(plan: Plan, score: Score, course: Course) -> Plan:
    """The same night along the course of a sleeper."""
    wake = score.wake
    plays = ends(course, score.length, all_night=score.all_night is not None)
    length = score.length if wake else plays
    return replace(
        plan,
        tracks=tuple(_receding(one, course, score, length) for one in plan.tracks),
        length=length,
        fade_out=min(score.fade_out, length - score.fade_in),
        gate=gate(course, plays, length, wake),
        darkening=darkening(course, length, wake),
        guard=Guard.of(course, length, wake),
    )


def _receding(one: Track, course: Course, score: Score, length: int) -> Track:
    """The same voice, as it recedes from a sleeper."""
    told, kind = score.follow.get(one.name, {}), KINDS[one.kind]
    curves = dict(told_asleep(course, told, kind, one.controls.curves, length, score.wake))
    asleep = asleep_from(course)
    for name in SEAT & curves.keys():
        curves[name] = tuple(_stays(curve, asleep) for curve in curves[name])
    rests = STATES.index(kind.silent_from) if kind.silent_from else len(STATES)
    silent = {state: {**told.get(state, {}), "level": SILENT} for state in STATES[rests:5]}
    return replace(
        one,
        controls=replace(one.controls, curves=curves, asleep=asleep),
        recede=receding(course, {**told, **silent}, length, score.wake),
    )


def _stays(seat: Curve, asleep: int) -> Curve:
    """Nothing moves around somebody who sleeps: a glide under way is left to end, and no other begins. What
    takes no time is no glide: a voice that comes out of silence comes in the seat its scene has for it."""
    return Curve(tuple(k for k in seat.keyframes if k.start < asleep or k.start == k.stop))


@lru_cache(maxsize=64)
def ratios_of(kind: str) -> frozenset[str]:
    """The settings of this kind that glide by ratio."""
    return frozenset(setting.name for setting in KINDS[kind] if setting.by_ratio)


def _track(score: Score, part: Part, key: Key, weather: Weather) -> Track:
    moving = {
        name: (curve,) if isinstance(curve, Curve) else curve
        for name, curve in part_curves(score, part).items()
    }
    steady = dict(steady_values(part))
    # where its own files are, and that they are still the same: all that another machine must know
    steady |= {name: file.told for name, file in part.voice.brought.items()}
    controls = Controls(steady, moving, ratios_of(part.kind.name), weather=weather)
    return Track(part.name, part.kind.name, key, controls)
