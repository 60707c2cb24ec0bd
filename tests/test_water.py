"""Rain, the sea, streams and waterfalls: each has what the real one has, and noise of its colour has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pytest
import textures
from nights import KIND_OF, VOICES, alone, alone_text, each_voice, may_stand_out, minutes, night_of
from textures import RATE, Waves, band_level, centroid, crests, happenings, left_right, levels

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.night.track import Track
from lullaby.score.curves import Curve
from lullaby.time import PAGE, Span
from lullaby.voices.core.controls import slow_points
from lullaby.voices.core.weather import Weather
from lullaby.voices.kinds import KINDS

KINDS_OF_WATER = ("rain", "sea", "stream", "waterfall")
WATERS = [voice for voice in VOICES if KIND_OF[voice] in KINDS_OF_WATER]
NEAR = [voice for voice in WATERS if "distant" not in voice and "far" not in voice]
"""What is far off is meant to be duller than most recordings."""


@lru_cache
def track(voice: str) -> Track:
    return night_of(alone_text(voice)).plan.tracks[0]


def rendered(voice: str, seconds: int, start: int = 3, weather: Weather | None = None, **told: Any) -> Waves:
    """A voice with some of its settings changed, from minute `start` on."""
    one = track(voice)
    steady = {**one.controls.steady, **told}
    moving = {name: curve for name, curve in one.controls.curves.items() if name not in told}
    controls = replace(one.controls, steady=steady, curves=moving, weather=weather)
    span = Span(start * PAGE, start * PAGE + seconds * RATE)
    return np.concatenate([np.array(b) for b in one.voice.render(one.key, span, controls)], axis=1)


def heard(voice: str) -> Waves:
    return minutes(voice, 2)


def side(sound: Waves) -> Waves:
    return np.asarray(sound[0])


# ---- what the real one has: (statistic, lowest, highest), of rain near by, of the sea, …


class Statistics:
    """What is found in a sound, each thing once."""

    def __init__(self, sound: Waves) -> None:
        self.sound, self.left = sound, sound[0]

    @cached_property
    def texture(self) -> textures.Texture:
        return textures.texture(self.left, 4)

    @cached_property
    def crests(self) -> textures.Crests:
        return crests(self.left)

    @cached_property
    def sides(self) -> tuple[float, float, float]:
        return left_right(self.sound)

    @cached_property
    def drops(self) -> textures.Happenings:
        return happenings(self.left[: 30 * RATE], over=4.5)

    @cached_property
    def bubbles(self) -> textures.Happenings:
        return happenings(self.left[: 30 * RATE], 700, 4_000, 7)


@dataclass(frozen=True)
class Gate:
    """A range that the real one keeps, and noise does not have to."""

    says: str
    of: Callable[[Statistics], float]
    low: float
    high: float


GATES: dict[str, list[Gate]] = {
    "rain": [
        Gate("kurtosis of the wave", lambda s: s.texture.kurtosis, 4.0, 60),
        Gate("kurtosis of high envelopes", lambda s: s.texture.peaks_high, 3.3, 6),
        Gate("near bands move together", lambda s: s.texture.together[0], 0.17, 0.6),
        Gate("far bands move on their own", lambda s: s.texture.together[2], 0.02, 0.28),
        Gate("level from second to second", lambda s: textures.slow_deviation(s.left), 0.6, 3.2),
        Gate("drops keep no time", lambda s: s.drops.clustered, 0.6, 1.5),
        Gate("left and right below 500 Hz", lambda s: s.sides[0], 0.65, 0.9),
        Gate("left and right below 2 kHz", lambda s: s.sides[1], 0.6, 0.85),
        Gate("left and right above 2 kHz", lambda s: s.sides[2], 0.3, 0.56),
    ],
    "sea": [
        Gate("seconds between crests", lambda s: s.crests.period, 4.2, 9.5),
        Gate("crests keep no time", lambda s: s.crests.uneven, 0.22, 0.45),
        Gate("dB from trough to crest", lambda s: s.crests.height, 9, 16),
        Gate("the level does not echo", lambda s: s.crests.echo, -0.2, 0.45),
        Gate("all bands move together", lambda s: s.texture.together[2], 0.3, 0.7),
        Gate("modulation at .5 to 2 Hz", lambda s: s.texture.shares[0], 0.1, 0.35),
        Gate("level from second to second", lambda s: textures.slow_deviation(s.left), 3, 7),
        Gate("left and right below 500 Hz", lambda s: s.sides[0], 0.58, 0.78),
        Gate("left and right below 2 kHz", lambda s: s.sides[1], 0.62, 0.82),
        Gate("left and right above 2 kHz", lambda s: s.sides[2], 0.55, 0.75),
    ],
    "stream": [
        Gate("kurtosis of the wave", lambda s: s.texture.kurtosis, 4, 15),
        Gate("kurtosis of middle envelopes", lambda s: s.texture.peaks_mid, 3.6, 7),
        Gate("modulation at 2 to 8 Hz", lambda s: s.texture.shares[1], 0.1, 0.2),
        Gate("near bands move together", lambda s: s.texture.together[0], 0.2, 0.5),
        Gate("bubbles a second", lambda s: len(s.bubbles.at) / 30, 2, 20),
        Gate("ms that they ring", lambda s: 1_000 * float(np.median(s.bubbles.decay)), 6, 18),
        Gate("Hz, the middle of them", lambda s: centroid(s.left), 800, 2_950),
        Gate("bubbles keep no time", lambda s: s.bubbles.clustered, 0.8, 1.6),
        Gate("left and right below 2 kHz", lambda s: s.sides[1], 0.7, 0.9),
    ],
    "waterfall": [
        Gate("kurtosis of the wave", lambda s: s.texture.kurtosis, 2.9, 3.6),
        Gate("modulation at 2 to 8 Hz", lambda s: s.texture.shares[1], 0.065, 0.1),
        Gate("near bands move together", lambda s: s.texture.together[0], 0.1, 0.2),
        Gate("far bands move on their own", lambda s: s.texture.together[2], -0.02, 0.05),
        Gate("level from second to second", lambda s: textures.slow_deviation(s.left), 0.3, 0.9),
        Gate("left and right below 500 Hz", lambda s: s.sides[0], 0.78, 0.97),
        Gate("left and right below 2 kHz", lambda s: s.sides[1], 0.4, 0.62),
        Gate("left and right above 2 kHz", lambda s: s.sides[2], 0.2, 0.45),
    ],
}


def missed(kind: str, sound: Waves) -> list[str]:
    statistics = Statistics(sound)
    found = [(g, g.of(statistics)) for g in GATES[kind]]
    return [f"{g.says}: {value:.3g}" for g, value in found if not g.low <= value <= g.high]


@each_voice(NEAR)
def test_water_has_what_the_real_one_has(voice: str) -> None:
    assert not missed(KIND_OF[voice], heard(voice))


def test_waves_on_a_beach_come_as_often_as_real_ones() -> None:
    """Every 4.2 to 5.5 seconds, by .27 to .36 uneven, the middle of five nights."""
    found = [crests(alone("shore", 2, seed)[0]) for seed in (7, 8, 9, 10, 11)]
    assert 4.2 <= np.median([one.period for one in found]) <= 5.5
    assert 0.27 <= np.median([one.uneven for one in found]) <= 0.4


@each_voice(NEAR)
def test_water_has_the_colour_of_real_water(voice: str) -> None:
    """Every third octave from 100 Hz to 10 kHz: ±(3 dB + half the interquartile width)."""
    assert textures.beyond_real_thirds(KIND_OF[voice], heard(voice)[0]).max() == 0


@each_voice(NEAR)
def test_noise_of_the_same_colour_is_not_taken_for_water(voice: str) -> None:
    assert missed(KIND_OF[voice], noise_like(voice))


@each_voice(WATERS)
def test_no_water_startles(voice: str) -> None:
    """No tenth of a second is 9 dB over the second before it; a bang is found out."""
    sound = heard(voice).mean(axis=0)
    assert textures.startling(sound) < may_stand_out(voice)
    sound[60 * RATE : 60 * RATE + RATE // 10] *= 8
    assert textures.startling(sound) > may_stand_out(voice)


# ---- what must fail, a kind at a time


@lru_cache(maxsize=1)
def noise_like(voice: str) -> Waves:
    """Noise of its colour, not to be written to: a minute, or two where waves are to be counted."""
    return textures.same_spectrum(minutes(voice, 2 if KIND_OF[voice] == "sea" else 1))


def swung(voice: str, by: float, over: float) -> Waves:
    """The same, its level moved by a sine: by so many dB up and down, once in so many seconds."""
    noise = noise_like(voice)
    turns = np.arange(0, noise.shape[1], 48) / RATE / over  # a thousand a second
    gain = exact.gain(by * exact.sin_turns(turns)).astype(np.float32)
    return noise * np.repeat(gain, 48)


@each_voice(["shore"])
def test_a_sea_moved_by_a_sine_is_not_taken_for_one(voice: str) -> None:
    found = missed("sea", swung(voice, 6.5, 5.0))
    assert any("keep no time" in one for one in found), found
    assert any("echo" in one for one in found), found


def clicking(voice: str, every: float) -> Waves:
    """Noise of the same colour, struck like a clock."""
    noise = noise_like(voice)
    struck = noise.copy()
    at = (np.arange(0.5, noise.shape[1] / RATE - 1, every) * RATE).astype(int)
    ring = np.exp(-np.arange(960) / 240) * np.sin(np.arange(960) * 2 * np.pi * 1_500 / RATE)
    ring *= 8 * np.sqrt(np.mean(noise**2))
    for k in at:
        struck[:, k : k + 960] += ring
    return struck


@pytest.mark.parametrize(("voice", "every"), [("open-rain", 0.1), ("brook", 0.15)])
def test_drops_like_a_clock_are_not_taken_for_water(voice: str, every: float) -> None:
    found = missed(KIND_OF[voice], clicking(voice, every))
    assert any("keep no time" in one for one in found), found


@each_voice(["gorge-falls"])
def test_a_waterfall_that_breathes_is_not_taken_for_one(voice: str) -> None:
    assert any("second to second" in one for one in missed("waterfall", swung(voice, 3.0, 4.0)))


@each_voice(WATERS)
def test_water_never_comes_again(voice: str) -> None:
    """Three minutes: no two seconds are nearly the same, and a loop's are. The hour is test_never_again's."""
    sound = minutes(voice, 3)[0]
    envelope = textures.fine_envelope(sound)
    nearly = (1 + textures.noise_alike(envelope, 2).max()) / 2
    assert textures.most_alike(envelope) < nearly
    looped = textures.looped(sound[: 100 * RATE], 47.3)
    assert textures.most_alike(textures.fine_envelope(looped)) > nearly


# ---- one weather


@pytest.mark.parametrize(("voice", "least"), [("open-rain", 0.6), ("tent-rain", 0.6), ("shore", 0.15)])
def test_a_gust_is_heard_in_the_rain_and_the_sea(voice: str, least: float) -> None:
    """The level follows the night's wind; with no gusts it does not, and a storm makes it louder."""
    weather = Weather(Key(6) / "weather", gusts=0.8)
    wind = weather.gust(slow_points(Span(3 * PAGE, 4 * PAGE)))[: 60 * 150].reshape(-1, 150).mean(axis=1)

    def follows(**told: float) -> float:
        sound = rendered(voice, 60, weather=weather, **told)[0]
        return float(np.corrcoef(levels(sound, 1.0), wind)[0, 1])

    assert follows() > least
    assert follows(gusts=3.0) > least
    assert abs(follows(gusts=0.0)) < min(0.3, least)
    storm = replace(weather, storm=Curve.steady(2.0))
    calm, wild = (rendered(voice, 20, weather=one) for one in (weather, storm))
    assert 1.5 < levels(wild[0]).mean() - levels(calm[0]).mean() < 8


