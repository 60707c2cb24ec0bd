"""Adding voices to the mixer's buses: a gain for each channel, steady or automated, and a reverb send.

As plain loops: `gains_at` in tests/references/levels.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.simd import LANES, counting, load, signed_to_float, splat, store
from lullaby.time import STEP

Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]


@inlined
def _at(gains: Doubles, point: int) -> float:
    return float(gains[min(point, gains.size - 1)])


@kernel
def mix_gliding(
    sound: Floats, left: Doubles, right: Doubles, share: Doubles, fresh: bool, out: Floats, wet: Floats
) -> None:
    """Like mix_steady, with gains at every control point, ramped between them, or one for all points. `share`
    of that goes to the reverb bus."""
    ramp = signed_to_float(counting()) * splat(np.float32(1.0 / STEP))
    onward, zero = splat(np.float32(LANES / STEP)), splat(np.float32(0))
    for side in range(2):
        gains = right if side else left
        source, target = sound[side], out[side]
        for first in range(0, source.size, STEP):
            point, stop = first // STEP, min(first + STEP, source.size)
            begins, ends = np.float32(_at(gains, point)), np.float32(_at(gains, point + 1))
            rise = splat(ends - begins)
            gain = splat(begins) + rise * ramp
            if wet.size == 0:
                for i in range(first, stop, LANES):
                    there = zero
                    if not fresh:
                        there = load(target, i)
                    store(target, i, there + load(source, i) * gain)
                    gain = gain + rise * onward
                continue
            bus = wet[side]
            begins = np.float32(_at(gains, point) * _at(share, point))
            ends = np.float32(_at(gains, point + 1) * _at(share, point + 1))
            send_rise = splat(ends - begins)
            send = splat(begins) + send_rise * ramp
            for i in range(first, stop, LANES):
                x = load(source, i)
                there, sent = zero, zero
                if not fresh:
                    there, sent = load(target, i), load(bus, i)
                store(target, i, there + x * gain)
                store(bus, i, sent + x * send)
                gain = gain + rise * onward
                send = send + send_rise * onward


@kernel
def mix_steady(
    sound: Floats,
    left: np.float32,
    right: np.float32,
    sent_left: np.float32,
    sent_right: np.float32,
    fresh: bool,
    out: Floats,
    wet: Floats,
) -> None:
    """out += sound × one gain a channel; wet += sound × one send gain a channel, where there is a reverb bus
    (it may be empty). Fresh buses are written instead of added to."""
    zero = splat(np.float32(0))
    for side in range(2):
        gain, send = splat(right if side else left), splat(sent_right if side else sent_left)
        source, target = sound[side], out[side]
        if wet.size == 0:
            for i in range(0, source.size, LANES):
                there = zero
                if not fresh:
                    there = load(target, i)
                store(target, i, there + load(source, i) * gain)
            continue
        bus = wet[side]
        for i in range(0, source.size, LANES):
            x = load(source, i)
            there, sent = zero, zero
            if not fresh:
                there, sent = load(target, i), load(bus, i)
            store(target, i, there + x * gain)
            store(bus, i, sent + x * send)


@kernel
def shape_width(sound: Floats) -> None:
    """Mid and side become left and right, in place."""
    middle, side = sound[0], sound[1]
    for i in range(0, sound.shape[1], LANES):
        m, s = load(middle, i), load(side, i)
        store(middle, i, m + s)
        store(side, i, m - s)
