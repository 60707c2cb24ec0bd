"""Granular playback of a recording: overlapping grains, each faded in and out.

As plain loops: `grain` in tests/references/generators.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float32]

GRAIN = np.dtype(
    [
        ("onset", np.int64),  # frame since lights-out
        ("life", np.int64),  # frames it lasts
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

    `recording[length, channels]` is played as a loop: after its last frame comes its first. `fade` rises from
    0 to 1; every grain is faded in by it, and out by its reverse. `means` is the DC offset of each channel.
    """
    length, fade_length, frames = recording.shape[0], fade.size, out.shape[1]
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
                position = (grain.place + age) % length
                # up to the end of the recording, of the fade-in, of the middle or of the fade-out
                stop = min(last, i + length - position)
                if age < fade_length:
                    stop = min(stop, i + fade_length - age)
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[position + k]) - mean) * gain * fade[age + k]
                elif age < grain.life - fade_length:
                    stop = min(stop, i + grain.life - fade_length - age)
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[position + k]) - mean) * gain
                else:
                    from_end = grain.life - 1 - age
                    for k in range(stop - i):
                        target[i + k] += (np.float32(source[position + k]) - mean) * gain * fade[from_end - k]
                i = stop
