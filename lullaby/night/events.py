"""What happens in a night, as a list: scenes, voices that come and go, what they are told, strokes, fades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from lullaby.night.loudness import to_db
from lullaby.night.night import Night
from lullaby.night.track import Track
from lullaby.score import SILENT, Curve, Score
from lullaby.score.told import settings
from lullaby.time import Span
from lullaby.voices.core.controls import gains
from lullaby.voices.core.voice import Striking
from lullaby.voices.kinds import KINDS


class Happening(Enum):
    """What can happen. Of what happens at once, the first of these comes first."""

    FADE_IN = "fade_in"
    FADE_OUT = "fade_out"
    SCENE = "scene"
    ENTERS = "voice_enters"
    LEAVES = "voice_leaves"
    LEVEL = "level_change"
    SETTING = "setting_change"
    STROKE = "stroke"
    END = "end"


_ORDER = {what: place for place, what in enumerate(Happening)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that begins at `at`, a frame since lights-out, and takes `lasts` frames to be so."""

    at: int
    lasts: int
    what: Happening
    voice: str = ""
    setting: str = ""
    value: float | None = None
    unit: str = ""
    scene: str = ""


def events_of(night: Night, span: Span) -> list[Event]:
    """What happens in this span, in order. What began before it and holds at its start is there, too: the
    scene that reigns, and the last that each voice that is heard was told."""
    plan = night.plan
    fades = (
        Event(0, plan.fade_in, Happening.FADE_IN),
        Event(plan.length - plan.fade_out, plan.fade_out, Happening.FADE_OUT),
    )
    found = [fade for fade in fades if fade.at < span.stop and fade.at + fade.lasts > span.start]
    if span.start < plan.length <= span.stop:
        found.append(Event(plan.length, 0, Happening.END))
    scenes = [Event(scene.at, scene.over, Happening.SCENE, scene=scene.name) for scene in night.score.scenes]
    found += _holding(scenes, span)
    for one in plan.tracks:
        if not one.is_silent(span):
            for moves in _moves(one, night.score):
                found += _holding(moves, span)
            found += _strokes(one, span & night.span)
    return sorted(found, key=lambda event: (event.at, _ORDER[event.what], event.voice, event.setting))


def _holding(row: list[Event], span: Span) -> list[Event]:
    """Of events that each end what the one before began: those in the span, and the one it begins under."""
    before = [event for event in row if event.at < span.start][-1:]
    left = [e for e in before if e.what is Happening.LEAVES and e.at + e.lasts <= span.start]
    inside = [event for event in row if span.start <= event.at < span.stop]
    anew = inside and inside[0].at == span.start
    return inside if left or anew else before + inside


def _moves(one: Track, score: Score) -> Iterator[list[Event]]:
    """All moves of this voice in the night, a row for each number of it."""
    scenes = {scene.at: scene.name for scene in score.scenes}
    opening = score.scenes[0] if score.scenes and score.scenes[0].at == 0 else None
    told = opening.changes.get(one.name, {}) if opening else {}
    yield list(_levels(one, scenes))
    rows = settings(KINDS[one.kind])
    for name, label, curve in curves_of(one):
        # what a voice's file says is no event, unless the opening scene says it again
        said = curve.keyframes if name in told else curve.keyframes[1:]
        yield [
            Event(
                k.start,
                k.stop - k.start,
                Happening.SETTING,
                one.name,
                label,
                k.value,
                rows[name].unit,
                scenes.get(k.start, ""),
            )
            for k in said
        ]


def _levels(one: Track, scenes: Mapping[int, str]) -> Iterator[Event]:
    before = SILENT
    for k in one.level.keyframes:
        if before == k.value == SILENT:
            continue
        what = (
            Happening.ENTERS
            if before == SILENT
            else Happening.LEAVES
            if k.value == SILENT
            else Happening.LEVEL
        )
        value = None if k.value == SILENT else k.value
        yield Event(k.start, k.stop - k.start, what, one.name, "level", value, "dB", scenes.get(k.start, ""))
        before = k.value


def _strokes(one: Track, span: Span) -> Iterator[Event]:
    """Every stroke that is heard, with the level of its voice at that moment."""
    if not isinstance(one.voice, Striking):
        return
    for frame in one.voice.onsets(one.key, span, one.controls).tolist():
        if (level := level_at(one, frame)) > SILENT:
            yield Event(frame, 0, Happening.STROKE, one.name, "level", level, "dB")


def level_at(one: Track, frame: int) -> float:
    """Its level at this frame in dB, as the mixer has it on the way between two levels; SILENT for none."""
    left, right = one.level.segment(frame)
    if left is right or SILENT not in (left.value, right.value):
        return one.level.value_at(frame)
    return float(to_db(gains(one.level, np.array([frame], np.int64)))[0])


def curves_of(one: Track) -> Iterator[tuple[str, str, Curve]]:
    """Every number of this voice that may move, but its level: its setting, what to call it, its curve."""
    for name, curves in one.controls.curves.items():
        if name != "level":
            for place, curve in enumerate(curves, 1):
                yield name, name if len(curves) == 1 else f"{name}.{place}", curve
