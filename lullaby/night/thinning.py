"""Automation of a voice's settings as sleep comes: fewer events, and what its score's [follow] says."""

from __future__ import annotations

from collections.abc import Mapping

from lullaby.night.following import TO_SILENCE, first_at
from lullaby.score import Curve, Keyframe
from lullaby.score.model import Change, Wake
from lullaby.score.settings import Kind, Setting, Value
from lullaby.sleep.course import Course

Curves = Mapping[str, tuple[Curve, ...]]
"""The automation of each setting: one curve, or for a range one for either end."""

FEWER: Mapping[str, float] = {"drowsy": 1 / 2, "n1": 1 / 4, "n2": 1 / 16, "n3": 0.0}
"""The share of events that is left in each state: 4-8 a minute become 2-4, 1-2, .2-.5 and none."""


def thinned(
    course: Course, follow: Mapping[str, Change], kind: Kind, curves: Curves, length: int, wake: Wake | None
) -> Curves:
    """A voice's curves through the night of this sleeper. As sleep first comes to each state, settings glide
    to what holds there, and scenes no longer move those until the wake window. How many events happen
    changes before anything else does."""
    found = dict(curves)
    rates = {setting.name: setting for setting in kind if setting.thins and setting.name in curves}
    until = wake.at if wake else length
    for state, frame in first_at(course, until, leading=True):
        for name, setting in rates.items():
            here = curves[name][0].value_at(frame, setting.by_ratio)
            value = follow.get(state, {}).get(name, _fewer(setting, here, state))
            found[name] = _all_gliding_to(found[name], frame, value)
    for state, frame in first_at(course, until, leading=False):
        for name, value in follow.get(state, {}).items():
            if name in found and name not in rates and name != "level":
                found[name] = _all_gliding_to(found[name], frame, value)
    if wake:
        for name, asleep in found.items():
            if asleep != curves[name]:
                morning = follow.get("wake", {}).get(name)
                values = [None] * len(asleep) if morning is None else _numbers(morning)
                each = zip(asleep, curves[name], values, strict=True)
                found[name] = tuple(_awake_again(curve, scenes, wake, value) for curve, scenes, value in each)
    return found


def _all_gliding_to(curves: tuple[Curve, ...], frame: int, value: Value) -> tuple[Curve, ...]:
    """One number's curve, or a range's two."""
    return tuple(_gliding_to(curve, frame, end) for curve, end in zip(curves, _numbers(value), strict=True))


def _numbers(value: Value) -> list[float]:
    """The ends of what a moving setting is set to: one number, or a range's two."""
    return [float(end) for end in (value if isinstance(value, tuple) else (value,))]  # type: ignore[arg-type]


def _fewer(setting: Setting, value: float, state: str) -> float:
    share = FEWER[state]
    if setting.thins > 0:
        return max(setting.low, value * share)
    return min(setting.high, value / share) if share else setting.high


def _gliding_to(curve: Curve, frame: int, value: float) -> Curve:
    """The curve up to this frame; from there, or from where a glide under way ends, a glide to the value."""
    before = tuple(k for k in curve.keyframes if k.start < frame or k is curve.keyframes[0])
    start = max(frame, before[-1].stop)
    return Curve(before).then(start, start + TO_SILENCE, value)


def _awake_again(asleep: Curve, scenes: Curve, wake: Wake, value: float | None) -> Curve:
    """The curve from the wake window on: a glide to this value; without one, to what the scenes ask for."""
    start = max(wake.at, asleep.keyframes[-1].stop)
    stop = max(wake.stop, start + TO_SILENCE)
    if value is not None:
        return asleep.then(start, stop, value)
    later = tuple(Keyframe(k.start, k.stop, k.value) for k in scenes.keyframes if k.start >= stop)
    return Curve((*asleep.then(start, stop, scenes.value_at(stop)).keyframes, *later))
