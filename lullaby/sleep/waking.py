"""How wakeful a sleeper is, estimated from the awakenings of a scored night.

Insomnia moves every change into waking and out of it, in the model by `hyper`: in a whole night there are
dozens of both, so that they say far more than the one time it took to fall asleep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import epochs
from lullaby.kernels.exact import exp, log, total
from lullaby.sleep.coefficients import Coefficients, way
from lullaby.sleep.initial_state import initial_state
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage

Floats = NDArray[np.float64]

TONIGHT = np.arange(-40, 49) / 20
"""How wakeful somebody may be on one night: `hyper` and that night's own share."""

WAKEFUL = np.arange(-30, 34) / 20
"""How wakeful somebody may be as a rule, as `hyper` counts it."""


def waking(stages: Sequence[int], sleeper: Sleeper, model: Coefficients) -> Floats:
    """The logarithm of how likely each of WAKEFUL makes this night, as far as it slept: who has got up is
    not lying awake. Stages are one per epoch since lights-out, -1 unscored."""
    logs = np.zeros(len(TONIGHT))
    into, back = exp(TONIGHT), exp(-0.5 * TONIGHT)
    for stage, woke_or_left, chance in _changes(stages, sleeper, model):
        moved, shift = (back, -0.5 * TONIGHT) if stage is Stage.AWAKE else (into, TONIGHT)
        logs += woke_or_left * shift - log(1 - chance + chance * moved)
    own = (TONIGHT[None, :] - WAKEFUL[:, None]) / model.spread["wake"]
    joint = logs[None, :] - 0.5 * own * own
    top = joint.max(axis=1)
    return np.asarray(top + log(total(exp(joint - top[:, None]))))


def _changes(
    stages: Sequence[int], sleeper: Sleeper, model: Coefficients
) -> Iterable[tuple[Stage, bool, float]]:
    """The changes into waking and out of it, for each scored half minute of the night's sleep: the stage
    it began in, whether it woke (or fell asleep again), and how likely that is for somebody whose `hyper`
    is 0."""
    asleep = [epoch for epoch, stage in enumerate(stages) if stage > Stage.AWAKE]
    if not asleep:
        return
    out = initial_state(sleeper, model)
    state, weights = list(out.state), [0.0] * epochs.WAYS
    traits = (*out.ways[: 5 * epochs.WAYS], out.person[epochs.CLIMBING], 0.0)
    for before, after in pairwise(stages[: asleep[-1] + 1]):
        epochs.live(state, traits, model.numbers)
        if state[epochs.SLEPT]:
            sums = epochs.weigh(state, traits, model.slopes, model.logs, 0.0, weights)
            if before >= 0 and after >= 0:
                stage = Stage(before)
                if stage is Stage.AWAKE:
                    yield stage, after != before, 1 - 1 / sums
                else:
                    yield stage, after == Stage.AWAKE, weights[way(stage, Stage.AWAKE) % 4] / sums
        epochs.turn(state, model.numbers)
        if after > Stage.AWAKE:
            state[epochs.SLEPT] = 1.0
        if after >= 0:
            epochs.enter(state, after)
