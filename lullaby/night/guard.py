"""The guard: last on the mixer. It reads what would sound, and the sleeper's course, and may only lower.

From N1 on no 50 ms may rise out of the two seconds before them by more than a stage allows, nor above
where that stage is to be heard; a cap in dBA holds from lights-out. What keeps to that passes untouched,
bit for bit. What does not is held down, and let up again no faster than the same rule lets it.

It hears its past from a while before a page on. A sound of 36 dB that comes out of silence is let up in
five seconds, so whatever happened seven seconds ago no longer matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.a_power import CHUNK, SLICE, STRETCH, STRETCHES, WARM, fill_a_powers
from lullaby.kernels.guarding import AHEAD, fill_guard_gains, shape_guarded
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.meters import A_STATE, add_a_weighted
from lullaby.kernels.simd import LANES
from lullaby.night.following import GENTLE, receding
from lullaby.night.loudness import Loudness
from lullaby.score import Curve
from lullaby.score.model import Wake
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import RATE
from lullaby.voices.core.controls import Floats, values

LOOKS_AHEAD = AHEAD * SLICE
"""Frames after a page that it must hear, too."""
HEARS_BACK = 7 * RATE
"""Frames before a page from which on it listens: two seconds to compare with, five to let up. Its first
seconds may still be without their room: what is quieter there only makes it stricter."""

RISES: Mapping[Stage, float] = {
    Stage.AWAKE: 6.0,
    Stage.N1: 6.0,
    Stage.N2: 5.0,
    Stage.N3: 4.0,
    Stage.REM: 5.0,
}
"""dB that 50 ms may be above the mean of the 2 s before them, once sleep has come. Awake again counts as N1:
a guess."""
SPARED = 0.4
"""dB that it stays under these: its slices are laid out beforehand, and 50 ms may begin between two."""

HEARS_ITSELF = RATE // 5
"""Frames before a page that its filter and its glides need, where there is nothing but a cap."""

UNHEARD = -36.0
"""dB beside the opening: what stays below may come as it likes."""

HEADROOM = 6.0
"""dB by which 50 ms may be above where the gentle default has a bed by then."""

FREE = float("inf")


_UNBOUND = Curve.steady(FREE)


@dataclass(frozen=True)
class Guard:
    """What holds from when on. Without rules only a cap is kept."""

    rises: tuple[tuple[int, float], ...] = ()
    """(frame, dB) by frame; before the first, and where it is FREE, a sound may rise as it likes."""
    highest: Curve = _UNBOUND
    """dB beside the opening that 50 ms reach at the most while one of those holds."""

    @classmethod
    def of(cls, course: Course, length: int, wake: Wake | None) -> Guard:
        runs = [run for run in course.runs if run.start < (wake.at if wake else length)]
        asleep = next((i for i, run in enumerate(runs) if run.stage.asleep), len(runs))
        rises = [(run.start, RISES[run.stage]) for run in runs[asleep:]]
        if wake and rises:
            rises.append((wake.at, FREE))
        headroom = {state: level + HEADROOM for state, level in GENTLE.items()}
        return cls(tuple(rises), receding(course, {}, length, wake, headroom))

    def acts_before(self, frame: int) -> bool:
        """Did any rule hold shortly before this frame, so that something may still be held down?"""
        before = [rise for at, rise in self.rises if frame - HEARS_BACK < at <= frame]
        held = next((rise for at, rise in reversed(self.rises) if at <= frame - HEARS_BACK), FREE)
        return any(rise < FREE for rise in [held, *before])

    def acts_over(self, start: int, stop: int) -> bool:
        """Does any rule hold over these frames, or shortly before them?"""
        until = stop + LOOKS_AHEAD
        return self.acts_before(start) or any(rise < FREE for at, rise in self.rises if start <= at < until)

    def narrowed(self, start: int, stop: int) -> tuple[tuple[int, float], ...]:
        """The rules that have a say over these frames."""
        first = [i for i, (at, _) in enumerate(self.rises) if at <= start - HEARS_BACK][-1:]
        rises = self.rises[first[0] if first else 0 :]
        return tuple((at, rise) for at, rise in rises if at < stop)

    @cached_property
    def _table(self) -> tuple[NDArray[np.int64], Floats]:
        frames = np.array([0, *(at for at, _ in self.rises)], np.int64)
        ratios = [FREE, *(_ratio(rise) for _, rise in self.rises)]
        return frames, np.array(ratios)

    def allowed(self, frames: NDArray[np.int64], opening: float, cap: float) -> tuple[Floats, Floats]:
        """For each of these frames: the ratio that 50 ms may rise by, and the A-weighted power they may
        reach at the most. `opening` and `cap` are such powers, too."""
        starts, ratios = self._table
        opening, cap = opening * _power(-SPARED), cap * _power(-SPARED)
        rises = ratios[np.searchsorted(starts, frames, side="right") - 1]
        if not self.rises:
            return rises, np.full(len(frames), cap)
        held = exact.gain(values(self.highest, frames))
        return rises, np.where(rises < FREE, np.minimum(cap, opening * held * held), cap)


UNGUARDED = Guard()


def _ratio(rise: float) -> float:
    return FREE if rise == FREE else _power(rise - SPARED)


def _power(db: float) -> float:
    gain = float(exact.gain(db))
    return gain * gain


class Listening:
    """The guard over one page: it hears the sound in pieces, in order, and then says what to hold down."""

    def __init__(self, guard: Guard, start: int, loudness: Loudness) -> None:
        self._guard, self._start = guard, start
        self._opening = loudness.opening
        self._cap = FREE if loudness.cap is None else loudness.cap
        self._before = np.zeros((WARM, 2), np.float32)
        self._powers: list[Floats] = []

    def hear(self, sound: NDArray[np.float32]) -> None:
        """sound[frames, 2], as it would leave the mixer. A piece begins where the one before ended, and that
        in whole slices."""
        for start in range(0, len(sound), CHUNK):
            piece = sound[start : start + CHUNK]
            self._powers.append(self._many(piece))
            self._before = np.concatenate([self._before[len(piece) :], piece[-WARM:]])

    def hear_the_end(self, sound: NDArray[np.float32]) -> None:
        """What comes after the page, so far as it is needed."""
        self._powers.append(self._few(sound))

    def _many(self, sound: NDArray[np.float32]) -> Floats:
        """Eight stretches at once; silence stands for what is not there yet."""
        count, chunk = len(sound), sound
        if count < CHUNK:
            chunk = zeros((CHUNK, 2))
            chunk[:count] = sound
        powers = np.zeros(CHUNK // SLICE)
        fill_a_powers(self._warm(chunk), chunk, zeros(10 * LANES), zeros(LANES), powers)
        return powers[: count // SLICE]

    def _few(self, sound: NDArray[np.float32]) -> Floats:
        """Too little for that: one after the other."""
        state, energies = np.zeros(A_STATE), np.zeros((WARM + len(sound)) // SLICE + 1)
        heard = np.ascontiguousarray(np.concatenate([self._before, sound]).T)
        add_a_weighted(heard, SLICE, state, energies)
        return energies[WARM // SLICE : (WARM + len(sound)) // SLICE] / SLICE

    def _warm(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """What comes before each of the stretches of a chunk."""
        warm = blank((WARM, STRETCHES, 2))
        warm[:, 0] = self._before
        for k in range(1, STRETCHES):
            warm[:, k] = chunk[k * STRETCH - WARM : k * STRETCH]
        return warm

    def hold(self, out: NDArray[np.float32], since: int) -> None:
        """Lower `out`, which begins at the frame `since`, where that is called for."""
        powers = np.concatenate(self._powers)
        frames = self._start + SLICE * np.arange(len(powers), dtype=np.int64)
        rises, highest = self._guard.allowed(frames, self._opening, self._cap)
        gains = np.ones(len(powers) + 1)
        if fill_guard_gains(powers, rises, highest, self._opening * _power(UNHEARD - SPARED), gains):
            shape_guarded(out, gains[(since - self._start) // SLICE :])
