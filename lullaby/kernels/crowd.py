"""Many sleepers who might be the one in bed, half a minute on, each as likely as what was seen makes it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import (
    epochs,
    sleeping,  # noqa: F401  (numba is told of the functions in `epochs` there)
)
from lullaby.kernels.jit import kernel

_chance, _live, _weigh, _turn, _enter = epochs.chance, epochs.live, epochs.weigh, epochs.turn, epochs.enter
_STAGE, _SLEPT, _EPOCH, _WAYS, _AWAKE, _N1 = (
    epochs.STAGE,
    epochs.SLEPT,
    epochs.EPOCH,
    epochs.WAYS,
    epochs.AWAKE,
    epochs.N1,
)
_STAGES = _WAYS + 1

Floats: TypeAlias = NDArray[np.float64]


@kernel
def shape_crowd(
    keys: NDArray[np.int64],
    numbers: Floats,
    slopes: Floats,
    logs: Floats,
    onset: float,
    evidence: Floats,
    strange: float,
    traits: Floats,
    states: Floats,
    weights: Floats,
    chances: Floats,
) -> None:
    """Each sleeper lives on, goes where the model and the evidence for the next half minute send it, and
    weighs as much as it foretold that evidence. `chances` is how likely each stage then is.

    `onset` is the chance that first sleep comes now; `strange` that something happens no model knows of.
    """
    ways, goes = np.zeros(_WAYS), np.zeros(_STAGES)
    chances[:] = 0.0
    everyone = 0.0
    for one in range(len(weights)):
        state = states[one]
        _live(state, traits[one], numbers)
        now = int(state[_STAGE])
        goes[:] = 0.0
        if state[_SLEPT] == 0.0:
            goes[_N1], goes[_AWAKE] = onset, 1.0 - onset
        else:
            sums = _weigh(state, traits[one], slopes, logs, 0.0, ways)
            goes[now] = 1.0 / sums
            for way in range(_WAYS):
                goes[way if way < now else way + 1] = ways[way] / sums
        foretold = 0.0
        for stage in range(_STAGES):
            goes[stage] = ((1.0 - strange) * goes[stage] + strange / _STAGES) * evidence[stage]
            foretold += goes[stage]
            chances[stage] += weights[one] * goes[stage]
        u = _chance(keys[one, 0], keys[one, 1], int(state[_EPOCH])) * foretold
        goal = now
        for stage in range(_STAGES):
            if goes[stage] > 0.0:
                goal = stage
                u -= goes[stage]
                if u < 0.0:
                    break
        weights[one] *= foretold
        everyone += weights[one]
        _turn(state, numbers)
        if goal != _AWAKE:
            state[_SLEPT] = 1.0
        _enter(state, goal)
    for one in range(len(weights)):
        weights[one] /= everyone
    for stage in range(_STAGES):
        chances[stage] /= everyone
