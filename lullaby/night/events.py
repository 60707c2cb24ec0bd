"""The events of a night, as a list: scenes, voices that enter and leave, settings, strokes and fades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from lullaby.night.loudness import to_db
from lullaby.night.night import Night
from lullaby.night.track import Track
from lullaby.score import SILENT, Curve, Score
from lullaby.score.setting_values import settings
from lullaby.time import Span
from lullaby.voices.core.controls import gains
from lullaby.voices.core.voice import Striking
from lullaby.voices.kinds import KINDS


class EventKind(Enum):
    """The kind of an event. Events of one frame are listed in this order."""

    FADE_IN = "fade_in"
    FADE_OUT = "fade_out"
    SCENE = "scene"
    STORY = "story"
    ENTERS = "voice_enters"
    LEAVES = "voice_leaves"
    LEVEL = "level_change"
    SETTING = "setting_change"
    STROKE = "stroke"
    END = "end"


_ORDER = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Event:
    """A change that begins at the frame `start` since lights-out and is complete `lasts` frames later."""

    start: int
    lasts: int
    kind: EventKind
    voice: str = ""
    setting: str = ""
    value: float | None = None
    unit: str = ""
    scene: str = ""


def events_of(night: Night, span: Span) -> list[Event]:
    """The events of this span, in order. What began earlier and still holds at its start is listed, too: the
    current scene, and the current setting of each voice that is heard."""
    plan = night.plan
    fades = (
        Event(0, plan.fade_in, EventKind.FADE_IN),
        Event(plan.length - plan.fade_out, plan.fade_out, EventKind.FADE_OUT),
    )
    found = [fade for fade in fades if fade.start < span.stop and fade.start + fade.lasts > span.start]
    if span.start < plan.length <= span.stop:
        found.append(Event(plan.length, 0, EventKind.END))
    scenes = [Event(scene.at, scene.over, EventKind.SCENE, scene=scene.name) for scene in night.score.scenes]
    found += _holding(scenes, span)
    found += _told(night, span)
    for track in plan.tracks:
        if not track.is_silent(span) and not track.tells:
            for moves in _moves(track, night.score):
                found += _holding(moves, span)
            found += _strokes(track, span & night.span)
    return sorted(found, key=lambda event: (event.start, _ORDER[event.kind], event.voice, event.setting))


def _told(night: Night, span: Span) -> list[Event]:
    """Stories, from their first word to their last."""
    told = [narration for narration in night.narrations if narration.lines]
    lasting = [Span(narration.lines[0].start, narration.stop) for narration in told]
    return [
        Event(whole.start, len(whole), EventKind.STORY, narration.voice)
        for narration, whole in zip(told, lasting, strict=True)
        if whole.start < span.stop and span.start < whole.stop
    ]


def _holding(row: list[Event], span: Span) -> list[Event]:
    """The events in the span, and the one that holds at its start, of events that each replace the one
    before."""
    before = [event for event in row if event.start < span.start][-1:]
    left = [e for e in before if e.kind is EventKind.LEAVES and e.start + e.lasts <= span.start]
    inside = [event for event in row if span.start <= event.start < span.stop]
    anew = inside and inside[0].start == span.start
    return inside if left or anew else before + inside


def _moves(track: Track, score: Score) -> Iterator[list[Event]]:
    """All changes of this voice in the night, a row for each of its numbers."""
    scenes = {scene.at: scene.name for scene in score.scenes}
    opening = score.scenes[0] if score.scenes and score.scenes[0].at == 0 else None
    in_opening = opening.changes.get(track.name, {}) if opening else {}
    yield list(_levels(track, scenes))
    rows = settings(KINDS[track.kind])
    for name, label, curve in curves_of(track):
        # what a voice's file says is no event, unless the opening scene repeats it
        keyframes = curve.keyframes if name in in_opening else curve.keyframes[1:]
        yield [
            Event(
                k.start,
                k.stop - k.start,
                EventKind.SETTING,
                track.name,
                label,
                k.value,
                rows[name].unit,
                scenes.get(k.start, ""),
            )
            for k in keyframes
        ]


def _levels(track: Track, scenes: Mapping[int, str]) -> Iterator[Event]:
    before = SILENT
    for k in track.level.keyframes:
        if before == k.value == SILENT:
            continue
        kind = EventKind.LEVEL
        if SILENT in (before, k.value):
            kind = EventKind.ENTERS if before == SILENT else EventKind.LEAVES
        value = None if k.value == SILENT else k.value
        yield Event(
            k.start, k.stop - k.start, kind, track.name, "level", value, "dB", scenes.get(k.start, "")
        )
        before = k.value


def _strokes(track: Track, span: Span) -> Iterator[Event]:
    """Every stroke that is heard, with the level of its voice at that moment."""
    if not isinstance(track.voice, Striking):
        return
    for frame in track.voice.onsets(track.key, span, track.controls).tolist():
        if (level := level_at(track, frame)) > SILENT:
            yield Event(frame, 0, EventKind.STROKE, track.name, "level", level, "dB")


def level_at(track: Track, frame: int) -> float:
    """The track's level in dB at this frame, as the mixer has it, also within a glide; SILENT for none."""
    left, right = track.level.segment(frame)
    if left is right or SILENT not in (left.value, right.value):
        return track.level.value_at(frame)
    return float(to_db(gains(track.level, np.array([frame], np.int64)))[0])


def curves_of(track: Track) -> Iterator[tuple[str, str, Curve]]:
    """Every automated number of this voice but its level: its setting, what to call it, its curve."""
    for name, curves in track.controls.curves.items():
        if name != "level":
            for place, curve in enumerate(curves, 1):
                yield name, name if len(curves) == 1 else f"{name}.{place}", curve
