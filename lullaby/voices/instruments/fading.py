"""Instruments that are plucked or struck: a note is a table of decaying partials, and a little noise as it
begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.fading import CHUNK, FADING, MODE, SCRATCH, add_fading
from lullaby.time import RATE, STEP, Span
from lullaby.voices.core.controls import Floats
from lullaby.voices.core.onsets import OneShots
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound
from lullaby.voices.instruments.notes import Notes

Table: TypeAlias = NDArray[np.void]

E_FOLDS_60 = 6.907755278982137
"""ln(1000): time constants in 60 dB."""
DAMPED_60 = 9.233413476451583
"""The same of a damper, (1 + x) exp(-x), which sets in gently."""
SLOW_RISE, SLOW_FALL = 2.0, 4.0
"""Time constants of a note that swells, for each second it takes to nine tenths of its height."""
_LOG2_E = 1.4426950408889634
UNHEARD = 1e-5
"""-100 dBFS: a partial softer than that is not made."""
TOP = 0.42 * RATE
"""Hz: no partial is higher."""


@dataclass(frozen=True)
class Partials:
    """The partials of some notes: a row a note, a column a partial."""

    hz: Floats
    level: Floats
    """Their amplitudes at the onset, of a note at usual velocity."""
    tau: Floats
    """Seconds in which each falls to 1/e."""
    phase: Floats
    """Turns."""


def usual_size(partials: Partials, tau: float) -> Floats:
    """The gain of each note at which a usual one a second is about -27 LUFS. `tau`: of a middling note. High
    notes die sooner, and are made louder for it, by half as much in dB."""
    squares = partials.level * partials.level
    heard = exact.total(squares * np.sqrt(partials.tau * tau))
    return np.asarray(np.sqrt(2 * MINUS_27 / np.maximum(heard, 1e-12)))


def fading(
    notes: Notes, partials: Partials, *, size: Floats, rise: float, release: float, seat: Floats
) -> tuple[Table, Table]:
    """Tables of notes and of modes for the kernel. `rise` is the attack's time constant, `release` the time
    until a released note is 60 dB down, in seconds."""
    swells, tau, level = notes.swells[:, None], partials.tau, partials.level * size[:, None]
    # for somebody asleep a note has no attack: it swells, and lasts for it, with the same energy
    slow = np.maximum(tau, SLOW_FALL * notes.swell[:, None])
    level = np.where(swells, level * np.sqrt(tau / slow), level)
    tau = np.where(swells, slow, tau)
    halvings = _LOG2_E / RATE / tau
    life = exact.log2(np.maximum(level, UNHEARD) / UNHEARD) / halvings
    heard = (level > UNHEARD) & (partials.hz < TOP)
    modes = np.zeros(int(heard.sum()), MODE)
    modes["pitch"] = np.rint(partials.hz[heard] * (2.0**32 / RATE)).astype(np.int64)
    modes["phase"] = ((partials.phase[heard] % 1.0) * 2.0**32).astype(np.int64)
    modes["decay"] = exact.exp2(-halvings[heard])
    modes["life"] = life[heard].astype(np.int64)
    modes["level"] = level[heard]
    angle = (modes["pitch"] * STEP & 0xFFFFFFFF) * 2.0**-32
    modes["ahead"] = 2 * exact.exp2(-STEP * halvings[heard]) * exact.cos_turns(angle)
    modes["back"] = exact.exp2(-2 * STEP * halvings[heard])
    damped = np.maximum(release, 3 * notes.swell) / DAMPED_60
    table = np.zeros(len(notes), FADING)
    table["onset"], table["release"] = notes.onset, notes.frames
    table["rise"] = exact.exp2(-_LOG2_E / RATE / np.maximum(rise, SLOW_RISE * notes.swell))
    table["damp"], table["brake"] = exact.exp2(-_LOG2_E / RATE / damped), 1 / (RATE * damped)
    table["last"] = np.cumsum(heard.sum(axis=1))
    table["first"] = table["last"] - heard.sum(axis=1)
    most = exact.log2(np.maximum(exact.total(level), UNHEARD) / UNHEARD) / _LOG2_E
    longest = np.where(heard, life, 0.0).max(axis=1, initial=0.0)
    life = np.minimum(longest, notes.frames + (most + 4) * damped * RATE).astype(np.int64)
    table["life"] = (life // CHUNK + 1) * CHUNK
    table["left"], table["right"] = pan_gains(seat)
    return table, modes


class Fading(OneShots):
    """Notes that fade, for one call."""

    def __init__(self, table: Table, modes: Table) -> None:
        super().__init__(table, SCRATCH)
        self._modes = modes

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_fading(self._table, first, last, self._modes, span.start, len(span), self._scratch, sound)