# ---- what a setting says is what is heard


@dataclass(frozen=True)
class Sweep:
    """A setting, five of its values, and what they move: up, or down where `sign` is -1."""

    voice: str
    setting: str
    values: tuple[Any, ...]
    of: Callable[[Any], float]
    sign: int = 1
    seconds: int = 20
    told: tuple[tuple[str, Any], ...] = ()


def level(s: Any) -> float:
    return float(10 * np.log10(np.mean(side(s) ** 2)))


def wave_peaks(s: Any) -> float:
    return float(np.mean([textures.kurtosis(one) for one in s]))


def highs(s: Any) -> float:
    return band_level(side(s), 5_000, 16_000) - level(s)


def lows(s: Any) -> float:
    return band_level(side(s), 60, 400) - level(s)


def drumming(s: Any) -> float:
    """How far lows stand out one after the other: the steadiest line among them, beside what lies around."""
    hz, power = textures.power_spectrum(side(s), 1 << 13)
    low = (hz > 100) & (hz < 300)
    return float(10 * np.log10(power[low].max() / np.median(power[low])))


def low_centroid(s: Any) -> float:
    """Hz: the middle of the power up to 1 kHz."""
    hz, power = textures.power_spectrum(side(s))
    low = hz < 1_000
    return float((hz * power)[low].sum() / power[low].sum())


