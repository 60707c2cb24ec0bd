"""The plan: a score bound to a seed, a date and a sleeper, as tracks with automation and keys of chance.

It is worked out once, before a sound is made, in milliseconds; the same score, seed, date and course always
give the same plan, and everything that sounds is a function of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.limiter import LOOK_AHEAD, MEMORY_SECONDS
from lullaby.night.ears import MEMORY
from lullaby.night.faders import FaderMove, fader_curve
from lullaby.night.following import AT_MOST, asleep_from, darkening, ends, gate, receding
from lullaby.night.guard import HEARS_ITSELF, LOOKS_AHEAD, UNGUARDED, Guard
from lullaby.night.music import music_of, notes_by_voice
from lullaby.night.narration import PLAYS_ON, Narration, making_room, told_until
from lullaby.night.reverberation import ReverbNetwork
from lullaby.night.thinning import thinned
from lullaby.night.track import STILL, Track, silent_over
from lullaby.score import (
    SILENT,
    Curve,
    Keyframe,
    Part,
    ReverbSettings,
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
from lullaby.voices.core.played import Played
from lullaby.voices.core.weather import EVEN, Weather
from lullaby.voices.kinds import KINDS

VOICE_MEMORY = 0.4
"""Seconds of its own past that any voice may need. One number for all voices: each must sound the same
whatever others sound beside it."""
MASTER_MEMORY = MEMORY_SECONDS
"""Seconds of its past that the master needs: the limiter's release, six times as long as the high cut's."""


def _tenths(seconds: float) -> int:
    """Frames, in whole tenths of a second."""
    return -(-round(seconds * RATE) // TENTH) * TENTH


@dataclass(frozen=True)
class Plan:
    """A night worked out as far as it can be without making a sound."""

    tracks: tuple[Track, ...]
    reverb_settings: ReverbSettings
    high_cut: float  # Hz
    length: int
    fade_in: int
    fade_out: int
    gate: Curve = STILL
    """A gate over the whole mix, where somebody sleeps: 0 dB or SILENT."""
    darkening: Curve | None = None
    """Automation of the mix's tilt, where somebody sleeps: steps of a decibel per octave."""
    dip: Curve = STILL
    """Automation of the dip in speech's band: the share of it that everything but tellers goes without."""
    guard: Guard = UNGUARDED
    headphones: bool = False
    """Is it made for two ears, rather than for two loudspeakers?"""

    @cached_property
    def reverb(self) -> ReverbNetwork | None:
        return ReverbNetwork.from_settings(self.reverb_settings)

    @property
    def lead(self) -> int:
        """Frames by which a page starts early, from rest: the past that voices, reverb and master need."""
        reverb = self.reverb.memory if self.reverb else 0.0
        return _tenths(VOICE_MEMORY + self._ears + MASTER_MEMORY + reverb)

    @property
    def _ears(self) -> float:
        """Seconds that the way around a head adds to what a voice remembers."""
        return MEMORY if self.headphones else 0.0

    def listens_from(self, frame: int, capped: bool) -> int:
        """The frame from which the guard listens, for a page that begins at this frame. It depends on nothing
        that comes later in the plan: a change there must not be heard before it comes."""
        back = max(self.guard.hears_back(frame), HEARS_ITSELF if capped else 0)
        return max(0, frame - back)

    def needed(self, span: Span) -> Span:
        """The frames that a page's sound over this span is made from, at the most."""
        return Span(self.begins(span.start, capped=True), span.stop + LOOK_AHEAD + LOOKS_AHEAD)

    def begins(self, frame: int, capped: bool) -> int:
        """The frame from which a page that begins at this frame is rendered, starting from rest."""
        heard = self.listens_from(frame, capped) - _tenths(VOICE_MEMORY + self._ears)
        return max(0, min(frame - self.lead, heard))

    @property
    def opening(self) -> int:
        """The frame at which the first voices to sound have come up to their levels, in whole tenths of
        a second: from here on a minute is listened to, to set the night's loudness."""
        levels = [track.level for track in self.tracks if not track.tells]
        first = first_sound(levels)
        arrived = [
            k.stop for level in levels for k in level.keyframes if k.start == first and k.value > SILENT
        ]
        return max(arrived, default=0) // TENTH * TENTH

    def fade(self, block: Span) -> Floats:
        """The envelope of the whole mix: its fade-in at lights-out, its fade-out at the end, and the gate
        between. One gain where it is 1 or 0, else one a control point."""
        if self.is_silent(block):
            return np.zeros(1)
        inside = block.start >= self.fade_in and block.stop <= self.length - self.fade_out
        open_ = self.gate.rests_over(block.start, block.stop)  # at 0 dB: silence has been asked for above
        if inside and open_:
            return np.ones(1)
        frames = control_points(block)
        gate = np.ones(1) if open_ else gains(self.gate, frames)
        if inside:
            return gate
        rise = np.clip(frames / np.float64(max(1, self.fade_in)), 0.0, 1.0)
        fall = np.clip((self.length - frames) / np.float64(max(1, self.fade_out)), 0.0, 1.0)
        return gate * (0.5 - 0.5 * exact.cos_turns(rise / 2)) * (0.5 - 0.5 * exact.cos_turns(fall / 2))

    def is_silent(self, span: Span) -> bool:
        """Is the whole mix silent over this span, whatever its tracks do?"""
        return span.start >= self.length or silent_over(self.gate, span)


