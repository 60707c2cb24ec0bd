"""A waterfall: three bands of one noise (rumble, fall, spray), each with its own stereo width. Slow
surges move all of it, the rumble most; each band has quick, irregular swells of its own (curtains)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Kind
from lullaby.time import RATE, SLOW, Span
from lullaby.voices.core.bed import MEMORY, Bed, laid_out, mid_and_side
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points, colour
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, slow_rows
from lullaby.voices.core.resonators import Colour
from lullaby.voices.core.voice import Sound

# (Hz, dB): the median of real falls
FALLS: Points = (
    (60, -15),
    (100, -9),
    (200, -4),
    (400, 1),
    (1_250, 0),
    (2_000, -3),
    (5_000, -9),
    (8_000, -12),
    (12_000, -16),
)
LOW, HIGH = 550.0, 2_500.0
"""Hz: where the rumble ends and the spray begins."""
SHARES = (-12.5, -3.0, -7.0)
"""dB of rumble, fall and spray in a waterfall of -27 LUFS."""
SURGE = 0.5
"""dB of surges, for each dB of curtains."""
WIDTHS = (0.1, 0.68, 0.85)
"""The width of each of the three, at a width of 1: the low end is nearly mono."""

KIND = Kind(
    "waterfall",
    "falling water, near by or a valley away",
    (
        *channel_strip(),
        number("flow", 1.0, "", 0.1, 3, "more water: louder and deeper", by_ratio=True),
        number("distance", 0.0, "", 0, 1, "farther off: duller, and smoother"),
        number("curtains", 1.0, "dB", 0, 4, "water that falls less evenly"),
        number("splash", -8.0, "dB", -40, 12, "more splashes one could pick out"),
        number("rumble", 0.0, "dB", -30, 12, "more of the deep end"),
        number("spray", 0.0, "dB", -30, 12, "more hiss"),
        number("width", 1.0, "", 0, 1, "wider", moves=False),
    ),
)


@dataclass(frozen=True)
class Waterfall:
    """Three colours of one noise, each with curtains of its own."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        points = slow_points(span)
        away = controls.values("distance", points)
        parts = _parts(key, points, controls, away)
        sides = np.array([mid_and_side(w * controls.number("width", 0)) for w in (*WIDTHS, WIDTHS[1])])
        rows = laid_out(parts[:, :, None] * sides)
        patter = exact.gain(controls.values("splash", points) - 15 * away).astype(np.float32)
        bed, colours = Bed(key), _colours()
        for block in span.blocks():
            first = (block.start - span.start) // SLOW
            falling = patter[first : first + -(-len(block) // SLOW)]
            yield bed.sound(block, colours, slow_rows(rows, span, block), True, falling, 7)


@cache
def _colours() -> Colour:
    """Rumble, fall, spray, and the fall as heard from far."""
    return np.concatenate(
        [
            colour(FALLS, 0, 40.0, LOW),
            colour(FALLS, 0, LOW, HIGH),
            colour(FALLS, 0, HIGH, 16_000.0),
            colour(FALLS, -2.5, LOW, 3_500.0),
        ]
    )


def _parts(key: Key, points: Frames, controls: Controls, away: Floats) -> Floats:
    """Gains of the colours at each point."""
    flow = 3 * exact.log2(controls.values("flow", points))
    uneven = controls.values("curtains", points)
    near = uneven * (1 - 0.7 * away)
    # slow surges carry far, all of it together and the rumble most; curtains fall by themselves
    surge = uneven * SURGE * drift(key / "surge", points, 4.0 * RATE)
    level = []
    for name, share, more, sways in zip(
        ("rumble", "fall", "spray"), SHARES, (0.3 * flow, 0 * flow, -0.2 * flow), (1.6, 1.0, 0.8), strict=True
    ):
        own = near * 0.4 * drift(key / name, points, 0.05 * RATE)
        own_level = controls.values(name, points) if name != "fall" else 0.0
        level.append(share + flow + more + sways * surge + own - 0.115 * 0.35 * uneven * uneven + own_level)
    rumble, fall, spray = (exact.gain(one) for one in level)
    here = 1 - away
    # every other band is inverted: where two meet, their phases would cancel otherwise
    return np.stack([rumble, -fall * here, spray * here, -fall * away], axis=1)
