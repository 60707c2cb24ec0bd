"""A dip in a band: the bed makes room where speech has its consonants.

As plain loops: `dipped` in tests/references/levels.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.jit import kernel
from lullaby.time import RATE, STEP

Floats: TypeAlias = NDArray[np.float32]

CENTRE = 2_200.0
"""Hz: between the second formants and the hiss of an s."""
WIDTH = 2.0
"""1/Q of the band that is taken out: at 1 and at 4.8 kHz half as many dB."""
STATE = 4
"""Numbers of state: two of each channel."""


def _coefficients() -> tuple[float, float, float]:
    """The band-pass of the RBJ cookbook with a peak of 0 dB, as b0 (b1 is 0, b2 is -b0), a1, a2."""
    turns = CENTRE / RATE
    alpha = float(exact.sin_turns(turns)) * WIDTH / 2
    cosine = float(exact.cos_turns(turns))
    return alpha / (1 + alpha), -2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha)


_B0, _A1, _A2 = _coefficients()


@kernel
def shape_dipped(depth: Floats, state: NDArray[np.float64], sound: Floats) -> None:
    """Take the band out of sound[2, frames], in place: `depth` at every control point is the share of it that
    goes, from 0 (nothing, exactly) to 1."""
    left, right = sound[0], sound[1]
    s, t, u, v = state[0], state[1], state[2], state[3]
    for first in range(0, left.size, STEP):
        point = first // STEP
        now, step = depth[point], (depth[point + 1] - depth[point]) * np.float32(1.0 / STEP)
        # both channels in one loop: neither has to wait for the other
        for i in range(first, min(first + STEP, left.size)):
            x, y = np.float64(left[i]), np.float64(right[i])
            band, other = _B0 * x + s, _B0 * y + u
            s, u = t - _A1 * band, v - _A1 * other
            t, v = -_B0 * x - _A2 * band, -_B0 * y - _A2 * other
            left[i] -= np.float32(band) * now
            right[i] -= np.float32(other) * now
            now += step
    state[0], state[1], state[2], state[3] = s, t, u, v
