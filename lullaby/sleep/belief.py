"""The estimate of a sleeper's stage at each half minute, from the model and the evidence until then."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.sleep.course import NEVER
from lullaby.sleep.crowd import Crowd, Crowds
from lullaby.sleep.signs import Signs, epoch_of
from lullaby.sleep.stages import Stage

_KEPT = 40
"""Every so many epochs the particles are kept, to start from again when evidence comes late."""


@dataclass(frozen=True, slots=True)
class Belief:
    """The estimate at one frame."""

    frame: int
    chances: tuple[float, ...]
    """How likely each stage is, in the order of their numbers."""
    slept: float
    """How likely it is that sleep has come at all tonight."""
    seen: int | None = None
    """The frame of the newest evidence; None where there is none."""

    @property
    def stage(self) -> Stage:
        """The likeliest."""
        return max(Stage, key=lambda stage: self.chances[stage])

    @property
    def confidence(self) -> float:
        """How likely the likeliest stage is."""
        return self.chances[self.stage]

    @property
    def asleep(self) -> float:
        return sum(self.chances[Stage.N1 :])

    @property
    def asleep_in(self) -> Stage:
        """The likeliest stage of sleep."""
        return max((s for s in Stage if s.asleep), key=lambda stage: self.chances[stage])

    @property
    def age(self) -> int:
        """Frames since the newest evidence; NEVER where there is none."""
        return NEVER if self.seen is None else self.frame - self.seen


class Believing:
    """The estimates of a night, worked out when they are asked for. Evidence may come late: what follows from
    it is then worked out again."""

    def __init__(self, crowds: Crowds, signs: Signs) -> None:
        self._crowds, self._signs = crowds, signs
        self._kept: dict[int, Crowd] = {0: crowds.first}
        self._found = {0: (crowds.first.chances, crowds.first.slept)}

    def belief(self, frame: int) -> Belief:
        epoch = epoch_of(frame)
        if epoch not in self._found:
            self._go_to(epoch)
        return Belief(frame, *self._found[epoch], self._signs.newest(frame))

    def forget(self, epoch: int) -> None:
        """Drops every estimate from this epoch on: there is new evidence for it."""
        for found in (self._kept, self._found):
            for later in [known for known in found if known >= max(epoch, 1)]:
                del found[later]

    def _go_to(self, epoch: int) -> None:
        crowd = self._kept[max(known for known in self._kept if known <= epoch)]
        while crowd.epoch < epoch:
            crowd = self._crowds.next(crowd, self._signs.likelihoods_in(crowd.epoch + 1))
            self._found[crowd.epoch] = (crowd.chances, crowd.slept)
            self._kept[crowd.epoch] = crowd
            before = crowd.epoch - 2
            if before > 0 and before % _KEPT:
                self._kept.pop(before, None)