def apart(s: Any) -> float:
    return left_right(s)[1]


def swing(s: Any) -> float:
    return float(levels(side(s), 2.0).std())


def share(which: int) -> Callable[[Any], float]:
    return lambda s: textures.texture(side(s), 8).shares[which]


def climbing(s: Any) -> float:
    """The part of the time in which the level goes up."""
    return float((np.diff(levels(side(s), 0.1, 0.8)) > 0).mean())


def haste(s: Any) -> float:
    """dB that the level moves in two seconds."""
    return float(np.abs(np.diff(levels(side(s), 2.0))).mean())


def blown(s: Any) -> float:
    """dB by which the level strays from what it is in still air."""
    calm = rendered("shore", 60, gusts=0.0)
    return float((levels(side(s), 1.0) - levels(side(calm), 1.0)).std())


def above_its_pitch(s: Any) -> float:
    return band_level(side(s), 1_060, 1_400) - band_level(side(s), 900, 1_040)


UP = (0.0, 0.25, 0.5, 0.75, 1.0)
LOUDER = (-20.0, -10.0, -4.0, 1.0, 6.0)
ALONE = (("near", 12.0),)
DRY = (("drops", 0.0),)
CALM = (("gusts", 0.0),)
TIDES = (("gusts", 0.0), ("broken", 0.0))