def make_plan(
    score: Score,
    seed: int,
    day: date | None,
    course: Course | None = None,
    moves: Sequence[FaderMove] = (),
    narrations: Sequence[Narration] = (),
    speech_db: float = 0.0,
) -> Plan:
    """Makes the plan of a night. With a course the night gets softer along it and ends once sleep has come to
    stay; without one, nobody sleeps, and its scenes play to their end. `moves` are those of the listener's
    faders. `speech_db` brings a teller to the loudness of the night's opening."""
    root = root_key(seed, day)
    weather = _weather(score.weather, root)
    tracks = tuple(
        _track(score, part, root / part.name, weather, moves)
        for part in score.voices
        if not part.kind.speaks or part.name in {telling.voice for telling in score.tellings}
    )
    written = music_of(score, root, course)
    if score.music is not None and written is not None:
        notes = notes_by_voice(score.music, written)
        tracks = tuple(_playing(track, notes) for track in tracks)
    plan = Plan(tracks, score.room, score.high_cut, score.length, score.fade_in, score.fade_out)
    if narrations:
        plan = _told(plan, narrations, speech_db, course)
        if score.at_most is not None and not course:
            plan = replace(plan, length=min(score.length, max(score.at_most, _played_out(plan, narrations))))
    return _asleep(plan, score, course, narrations) if course else plan


def root_key(seed: int, day: date | None) -> Key:
    """The name of all chance in a night of this seed and date."""
    return Key.root(seed, "night", day.isoformat() if day else "any night")


def _playing(track: Track, notes: Mapping[str, tuple[Played, ...]]) -> Track:
    """The track with what its instrument is given to play; one that is given nothing plays by itself."""
    if track.name not in notes:
        return track
    return replace(track, controls=replace(track.controls, notes=notes[track.name]))


def _told(plan: Plan, narrations: Sequence[Narration], speech_db: float, course: Course | None) -> Plan:
    """The plan with what its tellers say, and with everything else making room for it."""
    beds = [track.level for track in plan.tracks if not track.tells]
    tellers = {track.name: track.level for track in plan.tracks if track.tells}
    duck, dip = making_room(narrations, beds, tellers, plan.opening, course)
    tracks = (
        _telling(track, narrations, speech_db) if track.tells else replace(track, duck=duck)
        for track in plan.tracks
    )
    return replace(plan, tracks=tuple(tracks), dip=dip)


