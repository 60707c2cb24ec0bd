"""A stretch of a plan as plain data, to be sent as JSON: all that its sound depends on, and nothing else.

Another machine renders it without a score or a voice file, and two nights with the same parcel sound the
same, whatever else their scores say. A recording goes by its name and digest, and must be on that machine.
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
"""Frames after a stretch whose keyframes are kept: a block may be rendered past the stretch's end."""

_NO_END = 2 * LONGEST
"""The length of a night whose end is not heard in the stretch."""


def narrowed(plan: Plan, span: Span) -> Plan:
    """The plan without what is not heard in this span, in which it sounds the same, bit for bit. `span` holds
    the lead-in and the look-ahead too."""
    heard = tuple(_narrowed(track, span) for track in plan.tracks if not track.is_silent(span))
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


def _narrowed(track: Track, span: Span) -> Track:
    until = span.stop + _AHEAD
    mixed = (track.level, track.pan, track.send, track.recede)
    level, pan, send, recede = (_from(_until(curve, until), span.start) for curve in mixed)
    # the other settings keep their past: strokes are counted, and phases add up, from lights-out
    curves = {name: tuple(_until(c, until) for c in ends) for name, ends in track.controls.curves.items()}
    curves |= {"level": (level,), "pan": (pan,), "send": (send,)}
    return replace(track, controls=replace(track.controls, curves=curves), recede=recede, name="")


def _until(curve: Curve, frame: int) -> Curve:
    """The curve without keyframes that begin from this frame on."""
    first, *later = curve.keyframes
    return Curve((first, *(k for k in later if k.start < frame)))


def _from(curve: Curve, frame: int) -> Curve:
    """The curve from this frame on: before it stands the value it has reached."""
    reached = curve.segment(frame)[0]
    index = next(i for i, k in enumerate(curve.keyframes) if k is reached)
    return Curve((Keyframe(0, 0, reached.value), *curve.keyframes[index + 1 :]))


def packed(plan: Plan) -> Parcel:
    """Every field of the plan; of its tracks, too."""
    return {
        "tracks": [_packed(track) for track in plan.tracks],
        "reverb": asdict(plan.reverb),
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


def _packed(track: Track) -> Parcel:
    return {
        "name": track.name,
        "kind": track.kind,
        "key": track.key.bits,
        "told": dict(sorted(track.controls.steady.items())),
        "curves": {
            name: [_keyframes(curve) for curve in ends]
            for name, ends in sorted(track.controls.curves.items())
        },
        "recede": _keyframes(track.recede),
        "asleep": track.controls.asleep,
        "weather": _weather_packed(track.controls.weather),
    }


def unpacked(parcel: Parcel) -> Plan:
    """The plan as it was packed; also from JSON, which has lists for tuples."""
    return Plan(
        tuple(_unpacked(track) for track in parcel["tracks"]),
        RoomSettings(**parcel["reverb"]),
        parcel["high_cut"],
        parcel["length"],
        parcel["fades"][0],
        parcel["fades"][1],
        _curve(parcel["gate"]),
        _curve(parcel["darkening"]) if parcel["darkening"] else None,
        Guard(tuple((index, rise) for index, rise in parcel["guard"][0]), _curve(parcel["guard"][1])),
        parcel["headphones"],
    )


def _unpacked(parcel: Parcel) -> Track:
    curves = {name: tuple(_curve(keyframes) for keyframes in ends) for name, ends in parcel["curves"].items()}
    steady = {name: cast(Value, _tuples(value)) for name, value in parcel["told"].items()}
    return Track(
        parcel["name"],
        parcel["kind"],
        Key(parcel["key"]),
        Controls(steady, curves, ratios_of(parcel["kind"]), parcel["asleep"], _weather(parcel["weather"])),
        _curve(parcel["recede"]),
    )


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
