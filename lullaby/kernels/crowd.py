"""One step of a particle filter over sleepers: which stage of sleep somebody is in, from evidence."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import epochs
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
SCRATCH = _WAYS + _STAGES
"""Numbers that a step is worked out in: the weight of each way, and the chance of each stage."""

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
    scratch: Floats,
    chances: Floats,
) -> None:
    """Each sleeper (a particle) lives through half a minute, draws its next stage from the model and the
    evidence, and is weighted by how likely it made that evidence. `chances`: how likely each stage then is.

    `onset` is the chance that first sleep comes now; `strange` the chance of what the model does not know.
    """
    ways, goes = scratch[:_WAYS], scratch[_WAYS:]
    chances[:] = 0.0
    total = 0.0
    for who in range(len(weights)):
        state = states[who]
        _live(state, traits[who], numbers)
        now = int(state[_STAGE])
        goes[:] = 0.0
        if state[_SLEPT] == 0.0:
            goes[_N1], goes[_AWAKE] = onset, 1.0 - onset
        else:
            sums = _weigh(state, traits[who], slopes, logs, 0.0, ways)
            goes[now] = 1.0 / sums
            for way in range(_WAYS):
                goes[way if way < now else way + 1] = ways[way] / sums
        likelihood = 0.0
        for stage in range(_STAGES):
            goes[stage] = ((1.0 - strange) * goes[stage] + strange / _STAGES) * evidence[stage]
            likelihood += goes[stage]
            chances[stage] += weights[who] * goes[stage]
        u = _chance(keys[who, 0], keys[who, 1], int(state[_EPOCH])) * likelihood
        goal = now
        for stage in range(_STAGES):
            if goes[stage] > 0.0:
                goal = stage
                u -= goes[stage]
                if u < 0.0:
                    break
        weights[who] *= likelihood
        total += weights[who]
        _turn(state, numbers)
        if goal != _AWAKE:
            state[_SLEPT] = 1.0
        _enter(state, goal)
    for who in range(len(weights)):
        weights[who] /= total
    for stage in range(_STAGES):
        chances[stage] /= total