def _played_out(plan: Plan, narrations: Sequence[Narration]) -> int:
    """The frame at which a night may end whose last line has been said: a story alone ends at once."""
    alone = all(track.tells for track in plan.tracks)
    return told_until(narrations) + (plan.fade_out + RATE if alone else PLAYS_ON + plan.fade_out)


def _telling(track: Track, narrations: Sequence[Narration], speech_db: float) -> Track:
    lines = [line for narration in narrations if narration.voice == track.name for line in narration.lines]
    lines.sort(key=lambda line: line.start)
    return replace(
        track, controls=replace(track.controls, lines=tuple(lines)), duck=Curve.steady(round(speech_db, 1))
    )


def _weather(settings: WeatherSettings, root: Key) -> Weather:
    """One weather for all voices of the night. No voice shares its key: names have no slash."""
    storm = EVEN
    if settings.storm:
        (first, force), *later = settings.storm
        storm = Curve((Keyframe(0, 0, force),))
        for time, force in later:
            storm = storm.then(first, time, force)
            first = time
    return Weather(root / "/weather", settings.gusts, settings.pace, storm)


def _asleep(plan: Plan, score: Score, course: Course, narrations: Sequence[Narration]) -> Plan:
    """The plan, automated along the course of a sleeper."""
    wake, told = score.wake, told_until(narrations)
    plays = ends(course, score.length, score.all_night is not None, score.fade_out, score.at_most or AT_MOST)
    if told:
        plays = min(max(plays, _played_out(plan, narrations)), max(plays, score.length))
    length = score.length if wake else plays
    return replace(
        plan,
        tracks=tuple(_receding(track, course, score, length) for track in plan.tracks),
        length=length,
        fade_out=min(score.fade_out, length - score.fade_in),
        gate=gate(course, plays, length, wake),
        darkening=darkening(course, length, wake),
        guard=Guard.from_course(course, length, wake, told),
    )


def _receding(track: Track, course: Course, score: Score, length: int) -> Track:
    """The track with its receding along the sleeper's course. A teller dims line by line instead."""
    if track.tells:
        return track
    follow, kind = score.follow.get(track.name, {}), KINDS[track.kind]
    curves = dict(thinned(course, follow, kind, track.controls.curves, length, score.wake))
    asleep = asleep_from(course)
    for name in SEAT & curves.keys():
        curves[name] = tuple(_stays(curve, asleep) for curve in curves[name])
    first_silent = STATES.index(kind.silent_from) if kind.silent_from else len(STATES)
    silent = {state: {**follow.get(state, {}), "level": SILENT} for state in STATES[first_silent:5]}
    return replace(
        track,
        controls=replace(track.controls, curves=curves, asleep=asleep),
        recede=receding(course, {**follow, **silent}, length, score.wake),
    )


def _stays(seat: Curve, asleep: int) -> Curve:
    """The voice's pan once somebody sleeps: a glide under way goes on to its end, and no later glide begins.
    Jumps (keyframes of no length) are kept: there the voice is silent, and comes back in its scene's new
    seat."""
    return Curve(tuple(k for k in seat.keyframes if k.start < asleep or k.start == k.stop))


@lru_cache(maxsize=64)
def ratios_of(kind: str) -> frozenset[str]:
    """The settings of this kind that glide by ratio."""
    return frozenset(setting.name for setting in KINDS[kind] if setting.by_ratio)


def _track(score: Score, part: Part, key: Key, weather: Weather, moves: Sequence[FaderMove]) -> Track:
    moving = {
        name: (curve,) if isinstance(curve, Curve) else curve
        for name, curve in part_curves(score, part).items()
    }
    steady = dict(steady_values(part))
    # where its own files are, and their digests: all that another machine must know of them
    steady |= {name: file.address for name, file in part.voice.attached.items()}
    controls = Controls(steady, moving, ratios_of(part.kind.name), weather=weather)
    return Track(part.name, part.kind.name, key, controls, fader=fader_curve(part.name, moves))
