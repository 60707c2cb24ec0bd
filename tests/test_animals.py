"""Crickets, frogs, birds, a cat and a heart: each is what it says, and each test can fail.

Beside every gate stands something that must not pass it: noise of the same spectrum, chirps as even as a
clock's, a loop. And every setting that a voice file may tell is turned up in five steps, and moves what its
line says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import textures
from nights import alone_text, night_of
from numpy.typing import NDArray

from lullaby.night.desk import before_the_limiter
from lullaby.time import PAGE, RATE, Span
from lullaby.voices import birds
from lullaby.voices.crickets import warm_rate
from lullaby.voices.kinds import KINDS

Floats = NDArray[np.float64]

ANIMALS = {
    "crickets": "summer-crickets",
    "frogs": "pond-frogs",
    "birds": "first-birds",
    "purr": "sleeping-cat",
    "heartbeat": "heart-beside-you",
}


@lru_cache(maxsize=24)
def heard(kind: str, told: str = "", seconds: int = 60, seed: int = 7) -> Floats:
    night = night_of(text_of(ANIMALS[kind], told), seed)
    blocks = [np.array(b) for b in before_the_limiter(night.plan, Span(PAGE, PAGE + seconds * RATE))]
    return np.concatenate(blocks, axis=1).astype(np.float64)


def text_of(voice: str, told: str) -> str:
    """A night of this voice alone, told so in [voices], where what cannot move may be told too."""
    one = f'one = {{ voice = "{voice}"{", " + told if told else ""} }}'
    return alone_text(voice).replace(f'one = "{voice}"', one)


def noise_like(sound: Floats) -> Floats:
    """Gaussian noise of the same spectrum."""
    return np.asarray(textures.same_spectrum(sound))


# ---- what gives each of them away


def envelope(x: Any, low: float, high: float, every: int = 48) -> Floats:
    """The power of one channel's band, a value for each so many frames."""
    band = textures.band_passed(x, low, high)
    return np.asarray((band[: len(band) // every * every].reshape(-1, every) ** 2).mean(axis=1))


def rhythm(env: Floats, low: float, high: float, rate: float) -> tuple[float, float]:
    """The strongest rate of an envelope between two (Hz), and how far it stands over their median, dB."""
    size = min(len(env), int(rate * max(4, 12 / low)))
    power = np.zeros(2 * size + 1)
    for at in range(0, len(env) - size + 1, size // 2):
        piece = env[at : at + size] - env[at : at + size].mean()
        power += np.abs(np.fft.rfft(piece * np.hanning(size), 4 * size)) ** 2
    hz = np.fft.rfftfreq(4 * size, 1 / rate)
    inside = (hz >= low) & (hz <= high)
    best = int(np.argmax(np.where(inside, power, 0)))
    return float(hz[best]), float(10 * np.log10(power[best] / np.median(power[inside])))


def one_cricket(told: str = "", animal_pitch: str = "") -> Floats:
    """A cricket alone, near, without a meadow or a trill."""
    alone = "animals = 1, intensity = 1, distance = 0, meadow = -90, trill = -90, air = -40"
    return heard("crickets", f"{alone}{', ' + told if told else ''}", 60)


def chirp_rate(sound: Floats) -> float:
    """Chirps a second of the one that is nearest: onsets of what stands out after 150 ms of rest."""
    env = envelope(sound[0], 2_500, 7_000)
    loud = env > np.quantile(env, 0.995) * 0.05
    onsets = [k for k in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1 if not loud[max(0, k - 150) : k].any()]
    return (len(onsets) - 1) / ((onsets[-1] - onsets[0]) * 0.001)


def carrier(sound: Floats) -> tuple[float, float]:
    """Hz of the strongest tone, and its width at -6 dB."""
    hz, power = textures.power_spectrum(sound[0], 1 << 10)
    top = int(np.argmax(np.where((hz > 2_000) & (hz < 9_000), power, 0)))
    low = high = top
    while power[low] > power[top] / 4:
        low -= 1
    while power[high] > power[top] / 4:
        high += 1
    return float(hz[top]), float(hz[high] - hz[low])


def test_a_cricket_has_the_carrier_the_chirps_and_the_pulses_of_a_cricket() -> None:
    sound = one_cricket()
    hz, width = carrier(sound)
    assert 2_500 <= hz <= 5_000
    assert 150 <= width <= 520
    assert 1 <= chirp_rate(sound) <= 2.5
    pulses, clear = rhythm(envelope(sound[0], 2_500, 7_000), 15, 80, 1_000)
    assert 20 <= pulses <= 65
    assert clear > 5.5
    noise = noise_like(sound)
    assert rhythm(envelope(noise[0], 2_500, 7_000), 15, 80, 1_000)[1] < 4


@pytest.mark.parametrize("celsius", [10, 15, 20, 25, 30])
def test_crickets_tell_the_temperature(celsius: int) -> None:
    """Dolbear's law within a tenth; a cricket has a pace of its own."""
    rate = chirp_rate(one_cricket(f"temperature = {celsius}"))
    assert rate * 60 == pytest.approx(warm_rate(celsius), rel=0.1)
    assert 50 + (warm_rate(celsius) - 40) / 4 == pytest.approx(celsius * 1.8 + 32)  # as Dolbear wrote it


def unevenness(onsets: Floats) -> float:
    apart = np.diff(onsets)
    return float(apart.std() / apart.mean())


def cricket_onsets(sound: Floats) -> Floats:
    env = envelope(sound[0], 2_500, 7_000)
    loud = env > np.quantile(env, 0.995) * 0.05
    return (
        np.array(
            [k for k in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1 if not loud[max(0, k - 150) : k].any()]
        )
        / 1_000
    )


def test_chirps_are_not_a_clocks() -> None:
    """Chirps come a little early or late; and of even ones the test would know."""
    sound = one_cricket()
    assert 0.03 < unevenness(cricket_onsets(sound)) < 0.35
    assert unevenness(cricket_onsets(one_cricket("uneven = 0"))) < 0.03


@pytest.mark.parametrize("kind", ["crickets", "birds"])
def test_the_spectrum_is_a_real_ones(kind: str) -> None:
    """Third octaves within 3 dB and half the interquartile width of the real median; white noise is not."""
    sound = heard(kind, "", 120)
    assert textures.beyond_real_thirds(kind, sound[0]).max() <= 0.5
    white = np.random.default_rng(0).standard_normal(20 * RATE)
    assert textures.beyond_real_thirds(kind, white).max() > 3


@pytest.mark.parametrize(
    ("kind", "band"), [("crickets", (2_500, 7_000)), ("birds", (1_800, 7_000)), ("frogs", (600, 4_000))]
)
def test_no_animal_is_a_noise_of_its_own_spectrum(kind: str, band: tuple[float, float]) -> None:
    """Their envelopes have peaks that noise has not."""
    sound = heard(kind)
    own, noise = (textures.kurtosis(envelope(x[0], *band, 480)) for x in (sound, noise_like(sound)))
    assert own > 1.3 * noise


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("crickets", 0.5, 0.95),
        ("birds", 0.5, 0.97),
        ("frogs", 0.5, 0.97),
        ("purr", 0.6, 1.0),
        ("heartbeat", 0.6, 1.0),
    ],
)
def test_left_and_right_are_alike_but_not_the_same(kind: str, low: float, high: float) -> None:
    sound = heard(kind)
    assert low < np.mean(textures.left_right(sound)) < high
    together = sound[:1].repeat(2, axis=0)
    assert np.mean(textures.left_right(together)) > 0.999  # one point in the middle would be known


# ---- birds


def songs_heard(sound: Floats) -> Floats:
    """Seconds at which something stands 10 dB over the rest after a fifth of a second without."""
    env = envelope(sound.mean(axis=0), 1_800, 8_000, 480)
    loud = env > 10 * np.median(env)
    return (
        np.array([k for k in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1 if not loud[max(0, k - 20) : k].any()])
        / 100
    )


def test_birds_are_sparse_and_sing_between_two_and_six_kilohertz() -> None:
    sound = heard("birds", "far = -90, wood = -90", 120)
    found = songs_heard(sound)
    assert 8 <= len(found) / 2 <= 60
    env = envelope(sound[0], 1_800, 8_000, 480)
    assert np.mean(env > 10 * np.median(env)) < 0.6  # there is rest between them
    inside, whole = (textures.band_level(sound[0], *band) for band in ((1_800, 6_500), (100, 20_000)))
    assert whole - inside < 1
    assert unevenness(found) > 0.3
    noise = noise_like(sound)
    assert len(songs_heard(noise)) < 4
    song = np.concatenate([heard("birds")[:, : RATE // 4], 0.001 * noise[:, : RATE * 7 // 4]], axis=1)
    assert unevenness(songs_heard(np.tile(song, 30))) < 0.3  # the same song every two seconds


def test_no_song_is_sung_twice() -> None:
    """Of three minutes no two seconds are alike, beyond what noise would be by chance; a loop is known."""
    sound = heard("birds", "", 180)[0]
    looped = textures.looped(np.stack([sound, sound]), 60.0)[0][: len(sound)]
    assert textures.repetition(sound, 1_500, 8_000, 6.0) < 0.93
    assert textures.repetition(looped, 1_500, 8_000, 6.0) > 0.97


# ---- frogs


def test_a_frog_croaks_in_pulses_and_noise_does_not() -> None:
    sound = heard(
        "frogs",
        "animals = 1, intensity = 1, peeps = 0, pond = -90, air = -60, distance = 0, temperature = 17",
    )
    rate, clear = rhythm(envelope(sound.mean(axis=0), 600, 4_000), 12, 80, 1_000)
    assert 18 <= rate <= 60
    assert clear > 10
    noise = noise_like(sound)
    assert rhythm(envelope(noise.mean(axis=0), 600, 4_000), 12, 80, 1_000)[1] < 10


# ---- the cat


def purring(sound: Floats) -> tuple[float, float]:
    return rhythm(envelope(sound.mean(axis=0), 40, 2_000, 96), 15, 45, 500)


def test_a_cat_purrs_at_25_to_30_beats_and_breathes() -> None:
    sound = heard("purr")
    rate, clear = purring(sound)
    assert 25 <= rate <= 30
    assert clear > 20
    level = envelope(sound.mean(axis=0), 40, 2_000, RATE // 20)
    breaths, breathing = rhythm(level, 0.3, 1.5, 20)
    # in and out: twice a breath or once
    assert min(abs(breaths - 22 / 60), abs(breaths - 44 / 60)) < 0.08
    assert breathing > 6
    noise = noise_like(sound)
    assert purring(noise)[1] < 20


# ---- the heart


def thuds(sound: Floats) -> Floats:
    """Seconds of the tops of all thuds."""
    env = envelope(sound.mean(axis=0), 25, 200, 240)
    env = np.convolve(env, np.ones(13) / 13, "same")
    tops = (env[1:-1] > env[:-2]) & (env[1:-1] >= env[2:]) & (env[1:-1] > 0.03 * env.max())
    found: list[int] = []
    for k in np.flatnonzero(tops) + 1:
        if found and k - found[-1] < 25:
            found[-1] = int(k) if env[k] > env[found[-1]] else found[-1]
        else:
            found.append(int(k))
    return np.array(found) * 0.005


def beats_of(sound: Floats) -> tuple[float, float, float]:
    """Beats a minute, seconds from the first thud to the second, and how uneven the beats are."""
    apart = np.diff(thuds(sound))
    short = apart[apart < 0.45]
    firsts = np.array([t for t, a in zip(thuds(sound), apart, strict=False) if a < 0.45])
    whole = np.diff(firsts)
    return float(60 / np.median(whole)), float(np.median(short)), float(whole.std() / whole.mean())


def test_a_heart_beats_fifty_to_sixty_times_and_every_beat_is_two_thuds() -> None:
    rate, gap, uneven = beats_of(heard("heartbeat"))
    assert 50 <= rate <= 60
    assert 0.27 <= gap <= 0.35
    assert 0.01 < uneven < 0.12
    assert beats_of(heard("heartbeat", "uneven = 0"))[2] < 0.01  # a clock would be known
    found = thuds(noise_like(heard("heartbeat")))
    short = np.diff(found) < 0.45
    assert not 0.4 < short.mean() < 0.6 or unevenness(found) > 0.6  # noise has no pairs


# ---- every setting moves what its line says

QUIET = {
    "crickets": "animals = 1, intensity = 1, distance = 0, meadow = -90, trill = -90, air = -40",
    "birds": "",
    "frogs": "",
    "purr": "",
    "heartbeat": "",
}


def level(low: float = 20, high: float = 20_000) -> Callable[[Floats], float]:
    return lambda s: 10 * np.log10(0.5 * sum(10 ** (textures.band_level(x, low, high) / 10) for x in s))


def centroid(s: Floats) -> float:
    return textures.centroid(s[0])


def apart(low: float, high: float) -> Callable[[Floats], float]:
    """How unlike left and right are."""
    return lambda s: 1 - textures.left_right_correlation(s, low, high)


def contrast(low: float, high: float, top: float = 0.98, bottom: float = 0.3) -> Callable[[Floats], float]:
    def measured(s: Floats) -> float:
        env = envelope(s.mean(axis=0), low, high, 480)
        return float(10 * np.log10(np.quantile(env, top) / np.quantile(env, bottom)))

    return measured


def busy(low: float, high: float) -> Callable[[Floats], float]:
    """The share of tenths of a second in which something stands out from the softest."""

    def measured(s: Floats) -> float:
        env = envelope(s.mean(axis=0), low, high, RATE // 10)
        return float(np.mean(env > 4 * np.quantile(env, 0.02)))

    return measured


def pulse_rate(low: float, high: float, least: float, most: float) -> Callable[[Floats], float]:
    return lambda s: rhythm(envelope(s.mean(axis=0), low, high), least, most, 1_000)[0]


def song_note_pace(s: Floats) -> float:
    """Where the middle of the envelope's motion lies, Hz."""
    env = np.sqrt(envelope(s.mean(axis=0), 1_800, 8_000, 240))
    power = np.abs(np.fft.rfft(env - env.mean())) ** 2
    hz = np.fft.rfftfreq(len(env), 0.005)
    inside = (hz > 1) & (hz < 40)
    return float((hz * power)[inside].sum() / power[inside].sum())


def onset_unevenness(s: Floats) -> float:
    return unevenness(cricket_onsets(s))


ONE = QUIET["crickets"]
FROG = "animals = 1, intensity = 1, peeps = 0, pond = -90, air = -60, distance = 0"
NEAR_BIRDS = "far = -90, wood = -90, air = -60"
SWEEPS: list[tuple[str, str, list[float | str], Callable[[Floats], float], int, str]] = [
    # kind, setting, five values, what is measured, where it goes (1 up, -1 down), told besides
    ("crickets", "temperature", [10, 15, 20, 25, 30], chirp_rate, 1, ONE),
    ("crickets", "animals", [0, 1, 3, 6, 12], level(3_000, 5_500), 1, "meadow = -90, trill = -90, air = -40"),
    ("crickets", "intensity", [0.05, 0.3, 0.55, 0.8, 1], level(3_000, 5_500), 1, "meadow = -90, trill = -90"),
    ("crickets", "distance", [0, 0.25, 0.5, 0.75, 1], contrast(3_000, 5_500), -1, ""),
    ("crickets", "pitch", ["[2500, 3000]", "[3000, 3500]", "[3500, 4200]", "[4500, 5000]", "[5500, 6500]"],
     lambda s: carrier(s)[0], 1, ONE),
    ("crickets", "pulses", ["[18, 20]", "[26, 28]", "[34, 36]", "[44, 46]", "[56, 58]"],
     pulse_rate(2_500, 7_000, 12, 80), 1, ONE),
    ("crickets", "uneven", [0, 0.06, 0.12, 0.2, 0.28], onset_unevenness, 1, ONE),
    ("crickets", "trill", [-30, -18, -9, -3, 3], level(4_800, 5_400), 1, "animals = 0, meadow = -40"),
    ("crickets", "meadow", [-30, -15, -8, -2, 4], level(5_500, 9_000), 1, ""),
    ("crickets", "air", [-30, -15, -8, 0, 6], level(40, 1_000), 1, ""),
    ("crickets", "air_to", [500, 1_500, 4_000, 8_000, 16_000], centroid, 1,
     "meadow = -90, animals = 0, trill = -90"),
    ("crickets", "wide", [0, 0.25, 0.5, 0.75, 1], apart(3_000, 5_500), 1, "meadow = -90, air = -40"),
    ("birds", "songs", [2, 8, 20, 40, 60], level(1_800, 7_000), 1, NEAR_BIRDS),
    ("birds", "birds", [1, 2, 4, 6, 8], lambda s: float(len(np.unique(s))), 1, ""),
    ("birds", "distance", [0, 0.25, 0.5, 0.75, 1], contrast(1_800, 7_000), -1, ""),
    ("birds", "pitch", ["[1600, 2000]", "[2000, 2600]", "[2600, 3400]", "[3400, 4400]", "[4400, 5800]"],
     centroid, 1, NEAR_BIRDS),
    ("birds", "quick", [0.5, 0.75, 1, 1.3, 1.6], song_note_pace, 1, NEAR_BIRDS),
    ("birds", "chorus", [0, 30, 80, 150, 240], level(1_800, 7_000), 1, "songs = 0, wood = -90"),
    ("birds", "far", [-30, -18, -10, -4, 3], level(1_800, 7_000), 1, "songs = 0, wood = -90"),
    ("birds", "wood", [-40, -28, -20, -12, -4], level(1_800, 7_000), 1, "songs = 0, far = -90"),
    ("birds", "air", [-40, -28, -20, -12, -4], level(60, 1_000), 1, ""),
    ("birds", "air_to", [500, 1_500, 4_000, 8_000, 16_000], centroid, 1, "songs = 0, far = -90, wood = -90"),
    ("birds", "wide", [0, 0.25, 0.5, 0.75, 1], apart(1_800, 7_000), 1, NEAR_BIRDS),
    ("frogs", "calls", [3, 10, 20, 35, 60], level(600, 4_000), 1, "pond = -90"),
    ("frogs", "animals", [0, 1, 3, 6, 10], level(600, 4_000), 1, "pond = -90"),
    ("frogs", "intensity", [0.05, 0.3, 0.55, 0.8, 1], level(600, 4_000), 1, "pond = -90"),
    ("frogs", "temperature", [8, 13, 18, 24, 30], pulse_rate(600, 4_000, 10, 110), 1, FROG),
    ("frogs", "distance", [0, 0.25, 0.5, 0.75, 1], contrast(600, 4_000), -1, ""),
    ("frogs", "pitch", ["[300, 500]", "[500, 800]", "[800, 1300]", "[1300, 2000]", "[2000, 3000]"],
     centroid, 1, "pond = -90, air = -60"),
    ("frogs", "length", [0.1, 0.2, 0.35, 0.5, 0.7], busy(600, 4_000), 1, FROG),
    ("frogs", "peeps", [0, 0.25, 0.5, 0.75, 1], centroid, 1, "pond = -90, air = -60, animals = 10"),
    ("frogs", "pond", [-40, -25, -15, -8, 0], level(600, 4_000), 1, "animals = 0"),
    ("frogs", "air", [-40, -28, -20, -12, -4], level(40, 300), 1, ""),
    ("frogs", "air_to", [500, 1_500, 4_000, 8_000, 16_000], centroid, 1, "animals = 0, pond = -90"),
    ("frogs", "wide", [0, 0.25, 0.5, 0.75, 1], apart(600, 4_000), 1, "pond = -90, air = -60"),
    ("purr", "rate", [19, 23, 26, 30, 35], lambda s: purring(s)[0], 1, ""),
    ("purr", "breaths", [12, 18, 24, 34, 46],
     lambda s: rhythm(envelope(s[0], 300, 1_500, 2_400), 0.15, 1.7, 20)[0], 1, ""),
    ("purr", "strength", [0, 0.25, 0.5, 0.75, 1], level(50, 300), 1, ""),
    ("purr", "rasp", [0, 0.25, 0.5, 0.75, 1], level(300, 2_000), 1, "breath = -90"),
    ("purr", "uneven", [0, 0.06, 0.12, 0.2, 0.3], lambda s: purring(s)[1], -1, ""),
    ("purr", "distance", [0, 0.25, 0.5, 0.75, 1], centroid, -1, ""),
    ("purr", "breath", [-40, -25, -15, -8, 0], level(500, 3_000), 1, "strength = 0"),
    ("purr", "width", [0, 0.25, 0.5, 0.75, 1], apart(100, 3_000), 1, ""),
    ("heartbeat", "rate", [40, 48, 56, 66, 80], lambda s: beats_of(s)[0], 1, ""),
    ("heartbeat", "gap", [0.22, 0.26, 0.3, 0.34, 0.38], lambda s: beats_of(s)[1], 1, "rate = 45"),
    ("heartbeat", "uneven", [0, 0.02, 0.04, 0.06, 0.09], lambda s: beats_of(s)[2], 1, ""),
    ("heartbeat", "second", [-30, -12, -6, -3, 3], level(25, 200), 1, ""),
    ("heartbeat", "pitch", [38, 48, 58, 70, 85], lambda s: textures.centroid(s[0]), 1, "chest = -90"),
    ("heartbeat", "soft", [0, 0.25, 0.5, 0.75, 1], level(85, 200), -1, "chest = -90"),
    ("heartbeat", "distance", [0, 0.25, 0.5, 0.75, 1], level(25, 200), -1, "chest = -90"),
    ("heartbeat", "chest", [-40, -28, -20, -12, -5], level(200, 1_000), 1, ""),
    ("heartbeat", "width", [0, 0.25, 0.5, 0.75, 1], apart(150, 1_000), 1, ""),
    ("birds", "uneven", [0, 0.1, 0.2, 0.32, 0.45], lambda s: unevenness(birds_onsets(s)), 1, ""),
    ("frogs", "uneven", [0, 0.06, 0.12, 0.2, 0.3], lambda s: unevenness(frog_onsets(s)), 1, FROG),
]  # fmt: skip


def frog_onsets(s: Floats) -> Floats:
    env = envelope(s.mean(axis=0), 400, 6_000)
    loud = env > np.quantile(env, 0.995) * 0.03
    return (
        np.array(
            [k for k in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1 if not loud[max(0, k - 200) : k].any()]
        )
        / 1_000
    )


def birds_onsets(s: Floats) -> Floats:
    """As the voice itself says: songs near each other cannot be told apart by level alone."""
    return np.array([0.0, *np.cumsum(s[0])])


def birds_told(value: float | str) -> Floats:
    one = night_of(text_of("first-birds", f"uneven = {value}")).plan.soundings[0]
    onsets = one.voice.onsets(one.key, Span(0, 10 * PAGE), one.controls)  # type: ignore[attr-defined]
    return np.diff(onsets)[None] / RATE


def seats_told(value: float | str) -> Floats:
    """The seats from which the near birds sing in five minutes, left over right."""
    one = night_of(text_of("first-birds", f"birds = {value}, wide = 1")).plan.soundings[0]
    sung = birds._songs(one.key / "near", Span(0, 5 * PAGE), one.controls, far=False)
    return np.round(sung["left"] / sung["right"], 3)[None]


@pytest.mark.parametrize(
    ("kind", "setting", "values", "measured", "way", "besides"),
    SWEEPS,
    ids=lambda v: v if isinstance(v, str) and v.isidentifier() else "",
)
def test_a_setting_moves_what_its_line_says(
    kind: str,
    setting: str,
    values: list[float | str],
    measured: Callable[[Floats], float],
    way: int,
    besides: str,
) -> None:
    found = []
    for value in values:
        kept = [part for part in besides.split(", ") if part and not part.startswith(f"{setting} = ")]
        text = ", ".join([*kept, f"{setting} = {value}"])
        made = {("birds", "uneven"): birds_told, ("birds", "birds"): seats_told}.get((kind, setting))
        sound = made(value) if made else heard(kind, text, 60 if setting == "uneven" else 30)
        found.append(measured(sound))
    steps = np.diff(found) * way
    assert (steps > 0).all(), f"{setting}: {[round(float(v), 3) for v in found]}"


def test_every_setting_of_an_animal_is_swept() -> None:
    for kind in ANIMALS:
        own = {s.name for s in KINDS[kind] if s.at not in ("level", "pan", "room.send", "trim")}
        assert own == {setting for k, setting, *_ in SWEEPS if k == kind}
        assert all(row.says for row in KINDS[kind])
