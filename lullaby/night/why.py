"""Why a night sounds as it does at one moment: which voices are heard, and which scene set them so.

It is read from the score and the plan; only the loudness of the opening and the limiter are measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lullaby.music.programme import Bar, State
from lullaby.night.events import curves_of, level_at
from lullaby.night.following import first_at
from lullaby.night.loudness import to_db
from lullaby.night.music import Sleeper
from lullaby.night.night import Night
from lullaby.night.pages import pieces
from lullaby.night.track import Track
from lullaby.score import SILENT, Curve, Part, Scene, part_curves
from lullaby.score.setting_values import settings
from lullaby.time import PAGE, RATE, Span, page_span
from lullaby.voices.core.controls import values
from lullaby.voices.kinds import KINDS


@dataclass(frozen=True)
class Asleep:
    """Why a setting is not what the scenes ask for: somebody sleeps, or has slept."""

    state: str
    """The state of sleep whose value it has, "wake" after it; "asleep" where it stays as sleep found it."""
    wanted: float
    """What the scenes ask for at this moment."""


@dataclass(frozen=True)
class CurrentValue:
    """One number of a voice at this moment."""

    setting: str
    unit: str
    value: float
    scene: Scene | None
    """The scene that set it last; None where it is as the voice's file, or [voices], has it."""
    leaves: float
    comes_to: float
    until: int | None
    """While it glides: the frame at which it arrives."""
    asleep: Asleep | None = None
    """Where sleep has moved it away from what the scenes ask for."""


@dataclass(frozen=True)
class Heard:
    """A voice that sounds, however softly."""

    part: Part
    level: CurrentValue
    pan: CurrentValue
    send: CurrentValue
    moved: tuple[CurrentValue, ...]
    """The voice's other settings that a scene, or sleep, has set by now."""


@dataclass(frozen=True)
class Unheard:
    """A voice that is silent."""

    part: Part
    silenced: Scene | None
    """The scene that silenced it; None where no scene has named it yet."""
    comes: int | None
    """The frame at which it enters, or enters again."""
    coming: Scene | None


@dataclass(frozen=True)
class Ending:
    """When a night is over, in frames."""

    at: int
    heard_until: int
    """Earlier than `at` where the night is silent before its wake window."""
    again: int | None
    """Where sound comes back for the wake window after that silence."""
    for_sleeper: bool
    """Is it the sleeper that ends it, or its sound, before its score does?"""


@dataclass(frozen=True)
class Why:
    """One moment of a night."""

    frame: int
    scene: Scene | None
    """The current one; None before the first."""
    heard: tuple[Heard, ...]
    unheard: tuple[Unheard, ...]
    fade: float
    """Gain of the fades and the gate of the whole mix, in dB."""
    gain: float
    """The master's, in dB."""
    opening: Span
    limited: float
    """The most gain reduction of limiter and guard in the second that begins here, in dB."""
    ending: Ending


def why(night: Night, frame: int) -> Why:
    """The sounds heard at this frame of the night, and the reasons for them."""
    begun = [scene for scene in night.score.scenes if scene.at <= frame]
    heard: list[Heard] = []
    unheard: list[Unheard] = []
    for track in night.plan.tracks:
        part = night.score.part(track.name)
        assert part is not None  # a plan sounds what its score names
        said = _said(begun, part)
        if track.is_silent(Span(frame, frame + 1)):
            unheard.append(_unheard(night, track, part, said, frame))
        else:
            heard.append(_heard(night, track, part, said, frame))
    return Why(
        frame=frame,
        scene=begun[-1] if begun else None,
        heard=tuple(heard),
        unheard=tuple(unheard),
        fade=float(to_db(night.plan.fade(Span(frame, frame + 1))[0])),
        gain=float(to_db(night.gain)),
        opening=night.opening,
        limited=_limited(night, frame),
        ending=ending(night),
    )


@dataclass(frozen=True)
class Music:
    """What the music is at one moment."""

    state: State
    """What there is for this sleeper; `SONGS` where nobody sleeps."""
    bar: Bar | None
    """None where it has none: for a sleeper, and once it is over."""


def music_at(night: Night, frame: int) -> Music | None:
    """The music of this night at this frame; None where its score asks for none."""
    music, written = night.score.music, night.music
    if music is None or written is None:
        return None
    bar = next((bar for bar in written.bars if bar.start <= frame < bar.stop), None)
    return Music(Sleeper(night.course, music.at, music.until).state(frame), bar)