def bed_sweeps(
    voice: str, calm: tuple[tuple[str, Any], ...], dry: tuple[tuple[str, Any], ...]
) -> list[Sweep]:
    return [
        Sweep(voice, "tilt", (-6.0, -3.0, 0.0, 3.0, 6.0), lambda s: centroid(s[0])),
        Sweep(voice, "from", (40.0, 100.0, 250.0, 600.0, 1_500.0), lows, -1),
        Sweep(voice, "to", (1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0), lambda s: centroid(s[0])),
        Sweep(voice, "width", (0.1, 0.3, 0.5, 0.75, 1.0), apart, -1),
        Sweep(voice, "sway", (0.0, 2.0, 4.0, 6.0, 9.0), swing, 1, 60, (*calm, ("sway_over", 10.0))),
        Sweep(voice, "sway_over", (3.0, 8.0, 20.0, 60.0, 200.0), haste, -1, 60, (*calm, ("sway", 9.0))),
        Sweep(voice, "distance", UP, lambda s: centroid(s[0]), -1),
        Sweep(voice, "wide", UP, apart, -1, 20, (*ALONE, ("width", 0.35))),
        Sweep(voice, "near", LOUDER, wave_peaks, 1, 20, dry),
        Sweep(voice, "spread", (0.0, 0.3, 0.6, 0.9, 1.2), wave_peaks, 1, 30, ALONE),
    ]


