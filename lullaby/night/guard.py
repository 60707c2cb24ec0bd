"""The guard: a look-ahead limiter of A-weighted loudness, last on the mixer, so that nothing wakes a sleeper.

From N1 on no 50 ms may be louder than the two seconds before them by more than their stage allows: a
transient comes out as a swell. Nor may they be louder than a bed of that stage; and from lights-out on no
50 ms pass a listener's cap in dBA. It only ever reduces gain, by as little as these rules ask, and releases
no faster than they allow. Sound that keeps to them passes bit for bit.

It starts to listen a while before each page, for as long as gain may still be on its way back there.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.a_power import CHUNK, SLICE, STRETCH, STRETCHES, WARM, fill_a_powers
from lullaby.kernels.guarding import AHEAD, fill_guard_gains, shape_guarded
from lullaby.kernels.memory import zeros
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

MS = RATE // 1000

LOOKS_AHEAD = AHEAD * SLICE
"""The guard's look-ahead: frames after a page that it must hear."""
RISES: Mapping[Stage, float] = {
    Stage.AWAKE: 6.0,
    Stage.N1: 6.0,
    Stage.N2: 5.0,
    Stage.N3: 4.0,
    Stage.REM: 5.0,
}
"""dB that 50 ms may be above the mean of the 2 s before them, once sleep has come. Awake again counts as N1,
for it is a guess."""
HEARS_BACK: Mapping[float, int] = {6.0: 3_840 * MS, 5.0: 4_960 * MS, 4.0: 6_880 * MS}
"""Frames before a page at which it starts to listen, by the rise that is allowed: within these the gain is
back for a sound that came up by 30 dB and stays. There the reverb may not have built up yet; what is quieter
for that only makes the guard stricter. A multiple of eight slices."""
SPARED = 0.4
"""dB of margin under all these limits: it measures in slices of a fixed grid, and 50 ms may begin between
two of them."""

HEARS_ITSELF = RATE // 5
"""Frames before a page that its A-weighting and its gain envelope need, where only a cap holds."""

UNHEARD = -36.0
"""dB against the opening: whatever stays below this floor may rise as fast as it likes."""

HEADROOM = 6.0
"""dB by which 50 ms may be above the level that the gentle default gives a bed."""

FREE = float("inf")
"""dB of rise where no rule holds."""

_UNBOUND = Curve.steady(FREE)


@dataclass(frozen=True)
class Guard:
    """The guard's thresholds through the night. Without `rises` only a cap is kept."""

    rises: tuple[tuple[int, float], ...] = ()
    """The rises that 50 ms may have, in dB, each from a frame on; before the first, and where it is FREE, any
    number."""
    highest: Curve = _UNBOUND
    """dB against the opening that 50 ms reach at the most, while one of those holds."""

    @classmethod
    def from_course(cls, course: Course, length: int, wake: Wake | None, told: int = 0) -> Guard:
        """`told`: the frame up to which a story is told. A story is told to somebody who listens, so up to
        there it takes more than a guess to hold that they sleep."""
        runs = [run for run in course.runs if run.start < (wake.at if wake else length)]
        asleep = next((i for i, run in enumerate(runs) if run.stage.asleep), len(runs))
        rises = [(run.start, RISES[run.stage]) for run in runs[asleep:]]
        if told and not course.real:
            now = [rise for frame, rise in rises if frame <= told][-1:]
            rises = [*((told, rise) for rise in now), *((f, rise) for f, rise in rises if f > told)]
        if wake and rises:
            rises.append((wake.at, FREE))
        headroom = {state: level + HEADROOM for state, level in GENTLE.items()}
        return cls(tuple(rises), receding(course, {}, length, wake, headroom))

    def hears_back(self, frame: int) -> int:
        """Frames before this one in which what was heard may still hold gain down here; 0: nothing does."""
        until = [*(time for time, _ in self.rises[1:]), frame + 1]
        held = zip(self.rises, until, strict=True) if self.rises else ()
        return max(
            (
                HEARS_BACK[rise]
                for (time, rise), stop in held
                if rise < FREE and time <= frame and stop > frame - HEARS_BACK[rise]
            ),
            default=0,
        )

    def acts_over(self, start: int, stop: int) -> bool:
        """Does any rule hold over these frames, or shortly before them?"""
        until = stop + LOOKS_AHEAD
        return self.hears_back(start) > 0 or any(
            rise < FREE for time, rise in self.rises if start <= time < until
        )

    def narrowed(self, start: int, stop: int) -> tuple[tuple[int, float], ...]:
        """The rules that matter to these frames."""
        longest = max(HEARS_BACK.values())
        first = [i for i, (time, _) in enumerate(self.rises) if time <= start - longest][-1:]
        rises = self.rises[first[0] if first else 0 :]
        return tuple((time, rise) for time, rise in rises if time < stop)

    @cached_property
    def _table(self) -> tuple[NDArray[np.int64], Floats]:
        frames = np.array([0, *(time for time, _ in self.rises)], np.int64)
        ratios = [FREE, *(_ratio(rise) for _, rise in self.rises)]
        return frames, np.array(ratios)

    def allowed(self, frames: NDArray[np.int64], opening: float, cap: float) -> tuple[Floats, Floats]:
        """The ratio that 50 ms may rise by, and the A-weighted power they may reach at the most, for each of
        these frames. `opening` and `cap` are such powers, too."""
        starts, ratios = self._table
        opening, cap = opening * _power(-SPARED), cap * _power(-SPARED)
        rises = ratios[np.searchsorted(starts, frames, side="right") - 1]
        if not self.rises:
            return rises, np.full(len(frames), cap)
        highest = exact.gain(values(self.highest, frames))
        return rises, np.where(rises < FREE, np.minimum(cap, opening * highest * highest), cap)