def ending(night: Night) -> Ending:
    """When this night is over."""
    wake = night.score.wake if night.course else None
    if wake is None:
        return Ending(night.length, night.length, None, night.length < night.score.length)
    keyframes = night.plan.gate.keyframes
    last = max((k for k in keyframes if k.start < wake.at), key=lambda k: k.start)
    if last.value > SILENT:
        return Ending(night.length, night.length, None, False)
    again = next(k.start for k in keyframes if k.start > last.start and k.value > SILENT)
    return Ending(night.length, last.stop, again, True)


def _said(scenes: list[Scene], part: Part) -> Mapping[str, Scene]:
    """The scene that set each setting of this voice last. The first scene to name it also sets its level."""
    said: dict[str, Scene] = {}
    for scene in scenes:
        if part.name in scene.changes:
            said = said or {"level": scene}
            said |= dict.fromkeys(scene.changes[part.name], scene)
    return said


def _heard(night: Night, track: Track, part: Part, said: Mapping[str, Scene], frame: int) -> Heard:
    rows, wanted = settings(part.kind), _awake(night, track, part)

    def current(name: str, label: str, curve: Curve) -> CurrentValue:
        if name == "level":
            value = level_at(track, frame)
        else:
            value = float(values(curve, np.array([frame], np.int64), name in track.controls.ratios)[0])
        left, right = curve.segment(frame)
        until = None if left is right else right.stop
        asleep = None
        if label in wanted and wanted[label] != curve:
            ratios = name in track.controls.ratios
            asks = float(values(wanted[label], np.array([frame], np.int64), ratios)[0])
            if not math.isclose(asks, value, rel_tol=1e-6, abs_tol=1e-9):
                asleep = Asleep(_moved_by(night, track, name, frame), asks)
        return CurrentValue(
            label, rows[name].unit, value, said.get(name), left.value, right.value, until, asleep
        )

    others = (
        (name in said, current(name, label, curve))
        for name, label, curve in curves_of(track)
        if name not in ("pan", "send")
    )
    moved = tuple(one for by_scene, one in others if by_scene or one.asleep)
    level, pan, send = (
        current("level", "level", track.level),
        current("pan", "pan", track.pan),
        current("send", "send", track.send),
    )
    return Heard(part, level, pan, send, moved)


def _awake(night: Night, track: Track, part: Part) -> dict[str, Curve]:
    """What the scenes ask of each of this voice's numbers, by its label; nothing where nobody sleeps."""
    if night.course is None:
        return {}
    asked = {
        name: (curve,) if isinstance(curve, Curve) else curve
        for name, curve in part_curves(night.score, part).items()
    }
    awake = replace(track, controls=replace(track.controls, curves=asked))
    return {label: curve for _, label, curve in curves_of(awake)}


def _moved_by(night: Night, track: Track, name: str, frame: int) -> str:
    """The state of sleep that this setting has been moved by."""
    course, wake = night.course, night.score.wake
    assert course is not None
    follow, thins = night.score.follow.get(track.name, {}), settings(KINDS[track.kind])[name].thins
    if wake and frame >= wake.at:
        return "wake"
    come = [
        state
        for state, there in first_at(course, wake.at if wake else night.length, leading=bool(thins))
        if there <= frame and (thins or name in follow.get(state, {}))
    ]
    return come[-1] if come else "asleep"


def _unheard(night: Night, track: Track, part: Part, said: Mapping[str, Scene], frame: int) -> Unheard:
    comes = next((k.start for k in track.level.keyframes if k.start > frame and k.value > SILENT), None)
    coming = next((scene for scene in night.score.scenes if scene.at == comes), None)
    return Unheard(part, said.get("level"), comes, coming)


def _limited(night: Night, frame: int) -> float:
    """The limiter's reduction over a second, or over what is left of the minute: the page is heard up to
    there, with the limiter and without it, from the same rest, so that where nothing is limited they are
    equal bit for bit."""
    second = Span(frame, min(frame + RATE, page_span(frame // PAGE).stop))
    finished = night.loudness()
    ((_, before),) = pieces(night.plan, replace(finished, ceiling=None), second, PAGE)
    ((_, after),) = pieces(night.plan, finished, second, PAGE)
    went_in, came_out = np.abs(before), np.abs(after)
    sounds = went_in > 1e-4  # softer than -80 dBFS is never what was held
    if not sounds.any():
        return 0.0
    return max(0.0, float(-to_db(np.min(came_out[sounds] / went_in[sounds]))))
