"""Small nights for the tests: every shipped voice and score by existing, and a voice alone."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import lullaby
from lullaby import places
from lullaby.night.loudness import Meter, a_level
from lullaby.night.mixer import before_the_limiter
from lullaby.night.night import Night
from lullaby.night.pages import fill
from lullaby.score import find_voice, part_curves, score_of
from lullaby.time import PAGE, Span
from lullaby.voices.kinds import KINDS

_FILES = sorted(path.stem for path in places.shipped("voices").glob("*.toml"))
SCORES = sorted(path.stem for path in places.shipped("scores").glob("*.toml"))

KIND_OF = {name: find_voice(name, KINDS).kind.name for name in _FILES}
VOICES = [name for name in _FILES if not KINDS[KIND_OF[name]].speaks]
TELLERS = [name for name in _FILES if KINDS[KIND_OF[name]].speaks]
"""Voices that are silent until they are given something to say."""


def each_voice(names: Collection[str] = VOICES) -> pytest.MarkDecorator:
    """The test, for each of these voices. Whatever is asked of one voice follows one another (conftest sorts
    by this word), so that `minutes` renders it once."""
    return pytest.mark.parametrize("voice", names)


def each_score() -> pytest.MarkDecorator:
    """The same of the shipped scores."""
    return pytest.mark.parametrize("score", SCORES)


def voices_at(night: Night, frame: int) -> list[str]:
    """Names of the voices that are heard around this frame."""
    return [one.name for one in night.plan.tracks if not one.is_silent(Span(frame, frame + 1))]


def only_plays(night: Night) -> bool:
    """Is all of it played by instruments, which have nothing to play from deep sleep on?"""
    return all(track.controls.notes is not None for track in night.plan.tracks)


def laeq_minute(meter: Meter) -> float:
    """The A-weighted level of the loudest minute; of all there is, if that is shorter."""
    return float(np.max(a_level(meter.a_energies, 60.0), initial=-np.inf))


def settings_of(voice: str) -> list[str]:
    """What a scene may change of it."""
    part = night_of(alone_text(voice)).score.voices[0]
    return [name for name, curve in part_curves(night_of(alone_text(voice)).score, part).items() if curve]


def middle_values(kind: str, setting: str) -> tuple[float, float]:
    """Two values it may be given, neither at its limits, and with which something happens in a minute."""
    row = KINDS[kind].named(setting)
    assert row is not None
    shares = (0.002, 0.003) if row.thins < 0 else (0.4, 0.55)
    first, second = (row.low + share * (row.high - row.low) for share in shares)
    return first, second


def load(name: str | os.PathLike[str], **how: Any) -> Night:
    """A night of this score in which nobody sleeps: its scenes play to their end."""
    return lullaby.load(name, **{"sleeper": "none", "stories": False} | how)


def beginning(night: Night, span: Span) -> NDArray[np.float32]:
    """A span near the beginning of a page, for no more than what it takes until there."""
    sound = np.empty((len(span), 2), np.float32)
    fill(night.plan, night.loudness(), span, sound)
    return sound


def night_of(text: str, seed: int = 7, gain: float | None = None) -> Night:
    """A night from the text of a score."""
    return Night(score_of(text, "test.toml", KINDS), seed=seed, gain=gain)


def alone_text(voice: str, told: str = "", extra: str = "") -> str:
    """Ten hours of one voice at unity, without room, high cut or fades."""
    return f"""
title = "alone"
length = 36000
fade_in = 0.5
fade_out = 0.5
high_cut = 20_000
[room]
level = "silent"
[voices]
one = "{voice}"
[scene.all]
at = 0
one = {{ level = 0{", " + told if told else ""} }}
{extra}
"""


def alone(voice: str, pages: int = 1, seed: int = 7, told: str = "", first: int = 1) -> NDArray[np.float32]:
    """So many minutes of one voice at unity, from page `first` on: float32[2, frames], before the limiter."""
    night = night_of(alone_text(voice, told), seed)
    out = np.empty((2, pages * PAGE), np.float32)
    at = 0
    for block in before_the_limiter(night.plan, Span(first * PAGE, (first + pages) * PAGE)):
        out[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    assert at == out.shape[1]
    return out


AT_HAND = 3
"""Minutes of a voice that `minutes` renders and keeps."""


@lru_cache(maxsize=2)
def _at_hand(voice: str) -> NDArray[np.float32]:
    sound = alone(voice, AT_HAND)
    sound.flags.writeable = False
    return sound


def minutes(voice: str, count: int = AT_HAND) -> NDArray[np.float32]:
    """The first minutes of what `alone` renders, rendered once for all who ask: not to be written to, and
    not to be compared with what should be the same."""
    assert count <= AT_HAND
    return _at_hand(voice)[:, : count * PAGE]


STARTLES = {"fire": 14, "thunder": 14, "crickets": 6, "purr": 11, "heartbeat": 12, "birds": 14, "frogs": 14}
"""dB that a tenth of a second may stand over the second before it, by kind; of the others 9. Noise reaches 3.
Crackles and far rumbles stand out; a heart's first thud comes out of a rest, and calls and songs come out of
the night, both softly."""


def may_stand_out(voice: str) -> float:
    """dB that a tenth of a second of this voice may stand over the second before it."""
    return STARTLES.get(KIND_OF[voice], 9)


def decibels(amplitude: float) -> float:
    return float(20 * np.log10(max(float(amplitude), 1e-30)))
