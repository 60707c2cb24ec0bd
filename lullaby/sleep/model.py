"""A night of sleep, half a minute at a time: the model in plain Python.

Borbély's two processes and a pressure for REM drive a chain of stages that remembers how long it has
been where it is; `model.json` has the coefficients, `epochs` the arithmetic. `simulate` runs the same,
compiled, over many nights: one key is one night in both.
"""

from __future__ import annotations

from lullaby.chance import Key
from lullaby.kernels import epochs
from lullaby.sleep.awakenings import bonus, wakes
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.initial_state import PER_MINUTE, initial_state
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage


class Sleeping:
    """A simulated sleeper in bed, awake at lights-out. The one thing here that changes: each `step` is half a
    minute."""

    def __init__(
        self,
        sleeper: Sleeper,
        key: Key,
        model: Coefficients | None = None,
        *,
        asleep_after_min: float | None = None,
    ) -> None:
        """`asleep_after_min` says when sleep comes, where chance is not to decide it."""
        self._model = model or shipped()
        out = initial_state(sleeper, self._model)
        self._low, self._high = key.words
        self._state = list(out.state)
        self._traits = [0.0] * epochs.TRAITS
        self._weights = [0.0] * epochs.WAYS
        epochs.draw_traits(self._low, self._high, out.person, out.ways, self._traits)
        if asleep_after_min is not None:
            self._traits[epochs.COMES] = max(1.0, asleep_after_min * PER_MINUTE)

    @property
    def stage(self) -> Stage:
        return Stage(int(self._state[epochs.STAGE]))

    @property
    def epoch(self) -> int:
        """Half minutes since lights-out."""
        return int(self._state[epochs.EPOCH])

    @property
    def pressure(self) -> float:
        """Sleep pressure, from 0 to 1."""
        return self._state[epochs.S]

    @property
    def slept(self) -> bool:
        """Has sleep come at all tonight?"""
        return self._state[epochs.SLEPT] != 0.0

    def step(self, dba: float = 0.0, *, sudden: bool = False, speech: bool = False) -> Stage:
        """Half a minute, with a noise of so many dBA at the ear; the stage after it."""
        added = wakes(self.stage, dba, sudden=sudden, speech=speech) if self.slept else 0.0
        louder = bonus(self.chances()[Stage.AWAKE], added) if added else 0.0
        u = epochs.chance(self._low, self._high, self.epoch)
        model, weights = self._model, self._weights
        epochs.step(self._state, self._traits, model.numbers, model.slopes, model.logs, louder, u, weights)
        return self.stage

    def chances(self) -> tuple[float, ...]:
        """How likely each stage is after the next half minute, in the order of their numbers."""
        now = int(self._state[epochs.STAGE])
        if not self.slept:
            comes = self.epoch + 1 >= self._traits[epochs.COMES]
            return tuple(float(s == (Stage.N1 if comes else Stage.AWAKE)) for s in Stage)
        ahead, weights = list(self._state), [0.0] * epochs.WAYS
        epochs.live(ahead, self._traits, self._model.numbers)
        total = epochs.weigh(ahead, self._traits, self._model.slopes, self._model.logs, 0.0, weights)
        weights.insert(now, 1.0)
        return tuple(w / total for w in weights)
