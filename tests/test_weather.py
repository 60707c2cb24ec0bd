"""One weather for a night: gusts and storms move whatever stands in them, and a storm that comes is no louder
than the night was meant to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from nights import alone_text, night_of
from textures import levels

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.night.loudness import Meter
from lullaby.score.curves import Curve
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.core.weather import Weather

IN_THE_WIND = (
    "open-rain",
    "wind-over-the-moor",
    "autumn-beeches",
    "howl-at-the-window",
    "snow-on-the-sill",
    "shore",
)
IN_THE_STORM = (*IN_THE_WIND, "thunder-beyond-the-hills")


def under(voice: str, weather: Weather, seconds: int = 60) -> Any:
    one = night_of(alone_text(voice)).plan.tracks[0]
    span = Span(4 * PAGE, 4 * PAGE + seconds * RATE)
    blocks = [
        np.array(block) for block in one.voice.render(one.key, span, replace(one.controls, weather=weather))
    ]
    return np.concatenate(blocks, axis=1).astype(np.float64)


@pytest.mark.parametrize("voice", IN_THE_STORM)
def test_a_storm_makes_all_that_stands_in_it_stronger(voice: str) -> None:
    """Calm, as usual, and wild: a decibel louder at least from one to the next, and never silent."""
    calm = Weather(Key(5) / "weather", gusts=0.2)
    loud = [
        10 * np.log10(np.mean(under(voice, replace(calm, storm=Curve.steady(s)))[0] ** 2))
        for s in (0.0, 0.4, 1.0, 2.0)
    ]
    assert np.diff(loud).min() > 1
    assert loud[0] > -75


def test_a_gust_moves_everything_that_stands_in_the_wind_together() -> None:
    weather = Weather(Key(9) / "weather", gusts=0.9)
    moved = [levels(under(voice, weather)[0], 0.5, 1.0) for voice in IN_THE_WIND if voice != "shore"]
    for k, one in enumerate(moved):
        for other in moved[k + 1 :]:
            assert np.corrcoef(one, other)[0, 1] > 0.5


def stormy(storm: str, voice: str = "shore", level: int = -33) -> Any:
    return night_of(f"""
title = "storm"
length = 00:12:00
level = {level}
[voices]
it = "{voice}"
[scene.all]
at = 0
it = 0
[weather]
storm = {storm}
""")


@pytest.mark.parametrize("voice", ["shore", "open-rain", "thunder-beyond-the-hills"])
def test_a_storm_that_comes_is_no_louder_than_the_night_was_meant_to_be(voice: str) -> None:
    """It opens softer instead: its height is what the score's level is measured at."""
    night = stormy("[[00:00:00, 0], [00:05:00, 2]]", voice)
    first, last = Meter(), Meter()
    first.feed(night.page(1).T)
    last.feed(np.concatenate([night.page(k) for k in (7, 8, 9)]).T)
    assert last.integrated == pytest.approx(-33, abs=3.5)
    assert -80 < first.integrated < last.integrated - 6


@pytest.mark.parametrize(
    ("storm", "says"),
    [
        ("[[00:00:00, 1], [00:40:00, 0.4]]", "row 2 is at 00:40:00, and the night ends at 00:12:00."),
        ("[[00:00:00, 3]]", "in row 1 the strength is too high"),
        ('[[00:00:00, 1], ["soon", 1]]', "in row 2 the time is not a time."),
        ("[[00:05:00, 1], [00:02:00, 0.5]]", "goes back in time"),
    ],
)
def test_a_storm_that_cannot_be_says_which_row(storm: str, says: str) -> None:
    with pytest.raises(AskedWrongly) as wrong:
        stormy(storm)
    assert says in str(wrong.value)
