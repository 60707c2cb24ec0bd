"""Wind that howls at a window: two layers of noise, and two narrow bands that glide up with each gust."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.memory import aligned
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.bed import Bed, laid_out
from lullaby.voices.core.chances import drift
from lullaby.voices.core.colour import Points, bands
from lullaby.voices.core.common_settings import channel_strip, distance, gusts, number, upper_edge, width
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points, slow_rows
from lullaby.voices.core.gusts import gust_db
from lullaby.voices.core.layers import Layer, layered
from lullaby.voices.core.resonators import Resonators
from lullaby.voices.core.unity import UNITY
from lullaby.voices.core.voice import Sound

# (Hz, dB): what comes through the wall, and through the pane
WALL: Points = ((40, 0), (110, 0), (250, -8), (600, -20), (2_000, -40))
PANE: Points = ((80, -16), (250, -4), (600, 0), (1_200, -6), (3_000, -20), (8_000, -38))

NOTES, APART = 8, 0.2
"""Narrow fixed bands that the howl is crossfaded between, and the octaves from one to the next."""

KIND = Kind(
    "howl",
    "wind that howls at a window",
    (
        *channel_strip(send=-18.0),
        gusts(),
        number(
            "howl.pitch",
            300.0,
            "Hz",
            120,
            900,
            "a smaller gap, which howls higher",
            name="pitch",
            moves=False,
        ),
        number("howl.near", 0.0, "dB", -40, 12, "more howl beside the wind", name="near"),
        number("howl.glide", 1.0, "", 0, 2, "a howl that rises further with a gust", name="glide"),
        upper_edge(8_000.0),
        distance(),
        width(),
    ),
)


@dataclass(frozen=True)
class Howl:
    """Two layers of one noise, and a row of narrow bands of another that the howl glides over."""

    memory: float = 0.4
    """Seconds until the narrowest of the bands has decayed."""

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        points = slow_points(span)
        rise = gust_db(key, points, controls)
        dull, wide = -4.0 * controls.number("distance", 0), controls.number("width", 0)
        layers = (Layer(WALL, 0.2 * wide, dull), Layer(PANE, 0.65 * wide, dull))
        rumble = 2.0 * controls.values("gusts", points) * drift(key / "rumble", points, 1.8 * RATE)
        level = np.stack([exact.gain(-5.0 + 0.7 * rise + rumble), exact.gain(-8.0 + rise)], axis=1)
        pitch = controls.number("pitch", 0)
        bank = Resonators(tuple(float(pitch * exact.exp2(APART * n)) for n in range(NOTES)), 9.0)
        each, _ = bands(bank)
        gaps = laid_out(_gaps(key, points, rise, controls))
        whistle, colours = Bed(key / "whistle", bank), aligned(np.concatenate(each))
        for block, sound in zip(span.blocks(), layered(key, span, controls, layers, level), strict=True):
            sound += whistle.sound(block, colours, slow_rows(gaps, span, block), wide=True)
            yield sound


def _gaps(key: Key, points: Frames, rise: Floats, controls: Controls) -> Floats:
    """Gains of the narrow bands at each control point, mid and side: two gaps, each with its own pitch.

    A gap sounds only once the wind is hard enough, and its pitch rises as the wind does.
    """
    away = controls.number("distance", 0)
    top = exact.log2(controls.values("to", points) / controls.number("pitch", 0)) / APART
    wide = 0.5 * controls.number("width", 0)
    out = np.zeros((len(points), NOTES, 2))
    for gap, (lowest, lean) in enumerate(((1.2, 1.0), (3.0, -1.0))):
        waver = drift(key / "waver" / gap, points, 1.1 * RATE)
        note = lowest + controls.values("glide", points) * (0.28 * rise) + 0.3 * waver
        note = np.minimum(np.clip(note, 0.0, NOTES - 1.0), np.maximum(top, 0.0))
        speaks = controls.values("near", points) - 6.0 - 3.0 * gap + 1.35 * rise - 6 * away + 0.8 * waver
        # compressed: a howl is a comfort from indoors, not an alarm
        loud = exact.gain(speaks / (1 + 0.05 * speaks * (speaks > 0)))
        for n in range(NOTES):
            apart = note - n
            share = loud * exact.exp(-1.1 * apart * apart) * np.sqrt(_UNIT / (pitch_of(controls, n)))
            out[:, n, 0] += share
            out[:, n, 1] += share * wide * lean
    return out


def pitch_of(controls: Controls, n: int) -> float:
    """Hz of the nth band."""
    return float(controls.number("pitch", 0) * exact.exp2(APART * n))


_UNIT = UNITY / 4 * 9.0 * RATE / 2 / 1.5707963267948966
"""The gain squared, divided by Hz, at which a band of Q 9 is about as loud as a layer, in one channel."""
