"""Crickets on a summer night: chirps of short tones, near and far, over noise for a meadow full of them.

How often a cricket chirps is how warm it is (Dolbear, 1897): 7.2 more chirps a minute for every degree,
112 at 20 °C. A chirp is a handful of pulses, each one stroke of a wing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.animals.chirps import FAR, HIGH, NEAR, chirps, trill
from lullaby.voices.animals.notes import Singing, together
from lullaby.voices.animals.surroundings import Hush, air, hush, hushes
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, slow_points
from lullaby.voices.core.voice import Sound

# (Hz, dB a hertz): night air; and thousands of insects, too far and too many to count
AIR: Points = (
    (30, 5), (60, 3), (100, -6), (200, -15), (400, -22), (1_000, -26), (2_000, -28), (4_000, -29),
    (7_000, -28), (12_000, -34),
)  # fmt: skip
MEADOW: Points = (
    (1_500, -32),
    (2_300, -6),
    (3_200, -3),
    (4_300, -2),
    (5_200, -2.5),
    (6_400, -6),
    (8_000, -10),
    (9_500, -11),
    (12_000, -19),
)

KIND = Kind(
    "crickets",
    "crickets in a meadow on a warm night",
    (
        *channel_strip(send=-24.0),
        number("temperature", 20.0, "degrees Celsius", 8, 34, "warmer: faster chirps, a little higher"),
        number("animals", 5.0, "", 0, NEAR.count, "more crickets near enough to be told apart"),
        number(
            "intensity", 0.8, "", 0, 1, "shorter silences: how much of the time each sings", thins=1
        ),
        number("distance", 0.35, "", 0, 1, "farther off: softer strokes, duller, and more of the meadow"),
        listed("song.pitch", (3_460.0, 5_000.0), "Hz", 2_000, 8_000, "higher crickets", Form.RANGE),
        listed("song.pulses", (24.0, 50.0), "per second", 15, 80, "quicker wings", Form.RANGE),
        number("song.uneven", 0.11, "", 0, 0.3, "chirps less evenly spaced", name="uneven", moves=False),
        number("trill.level", -7.0, "dB", -90, 6, "more of the one that trills on and on", name="trill"),
        number("high.level", -6.0, "dB", -90, 6, "more of the small ones that sing higher up", name="high"),
        number("meadow.level", -5.0, "dB", -90, 6, "more of the thousands behind them", name="meadow"),
        *air(2.0, "more of the night air under them"),
        number("wide", 0.6, "", 0, 1, "crickets spread wider", moves=False),
    ),
    silent_from="n2",
)  # fmt: skip


@dataclass(frozen=True)
class Crickets:
    """Chirps, a trill, a meadow and the air."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        singing = Singing(
            together(
                *(chirps(key / choir.name, span, controls, choir) for choir in (NEAR, FAR, HIGH)),
                trill(key / "trill", span, controls),
            )
        )
        points = slow_points(span)
        away = controls.values("distance", points)
        stirred = (
            controls.values("meadow", points)
            + 4 * (away - 0.35)
            + 1.2 * drift(key / "meadow", points, 3.0 * RATE)
        )
        made = [
            hush(key / "air", span, controls, AIR),
            Hush(
                MEADOW,
                exact.gain(stirred),
                400.0,
                14_000.0 - 7_000.0 * controls.number("distance", 0),
            ),
        ]
        for block, sound in zip(span.blocks(), hushes(key / "noise", span, made, 0.45), strict=True):
            sound += singing.sound(block)
            yield sound