SWEEPS = [
    *bed_sweeps("open-rain", CALM, (("patter", -40.0),)),
    Sweep("open-rain", "intensity", (0.25, 0.5, 1.0, 1.7, 3.0), level),
    Sweep("open-rain", "gusts", (0.0, 0.7, 1.4, 2.1, 3.0), swing, 1, 60),
    Sweep("open-rain", "patter", LOUDER, wave_peaks, 1, 20, DRY),
    Sweep("open-rain", "many", (16, 50, 130, 400, 1_000), wave_peaks, -1, 20, (*DRY, ("patter", 3.0))),
    Sweep(
        "rain-on-slate",
        "drops",
        (0.0, 10.0, 40.0, 120.0, 400.0),
        lambda s: textures.texture(s[0], 2).together[1],
    ),
    Sweep(
        "open-rain",
        "pitch",
        ((300.0, 500.0), (600.0, 1_000.0), (1_200.0, 2_000.0), (2_400.0, 4_000.0), (4_800.0, 8_000.0)),
        lambda s: centroid(s[0]),
        told=(*ALONE, ("hiss", 0.0)),
    ),
    Sweep(
        "rain-on-slate",
        "decay",
        ((0.5, 1.0), (2.0, 3.0), (4.0, 6.0), (7.0, 10.0), (11.0, 16.0)),
        lambda s: float(happenings(s[0], 400, 10_000, 6).decay.mean()),
        told=(*ALONE, ("drops", 12.0)),
    ),
    Sweep(
        "open-rain",
        "hiss",
        UP,
        lambda s: band_level(s[0], 4_000, 16_000) - band_level(s[0], 600, 2_000),
        told=(*ALONE, ("pitch", (700.0, 1_800.0))),
    ),
    Sweep("tent-rain", "drum", (-40.0, -20.0, -12.0, -6.0, 0.0), drumming, 1, 20, DRY),
    Sweep(
        "tent-rain",
        "drum_pitch",
        ((70.0, 90.0), (110.0, 150.0), (190.0, 250.0), (330.0, 430.0), (560.0, 740.0)),
        low_centroid,
        told=(*DRY, ("drum", 0.0)),
    ),
    Sweep("shore", "every", (4.0, 6.0, 9.0, 13.0, 19.0), lambda s: crests(s[0]).period, 1, 120, TIDES),
    Sweep("shore", "uneven", (0.0, 0.07, 0.14, 0.21, 0.28), lambda s: crests(s[0]).echo, -1, 180, TIDES),
    Sweep("shore", "height", (0.2, 0.5, 0.9, 1.4, 2.0), swing, 1, 60),
    Sweep("shore", "rise", (0.8, 1.4, 2.2, 3.4, 5.0), climbing, 1, 90, (*TIDES, ("every", 14.0))),
    Sweep("shore", "fall", (0.6, 1.0, 1.7, 2.8, 4.5), climbing, -1, 90, (*TIDES, ("every", 14.0))),
    Sweep("shore", "broken", UP, share(0), 1, 60),
    Sweep("shore", "foam", LOUDER, highs),
    Sweep("shore", "foam_to", (1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0), highs),
    Sweep("shore", "distance", UP, lambda s: centroid(s[0]), -1),
    Sweep("shore", "gusts", (0.0, 0.7, 1.4, 2.1, 3.0), blown, 1, 60),
    Sweep("shore", "width", (0.1, 0.3, 0.5, 0.75, 1.0), apart, -1),
    *bed_sweeps("brook", (), (("splash", -40.0),)),
    Sweep("brook", "flow", (0.25, 0.5, 1.0, 1.7, 3.0), level),
    Sweep("brook", "splash", LOUDER, wave_peaks, 1, 20, (("bubbles", 0.0),)),
    Sweep("brook", "flutter", (0.0, 1.0, 2.0, 3.0, 4.0), share(1), 1, 20, (("bubbles", 0.0),)),
    Sweep("brook", "bubbles", (0.0, 50.0, 120.0, 300.0, 600.0), level, 1, 20, ALONE),
    Sweep(
        "brook",
        "radius",
        ((0.4, 0.6), (0.8, 1.2), (1.6, 2.4), (3.2, 4.8), (6.4, 9.6)),
        lambda s: centroid(s[0]),
        -1,
        told=ALONE,
    ),
    Sweep("brook", "gulps", (0.0, 0.3, 0.6, 0.9, 1.2), share(1), 1, 30, ALONE),
    Sweep("brook", "rising", UP, above_its_pitch, told=(*ALONE, ("radius", (2.95, 3.05)))),
    Sweep("gorge-falls", "flow", (0.25, 0.5, 1.0, 1.7, 3.0), level),
    Sweep("gorge-falls", "distance", UP, lambda s: centroid(s[0]), -1),
    Sweep("gorge-falls", "curtains", (0.0, 1.0, 2.0, 3.0, 4.0), share(1)),
    Sweep("gorge-falls", "splash", LOUDER, wave_peaks),
    Sweep("gorge-falls", "rumble", (-20.0, -10.0, 0.0, 6.0, 12.0), lows),
    Sweep("gorge-falls", "spray", (-20.0, -10.0, 0.0, 6.0, 12.0), highs),
    Sweep("gorge-falls", "width", UP, apart, -1),
]

OF_THE_DESK = {"level", "pan", "send", "trim"}


EACH_SWEEP = pytest.mark.parametrize("sweep", SWEEPS, ids=lambda s: f"{s.voice}-{s.setting}")


def moved(sweep: Sweep, values: tuple[Any, ...]) -> list[float]:
    told = dict(sweep.told)
    return [
        sweep.of(rendered(sweep.voice, sweep.seconds, **told, **{sweep.setting: value})) for value in values
    ]


@EACH_SWEEP
def test_a_setting_moves_what_its_comment_names(sweep: Sweep) -> None:
    """From the lowest of its values to the middle one and on to the highest, the same way."""
    found = moved(sweep, sweep.values[::2])
    assert (np.diff(found) * sweep.sign > 0).all(), found


@pytest.mark.soak
@EACH_SWEEP
def test_a_setting_moves_it_further_with_every_step(sweep: Sweep) -> None:
    """All five values. Long, so `make soak` runs it: the direction is asked for above."""
    found = moved(sweep, sweep.values)
    assert (np.diff(found) * sweep.sign > 0).all(), found


@pytest.mark.parametrize("kind", KINDS_OF_WATER)
def test_every_setting_of_water_has_been_listened_to(kind: str) -> None:
    swept = {s.setting for s in SWEEPS if KIND_OF[s.voice] == kind}
    assert {row.name for row in KINDS[kind]} - OF_THE_DESK - {"curve"} == swept
