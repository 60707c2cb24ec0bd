"""Automation of a voice: the scenes of a score as one curve for every number that may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast

from lullaby.score.curves import Curve
from lullaby.score.model import Part, Scene, Score
from lullaby.score.setting_values import can_move, settings
from lullaby.score.settings import SILENT, Form, Value

Automation: TypeAlias = Curve | tuple[Curve, ...]
"""One curve for a number, one for each end of a range, one for each of several numbers."""


def part_curves(score: Score, part: Part) -> dict[str, Automation]:
    """A curve for every setting that may change during a night, `level` among them; many are steady.

    A level is SILENT until a scene first names the voice. A voice that comes out of silence comes as its
    scene wants it: only its level glides. A teller is heard when it tells, so it waits at its level.
    """
    level = part.values["level"] if part.kind.speaks else SILENT
    moving: dict[str, Automation] = {}
    for name, row in settings(part.kind).items():
        if can_move(row):
            first = level if name == "level" else part.values[name]
            moving[name] = _steady(first, row.form)
    named = part.kind.speaks
    for scene in score.scenes:
        if part.name not in scene.changes:
            continue
        changes = dict(scene.changes[part.name])
        if not named:
            changes.setdefault("level", part.values["level"])
            named = True
        was_silent = _last(cast(Curve, moving["level"])) == SILENT
        for name, value in changes.items():
            at_once = was_silent and name != "level"
            moving[name] = _glided(moving[name], scene, value, at_once)
    return moving


def steady_values(part: Part) -> Mapping[str, Value]:
    """The settings of this voice that hold for the whole night."""
    return {name: part.values[name] for name, row in settings(part.kind).items() if not can_move(row)}


def _steady(value: Value, form: Form) -> Automation:
    if form is Form.NUMBER:
        return Curve.steady(cast(float, value))
    return tuple(Curve.steady(number) for number in cast(tuple[float, ...], value))


def _glided(moving: Automation, scene: Scene, value: Value, at_once: bool) -> Automation:
    if isinstance(moving, Curve):
        return _then(moving, scene, cast(float, value), at_once)
    ends = zip(moving, cast(tuple[float, ...], value), strict=True)
    return tuple(_then(curve, scene, number, at_once) for curve, number in ends)


def _then(curve: Curve, scene: Scene, value: float, at_once: bool) -> Curve:
    stop = scene.at if at_once else scene.at + scene.over
    if stop == 0:
        return Curve.steady(value)  # the night opens so
    return curve if _last(curve) == value else curve.then(scene.at, stop, value)


def _last(curve: Curve) -> float:
    return curve.keyframes[-1].value
