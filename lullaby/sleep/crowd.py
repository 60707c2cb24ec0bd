"""A particle filter over the sleep model: a crowd of simulated sleepers, any of whom might be the one in bed.

Each has tonight's own depth, wakefulness and pace, and remembers what it has slept; a thousand of them are
the model's belief. Each step draws a stage for every sleeper from the model and the evidence together (the
fully adapted particle filter of Pitt and Shephard 1999) and lowers the weight of those who made it unlikely;
when few hold most of the weight, the crowd is resampled. When sleep first comes is decided at each half
minute and not beforehand, so that a key pressed late always finds some who are still awake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import epochs
from lullaby.kernels.exact import total
from lullaby.sleep.coefficients import Coefficients
from lullaby.sleep.initial_state import PER_MINUTE, initial_state
from lullaby.sleep.latency import comes, mean_min
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage

Floats = NDArray[np.float64]

MANY = 1000
"""Sleepers in a crowd: chances are within a point or two of what ten thousand say."""

STRANGE = 0.005
"""The chance, where there is evidence, that something happened in a half minute that no model knows of. It
keeps evidence that contradicts the model from counting as impossible. [design]"""

NOTHING = (1.0,) * len(Stage)
"""Likelihoods where there is no evidence."""


@dataclass(frozen=True)
class Crowd:
    """The belief at one epoch. The arrays are never written to again."""

    epoch: int
    states: Floats
    traits: Floats
    weights: Floats
    chances: tuple[float, ...]
    """How likely each stage is, in the order of their numbers."""
    slept: float
    """How likely it is that sleep has come at all tonight."""


class Crowds:
    """One listener's crowd at lights-out, and its steps from there."""

    def __init__(self, sleeper: Sleeper, key: Key, model: Coefficients, many: int = MANY) -> None:
        out = initial_state(sleeper, model)
        self._key = key / "crowd"
        self._keys = np.array([(self._key / n).words for n in range(many)], np.int64)
        self._mean = mean_min(sleeper, model)
        self._numbers = (np.array(model.numbers), np.array(model.slopes), np.array(model.logs))
        traits = [[0.0] * epochs.TRAITS for _ in range(many)]
        for (low, high), row in zip(self._keys.tolist(), traits, strict=True):
            epochs.draw_traits(low, high, out.person, out.ways, row)
        self.first = Crowd(
            epoch=0,
            states=np.tile(np.array(out.state), (many, 1)),
            traits=np.array(traits),
            weights=np.full(many, 1 / many),
            chances=tuple(float(stage is Stage.AWAKE) for stage in Stage),
            slept=0.0,
        )

    def next(self, crowd: Crowd, evidence: tuple[float, ...] = NOTHING) -> Crowd:
        """The crowd half a minute later, given the likelihood of the evidence in each stage there."""
        from lullaby.kernels.crowd import SCRATCH, shape_crowd

        epoch = crowd.epoch + 1
        states, traits, weights = crowd.states.copy(), crowd.traits, crowd.weights.copy()
        onset = comes((epoch - 1) / PER_MINUTE, epoch / PER_MINUTE, self._mean)
        strange = 0.0 if evidence == NOTHING else STRANGE
        chances = np.zeros(len(Stage))
        likely, scratch = np.array(evidence), np.zeros(SCRATCH)
        shape_crowd(
            self._keys, *self._numbers, onset, likely, strange, traits, states, weights, scratch, chances
        )
        slept = float(total(weights * states[:, epochs.SLEPT]))
        if float(total(weights * weights)) * len(weights) > 2:
            chosen = self._drawn(weights, epoch)
            states, traits = states[chosen], traits[chosen]
            weights = np.full(len(weights), 1 / len(weights))
        return Crowd(epoch, states, traits, weights, tuple(chances.tolist()), slept)

    def _drawn(self, weights: Floats, epoch: int) -> NDArray[np.int64]:
        """Indices of a new crowd, drawn in proportion to the weights (systematic resampling, one draw)."""
        ends = np.add.accumulate(weights)
        spaced = (np.arange(len(weights)) + (self._key / "drawn").draw(epoch)) / len(weights)
        places = np.searchsorted(ends, spaced * ends[-1], side="right")
        return np.asarray(np.minimum(places, len(weights) - 1), np.int64)
