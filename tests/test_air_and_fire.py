"""Wind, leaves, a howl, fire, thunder, a train, a fan, snow: known by what a noise bed cannot fake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import air
import numpy as np
import pytest
import real_air
import textures
from nights import alone, alone_text, decibels, each_voice, may_stand_out, night_of
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.score.setting_values import setting_value
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.weather import Weather
from lullaby.voices.kinds import KINDS

Floats = NDArray[np.float64]

VOICES = {
    "wind": ("wind-over-the-moor", "wind-off-the-sea", "wind-up-the-valley"),
    "leaves": ("leaves-at-the-window", "autumn-beeches", "far-poplars"),
    "howl": ("howl-at-the-window", "attic-howl"),
    "fire": ("hearth", "embers", "campfire"),
    "thunder": ("thunder-beyond-the-hills", "thunder-over-the-sea"),
    "train": ("night-train", "train-across-the-valley"),
    "fan": ("bedside-fan", "ceiling-fan"),
    "snow": ("snow-hush", "snow-on-the-sill"),
}
DEFAULTS = {kind: names[0] for kind, names in VOICES.items()}
ALL = [name for names in VOICES.values() for name in names]


@lru_cache(maxsize=12)
def heard(
    voice: str, seconds: int = 60, seed: int = 7, weather: Weather | None = None, told: tuple[Any, ...] = ()
) -> NDArray[np.float32]:
    """A voice before any mixer, from its second minute on, told (name, value, name, value …)."""
    one = night_of(alone_text(voice), seed).plan.tracks[0]
    settings = dict(zip(told[::2], told[1::2], strict=True))
    controls = told_so(one.controls, weather, settings)
    blocks = one.voice.render(one.key, Span(PAGE, PAGE + seconds * RATE), controls)
    sound = np.concatenate([np.array(block) for block in blocks], axis=1)
    return sound * np.float32(10 ** (controls.number("trim", 0) / 20))


def told_so(controls: Controls, weather: Weather | None, settings: dict[str, Any]) -> Controls:
    assert settings.keys() <= controls.steady.keys() | controls.curves.keys()
    curves = {name: curve for name, curve in controls.curves.items() if name not in settings}
    return replace(controls, weather=weather, steady={**controls.steady, **settings}, curves=curves)


def left(voice: str, *more: Any, **also: Any) -> Floats:
    return heard(voice, *more, **also)[0].astype(np.float64)


def kind_of(voice: str) -> str:
    return next(kind for kind, names in VOICES.items() if voice in names)


# ---- signatures: each with what must fail it


def is_wind(x: Any) -> bool:
    return 1.6 <= air.correlation_time(x) <= 2.9 and 0.74 <= air.together(x) <= 0.93


def test_wind_comes_and_goes_as_wind_does_and_neither_noise_nor_a_sine_would_pass() -> None:
    x = left(DEFAULTS["wind"], 120)
    assert is_wind(x)
    assert not is_wind(air.like(x))
    assert not is_wind(air.swayed(air.like(x)))


def is_a_howl(x: Any) -> bool:
    """The louder, the higher."""
    level = textures.levels(textures.band_passed(x, 250, 1_200), 0.25)
    pitch = air.peak_pitch(x, 250, 1_200)[: len(level)]
    return air.correlation(level, pitch) > 0.5 and air.together(x) > 0.6


def test_a_howl_rises_as_it_grows_and_one_that_only_grows_would_not_pass() -> None:
    x = left(DEFAULTS["howl"])
    assert is_a_howl(x)
    assert not is_a_howl(air.like(x))
    assert not is_a_howl(air.swayed(air.like(x)))


def is_foliage(x: Any) -> bool:
    """A high rustle that comes and goes, and leaves one could tell apart in it."""
    highs = textures.band_passed(x, 2_000, 12_000)
    return textures.slow_deviation(highs) > 0.7 and textures.kurtosis(highs / _around(highs)) > 3.3


def _around(x: Floats) -> Floats:
    """The level a wave has within a quarter of a second, frame by frame."""
    power = textures.mean_power(x, 64)
    quarter = RATE // 4 // 64
    smooth = np.sqrt(np.convolve(power, np.ones(quarter) / quarter, "same"))
    return np.asarray(np.interp(np.arange(len(x)), np.arange(len(smooth)) * 64 + 32, smooth) + 1e-9)


def test_leaves_rustle_and_noise_does_not() -> None:
    x = left(DEFAULTS["leaves"])
    assert is_foliage(x)
    assert not is_foliage(air.like(x))
    assert not is_foliage(air.swayed(air.like(x)))


def is_fire(x: Any) -> bool:
    found = air.fire(x)
    return (
        4 <= found.rate <= 27
        and 1.06 <= found.clustered <= 1.29
        and 3 <= found.decay <= 13
        and 4_000 <= found.centroid <= 9_500
        and 0.7 <= found.tail <= 1.3
    )


def test_a_fire_crackles_in_clusters_and_clockwork_does_not_pass() -> None:
    x = left(DEFAULTS["fire"])
    assert is_fire(x)
    assert not is_fire(air.like(x))
    clockwork = air.ticking(x)
    found = air.fire(clockwork)
    assert 4 <= found.rate <= 27
    assert found.clustered < 0.5
    assert not is_fire(clockwork)


def is_thunder(x: Any) -> bool:
    found = air.rumbles(x)
    return found.count >= 5 and 0.2 <= found.rise <= 1.7 and 0.9 <= found.fall <= 3 and found.quickest >= 0.15


def test_thunder_rolls_and_neither_noise_nor_a_crack_would_pass() -> None:
    for seed in (1, 2, 7):
        x = left(DEFAULTS["thunder"], 120, seed)
        assert is_thunder(x)
    noise = air.like(x)
    assert not is_thunder(noise)
    cracked = 0.02 * noise
    for at in range(10 * RATE, len(x) - 5 * RATE, 12 * RATE):
        cracked[at : at + 5 * RATE] += noise[: 5 * RATE] * np.exp(-np.arange(5 * RATE) / RATE)
    assert not is_thunder(cracked)


def is_a_train(x: Any, speed: float = 62, rail: float = 25) -> bool:
    wished = speed / 3.6 / rail
    rate, strong = air.beat(x, 100, 3_000, 0.6 * wished, 1.6 * wished)
    return 0.9 < rate / wished < 1.1 and strong > 0.12


def test_a_train_beats_with_the_joints_of_its_rails() -> None:
    x = left(DEFAULTS["train"])
    assert is_a_train(x)
    assert not is_a_train(air.like(x))
    assert not is_a_train(air.ticking(x))


def is_a_fan(x: Any, passing: float = 64) -> bool:
    return all(air.line(x, n * passing) > 8 for n in (1, 2, 3)) and textures.slow_deviation(x) < 0.8


def test_a_fan_hums_with_its_blades() -> None:
    x = left(DEFAULTS["fan"], 30)
    assert is_a_fan(x)
    assert not is_a_fan(air.like(x))
    assert not is_a_fan(air.swayed(x))


def flutter(x: Any) -> float:
    """dB by which the lows come and go within a second."""
    return float(textures.levels(textures.band_passed(x, 50, 150), 0.1, 0.3).std())


def in_the_line(x: Any, hz: float) -> float:
    """Of the power within 1 Hz of a partial, the share within .05 Hz of its middle."""
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    apart = np.abs(np.fft.rfftfreq(len(x), 1 / RATE) - hz)
    return float(power[apart < 0.05].sum() / power[apart < 1].sum())


def test_a_fan_is_no_clock_and_its_air_comes_in_gusts() -> None:
    """Its hum is a narrow band about each partial, and no line; the lows of its air flutter as noise does
    not."""
    hum, air_alone = (left("bedside-fan", told=("hum", db)) for db in (6.0, -60.0))
    machine = np.sin(np.arange(len(hum)) * 2 * np.pi * 192 / RATE)
    assert 0.7 < in_the_line(hum, 192) < 0.95 < in_the_line(machine, 192)
    assert flutter(air_alone) > 1.4 * flutter(air.like(air_alone))


def is_snow(x: Any) -> bool:
    """Hushed, and with grains one could count."""
    ticks = len(textures.happenings(x, 2_500, 9_000, 8).at) / (len(x) / RATE)
    hushed = textures.band_level(x, 100, 600) - textures.band_level(x, 4_000, 10_000)
    return 1 <= ticks <= 15 and hushed > 8


def test_snow_is_hushed_and_has_grains_in_it() -> None:
    x = left(DEFAULTS["snow"], 30)
    assert is_snow(x)
    assert not is_snow(air.like(x))


@pytest.mark.parametrize(("kind", "quiet"), [("thunder", 15.0), ("wind", 25.0)])
def test_it_lies_among_recordings_whichever_is_left_out_and_its_moments_differ_as_theirs_do(
    kind: str, quiet: float
) -> None:
    """The mean of three seeds lies between those of recordings; windows differ half as much as theirs at
    least. Noise of the same spectrum fails both."""
    heard_so = [real_air.of_windows(left(DEFAULTS[kind], 120, seed), quiet) for seed in (11, 12, 13)]
    assert outside(kind, heard_so) == []
    assert too_even(kind, heard_so) == []
    noise = [real_air.of_windows(air.like(left(DEFAULTS[kind], 120, 11)), quiet)]
    assert len(outside(kind, noise)) >= 3
    assert len(too_even(kind, noise)) == 3


def outside(kind: str, seeds: list[dict[str, Floats]]) -> list[str]:
    real = real_air.REAL[kind]
    means = {name: np.mean([one[name].mean() for one in seeds]) for name in real}
    return [
        f"{name} {means[name]:.2f}" for name, (low, high, _) in real.items() if not low <= means[name] <= high
    ]


def too_even(kind: str, seeds: list[dict[str, Floats]]) -> list[str]:
    """Of the modulation in three parts of the spectrum."""
    real = {name: row for name, row in real_air.REAL[kind].items() if name.startswith("modulation")}
    spread = {name: np.mean([one[name].std() for one in seeds]) for name in real}
    return [f"{name} {spread[name]:.2f}" for name, (*_, within) in real.items() if spread[name] < within / 2]


# ---- one weather


def test_one_gust_moves_wind_leaves_and_howl_together_and_another_night_s_does_not() -> None:
    one, other = (Weather(Key.root(n, "weather"), gusts=0.5) for n in (5, 6))
    seconds = 120
    wind, leaves, howl = (left(DEFAULTS[k], seconds, weather=one) for k in ("wind", "leaves", "howl"))
    stranger = left(DEFAULTS["leaves"], seconds, weather=other)
    for a, b in ((wind, leaves), (wind, howl), (leaves, howl)):
        assert air.gusts_alike(a, b) > 0.7
    assert air.gusts_alike(wind, stranger) < 0.4


def test_a_storm_brings_more_thunder_and_nearer() -> None:
    from lullaby.score.curves import Curve

    counts, levels = [], []
    for strength in (0.4, 1.0, 1.6):
        weather = Weather(Key.root(5, "weather"), storm=Curve.steady(strength))
        x = left(DEFAULTS["thunder"], 120, weather=weather)
        counts.append(len(onsets(DEFAULTS["thunder"], 600, weather)))
        levels.append(textures.band_level(x, 300, 1_000))
    assert counts == sorted(set(counts))
    assert levels == sorted(levels)


def onsets(voice: str, seconds: int, weather: Weather | None = None, **told: float) -> Any:
    one = night_of(alone_text(voice)).plan.tracks[0]
    controls = told_so(one.controls, weather, told)
    return one.voice.onsets(one.key, Span(PAGE, PAGE + seconds * RATE), controls)  # type: ignore[attr-defined]


# ---- spectrum, sides, peaks


@pytest.mark.parametrize("kind", ["wind", "leaves", "fire", "thunder"])
def test_third_octaves_lie_where_real_ones_do_and_white_noise_does_not(kind: str) -> None:
    """Within 3 dB and half the interquartile width of the real median."""
    x = left(DEFAULTS[kind], 120)
    assert textures.beyond_real_thirds(kind, x).max() == 0
    white = np.random.default_rng(1).standard_normal(20 * RATE)
    assert textures.beyond_real_thirds(kind, white).max() > 3


@pytest.mark.parametrize(
    ("kind", "real"),
    [("wind", (0.90, 0.63, 0.43)), ("leaves", (0.88, 0.52, 0.05)), ("fire", (0.91, 0.63, 0.63)),
     ("thunder", (0.84, 0.68, 0.41))],
)  # fmt: skip
def test_left_and_right_are_as_alike_as_in_real_recordings(kind: str, real: tuple[float, ...]) -> None:
    sound = heard(DEFAULTS[kind], 30)
    assert np.abs(np.array(textures.left_right(sound)) - real).max() < 0.2


@each_voice(ALL)
def test_nothing_in_it_startles(voice: str) -> None:
    """No tenth of a second is 9 dB over the second before it; of crackles and far rumbles none is 14."""
    x = heard(voice, 60).astype(np.float64).mean(axis=0)
    assert textures.startling(x) < may_stand_out(voice)
    assert decibels(np.abs(x).max()) < -7.5


@each_voice(VOICES["thunder"])
def test_no_rumble_startles_on_any_of_seven_nights(voice: str) -> None:
    found = {seed: textures.startling(alone(voice, 1, seed).mean(axis=0)) for seed in range(11, 18)}
    assert max(found.values()) < may_stand_out(voice), found


# ---- every setting does what its file says


def above(corner: float) -> Callable[[NDArray[np.float32]], float]:
    """dB of the highs beside the whole."""

    def measure(x: NDArray[np.float32]) -> float:
        hz, power = textures.power_spectrum(x[0], 1 << 12)
        return float(10 * np.log10(power[hz > corner].sum() / power[hz > 40].sum()))

    return measure


def level(low: float, high: float) -> Callable[[NDArray[np.float32]], float]:
    def measure(x: NDArray[np.float32]) -> float:
        hz, power = textures.power_spectrum(x[0], 1 << 13)
        return float(10 * np.log10(power[(hz >= low) & (hz < high)].sum()))

    return measure


def roll_off(x: NDArray[np.float32]) -> float:
    """Hz below which all but a five-hundredth of the power lies."""
    hz, power = textures.power_spectrum(x[0], 1 << 12)
    return float(hz[np.searchsorted(np.cumsum(power), 0.998 * power.sum())])


def apartness(x: NDArray[np.float32]) -> float:
    a, b = x.astype(np.float64)
    return -float(np.corrcoef(a, b)[0, 1])


def stirred(x: NDArray[np.float32]) -> float:
    """dB of coming and going, of the middle of the spectrum."""
    return float(textures.levels(textures.band_passed(x[0], 200, 8_000), 0.4).std())


def unsteady(low: float, high: float) -> Callable[[NDArray[np.float32]], float]:
    return lambda x: float(textures.levels(textures.band_passed(x[0], low, high), 0.1).std())


def grains(x: NDArray[np.float32]) -> float:
    return float(len(textures.happenings(x[0], 2_500, 9_000, 8).at))


def crackling(x: NDArray[np.float32]) -> float:
    return float(len(textures.happenings(x[0], 2_000, 12_000, 12).at))


def ticks(x: NDArray[np.float32]) -> float:
    """How far the highs are from an even hiss."""
    highs = textures.band_passed(x[0], 3_000, 12_000)
    return textures.kurtosis(highs / _around(highs))


def tallest(x: NDArray[np.float32]) -> float:
    """dB from the middle to the tallest of the crackles."""
    over = textures.happenings(x[0], 2_000, 12_000, 10).over
    return float(np.quantile(over, 0.98) - np.median(over))


def event_pitch(x: NDArray[np.float32]) -> float:
    return air.fire(x[0]).centroid


def event_decay(x: NDArray[np.float32]) -> float:
    return float(np.mean(textures.happenings(x[0], 2_000, 12_000, 14).decay))


def howl_pitch(x: NDArray[np.float32]) -> float:
    hz, power = textures.power_spectrum(x[0], 1 << 13)
    inside = (hz > 120) & (hz < 2_500)
    whitened = power[inside] * hz[inside]
    return float(hz[inside][np.argmax(np.convolve(whitened, np.ones(9), "same"))])


def howl_glide(x: NDArray[np.float32]) -> float:
    """How far pitch follows level."""
    level = textures.levels(textures.band_passed(x[0], 250, 1_500), 0.25)
    pitch = air.peak_pitch(x[0], 250, 1_500)[: len(level)]
    return float(np.polyfit(level, pitch, 1)[0])


def calm(x: NDArray[np.float32]) -> float:
    return -stirred(x)


def duller(x: NDArray[np.float32]) -> float:
    return -above(1_000)(x)


def joints(x: NDArray[np.float32]) -> float:
    level = textures.levels(textures.band_passed(x[0], 60, 3_000), 0.02)
    return float(np.quantile(level, 0.98) - np.median(level))


def seconds_a_joint(x: NDArray[np.float32]) -> float:
    return 1 / joint_rate(0.32, 0.95)(x)


def joint_rate(low: float, high: float) -> Callable[[NDArray[np.float32]], float]:
    return lambda x: air.beat(x[0], 100, 3_000, low, high)[0]


def chopped(hz: float) -> Callable[[NDArray[np.float32]], float]:
    """How deep a level is chopped at this rate."""

    def measure(x: NDArray[np.float32]) -> float:
        power = textures.levels(textures.band_passed(x[0], 200, 8_000), 0.005)
        spectrum = np.abs(np.fft.rfft((10 ** (power / 20)) * np.hanning(len(power))))
        at = np.fft.rfftfreq(len(power), 0.005)
        return float(spectrum[np.abs(at - hz) < 0.3].max() / spectrum[0])

    return measure


def hum_pitch(x: NDArray[np.float32]) -> float:
    hz, power = textures.power_spectrum(x[0], 1 << 15)
    k = slice(round(15 / hz[1]), round(400 / hz[1]))
    return float(hz[k][np.argmax((power - np.convolve(power, np.ones(41) / 41, "same"))[k])])


def fading(x: NDArray[np.float32]) -> float:
    """Share of the time that is within 15 dB of the loudest."""
    level = textures.levels(textures.band_passed(x[0], 40, 2_000), 0.1, 0.2)
    return float(np.mean(level > np.quantile(level, 0.99) - 15))


def spread_of_rumbles(x: NDArray[np.float32]) -> float:
    """dB by which the tops of ten seconds each differ."""
    level = textures.levels(textures.band_passed(x[0], 40, 400), 0.1, 0.3)
    return float(level.reshape(-1, 100).max(axis=1).std())


FIVE = (0.0, 0.25, 0.5, 0.75, 1.0)
TOPS = (1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
DB = (-20.0, -12.0, -6.0, 0.0, 6.0)
Measure = Callable[[NDArray[np.float32]], float]
_APART = ("rumbles", 9.0, "roll", 1.0, "sky", -40.0)
SWEEPS: list[tuple[str, str, tuple[float, ...], Measure, tuple[Any, ...]]] = [
    ("wind", "strength", FIVE, above(1_500), ()),
    ("wind", "gusts", (0, 0.5, 1, 1.5, 2), stirred, ()),
    ("wind", "rush", DB, level(40, 150), ()),
    ("wind", "to", TOPS, roll_off, ("strength", 1.0)),
    ("wind", "distance", FIVE, duller, ()),
    ("wind", "distance", FIVE, calm, ()),
    ("wind", "width", FIVE, apartness, ()),
    ("leaves", "dry", FIVE, above(4_000), ()),
    ("leaves", "gusts", (0, 0.5, 1, 1.5, 2), stirred, ()),
    ("leaves", "ticks", (5, 20, 50, 100, 200), level(3_000, 12_000), ("near", 0.0, "dry", 0.2)),
    ("leaves", "near", DB, ticks, ()),
    ("leaves", "to", TOPS, roll_off, ()),
    ("leaves", "distance", FIVE, duller, ()),
    ("leaves", "distance", FIVE, calm, ()),
    ("leaves", "width", FIVE, apartness, ()),
    ("howl", "gusts", (0, 0.5, 1, 1.5, 2), stirred, ()),
    ("howl", "pitch", (180, 260, 370, 520, 750), howl_pitch, ("near", 6.0)),
    ("howl", "near", DB, level(350, 800), ()),
    ("howl", "glide", (0, 0.4, 0.8, 1.2, 1.6), howl_glide, ("near", 6.0)),
    ("howl", "to", TOPS, above(700), ("near", -20.0)),
    ("howl", "distance", FIVE, duller, ()),
    ("howl", "distance", FIVE, calm, ()),
    ("howl", "width", FIVE, apartness, ()),
    ("fire", "crackles", (1, 4, 9, 16, 30), crackling, ()),
    ("fire", "loudest", (0, 5, 10, 15, 25), tallest, ()),
    ("fire", "pitch", (1_500, 2_500, 4_000, 6_000, 8_500), event_pitch, ()),
    ("fire", "decay", (1, 2, 4, 7, 12), event_decay, ("near", 6.0, "crackles", 5.0)),
    ("fire", "near", DB, level(3_000, 10_000), ()),
    ("fire", "flames", DB, level(40, 200), ()),
    ("fire", "flicker", (0, 1.5, 3, 4.5, 6), unsteady(40, 200), ()),
    ("fire", "hiss", DB, level(5_000, 15_000), ("near", -20.0)),
    ("fire", "to", TOPS, roll_off, ()),
    ("fire", "distance", FIVE, duller, ()),
    ("fire", "distance", FIVE, lambda x: -crackling(x), ()),
    ("fire", "width", FIVE, apartness, ()),
    ("thunder", "roll", (0.5, 2, 4, 6, 8), fading, ("rumbles", 3.0)),
    ("thunder", "unlike", (0, 1.5, 3, 4.5, 6), spread_of_rumbles, _APART),
    ("thunder", "sky", (-40, -30, -20, -10, 0), level(2_000, 8_000), ()),
    ("thunder", "to", (500, 1_000, 2_000, 4_000, 8_000), roll_off, ("sky", -4.0)),
    ("thunder", "distance", FIVE, lambda x: -above(250)(x), ()),
    ("thunder", "width", FIVE, apartness, ()),
    ("train", "speed", (30, 45, 65, 90, 120), joint_rate(0.3, 1.5), ("joints", 6.0)),
    ("train", "rail", (20, 24, 30, 38, 48), seconds_a_joint, ("joints", 6.0)),
    ("train", "joints", (-20, -10, -3, 2, 6), joints, ()),
    ("train", "wheels", (-30, -20, -12, -6, 0), above(400), ("joints", -20.0)),
    ("train", "sway", (0, 1, 2, 3.5, 5), unsteady(200, 2_000), ("joints", -40.0)),
    ("train", "to", TOPS, roll_off, ()),
    ("train", "distance", FIVE, duller, ()),
    ("train", "width", FIVE, apartness, ()),
    ("fan", "speed", (400, 650, 900, 1_300, 1_800), hum_pitch, ("hum", 0.0)),
    ("fan", "speed", (400, 650, 900, 1_300, 1_800), above(1_500), ("hum", -40.0)),
    ("fan", "blades", (2, 3, 4, 6, 9), hum_pitch, ("hum", 0.0)),
    ("fan", "hum", (-40, -25, -16, -8, 0), lambda x: air.line(x[0], 64), ()),
    ("fan", "chop", FIVE, chopped(16), ("speed", 240.0)),
    ("fan", "waver", (0, 1, 2, 3, 4), unsteady(200, 4_000), ()),
    ("fan", "to", TOPS, roll_off, ()),
    ("fan", "distance", FIVE, duller, ()),
    ("fan", "width", FIVE, apartness, ()),
    ("snow", "hush", FIVE, lambda x: -above(2_000)(x), ()),
    ("snow", "gusts", (0, 0.5, 1, 1.5, 2), stirred, ()),
    ("snow", "flakes", (1, 6, 14, 30, 60), grains, ("near", -14.0)),
    ("snow", "near", (-40, -30, -20, -12, -4), ticks, ()),
    ("snow", "to", TOPS, roll_off, ()),
    ("snow", "width", FIVE, apartness, ()),
]  # fmt: skip


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda s: f"{s[0]}-{s[1]}")
def test_a_setting_moves_what_its_comment_names(sweep: Any) -> None:
    """Swept in five steps, the thing measured only ever grows."""
    kind, name, steps, measure, told = sweep
    seconds = 60 if kind == "thunder" else 24
    found = [measure(heard(DEFAULTS[kind], seconds, told=(*told, name, float(v)))) for v in steps]
    assert all(b > a for a, b in pairwise(found)), found


def test_more_rumbles_are_more_rumbles() -> None:
    found = [len(onsets(DEFAULTS["thunder"], 1_200, rumbles=n)) for n in (1.0, 3.0, 6.0, 9.0, 12.0)]
    assert found == pytest.approx([20, 60, 120, 180, 240], rel=0.1)


def test_every_setting_is_swept() -> None:
    swept = {(kind, name) for kind, name, *_ in SWEEPS} | {("thunder", "rumbles")}
    shared = {"level", "pan", "send", "trim"}
    assert {(k, s) for k in VOICES for s in KINDS[k].names if s not in shared} == swept


def test_what_is_swept_may_be_told_in_a_file() -> None:
    for kind, name, steps, *_ in SWEEPS:
        row = next(row for row in KINDS[kind] if row.name == name)
        for step in steps:
            assert setting_value(float(step), row) == step, (kind, name)


@pytest.mark.parametrize("kind", VOICES)
def test_there_are_several_places_for_each_kind(kind: str) -> None:
    assert len(VOICES[kind]) >= 2
    assert all(night_of(alone_text(name)).score.voices[0].kind.name == kind for name in VOICES[kind])


# ---- never a loop


@pytest.mark.parametrize("kind", VOICES)
def test_three_minutes_never_repeat_and_a_loop_would_be_found(kind: str) -> None:
    """No two seconds are nearly the same, and a loop's are. The hour is test_never_again's."""
    x = left(DEFAULTS[kind], 180)
    envelope = textures.fine_envelope(x)
    nearly = (1 + textures.noise_alike(envelope, 2).max()) / 2
    assert textures.most_alike(envelope) < nearly
    assert textures.repetition(np.tile(x[: 40 * RATE], 5)[: 180 * RATE]) > nearly
