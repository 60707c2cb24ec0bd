"""A stretch of a plan as plain data: all that its sound depends on, and nothing else.

It may be sent to another machine, which needs no score and no voice file to sound it; and where two
nights have the same parcel they have the same sound, whatever else their scores say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from lullaby.chance import Key
from lullaby.night.guard import Guard
from lullaby.night.plan import Plan, ratios_of
from lullaby.night.track import Track
from lullaby.score import Curve, Keyframe, RoomSettings, Value
from lullaby.time import BLOCK, LONGEST, Span
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.weather import Weather

Parcel = Mapping[str, Any]
"""Names, numbers and lists of them, as JSON has them (and -Infinity, for silence)."""

_AHEAD = BLOCK
"""Frames beyond a stretch in which a curve's next turn may still be looked at."""

_NO_END = 2 * LONGEST


def narrowed(plan: Plan, span: Span) -> Plan:
    """The plan with all that is not heard in this span left out: it sounds the same there, bit for bit.
    `span` holds the lead-in and the look-ahead too."""
    heard = tuple(_narrowed(one, span) for one in plan.tracks if not one.is_silent(span))
    if span.start >= plan.fade_in:
        plan = replace(plan, fade_in=0)
    if span.stop + _AHEAD <= plan.length - plan.fade_out:
        plan = replace(plan, fade_out=0, length=_NO_END)
    until = span.stop + _AHEAD
    return replace(
        plan,
        tracks=heard,
        gate=_from(_until(plan.gate, until), span.start),
        darkening=plan.darkening and _from(_until(plan.darkening, until), span.start),
        guard=Guard(
            plan.guard.narrowed(span.start, until), _from(_until(plan.guard.highest, until), span.start)
        ),
    )


def _narrowed(one: Track, span: Span) -> Track:
    until = span.stop + _AHEAD
    placed = (one.level, one.pan, one.send, one.recede)
    level, pan, send, recede = (_from(_until(curve, until), span.start) for curve in placed)
    # what a voice is told may count from lights-out, or from a stroke long ago: its past stays whole
    curves = {name: tuple(_until(c, until) for c in ends) for name, ends in one.controls.curves.items()}
    curves |= {"level": (level,), "pan": (pan,), "send": (send,)}
    return replace(one, controls=replace(one.controls, curves=curves), recede=recede, name="")


def _until(curve: Curve, frame: int) -> Curve:
    first, *later = curve.keyframes
    return Curve((first, *(k for k in later if k.start < frame)))


def _from(curve: Curve, frame: int) -> Curve:
    reached = curve.segment(frame)[0]
    at = next(i for i, k in enumerate(curve.keyframes) if k is reached)
    return Curve((Keyframe(0, 0, reached.value), *curve.keyframes[at + 1 :]))


def packed(plan: Plan) -> Parcel:
    return {
        "tracks": [_packed(one) for one in plan.tracks],
        "room": asdict(plan.reverb),
        "high_cut": plan.high_cut,
        "length": plan.length,
        "fades": [plan.fade_in, plan.fade_out],
        "gate": _keyframes(plan.gate),
        "darkening": plan.darkening and _keyframes(plan.darkening),
        "guard": [plan.guard.rises, _keyframes(plan.guard.highest)],
        "headphones": plan.headphones,
    }


def _weather_packed(weather: Weather | None) -> list[Any] | None:
    if weather is None:
        return None
    return [weather.key.bits, weather.gusts, weather.pace, _keyframes(weather.storm)]


def _weather(parcel: Any) -> Weather | None:
    if parcel is None:
        return None
    key, gusts, pace, storm = parcel
    return Weather(Key(key), gusts, pace, _curve(storm))


def _keyframes(curve: Curve) -> list[list[float]]:
    return [[k.start, k.stop, k.value] for k in curve.keyframes]


def _curve(keyframes: Any) -> Curve:
    return Curve(tuple(Keyframe(*k) for k in keyframes))


def _packed(one: Track) -> Parcel:
    return {
        "name": one.name,
        "kind": one.kind,
        "key": one.key.bits,
        "told": dict(sorted(one.controls.steady.items())),
        "curves": {
            name: [_keyframes(curve) for curve in ends] for name, ends in sorted(one.controls.curves.items())
        },
        "recede": _keyframes(one.recede),
        "asleep": one.controls.asleep,
        "weather": _weather_packed(one.controls.weather),
    }


def unpacked(parcel: Parcel) -> Plan:
    """The plan as it was packed; also from JSON, which has lists for tuples."""
    return Plan(
        tuple(_unpacked(one) for one in parcel["tracks"]),
        RoomSettings(**parcel["room"]),
        parcel["high_cut"],
        parcel["length"],
        parcel["fades"][0],
        parcel["fades"][1],
        _curve(parcel["gate"]),
        _curve(parcel["darkening"]) if parcel["darkening"] else None,
        Guard(tuple((at, rise) for at, rise in parcel["guard"][0]), _curve(parcel["guard"][1])),
        parcel["headphones"],
    )


def _unpacked(parcel: Parcel) -> Track:
    curves = {name: tuple(_curve(keyframes) for keyframes in ends) for name, ends in parcel["curves"].items()}
    told = {name: cast(Value, _tuples(value)) for name, value in parcel["told"].items()}
    return Track(
        parcel["name"],
        parcel["kind"],
        Key(parcel["key"]),
        Controls(told, curves, ratios_of(parcel["kind"]), parcel["asleep"], _weather(parcel["weather"])),
        _curve(parcel["recede"]),
    )


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
