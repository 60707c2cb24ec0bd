"""Many simulated nights of sleep at once: the epochs of the sleep model, compiled."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from lullaby.kernels import epochs
from lullaby.kernels.jit import allocating_kernel

for _function in (
    epochs.chance,
    epochs.exp,
    epochs.ln,
    epochs.normal,
    epochs.gamma,
    epochs.draw_traits,
    epochs.live,
    epochs.weigh,
    epochs.turn,
    epochs.enter,
    epochs.step,
):
    register_jitable(error_model="numpy")(_function)

_chance, _step, _draw_traits = epochs.chance, epochs.step, epochs.draw_traits
_WAYS, _TRAITS, _STAGE = epochs.WAYS, epochs.TRAITS, epochs.STAGE

Floats: TypeAlias = NDArray[np.float64]


@allocating_kernel
def fill_nights(
    keys: NDArray[np.int64],
    lights_out: Floats,
    person: Floats,
    ways: Floats,
    numbers: Floats,
    slopes: Floats,
    logs: Floats,
    stages: NDArray[np.int8],
) -> None:
    """The stage in each epoch of each night; a key's two words say which night it is."""
    weights, traits = np.zeros(_WAYS), np.zeros(_TRAITS)
    for night in range(stages.shape[0]):
        low, high = keys[night]
        _draw_traits(low, high, person, ways, traits)
        state = lights_out.copy()
        for epoch in range(stages.shape[1]):
            stages[night, epoch] = int(state[_STAGE])
            _step(state, traits, numbers, slopes, logs, 0.0, _chance(low, high, epoch), weights)
