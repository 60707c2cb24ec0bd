"""Why a night sounds as it does at one moment: who is heard, and what made it so.

All of it is read from the score and the plan; only the mixer's loudness and its limiter are listened to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lullaby.night.events import curves_of, level_at
from lullaby.night.loudness import to_db
from lullaby.night.night import Night
from lullaby.night.pages import pieces
from lullaby.night.track import Track
from lullaby.score import SILENT, Curve, Part, Scene
from lullaby.score.told import settings
from lullaby.time import PAGE, RATE, Span, page_span
from lullaby.voices.core.controls import values


@dataclass(frozen=True)
class Told:
    """One number of a voice at this moment."""

    setting: str
    unit: str
    value: float
    scene: Scene | None
    """What said so last; None where it is as the voice's file, or [voices], has it."""
    leaves: float
    comes_to: float
    until: int | None
    """While it glides: when it will be there."""


@dataclass(frozen=True)
class Heard:
    """A voice that sounds, however softly."""

    part: Part
    level: Told
    pan: Told
    send: Told
    moved: tuple[Told, ...]
    """What else a scene has told it by now."""


@dataclass(frozen=True)
class Unheard:
    """A voice that is silent."""

    part: Part
    silenced: Scene | None
    """What silenced it; None where no scene has named it yet."""
    comes: int | None
    """When it comes, or comes again."""
    coming: Scene | None


@dataclass(frozen=True)
class Why:
    """One moment of a night."""

    at: int
    scene: Scene | None
    """The one that reigns; None before the first."""
    heard: tuple[Heard, ...]
    unheard: tuple[Unheard, ...]
    fade: float
    """The night's own fade in dB; 0 is all of it."""
    gain: float
    """The mixer's, in dB."""
    opening: Span
    limited: float
    """The most the limiter held peaks down by in the second that begins here, in dB."""


def why(night: Night, at: int) -> Why:
    """What is heard at this frame of the night, and why."""
    reigning = [scene for scene in night.score.scenes if scene.at <= at]
    heard: list[Heard] = []
    unheard: list[Unheard] = []
    for one in night.plan.tracks:
        part = night.score.part(one.name)
        assert part is not None  # a plan sounds what its score names
        said = _said(reigning, part)
        if one.is_silent(Span(at, at + 1)):
            unheard.append(_unheard(night, one, part, said, at))
        else:
            heard.append(_heard(one, part, said, at))
    return Why(
        at=at,
        scene=reigning[-1] if reigning else None,
        heard=tuple(heard),
        unheard=tuple(unheard),
        fade=float(to_db(night.plan.fade(Span(at, at + 1))[0])),
        gain=float(to_db(night.gain)),
        opening=night.opening,
        limited=_limited(night, at),
    )


def _said(scenes: list[Scene], part: Part) -> Mapping[str, Scene]:
    """Which scene said last what this voice is now. The first to name it also brings it."""
    said: dict[str, Scene] = {}
    for scene in scenes:
        if part.name in scene.changes:
            said = said or {"level": scene}
            said |= dict.fromkeys(scene.changes[part.name], scene)
    return said


def _heard(one: Track, part: Part, said: Mapping[str, Scene], at: int) -> Heard:
    rows = settings(part.kind)

    def told(name: str, label: str, curve: Curve) -> Told:
        if name == "level":
            value = level_at(one, at)
        else:
            value = float(values(curve, np.array([at], np.int64), name in one.controls.ratios)[0])
        left, right = curve.segment(at)
        until = None if left is right else right.stop
        return Told(label, rows[name].unit, value, said.get(name), left.value, right.value, until)

    moved = tuple(
        told(name, label, curve)
        for name, label, curve in curves_of(one)
        if name in said and name not in ("pan", "send")
    )
    level, pan, send = (
        told("level", "level", one.level),
        told("pan", "pan", one.pan),
        told("send", "send", one.send),
    )
    return Heard(part, level, pan, send, moved)


def _unheard(night: Night, one: Track, part: Part, said: Mapping[str, Scene], at: int) -> Unheard:
    comes = next((k.start for k in one.level.keyframes if k.start > at and k.value > SILENT), None)
    coming = next((scene for scene in night.score.scenes if scene.at == comes), None)
    return Unheard(part, said.get("level"), comes, coming)


def _limited(night: Night, at: int) -> float:
    """What went into the limiter against what came out, over a second, or what is left of the minute:
    the page is heard again up to there, from the same rest, so that where nothing is held they are equal
    bit for bit."""
    page = page_span(at // PAGE)
    second = Span(at, min(at + RATE, page.stop))
    unlimited = replace(night.loudness(), ceiling=None)
    ((_, before),) = pieces(night.plan, unlimited, second, PAGE)
    went_in = np.abs(before)
    came_out = np.abs(night.page(at // PAGE)[second.start - page.start : second.stop - page.start])
    sounds = went_in > 1e-4  # softer than -80 dBFS is never what was held
    if not sounds.any():
        return 0.0
    return max(0.0, float(-to_db(np.min(came_out[sounds] / went_in[sounds]))))
