"""numba is told here of the functions of an epoch of sleep, which run as plain Python too."""

from __future__ import annotations

from numba.extending import register_jitable

from lullaby.kernels import epochs

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
    register_jitable(error_model="numpy", _nrt=False)(_function)