UNGUARDED = Guard()


def _ratio(rise: float) -> float:
    return FREE if rise == FREE else _power(rise - SPARED)


def _power(db: float) -> float:
    gain = float(exact.gain(db))
    return gain * gain


class Listening:
    """The guard over one page: it hears the sound in pieces, in order, and then reduces the page's gain."""

    def __init__(self, guard: Guard, start: int, loudness: Loudness) -> None:
        self._guard, self._start = guard, start
        self._opening = loudness.opening
        self._cap = FREE if loudness.cap is None else loudness.cap
        self._before = np.zeros((WARM, 2), np.float32)
        self._powers: list[Floats] = []

    def copy(self) -> Listening:
        """One that has heard the same, and goes on by itself."""
        other = copy(self)
        other._powers = list(self._powers)
        return other

    def hear_before(self, sound: NDArray[np.float32]) -> None:
        """sound[frames, 2] from before the page, in whole slices."""
        if len(sound):
            self._hear(sound, max(WARM, -(-len(sound) // (STRETCHES * SLICE)) * SLICE))

    def hear(self, sound: NDArray[np.float32]) -> None:
        """sound[frames, 2], as it would leave the mixer. Each piece goes on from the one before, and all but
        the last are whole slices."""
        for start in range(0, len(sound), CHUNK):
            self._hear(sound[start : start + CHUNK], STRETCH)

    def _hear(self, sound: NDArray[np.float32], stretch: int) -> None:
        """Eight stretches side by side; a piece that is shorter is padded with silence."""
        count, chunk = len(sound), sound
        if count < STRETCHES * stretch:
            chunk = zeros((STRETCHES * stretch, 2))
            chunk[:count] = sound
        powers = np.zeros(STRETCHES * stretch // SLICE)
        fill_a_powers(self._before, chunk, stretch, zeros(LANES), powers)
        self._powers.append(powers[: count // SLICE])
        self._before = np.concatenate([self._before[count:], sound[-WARM:]])  # a copy: the page gets shorter

    def hear_the_end(self, sound: NDArray[np.float32]) -> None:
        """The sound after the page, as far as the guard looks ahead, which is too short to be split."""
        state, energies = np.zeros(A_STATE), np.zeros((WARM + len(sound)) // SLICE + 1)
        heard = np.ascontiguousarray(np.concatenate([self._before, sound]).T)
        add_a_weighted(heard, SLICE, state, energies)
        self._powers.append(energies[WARM // SLICE : (WARM + len(sound)) // SLICE] / SLICE)

    def hold(self, out: NDArray[np.float32], since: int) -> None:
        """Reduce the gain of `out`, which begins at the frame `since`, where a rule asks for it."""
        powers = np.concatenate(self._powers)
        frames = self._start + SLICE * np.arange(len(powers), dtype=np.int64)
        rises, highest = self._guard.allowed(frames, self._opening, self._cap)
        gains, scratch = np.ones(len(powers) + 1), np.empty((2, len(powers) + 1))
        unheard = self._opening * _power(UNHEARD - SPARED)
        if fill_guard_gains(powers, rises, highest, unheard, scratch, gains):
            shape_guarded(out, gains[(since - self._start) // SLICE :])
