"""The Follower: a listener's stage while they sleep, estimated from sensors, keys and the model of sleep.

A forward filter over the model's transitions. It is given likelihoods (how likely each stage makes what was
seen), at any frame and from any source, and key presses; without evidence its estimate is the model's. The
same chance and the same evidence, in any order, give the same estimates everywhere.

The sound follows the likeliest stage while evidence is fresh and sure. Where evidence is stale or unsure, it
follows the quieter of two stages: the model's, and the one that evidence speaks for. Nobody who has slept is
taken for awake without clear evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from lullaby.chance import Key
from lullaby.sleep.belief import Belief, Believing
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.course import EPOCH, Course, Evidence, Known, Run
from lullaby.sleep.crowd import Crowds
from lullaby.sleep.signs import KEYS, LASTING_S, Signs, epoch_of
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, RATE

STALE = 5 * 60 * RATE
"""Frames after which evidence no longer decides alone. [design]"""

SURE = 0.6
"""The confidence from which evidence decides alone. [design]"""

AWAKE = 0.8
"""The chance from which somebody who has slept is taken for awake. [design]"""

AWAKE_FOR = 3 * 60 * RATE
"""Frames of clear evidence of waking after which something may become louder."""

_SLEPT = 0.9
"""The chance of having slept from which a pressed key means "awake again", not "still awake". [design]"""

LOUDNESS = (Stage.REM, Stage.N3, Stage.N2, Stage.N1, Stage.AWAKE)
"""Stages by how loud they may be: silence in REM first."""


class Follower:
    """One night of one listener, followed."""

    def __init__(
        self, sleeper: Sleeper, key: Key, model: Coefficients | None = None, alone: Course | None = None
    ) -> None:
        """`alone` is the course that the night follows where there is no evidence; without it, what the
        model thinks likeliest is followed."""
        self._night = alone
        crowds = Crowds(sleeper, key, model or shipped())
        self._signs = Signs()
        self._believing = Believing(crowds, self._signs)
        self._alone = Believing(crowds, Signs())
        self._course = Course()
        self._woke: list[int] = []

    def tell(
        self, frame: int, likelihoods: Sequence[float], *, source: str = "", lasting_s: float = LASTING_S
    ) -> None:
        """Evidence at this frame: the likelihood of each stage, in any unit. `lasting_s` is the correlation
        time of this source's errors; 0 where each is independent. A ValueError for what cannot be."""
        self._signs.add(frame, likelihoods, source, lasting_s)
        self._believing.forget(epoch_of(frame))

    def still_awake(self, frame: int) -> None:
        """The sleeper pressed a key: not asleep yet."""
        self._signs.press(frame)
        self._believing.forget(epoch_of(frame))

    def woke(self, frame: int) -> None:
        """The sleeper pressed a key: awake again."""
        self.still_awake(frame)
        self._woke.append(frame)

    def belief(self, frame: int) -> Belief:
        """The belief from all evidence up to the half minute of this frame."""
        return self._believing.belief(frame)

    def prior(self, frame: int) -> Belief:
        """The belief of the model alone."""
        return self._alone.belief(frame)

    def follows(self, frame: int) -> Stage:
        """The stage that the sound is to follow."""
        belief = self.belief(frame)
        if belief.seen is None:
            return self._unseen(frame)
        fresh = belief.age <= STALE
        evident = _allowed(belief, fresh=fresh)
        if fresh and belief.confidence >= SURE:
            return evident
        return min(evident, self._unseen(frame), key=LOUDNESS.index)

    def _unseen(self, frame: int) -> Stage:
        """The stage that is followed where nothing is known."""
        return self._night.stage(frame) if self._night else _allowed(self.prior(frame), fresh=False)

    def awake_for_sure(self, frame: int) -> bool:
        """Is there clear evidence, and not only the model's guess, of three minutes awake?

        Counted from the first to the newest sign of waking, without a stale gap, and with a high chance of
        being awake at every sign between.
        """
        if self.belief(frame).chances[Stage.AWAKE] < AWAKE:
            return False
        newest, later = None, frame
        waking = set(self._signs.waking_frames(frame))
        for seen in self._signs.frames_back_from(frame):
            if later - seen > STALE or self.belief(seen).chances[Stage.AWAKE] < AWAKE:
                return False
            if seen not in waking:
                continue
            newest, later = seen if newest is None else newest, seen
            if newest - seen >= AWAKE_FOR:
                return True
        return False

    def sleeps_lightly(self, frame: int) -> bool:
        """Does fresh and sure evidence, and not only the model's guess, speak for light sleep or for none:
        neither for N3 nor for REM?"""
        belief = self.belief(frame)
        if belief.seen is None or belief.age > STALE:
            return False
        seen = self._signs.likelihoods_in(epoch_of(belief.seen))
        light = max(seen[Stage.AWAKE], seen[Stage.N1], seen[Stage.N2])
        deep = belief.chances[Stage.N3] + belief.chances[Stage.REM]
        return light > max(seen[Stage.N3], seen[Stage.REM]) and deep <= 1 - SURE

    def awake_until(self) -> int | None:
        """The frame of the last key pressed before sleep came: falling asleep took at least so long."""
        frame = self._signs.newest(min(self._woke, default=LONGEST) - 1, KEYS)
        while frame is not None and self.belief(frame).slept >= _SLEPT:
            frame = self._signs.newest(frame - 1, KEYS)
        return frame

    def follow(self, frame: int) -> Course:
        """The course, with what the sound is to follow from this frame on appended.

        A run is one frame long, for a key may change everything at the next frame; its stage goes on until
        there is another run. Nothing is appended where nothing is new, and nothing is foreseen.
        """
        if frame == self._course.stop - 1:
            frame += 1
        if frame < self._course.stop:
            raise ValueError("a course is followed forward")
        now = self.known(frame)
        last = self._course.known[-1] if self._course.known else None
        if last and (last.run.stage, last.evidence, last.seen) == (now.run.stage, now.evidence, now.seen):
            return self._course
        self._course = self._course.then(now.run, now.evidence, now.seen)
        return self._course

    def known(self, frame: int) -> Known:
        """What the sound is to follow from this frame on, as a run of one frame."""
        stage = self.follows(frame)
        return Known(Run(frame, frame + 1, stage), self._evidence(frame, stage), self.belief(frame).seen)

    def _evidence(self, frame: int, stage: Stage) -> Evidence:
        seen, pressed = self._signs.newest(frame), self._signs.newest(frame, KEYS)
        if seen is None:
            return Evidence.SIMULATED
        now = stage is Stage.AWAKE and pressed is not None and frame - pressed < EPOCH
        return Evidence.PRESSED if now else Evidence.INFERRED


def _allowed(belief: Belief, *, fresh: bool) -> Stage:
    """The likeliest stage; for somebody who has slept, awake only on clear evidence."""
    sure = fresh and belief.chances[Stage.AWAKE] >= AWAKE
    if belief.stage is Stage.AWAKE and belief.slept >= 0.5 and not sure:
        return belief.asleep_in
    return belief.stage
