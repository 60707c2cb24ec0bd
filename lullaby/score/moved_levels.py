"""A score with faders that were moved by hand while it played, written into the levels of its voices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lullaby.score.model import Change, Part, Scene, Score
from lullaby.score.setting_values import LEVEL
from lullaby.score.settings import SILENT

_EXACT = 3
"""Decimals of a level: a sum of decibels is written as a person would."""


def with_faders(score: Score, faders: Mapping[str, float]) -> tuple[Score, float]:
    """The score with each voice as many dB louder or softer as its fader says, in all of its scenes; and by
    how many dB all of it had to be lowered, because a level ends at 12 dB. What sleep does to a voice is said
    in relation to its scenes, and stays."""
    highest = max((_highest(score, part) + faders.get(part.name, 0.0) for part in score.voices), default=0.0)
    lowered = round(max(0.0, highest - LEVEL.high), _EXACT)
    by = {part.name: faders.get(part.name, 0.0) - lowered for part in score.voices}
    parts = tuple(
        replace(part, values=_moved(part.values, by[part.name])) if _own_level_is_heard(score, part) else part
        for part in score.voices
    )
    return replace(score, voices=parts, scenes=tuple(_scene(scene, by) for scene in score.scenes)), lowered


def _own_level_is_heard(score: Score, part: Part) -> bool:
    """Is this voice heard at the level of [voices]? It is until a scene gives it another."""
    first = next((scene.changes[part.name] for scene in score.scenes if part.name in scene.changes), {})
    return part.kind.speaks or "level" not in first


def _highest(score: Score, part: Part) -> float:
    """The highest level that this voice is ever given."""
    levels = [part.values["level"]] if _own_level_is_heard(score, part) else []
    levels += [change["level"] for s in score.scenes if "level" in (change := s.changes.get(part.name, {}))]
    return max(level for level in levels if isinstance(level, float))


def _scene(scene: Scene, by: Mapping[str, float]) -> Scene:
    changes = {name: _moved(change, by[name]) for name, change in scene.changes.items()}
    silent = {name for name, change in changes.items() if change.get("level") == SILENT}
    return replace(scene, changes=changes, silent=frozenset(silent))


def _moved(values: Change, db: float) -> Change:
    level = values.get("level")
    if not isinstance(level, float) or db == 0:
        return values
    moved = round(level + db, _EXACT) if SILENT not in (level, db) else SILENT
    return {**values, "level": moved if moved >= LEVEL.low else SILENT}
