"""Many simulated nights of sleep at once: the epochs of the sleep model, compiled."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import epochs
from lullaby.kernels.jit import kernel

_chance, _step, _draw_traits = epochs.chance, epochs.step, epochs.draw_traits
_STAGE, _STATE = epochs.STAGE, epochs.STATE
_DRAWN = _STATE + epochs.TRAITS
SCRATCH = _DRAWN + epochs.WAYS
"""Numbers that a night is worked out in: a sleeper's state, its traits, and the weights of its ways."""

Floats: TypeAlias = NDArray[np.float64]


@kernel
def fill_nights(
    keys: NDArray[np.int64],
    lights_out: Floats,
    person: Floats,
    ways: Floats,
    numbers: Floats,
    slopes: Floats,
    logs: Floats,
    scratch: Floats,
    stages: NDArray[np.int8],
) -> None:
    """The stage in each epoch of each night; a key's two words say which night it is."""
    state, traits, weights = scratch[:_STATE], scratch[_STATE:_DRAWN], scratch[_DRAWN:]
    for night in range(stages.shape[0]):
        low, high = keys[night, 0], keys[night, 1]
        _draw_traits(low, high, person, ways, traits)
        for place in range(_STATE):
            state[place] = lights_out[place]
        for epoch in range(stages.shape[1]):
            stages[night, epoch] = int(state[_STAGE])
            _step(state, traits, numbers, slopes, logs, 0.0, _chance(low, high, epoch), weights)
