"""The notes of an instrument near a span: those it is given, or those it finds by itself.

By itself it plays sparsely, up and down a scale over its pitch: the nth note comes when n intervals have gone
by, give or take, as strokes of a bell do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Setting
from lullaby.time import RATE, Span
from lullaby.voices.core.chances import between, uniform
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.pace import Pace, mapped
from lullaby.voices.core.played import REACH, Played

PENTATONIC = (0.0, 2.0, 4.0, 7.0, 9.0, 12.0, 14.0, 16.0)
"""Semitones: eight notes of which no two are harsh together."""

ASLEEP = 2.0
"""Seconds over which every note swells for somebody asleep."""

LET_GO = 8 * RATE
"""Frames after which a note that swells is let go: it would last for too long otherwise."""

USUAL = 0.6
"""The velocity of a usual note."""


@dataclass(frozen=True)
class Notes:
    """Notes in the order of their onsets, a number each in every array."""

    onset: Frames
    frames: Frames
    """Until it is released."""
    hz: Floats
    velocity: Floats
    swell: Floats
    """Seconds over which it rises at least; 0 where it may have an attack."""
    index: Frames
    """What its chance is drawn by: no two notes have the same."""

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def force(self) -> Floats:
        """Its amplitude for a usual one's."""
        return exact.power(np.maximum(self.velocity, 0.01) / USUAL, 1.2)

    @property
    def swells(self) -> NDArray[np.bool_]:
        return self.swell > 0


def by_itself(pitch: float, every: float, scale: tuple[float, ...] = PENTATONIC) -> tuple[Setting, ...]:
    """The settings of an instrument that is given no notes, and its seat."""
    return (
        number("every", every, "s", 2, 3_600, "longer between the notes that it finds itself", thins=-1),
        number("uneven", 0.2, "", 0, 0.45, "notes less evenly spaced", moves=False),
        number("pitch", pitch, "Hz", 30, 2_000, "higher: the lowest note that it finds itself", moves=False),
        listed(
            "scale", scale, "semitones", 0, 48, "the notes that it finds, above its pitch", Form.NUMBERS,
            longest=24,
        ),
        number("seat", 0.0, "", -1, 1, "where it is played, left to right", moves=False),
    )  # fmt: skip


def instrument(
    pitch: float, every: float, *own: Setting, send: float = -8.0, scale: tuple[float, ...] = PENTATONIC
) -> tuple[Setting, ...]:
    """All settings of an instrument."""
    bright = number("bright", 0.0, "dB per octave", -6, 6, "brighter, from its first partial up", moves=False)
    return (*channel_strip(send), *by_itself(pitch, every, scale), *own, bright)


def notes_near(key: Key, span: Span, held: float, controls: Controls) -> Notes:
    """Every note that may sound in the span. One that the instrument finds by itself is held for so many
    seconds, or a little less."""
    if controls.notes is not None:
        return given_near(span, controls)
    notes = _found(key, span, REACH, held, controls)
    swell = _swell(notes.onset, notes.swell, controls)
    frames = np.where(swell > 0, np.minimum(notes.frames, LET_GO), notes.frames)
    return replace(notes, swell=swell, frames=frames)


def given_near(span: Span, controls: Controls) -> Notes:
    """Every given note that may sound in the span."""
    played = controls.notes or ()
    notes = _given(n for n in played if n.start < span.stop and span.start < n.stop + REACH)
    return replace(notes, swell=_swell(notes.onset, notes.swell, controls))


def _swell(onset: Frames, swell: Floats, controls: Controls) -> Floats:
    """Seconds over which notes rise at least: for somebody asleep, every one."""
    return np.where(onset >= controls.asleep, np.maximum(swell, ASLEEP), swell)


def onsets_in(key: Key, span: Span, controls: Controls) -> Frames:
    """The onsets in a span."""
    if controls.notes is None:
        return _found(key, span, 0, 0.0, controls).onset
    given = np.array([note.start for note in controls.notes], np.int64)
    return np.sort(given[(given >= span.start) & (given < span.stop)])


def _given(played: Iterable[Played]) -> Notes:
    ordered = sorted(played, key=lambda note: (note.start, note.hz))
    onset = np.array([note.start for note in ordered], np.int64)
    hz = np.array([note.hz for note in ordered], np.float64)
    # two notes that begin together have other pitches: half a semitone apart they are told apart
    index = onset * 512 + np.rint(24 * exact.log2(np.maximum(hz, 1.0))).astype(np.int64)
    return Notes(
        onset,
        np.array([note.frames for note in ordered], np.int64),
        hz,
        np.array([note.velocity for note in ordered], np.float64),
        np.array([note.swell for note in ordered], np.float64),
        index,
    )


def _found(key: Key, span: Span, reach: int, held: float, controls: Controls) -> Notes:
    longest = reach + int(held * RATE)
    pace = Pace.from_rate(span, longest, mapped(controls.curve("every"), lambda seconds: 1 / seconds))
    n = pace.whole_turns()
    n = n[n >= 0]
    due = n + 0.5 + controls.number("uneven", 0) * (2 * uniform(key / "when", n) - 1)
    inside = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    n, onset = n[inside], pace.frames(due[inside])
    near = (onset >= span.start - longest) & (onset < span.stop)
    n, onset = n[near], onset[near]
    scale = np.array(controls.numbers("scale"))
    # up and down in a slow wave, with a good deal of chance: all of the scale is heard
    wave = exact.sin_turns(n * 0.0618 + (key / "wave").draw())
    place = 0.5 + 0.3 * wave + 0.3 * (2 * uniform(key / "note", n) - 1)
    step = np.clip(np.floor(place * len(scale)).astype(np.int64), 0, len(scale) - 1)
    return Notes(
        onset,
        np.rint(held * RATE * between(key / "held", n, 0.85, 1.0)).astype(np.int64),
        controls.number("pitch", 0) * exact.exp2(scale[step] / 12),
        between(key / "velocity", n, USUAL - 0.08, USUAL + 0.08),
        np.zeros(n.shape),
        n,
    )
