"""The one place where evidence meets the model: who lies there, how sure that is, and what the sound may do.

A forward filter over the model's own transitions. It is told how likely each stage makes what was seen, at
any frame, by any source, and of keys; without a word it is the model itself. The same key and the same
evidence, told in any order, give the same beliefs everywhere.

The sound follows the likeliest stage while evidence is fresh and sure. Where it is stale or unsure, there
are two rules, what the model alone says and what evidence says, and the quieter of the two holds. Nobody
who once slept is taken for awake unless that is evident.
"""

from __future__ import annotations

from collections.abc import Sequence

from lullaby.chance import Key
from lullaby.sleep.belief import Belief, Believing
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.course import EPOCH, Course, Evidence, Run
from lullaby.sleep.crowd import Crowds
from lullaby.sleep.signs import KEYS, LASTING_S, Signs, of_frame
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
"""Frames of evident waking after which something may become louder (sleep.md)."""

_SLEPT = 0.9
"""The chance of having slept from which "still awake" can only mean "awake again". [design]"""

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

    def tell(
        self, frame: int, likelihoods: Sequence[float], *, source: str = "", lasting_s: float = LASTING_S
    ) -> None:
        """What was seen at this frame: how likely each stage makes it, in any unit. `lasting_s` is for how
        long this source's mistakes stay; 0 where each is a new one. A ValueError for what cannot be."""
        self._signs.add(frame, likelihoods, source, lasting_s)
        self._believing.forget(of_frame(frame))

    def still_awake(self, frame: int) -> None:
        """The sleeper pressed a key."""
        self._signs.press(frame)
        self._believing.forget(of_frame(frame))

    def belief(self, frame: int) -> Belief:
        """From all that was told up to the half minute of this frame."""
        return self._believing.at(frame)

    def prior(self, frame: int) -> Belief:
        """What the model alone believes."""
        return self._alone.at(frame)

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
        """What is followed where nothing is known."""
        return self._night.at(frame) if self._night else _allowed(self.prior(frame), fresh=False)

    def awake_for_sure(self, frame: int) -> bool:
        """Is it evident, and no guess of the model's, that the sleeper has been awake for three minutes?

        From the first to the newest sign of waking, with no gap that is stale and no doubt at any of them.
        """
        if self.belief(frame).chances[Stage.AWAKE] < AWAKE:
            return False
        newest, later = None, frame
        waking = set(self._signs.of_waking(frame))
        for seen in self._signs.back_from(frame):
            if later - seen > STALE or self.belief(seen).chances[Stage.AWAKE] < AWAKE:
                return False
            if seen not in waking:
                continue
            newest, later = seen if newest is None else newest, seen
            if newest - seen >= AWAKE_FOR:
                return True
        return False

    def awake_until(self) -> int | None:
        """The frame of the last press at which sleep may not have come yet: falling asleep took so long."""
        frame = self._signs.last(LONGEST, KEYS)
        while frame is not None and self.belief(frame).slept >= _SLEPT:
            frame = self._signs.last(frame - 1, KEYS)
        return frame

    def follow(self, frame: int) -> Course:
        """The course, longer by what is to be followed from this frame on. What it said before it stays.

        A run is a frame long, for a key may change everything at the next; what it says is held until there
        is another. Nothing is said where nothing new is known, and nothing is foreseen.
        """
        if frame == self._course.stop - 1:
            frame += 1
        if frame < self._course.stop:
            raise ValueError("a course is followed forward")
        stage, seen = self.follows(frame), self.belief(frame).seen
        evidence = self._evidence(frame, stage)
        held = self._course.known[-1] if self._course.known else None
        if held and (held.run.stage, held.evidence, held.seen) == (stage, evidence, seen):
            return self._course
        self._course = self._course.then(Run(frame, frame + 1, stage), evidence, seen)
        return self._course

    def _evidence(self, frame: int, stage: Stage) -> Evidence:
        seen, pressed = self._signs.last(frame), self._signs.last(frame, KEYS)
        if seen is None:
            return Evidence.SIMULATED
        now = stage is Stage.AWAKE and pressed is not None and frame - pressed < EPOCH
        return Evidence.PRESSED if now else Evidence.INFERRED


def _allowed(belief: Belief, *, fresh: bool) -> Stage:
    """The likeliest stage; for who has slept, awake only where that is evident."""
    sure = fresh and belief.chances[Stage.AWAKE] >= AWAKE
    if belief.stage is Stage.AWAKE and belief.slept >= 0.5 and not sure:
        return belief.asleep_in
    return belief.stage
