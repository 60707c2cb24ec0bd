"""A stretch of a plan as plain data, to be sent as JSON: all that its sound depends on, and nothing else.

Another machine renders it without a score or a voice file, and two nights with the same parcel sound the
same, whatever else their scores say. A recording goes by its name and digest, and must be on that machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TypeAlias, TypedDict, cast

from lullaby.chance import Key
from lullaby.night.guard import Guard
from lullaby.night.plan import Plan, ratios_of
from lullaby.night.track import Track
from lullaby.score import Curve, Keyframe, ReverbSettings, Value
from lullaby.time import BLOCK, LONGEST, Span
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.played import REACH, Played
from lullaby.voices.core.played import Row as NoteRow
from lullaby.voices.core.weather import Weather
from lullaby.voices.speech.line import Line, Row

Rows: TypeAlias = list[tuple[int, int, float]]
"""The keyframes of a curve: start, stop, value."""

WeatherRow: TypeAlias = tuple[int, float, float, Rows]
"""The weather's key, gusts, pace and storm."""

GuardRow: TypeAlias = tuple[tuple[tuple[int, float], ...], Rows]
"""The guard's rises and its highest level."""


class TrackParcel(TypedDict):
    """A track as JSON has it."""

    name: str
    kind: str
    key: int
    told: Mapping[str, Value]
    """Settings that do not move."""
    curves: Mapping[str, list[Rows]]
    """Settings that move: one curve each, or the two of a range."""
    recede: Rows
    fader: Rows
    duck: Rows
    lines: list[Row]
    notes: list[NoteRow] | None
    asleep: int
    weather: WeatherRow | None


class Parcel(TypedDict):
    """Names, numbers and rows of them, as JSON has them (lists for tuples, and -Infinity for silence)."""

    tracks: list[TrackParcel]
    reverb: Mapping[str, float]
    high_cut: float
    length: int
    fades: tuple[int, int]
    gate: Rows
    darkening: Rows | None
    dip: Rows
    guard: GuardRow
    headphones: bool


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
        dip=_from(_until(plan.dip, until), span.start),
        guard=Guard(
            plan.guard.narrowed(span.start, until), _from(_until(plan.guard.highest, until), span.start)
        ),
    )


def _narrowed(track: Track, span: Span) -> Track:
    until = span.stop + _AHEAD
    mixed = (track.level, track.pan, track.send, track.recede, track.fader, track.duck)
    level, pan, send, recede, fader, duck = (_from(_until(curve, until), span.start) for curve in mixed)
    # the other settings keep their past: strokes are counted, and phases add up, from lights-out
    curves = {name: tuple(_until(c, until) for c in ends) for name, ends in track.controls.curves.items()}
    curves |= {"level": (level,), "pan": (pan,), "send": (send,)}
    lines = tuple(line for line in track.controls.lines if line.start < until and span.start < line.stop)
    notes = track.controls.notes
    if notes is not None:
        notes = tuple(note for note in notes if note.start < until and span.start < note.stop + REACH)
    controls = replace(track.controls, curves=curves, lines=lines, notes=notes)
    return replace(track, controls=controls, recede=recede, fader=fader, duck=duck, name="")


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
        "reverb": asdict(plan.reverb_settings),
        "high_cut": plan.high_cut,
        "length": plan.length,
        "fades": (plan.fade_in, plan.fade_out),
        "gate": _keyframes(plan.gate),
        "darkening": None if plan.darkening is None else _keyframes(plan.darkening),
        "dip": _keyframes(plan.dip),
        "guard": (plan.guard.rises, _keyframes(plan.guard.highest)),
        "headphones": plan.headphones,
    }


def _weather_packed(weather: Weather | None) -> WeatherRow | None:
    if weather is None:
        return None
    return weather.key.bits, weather.gusts, weather.pace, _keyframes(weather.storm)


def _weather(row: WeatherRow | None) -> Weather | None:
    if row is None:
        return None
    key, gusts, pace, storm = row
    return Weather(Key(key), gusts, pace, _curve(storm))


def _keyframes(curve: Curve) -> Rows:
    return [(k.start, k.stop, k.value) for k in curve.keyframes]


def _curve(rows: Rows) -> Curve:
    return Curve(tuple(Keyframe(start, stop, value) for start, stop, value in rows))


def _packed(track: Track) -> TrackParcel:
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
        "fader": _keyframes(track.fader),
        "duck": _keyframes(track.duck),
        "lines": [line.row for line in track.controls.lines],
        "notes": None if track.controls.notes is None else [note.row for note in track.controls.notes],
        "asleep": track.controls.asleep,
        "weather": _weather_packed(track.controls.weather),
    }


def unpacked(parcel: Parcel) -> Plan:
    """The plan as it was packed; also from JSON, which has lists for tuples."""
    fade_in, fade_out = parcel["fades"]
    rises, highest = parcel["guard"]
    return Plan(
        tracks=tuple(_unpacked(track) for track in parcel["tracks"]),
        reverb_settings=ReverbSettings(**parcel["reverb"]),
        high_cut=parcel["high_cut"],
        length=parcel["length"],
        fade_in=fade_in,
        fade_out=fade_out,
        gate=_curve(parcel["gate"]),
        darkening=_curve(parcel["darkening"]) if parcel["darkening"] else None,
        dip=_curve(parcel["dip"]),
        guard=Guard(tuple((frame, rise) for frame, rise in rises), _curve(highest)),
        headphones=parcel["headphones"],
    )


def _unpacked(parcel: TrackParcel) -> Track:
    notes = parcel["notes"]
    curves = {name: tuple(_curve(rows) for rows in ends) for name, ends in parcel["curves"].items()}
    controls = Controls(
        steady={name: cast(Value, _tuples(value)) for name, value in parcel["told"].items()},
        curves=curves,
        ratios=ratios_of(parcel["kind"]),
        asleep=parcel["asleep"],
        weather=_weather(parcel["weather"]),
        lines=tuple(Line(*row) for row in parcel["lines"]),
        notes=None if notes is None else tuple(Played(*row) for row in notes),
    )
    return Track(
        parcel["name"],
        parcel["kind"],
        Key(parcel["key"]),
        controls,
        recede=_curve(parcel["recede"]),
        fader=_curve(parcel["fader"]),
        duck=_curve(parcel["duck"]),
    )


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
