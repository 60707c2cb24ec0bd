"""What a voice is told as sleep comes, besides its level: that less happens, and what its score says."""

from __future__ import annotations

from collections.abc import Mapping

from lullaby.night.following import TO_SILENCE, first_at
from lullaby.score import Curve, Keyframe
from lullaby.score.model import Change, Wake
from lullaby.score.settings import Kind, Setting, Value
from lullaby.sleep.course import Course

Curves = Mapping[str, tuple[Curve, ...]]

FEWER: Mapping[str, float] = {"drowsy": 1 / 2, "n1": 1 / 4, "n2": 1 / 16, "n3": 0.0}
"""Of what happens awake, so much happens then: 4-8 events a minute become 2-4, 1-2, .2-.5 and none."""


def told_asleep(
    course: Course, told: Mapping[str, Change], kind: Kind, curves: Curves, length: int, wake: Wake | None
) -> Curves:
    """The curves of a voice through the night of this sleeper: as sleep first comes to each state it is told
    what holds there, and scenes no longer move that until the wake window. What happens thins out before
    anything else changes."""
    found = dict(curves)
    thins = {setting.name: setting for setting in kind if setting.thins and setting.name in curves}
    until = wake.at if wake else length
    for state, frame in first_at(course, until, leading=True):
        for name, setting in thins.items():
            here = curves[name][0].value_at(frame, setting.by_ratio)
            value = told.get(state, {}).get(name, _fewer(setting, here, state))
            found[name] = _all_turned(found[name], frame, value)
    for state, frame in first_at(course, until, leading=False):
        for name, value in told.get(state, {}).items():
            if name in found and name not in thins and name != "level":
                found[name] = _all_turned(found[name], frame, value)
    if wake:
        for name, rows in found.items():
            if rows != curves[name]:
                morning = told.get("wake", {}).get(name)
                ends = [None] * len(rows) if morning is None else _numbers(morning)
                each = zip(rows, curves[name], ends, strict=True)
                found[name] = tuple(_awake_again(asleep, scenes, wake, end) for asleep, scenes, end in each)
    return found


def _all_turned(curves: tuple[Curve, ...], frame: int, value: Value) -> tuple[Curve, ...]:
    """One number's curve, or a range's two."""
    return tuple(_turned(curve, frame, end) for curve, end in zip(curves, _numbers(value), strict=True))


def _numbers(value: Value) -> list[float]:
    """The ends of what a moving setting is told: one number, or a range's two."""
    return [float(end) for end in (value if isinstance(value, tuple) else (value,))]  # type: ignore[arg-type]


def _fewer(setting: Setting, value: float, state: str) -> float:
    share = FEWER[state]
    if setting.thins > 0:
        return max(setting.low, value * share)
    return min(setting.high, value / share) if share else setting.high


def _turned(curve: Curve, frame: int, value: float) -> Curve:
    """The curve up to this frame, and from there, or from where it next rests, a glide to the value."""
    before = tuple(k for k in curve.keyframes if k.start < frame or k is curve.keyframes[0])
    start = max(frame, before[-1].stop)
    return Curve(before).then(start, start + TO_SILENCE, value)


def _awake_again(asleep: Curve, scenes: Curve, wake: Wake, value: float | None) -> Curve:
    """From the wake window on as it is told for that, or else as the scenes have it."""
    start = max(wake.at, asleep.keyframes[-1].stop)
    stop = max(wake.stop, start + TO_SILENCE)
    if value is not None:
        return asleep.then(start, stop, value)
    later = tuple(Keyframe(k.start, k.stop, k.value) for k in scenes.keyframes if k.start >= stop)
    return Curve((*asleep.then(start, stop, scenes.value_at(stop)).keyframes, *later))
