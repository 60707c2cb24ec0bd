"""Adding voices to the desk's bus: a gain that glides, a place between the speakers, a share of the room."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel
from lullaby.kernels.simd import LANES, counting, load, load_splat, signed_to_float, splat, store
from lullaby.time import STEP

Floats: TypeAlias = NDArray[np.float32]


@kernel
def add_gliding(sound: Floats, left: Floats, right: Floats, out: Floats) -> None:
    """out += sound × gains; one gain a control point for each side, gliding between points."""
    ramp = signed_to_float(counting()) * splat(np.float32(1.0 / STEP))
    part = splat(np.float32(LANES / STEP))
    frames = sound.shape[1]
    sound_l, sound_r, out_l, out_r = sound[0], sound[1], out[0], out[1]
    for at in range(0, frames, STEP):
        point = at // STEP
        rise_l = load_splat(left, point + 1) - load_splat(left, point)
        rise_r = load_splat(right, point + 1) - load_splat(right, point)
        gain_l = load_splat(left, point) + rise_l * ramp
        gain_r = load_splat(right, point) + rise_r * ramp
        for i in range(at, min(at + STEP, frames), LANES):
            store(out_l, i, load(out_l, i) + load(sound_l, i) * gain_l)
            store(out_r, i, load(out_r, i) + load(sound_r, i) * gain_r)
            gain_l, gain_r = gain_l + rise_l * part, gain_r + rise_r * part


@kernel
def add_steady(sound: Floats, left: np.float32, right: np.float32, out: Floats) -> None:
    """out += sound × one gain a side."""
    gain_l, gain_r = splat(left), splat(right)
    sound_l, sound_r, out_l, out_r = sound[0], sound[1], out[0], out[1]
    for i in range(0, sound.shape[1], LANES):
        store(out_l, i, load(out_l, i) + load(sound_l, i) * gain_l)
        store(out_r, i, load(out_r, i) + load(sound_r, i) * gain_r)


@kernel
def shape_width(sound: Floats) -> None:
    """Middle and side become left and right, in place."""
    middle, side = sound[0], sound[1]
    for i in range(0, sound.shape[1], LANES):
        m, s = load(middle, i), load(side, i)
        store(middle, i, m + s)
        store(side, i, m - s)
