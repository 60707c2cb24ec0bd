"""The output callback: frames popped from a ring, and every gain that must act at once.

    ring ── flow ── ending ── volume ── ceiling ── device

    flow      0 while paused, starved or jumping, else 1; it ramps between, so there is no click
    ending    a fade to silence of any length and one of two curves; taken back, it ramps up in half a second
    volume    the listener's own, ramped
    ceiling   nothing is louder, whatever the gains before it say

The ring and all that player and callback tell one another are `shared_numbers`. One side writes frames and
WRITTEN, the other reads them and READ; both are counted from the start and only ever rise. There is no lock,
and nothing here allocates, calls Python or fails: it runs inside the sound system's own thread.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.atomics import load_acquire, store_release
from lullaby.kernels.jit import inlined, kernel
from lullaby.kernels.shared_numbers import (
    AT_ONCE,
    EVEN,
    FLOOR_DB,
    NEVER,
    REFILL,
    RESERVE,
    RESTORE,
    RING,
    SLOTS,
    Slot,
)

Memory = NDArray[np.int64]
Floats = NDArray[np.float32]


_WRITTEN, _END, _PLAYS, _JUMP = int(Slot.WRITTEN), int(Slot.END), int(Slot.PLAYS), int(Slot.JUMP)
_ENDING, _CURVE, _UP, _DOWN = int(Slot.ENDING), int(Slot.CURVE), int(Slot.UP), int(Slot.DOWN)
_VOLUME, _CEILING, _READ, _CALLS = int(Slot.VOLUME), int(Slot.CEILING), int(Slot.READ), int(Slot.CALLS)
_HEARD, _STARVED, _WAITING = int(Slot.HEARD), int(Slot.STARVED), int(Slot.WAITING)
_JUMPED, _OVER, _FIRST = int(Slot.JUMPED), int(Slot.OVER), int(Slot.FIRST)
_FLOW, _FADED, _LOUDNESS = int(Slot.FLOW), int(Slot.FADED), int(Slot.LOUDNESS)
_SHAPE = int(Slot.SHAPE)


@inlined
def _eased(x: float) -> float:
    """0 to 1, without a corner at either end; exactly 0 and 1 there."""
    return x * x * (3.0 - 2.0 * x)


@inlined
def _ending_gain(faded: float, curve: int) -> float:
    if faded >= 1.0 or faded <= 0.0:
        return faded
    if curve == EVEN:
        level = math.exp((faded - 1.0) * (FLOOR_DB / 20 * 2.302585092994046))
        return level * min(1.0, faded * 20.0)
    return _eased(faded)


@inlined
def _kept(x: np.float32, limit: np.float32) -> np.float32:
    """x between ±limit; silence for what is no number."""
    return min(max(x, -limit), limit) if x == x else np.float32(0)


@kernel
def play(memory: Memory, out: Floats) -> None:
    """out[2 × frames] = what is heard next, left and right by turns."""
    values, ring = memory.view(np.float64), memory.view(np.float32)
    frames = out.size // 2
    written, end = load_acquire(memory, _WRITTEN), load_acquire(memory, _END)
    plays, jump = load_acquire(memory, _PLAYS), load_acquire(memory, _JUMP)
    ending = load_acquire(memory, _ENDING)
    read, jumped, waiting, over = memory[_READ], memory[_JUMPED], memory[_WAITING], memory[_OVER]
    flow, faded, loudness = values[_FLOW], values[_FADED], values[_LOUDNESS]
    shape = load_acquire(memory, _CURVE) if faded >= 1.0 else memory[_SHAPE]
    up, down = 1.0 / max(1, memory[_UP]), 1.0 / max(1, memory[_DOWN])
    volume, ceiling = min(max(values[_VOLUME], 0.0), 1.0), values[_CEILING]
    fading = 1.0 / ending if ending > 0 else -1.0 / RESTORE
    heard = memory[_HEARD]
    for i in range(frames):
        ahead = written - read
        low = end == NEVER and ahead <= RESERVE
        if waiting and (ahead >= REFILL or end != NEVER):
            waiting = 0
        if plays == 1 and jump <= jumped and not low and not waiting and not over:
            flow = min(1.0, flow + up)
        elif flow > 0.0:
            flow = max(0.0, flow - (max(down, 1.0 / AT_ONCE) if low else down))
        if flow <= 0.0:
            if low and plays == 1 and not waiting and not over:
                memory[_STARVED] += 1 if read > 0 else 0
                waiting = 1
            if jump > jumped:
                jumped = jump
                read = max(read, jump)
                waiting = 1
        loudness += min(max(volume - loudness, -1.0 / AT_ONCE), 1.0 / AT_ONCE)
        left, right = np.float32(0), np.float32(0)
        if not over and (flow > 0.0 or plays == 1):  # a fade is on time, also where sound is missing
            faded = min(1.0, max(0.0, faded - fading))
            if ending > 0 and faded <= 0.0:
                over, flow = 1, 0.0
        if flow > 0.0 and not over:
            if read < min(written, end):
                at = 2 * (SLOTS + (read & (RING - 1)))
                gain = np.float32(_eased(flow) * _ending_gain(faded, shape) * loudness)
                limit = np.float32(ceiling)
                left, right = _kept(ring[at] * gain, limit), _kept(ring[at + 1] * gain, limit)
                read += 1
                if memory[_FIRST] < 0 and (left != 0 or right != 0):
                    memory[_FIRST] = heard + i
            if read >= end:
                over, flow = 1, 0.0
        out[2 * i], out[2 * i + 1] = left, right
    values[_FLOW], values[_FADED], values[_LOUDNESS] = flow, faded, loudness
    memory[_WAITING], memory[_HEARD], memory[_SHAPE] = waiting, heard + frames, shape
    store_release(memory, _OVER, over)
    store_release(memory, _JUMPED, jumped)
    store_release(memory, _CALLS, memory[_CALLS] + 1)
    store_release(memory, _READ, read)


@kernel
def publish(memory: Memory, slot: int, number: int) -> None:
    """Writes a shared number; what was written before it is seen by whoever sees it."""
    store_release(memory, slot, number)
