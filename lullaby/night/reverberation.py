"""The reverb: a feedback delay network with ten early reflections, set up from a score's [room]."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.memory import zeros
from lullaby.kernels.reverb import LINES, WIDTH, add_reverb
from lullaby.score import SILENT, ReverbSettings
from lullaby.time import RATE
from lullaby.voices.core.voice import Sound

# no two share a factor that would make them coincide; the longest is 89 ms
LENGTHS = (1493, 1741, 2011, 2341, 2719, 3163, 3673, 4271)
# frames and signs of the first reflections, left and right in turns: 7 … 38 ms, no two the same
TAPS = (
    (337, 1),
    (401, 1),
    (613, -1),
    (701, 1),
    (887, 1),
    (997, -1),
    (1229, -1),
    (1361, -1),
    (1607, 1),
    (1831, 1),
)


LOOK = 32
"""One frame in so many is looked at, to see whether a block is silent; nothing that sounds is shorter."""


@dataclass(frozen=True)
class ReverbNetwork:
    """One reverb's delays and gains, as the kernel takes them."""

    delays: NDArray[np.int64]
    losses: NDArray[np.float32]
    damping: np.float32
    feed: np.float32
    taps: NDArray[np.int64]
    tap_gains: NDArray[np.float32]
    memory: float
    """Seconds until its tail is 75 dB down: under -100 dBFS for anything a night plays."""

    @classmethod
    def from_settings(cls, wanted: ReverbSettings) -> ReverbNetwork | None:
        if wanted.level == SILENT:
            return None
        delays = np.rint(np.array(LENGTHS) * wanted.size).astype(np.int64)
        losses = exact.exp2(-9.965784284662087 * delays / (wanted.t60 * RATE))  # 60 dB is log2(1000) halvings
        level = float(exact.gain(wanted.level))
        # with this share fed in, white noise comes back out as loud as it went in
        loss = float(exact.total(losses * losses)) / LINES
        feed = level * float(np.sqrt(np.float64((1 - loss) / 4)))
        # the lines' sum also carries the level of the early taps, which is the reverb's own
        early = level * float(exact.gain(wanted.early)) * math.sqrt(2 / len(TAPS))
        frames, signs = np.array([t[0] for t in TAPS]), np.array([t[1] for t in TAPS])
        fading = exact.gain(-6.0 * frames / frames[-1])
        return cls(
            delays,
            losses.astype(np.float32),
            np.float32(wanted.damping / 2),
            np.float32(feed),
            np.rint(frames * wanted.size).astype(np.int64),
            (signs * fading * early).astype(np.float32),
            1.25 * wanted.t60,
        )


class Reverberation:
    """The reverb during one call, with the state of its delay lines, which begin empty."""

    def __init__(self, network: ReverbNetwork) -> None:
        self._network = network
        self._lines = zeros((LINES + 2) * WIDTH)
        self._position = 0
        self._quiet = 0

    def add(self, wet: Sound, out: Sound) -> None:
        """Add the reverb of this block of the send. After long silence the delay lines are emptied: their
        tail would go on in denormal numbers, which nobody hears and which slow the processor down."""
        network = self._network
        if wet[:, ::LOOK].any():
            self._quiet = 0
        else:
            self._quiet += wet.shape[1]
            if self._quiet > (2 * network.memory + 0.5) * RATE:
                self._lines[:] = 0
                return
        self._position = add_reverb(
            wet,
            self._lines,
            self._position,
            network.delays,
            network.losses,
            network.damping,
            network.feed,
            network.taps,
            network.tap_gains,
            out,
        )
