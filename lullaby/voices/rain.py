"""Rain: a bed for the thousands of drops nobody could count, and the near ones that ring by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.bed import MEMORY, plain_bed
from lullaby.voices.chances import by_ratio, normal, uniform, words
from lullaby.voices.controls import Controls
from lullaby.voices.events import Ringing, Rings, candidates, happening, rings, seats
from lullaby.voices.loudness import UNITY
from lullaby.voices.tables import bed, everyone, listed, number
from lullaby.voices.voice import Sound

FASTEST = 400.0
"""Drops a second, at the most."""

KIND = Kind(
    "rain",
    "rain on whatever is above the bed",
    (
        *everyone(),
        *bed(-3.0, 250.0, 9_000.0, width=0.4),
        number(
            "drops.rate", 60.0, "per second", 0, FASTEST, "more drops one could count", name="drops", thins=1
        ),
        listed("drops.pitch", (1_500.0, 9_000.0), "Hz", 200, 16_000, "higher drops", Form.RANGE),
        listed("drops.decay", (0.4, 2.0), "ms", 0.2, 60, "drops that ring longer", Form.RANGE),
        number("drops.spread", 0.75, "", 0, 1.5, "drops more unlike each other in loudness", moves=False),
        number("drops.hiss", 0.7, "", 0, 1, "drops that splash more and ring less"),
        number("drops.near", -9.0, "dB", -60, 6, "drops that stand out more from the bed", name="near"),
        number("drops.wide", 0.8, "", 0, 1, "drops spread wider", name="wide", moves=False),
    ),
)


@dataclass(frozen=True)
class Rain:
    """A bed and drops; gusts move both."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        near = Ringing(_drops(key / "drops", span, controls))
        bed = plain_bed(key / "bed", span, controls)
        for block, sound in zip(span.blocks(), bed, strict=True):
            sound += near.sound(block)
            yield sound


def _drops(key: Key, span: Span, controls: Controls) -> Rings:
    """Every drop of the span. Together, at 60 a second, they are `near` dB beside the bed."""
    shortest, longest = controls.pair("decay", 0)
    reach = int(longest * 0.001 * 12 * RATE) + 64
    found = candidates(key, span, reach, FASTEST)
    found = happening(key, found, controls.over("drops", found.onsets), FASTEST)
    index = found.index
    decay = by_ratio(key / "decay", index, shortest, longest) * 0.001
    pitch = by_ratio(key / "pitch", index, *controls.pair("pitch", 0))
    spread = controls.number("spread", 0)
    # log-normal, but no drop is the one that wakes somebody
    size = exact.exp(spread * np.minimum(normal(key / "size", index), 2.0) - spread * spread)
    hiss = controls.over("hiss", found.onsets)
    # the energy of one drop at amplitude 1 is about decay/4 for a tone, decay/2 for noise, in seconds
    typical = float(np.sqrt(np.float64(shortest * longest))) * 0.001
    alone = np.sqrt(UNITY / 2 / (60.0 * typical * (0.25 + 0.25 * hiss * hiss)))
    loud = alone * size * exact.gain(controls.over("near", found.onsets)) * np.sqrt(typical / decay)
    left, right = seats(controls.number("wide", 0) * (2 * uniform(key / "seat", index) - 1))
    return rings(
        found,
        pitch=pitch,
        decay=decay,
        rise=np.full(pitch.shape, 0.0001),
        left=loud * left,
        right=loud * right,
        hiss=hiss,
        phase=uniform(key / "phase", index),
        seed=words(key / "seed", index),
    )
