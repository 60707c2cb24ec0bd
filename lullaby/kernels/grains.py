"""Pieces of a recording laid over each other: each comes and goes, so that its neighbours take turns."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float32]

GRAIN = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames until it is gone
        ("place", np.int64),  # frame of the recording that it begins with
    ],
    align=True,
)


@kernel
def add_grains(
    grains: NDArray[np.void],
    recording: NDArray[np.int16],
    means: Floats,
    gains: Floats,
    fade: Floats,
    start: int,
    out: Floats,
) -> None:
    """Add the grains to `out[channels, frames]`, which begins at frame `start`.

    `recording[length, channels]` goes round: after its last frame comes its first. `fade` rises from 0 to
    1; every grain comes by it and goes by it backwards. `means` is what a channel stands at when silent.
    """
    length, comes, frames = recording.shape[0], fade.size, out.shape[1]
    for n in range(grains.size):
        grain = grains[n]
        first = max(0, grain.onset - start)
        last = min(frames, grain.onset + grain.life - start)
        if first >= last:
            continue
        for channel in range(recording.shape[1]):
            source, target, mean, gain = recording[:, channel], out[channel], means[channel], gains[channel]
            i = first
            while i < last:
                age = start + i - grain.onset
                at = (grain.place + age) % length
                # as far as the recording, the grain's coming, its middle or its going lasts
                stop = min(last, i + length - at)
                if age < comes:
                    stop = min(stop, i + comes - age)
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[at + k]) - mean) * gain * fade[age + k]
                elif age < grain.life - comes:
                    stop = min(stop, i + grain.life - comes - age)
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[at + k]) - mean) * gain
                else:
                    back = grain.life - 1 - age
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[at + k]) - mean) * gain * fade[back - k]
                i = stop
