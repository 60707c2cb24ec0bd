"""Crickets, frogs, birds, a cat and a heart: each is what it says, and each test can fail.

Beside every gate stands something that must not pass it: noise of the same spectrum, chirps and croaks as
even as a clock's, a purr that does not breathe, a loop. And every setting that a voice file may tell is
turned up in five steps, and moves everything that its line names, as it is heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import textures
from nights import AT_HAND, KIND_OF, VOICES, alone_text, each_voice, may_stand_out, minutes, night_of
from numpy.typing import NDArray

from lullaby import places
from lullaby.night.mixer import before_the_limiter
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.animals.chirps import warm_rate
from lullaby.voices.kinds import KINDS

Floats = NDArray[np.float64]

ANIMALS = {
    "crickets": "summer-crickets",
    "frogs": "pond-frogs",
    "birds": "first-birds",
    "purr": "sleeping-cat",
    "heartbeat": "heart-beside-you",
}
"""Of each kind the voice that stands for it."""
ALL = [voice for voice in VOICES if KIND_OF[voice] in ANIMALS]


def of(kind: str) -> list[str]:
    return [voice for voice in ALL if KIND_OF[voice] == kind]


@lru_cache(maxsize=6)
def heard(name: str, told: str = "", seconds: int = 60, seed: int = 7) -> Floats:
    """A voice, or the one that stands for its kind."""
    if (told, seed) == ("", 7) and seconds <= AT_HAND * 60:
        return minutes(ANIMALS.get(name, name))[:, : seconds * RATE].astype(np.float64)
    night = night_of(text_of(ANIMALS.get(name, name), told), seed)
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
    return textures.mean_power(textures.band_passed(x, low, high), every)


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


def one_cricket(told: str = "", voice: str = "crickets") -> Floats:
    """A cricket alone, near, without a meadow or a trill."""
    return heard(voice, f"{ONE}{', ' + told if told else ''}")


def chirp_rate(sound: Floats) -> float:
    """Chirps a second of the one that is nearest: onsets of what stands out after 150 ms of rest."""
    found = cricket_onsets(sound)
    return float((len(found) - 1) / (found[-1] - found[0]))


def carrier(sound: Floats) -> tuple[float, float]:
    """Hz of the strongest tone, and its width at -6 dB."""
    hz, power = textures.power_spectrum(sound[0], 1 << 10)
    top = int(np.argmax(np.where((hz > 2_000) & (hz < 9_000), power, 0)))
    level = 10 * np.log10(power / power[top])
    low = high = top
    while level[low] > -6:
        low -= 1
    while level[high] > -6:
        high += 1
    left = np.interp(-6, level[low : low + 2], hz[low : low + 2])
    right = np.interp(-6, level[high : high - 2 : -1], hz[high : high - 2 : -1])
    return float(hz[top]), float(right - left)


def harmonic(sound: Floats) -> float:
    """dB of the second harmonic beside the carrier."""
    hz, _ = carrier(sound)
    first, second = (textures.band_level(sound[0], at - 400, at + 400) for at in (hz, 2 * hz))
    return second - first


@each_voice(of("crickets"))
def test_a_cricket_has_the_carrier_the_chirps_and_the_pulses_of_a_cricket(voice: str) -> None:
    sound = one_cricket(voice=voice)
    hz, width = carrier(sound)
    assert 2_500 <= hz <= 5_000
    assert 190 <= width <= 520
    assert -25 < harmonic(sound) < -10  # there, and weak
    assert 1 <= chirp_rate(sound) <= 2.5
    pulses, clear = rhythm(envelope(sound[0], 2_500, 7_000), 15, 80, 1_000)
    assert 20 <= pulses <= 65
    assert clear > 5.5


def test_neither_noise_nor_a_whistle_is_a_cricket() -> None:
    sound = one_cricket()
    noise = noise_like(sound)
    assert rhythm(envelope(noise[0], 2_500, 7_000), 15, 80, 1_000)[1] < 4
    turn = 2 * np.pi * carrier(sound)[0] / RATE * np.arange(sound.shape[1])
    whistle = np.sin(turn)[None] + 0.001 * noise
    assert carrier(whistle)[1] < 190
    assert harmonic(whistle) < -25


@pytest.mark.parametrize("celsius", [10, 15, 20, 25, 30])
def test_crickets_tell_the_temperature(celsius: int) -> None:
    """Dolbear's law within a tenth; a cricket has a pace of its own."""
    rate = chirp_rate(one_cricket(f"temperature = {celsius}"))
    assert rate * 60 == pytest.approx(warm_rate(celsius), rel=0.1)
    assert 50 + (warm_rate(celsius) - 40) / 4 == pytest.approx(celsius * 1.8 + 32)  # as Dolbear wrote it


def unevenness(onsets: Floats) -> float:
    apart = np.diff(onsets)
    return float(apart.std() / apart.mean())


def onsets(env: Floats, share: float, rest: int) -> Floats:
    """Seconds at which an envelope (1 ms) reaches a share of its peaks after so many milliseconds without."""
    loud = env > np.quantile(env, 0.995) * share
    begins = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    return np.array([k for k in begins if not loud[max(0, k - rest) : k].any()]) / 1_000


def cricket_onsets(sound: Floats) -> Floats:
    return onsets(envelope(sound[0], 2_500, 7_000), 0.05, 150)


def test_chirps_are_not_a_clocks() -> None:
    """Chirps come a little early or late; and of even ones the test would know."""
    sound = one_cricket()
    assert 0.03 < unevenness(cricket_onsets(sound)) < 0.35
    assert unevenness(cricket_onsets(one_cricket("uneven = 0"))) < 0.03


@pytest.mark.parametrize("kind", ["crickets", "birds"])
def test_the_spectrum_is_a_real_ones(kind: str) -> None:
    """Third octaves within 3 dB and half the interquartile width of the real median; white noise is not."""
    sound = heard(kind, "", 120)
    assert textures.beyond_real_thirds(kind, sound[0]).max() == 0
    white = np.random.default_rng(0).standard_normal(20 * RATE)
    assert textures.beyond_real_thirds(kind, white).max() > 3


SINGS = {"crickets": (2_500, 7_000), "birds": (1_800, 7_000), "frogs": (600, 4_000)}
"""Hz: where they are to be heard."""


@each_voice([v for v in ALL if KIND_OF[v] in SINGS])
def test_no_animal_is_a_noise_of_its_own_spectrum(voice: str) -> None:
    """Their envelopes have peaks that noise has not."""
    sound, band = heard(voice), SINGS[KIND_OF[voice]]
    own, noise = (textures.kurtosis(envelope(x[0], *band, 480)) for x in (sound, noise_like(sound)))
    assert own > 1.3 * noise


ALIKE = {
    "crickets": (0.5, 0.95),
    "birds": (0.5, 0.97),
    "frogs": (0.5, 0.97),
    "purr": (0.6, 1.0),
    "heartbeat": (0.6, 1.0),
}


@each_voice(ALL)
def test_left_and_right_are_alike_but_not_the_same(voice: str) -> None:
    sound = heard(voice)
    low, high = ALIKE[KIND_OF[voice]]
    assert low < np.mean(textures.left_right(sound)) < high
    together = sound[:1].repeat(2, axis=0)
    assert np.mean(textures.left_right(together)) > 0.999  # one point in the middle would be known


@pytest.mark.parametrize("kind", ANIMALS)
def test_there_are_several_places(kind: str) -> None:
    """At least two voice files a kind, and each says where it is heard."""
    assert len(of(kind)) >= 2
    first = [
        places.shipped("voices").joinpath(f"{voice}.toml").read_text().split("\n")[0] for voice in of(kind)
    ]
    assert all(line.startswith("# ") and len(line) > 40 for line in first)
    assert len(set(first)) == len(first)


@each_voice(ALL)
def test_no_animal_startles(voice: str) -> None:
    sound = minutes(voice).astype(np.float64)
    most = may_stand_out(voice)
    assert textures.startling(sound.mean(axis=0)) <= most
    assert textures.startling(barking(sound).mean(axis=0)) > most


def barking(sound: Floats) -> Floats:
    """Something short in it, as loud as the loudest, from one moment to the next."""
    out = sound[:, : 20 * RATE].copy()
    quiet = int(np.argmin(textures.levels(out.mean(axis=0), 1.0)[1:-2])) + 2
    out[:, quiet * RATE :][:, : RATE // 8] += 1.2 * np.abs(sound).max()
    return out


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
    at = round(found[3] * RATE)
    song = np.concatenate([sound[:, at : at + RATE // 4], 0.001 * noise[:, : RATE * 7 // 4]], axis=1)
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


def echo(sound: Floats) -> float:
    """How well the level of what calls foretells itself, two to twenty seconds on: 1 for a machine."""
    return textures.crests(textures.band_passed(sound.mean(axis=0), 600, 6_000), 0.1).echo


def frog_clock(every: float = 2.2) -> Floats:
    """One real croak again and again, as even as a clock, and a pond of noise."""
    sound = heard("frogs", FROG)
    begins = round(frog_onsets(sound)[3] * RATE) - RATE // 20
    croak = sound[:, begins : begins + RATE // 2]
    one = np.concatenate([croak, np.zeros((2, round(every * RATE) - croak.shape[1]))], axis=1)
    struck = np.tile(one, 60)[:, : 120 * RATE]
    return struck + 0.03 * np.abs(croak).max() * np.random.default_rng(1).standard_normal(struck.shape)


@each_voice(of("frogs"))
def test_frogs_answer_each_other_and_keep_no_time(voice: str) -> None:
    assert echo(minutes(voice, 2).astype(np.float64)) < 0.45


def test_frogs_like_a_clock_are_not_taken_for_frogs() -> None:
    """Croaks of one frog, evenly spaced: known by the pond's echo, and by the frog's own times."""
    one = unevenness(frog_onsets(heard("frogs", FROG)))
    assert 0.08 < one < 0.6
    clock = frog_clock()
    assert echo(clock) > 0.6
    assert unevenness(frog_onsets(clock)) < 0.03
    assert unevenness(frog_onsets(heard("frogs", f"{FROG}, uneven = 0"))) < 0.03


# ---- the cat


def purring(sound: Floats) -> tuple[float, float]:
    return rhythm(envelope(sound.mean(axis=0), 40, 2_000, 96), 15, 45, 500)


def breathing(sound: Floats) -> tuple[float, float]:
    """The strongest slow rate, Hz, and how far the loud tenth stands over the soft one, dB."""
    level = envelope(sound.mean(axis=0), 40, 2_000, RATE // 20)
    deep = 10 * np.log10(np.quantile(level, 0.9) / np.quantile(level, 0.1))
    return rhythm(level, 0.2, 1.6, 20)[0], float(deep)


def struck(sound: Floats) -> float:
    """How sharp the beats are: in pieces of 40 ms, the most power of 2 ms beside the mean."""
    env = np.mean([envelope(x, 100, 1_000, 96) for x in sound], axis=0)
    pieces = env[: len(env) // 20 * 20].reshape(-1, 20)
    return float(np.mean(pieces.max(axis=1) / pieces.mean(axis=1)))


def not_a_cat(sound: Floats, beats: float, breaths: float) -> list[str]:
    """What gives it away."""
    (rate, clear), (slow, deep) = purring(sound), breathing(sound)
    said = {
        "beats": abs(rate - beats) < 1 and clear > 15,
        "breath": min(abs(slow * 60 - breaths), abs(slow * 30 - breaths)) < 4 and deep > 10,
        "struck": struck(sound) > 4.3,
    }
    return [name for name, true in said.items() if not true]


CATS = {"sleeping-cat": (26, 22), "old-tom": (22, 16), "kitten": (30, 38)}
"""Beats a second, breaths a minute."""


@each_voice(of("purr"))
def test_a_cat_purrs_and_breathes(voice: str) -> None:
    assert not not_a_cat(heard(voice), *CATS[voice])
    assert 20 <= CATS[voice][0] <= 32  # as real ones do


def test_noise_a_tremolo_and_a_purr_without_a_breath_are_no_cats() -> None:
    sound = heard("purr")
    noise = noise_like(sound)
    seconds = np.arange(noise.shape[1]) / RATE
    tremolo = noise * (1 + np.sin(2 * np.pi * 26 * seconds))
    assert {"beats", "struck"} <= set(not_a_cat(noise, 26, 22))
    assert {"breath", "struck"} <= set(not_a_cat(tremolo, 26, 22))
    assert not_a_cat(tremolo * (1 + 0.8 * np.sin(2 * np.pi * 22 / 60 * seconds)), 26, 22) == ["struck"]
    # real beats, one level: each twentieth of a second as loud as the next
    level = np.sqrt(envelope(sound.mean(axis=0), 40, 2_000, RATE // 10))
    at = (np.arange(len(level)) + 0.5) * (RATE // 10)
    flat = sound / np.interp(np.arange(sound.shape[1]), at, level)
    assert not_a_cat(flat, 26, 22) == ["breath"]


# ---- the heart


def thuds(sound: Floats) -> tuple[Floats, Floats]:
    """Seconds of the tops of all thuds, and how strong they are."""
    env = envelope(sound.mean(axis=0), 25, 110, 240)
    env = np.convolve(env, np.ones(13) / 13, "same")
    tops = (env[1:-1] > env[:-2]) & (env[1:-1] >= env[2:]) & (env[1:-1] > 0.12 * np.quantile(env, 0.98))
    found: list[int] = []
    for k in np.flatnonzero(tops) + 1:
        if found and k - found[-1] < 40:
            found[-1] = int(k) if env[k] > env[found[-1]] else found[-1]
        else:
            found.append(int(k))
    return np.array(found) * 0.005, env[found]


def beats_of(sound: Floats) -> tuple[float, float, float]:
    """Beats a minute, seconds from the first thud to the second, and how uneven the beats are."""
    at = thuds(sound)[0]
    apart = np.diff(at)
    short = apart[apart < 0.45]
    firsts = np.array([t for t, a in zip(at, apart, strict=False) if a < 0.45])
    whole = np.diff(firsts)
    return float(60 / np.median(whole)), float(np.median(short)), float(whole.std() / whole.mean())


HEARTS = {"heart-beside-you": 55, "heart-through-the-pillow": 48}


@each_voice(of("heartbeat"))
def test_a_heart_beats_as_told_and_every_beat_is_two_thuds(voice: str) -> None:
    rate, gap, uneven = beats_of(heard(voice))
    assert rate == pytest.approx(HEARTS[voice], abs=3)
    assert 40 <= rate <= 60  # at rest
    assert 0.27 <= gap <= 0.36
    assert 0.01 < uneven < 0.12
    assert beats_of(heard(voice, "uneven = 0"))[2] < 0.01  # a clock would be known
    found = thuds(noise_like(heard(voice)))[0]
    short = np.diff(found) < 0.45
    assert not 0.4 < short.mean() < 0.6 or unevenness(found) > 0.6  # noise has no pairs


# ---- every setting moves what its line says

Measure = Callable[[Floats], float]
ONE = "animals = 1, intensity = 1, distance = 0, meadow = -90, high = -90, trill = -90, air = -40"
FROG = "animals = 1, intensity = 1, peeps = 0, pond = -90, air = -60, distance = 0"
NEAR_BIRDS = "far = -90, wood = -90, air = -60"


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


def duller(low: tuple[int, int], high: tuple[int, int]) -> Measure:
    """dB of the upper band beside the lower."""
    return lambda s: level(*high)(s) - level(*low)(s)


def frog_onsets(s: Floats) -> Floats:
    return onsets(envelope(s.mean(axis=0), 400, 6_000), 0.03, 200)


def pulsing(s: Floats) -> float:
    """The share of the envelope's motion that is as quick as the pulses of a croak."""
    env = np.sqrt(envelope(s.mean(axis=0), 600, 6_000, 96))
    power = np.abs(np.fft.rfft(env - env.mean())) ** 2
    hz = np.fft.rfftfreq(len(env), 96 / RATE)
    return float(power[(hz > 18) & (hz < 80)].sum() / power[(hz > 0.5) & (hz < 80)].sum())


def song_onsets(s: Floats) -> Floats:
    """Of songs that are far apart: what begins after a second without."""
    return onsets(envelope(s.mean(axis=0), 1_500, 9_000), 0.01, 1_000)


def seats_heard(s: Floats) -> float:
    """How many places songs come from: the balance of left and right wherever it is loud, and stands still
    for two twentieths of a second."""
    left, right = (envelope(x, 1_500, 9_000, RATE // 20) for x in s)
    loud = left + right > 0.01 * np.quantile(left + right, 0.99)
    balance = 10 * np.log10(left / right)
    still = loud[1:] & loud[:-1] & (np.abs(np.diff(balance)) < 0.02)
    found = np.sort(balance[1:][still])
    groups = np.split(found, np.flatnonzero(np.diff(found) > 0.1) + 1)
    return float(sum(len(group) >= 6 for group in groups))


def second_beside_first(s: Floats) -> float:
    """dB of the second thud beside the first."""
    at, strong = thuds(s)
    pairs = np.flatnonzero(np.diff(at) < 0.45)
    return float(10 * np.log10(np.median(strong[pairs + 1] / strong[pairs])))


def rises(s: Floats) -> float:
    """Seconds in which a first thud comes from a tenth of its power to all of it."""
    env = np.convolve(envelope(s.mean(axis=0), 25, 80, 48), np.ones(41) / 41, "same")
    at = (thuds(s)[0][1:-1] * 1_000).astype(int)
    tops = [k - 80 + int(np.argmax(env[k - 80 : k + 80])) for k in at]
    took = [np.argmax(env[k - 300 : k + 1][::-1] < 0.1 * env[k]) for k in tops if k > 300]
    return float(np.mean(took) / 1_000)


@dataclass(frozen=True)
class Sweep:
    """Five values of a setting, and one thing that its line names: up with it, or down where `way` is -1."""

    kind: str
    setting: str
    says: str
    """The words of the line that are measured."""
    values: list[float] | list[str]
    of: Measure
    way: int = 1
    told: str = ""
    seconds: int = 30


UP: list[float] = [0, 0.25, 0.5, 0.75, 1]
AIR_TO: list[float] = [500, 1_500, 4_000, 8_000, 16_000]
SOFT: list[float] = [-40, -28, -20, -12, -4]
HUM = (25, 60), (85, 200)
"""Hz: the lower and the upper part of a thud."""
SWEEPS = [
    Sweep("crickets", "temperature", "faster chirps", [10, 15, 20, 25, 30], chirp_rate, 1, ONE),
    Sweep("crickets", "temperature", "a little higher", [10, 15, 20, 25, 30], lambda s: carrier(s)[0], 1,
          ONE),
    Sweep("crickets", "animals", "more crickets", [0, 1, 3, 6, 12], level(3_000, 5_500), 1,
          "meadow = -90, trill = -90, high = -90, air = -40"),
    Sweep("crickets", "intensity", "how much of the time each sings", [0.05, 0.3, 0.55, 0.8, 1],
          busy(2_500, 7_000), 1, ONE, 240),
    Sweep("crickets", "distance", "softer strokes", UP, level(3_000, 5_500), -1,
          "meadow = -90, high = -90, trill = -90, air = -90"),
    Sweep("crickets", "distance", "duller", UP, duller((3_000, 5_500), (6_500, 11_000)), -1,
          "meadow = -90, high = -90, trill = -90, air = -90"),
    Sweep("crickets", "distance", "more of the meadow", UP, level(2_500, 5_500), 1,
          "animals = 0, high = -90, trill = -90"),
    Sweep("crickets", "pitch", "higher",
          ["[2500, 3000]", "[3000, 3500]", "[3500, 4200]", "[4500, 5000]", "[5500, 6500]"],
          lambda s: carrier(s)[0], 1, ONE),
    Sweep("crickets", "pulses", "quicker wings",
          ["[18, 20]", "[26, 28]", "[34, 36]", "[44, 46]", "[56, 58]"], pulse_rate(2_500, 7_000, 12, 80),
          1, ONE),
    Sweep("crickets", "uneven", "less evenly spaced", [0, 0.06, 0.12, 0.2, 0.28],
          lambda s: unevenness(cricket_onsets(s)), 1, ONE, 60),
    Sweep("crickets", "trill", "trills", [-30, -18, -9, -3, 3], level(4_800, 5_400), 1,
          "animals = 0, meadow = -40"),
    Sweep("crickets", "high", "the small ones that sing higher up", [-40, -20, -10, -3, 4],
          level(5_500, 9_000), 1, "animals = 0, meadow = -40"),
    Sweep("crickets", "meadow", "the thousands", [-30, -15, -8, -2, 4], level(5_500, 9_000), 1, "high = -90"),
    Sweep("crickets", "air", "the night air", [-30, -15, -8, 0, 6], level(40, 1_000)),
    Sweep("crickets", "air_to", "brighter", AIR_TO, centroid, 1,
          "meadow = -90, animals = 0, trill = -90, high = -90"),
    Sweep("crickets", "wide", "wider", UP, apart(3_000, 5_500), 1, "meadow = -90, air = -40"),
    Sweep("birds", "songs", "more songs from the near birds", [2, 8, 20, 40, 60], busy(1_800, 7_000), 1,
          NEAR_BIRDS, 120),
    Sweep("birds", "birds", "more near birds, taking turns", [1, 2, 4, 6, 8], seats_heard, 1,
          f"{NEAR_BIRDS}, songs = 15, uneven = 0.1, wide = 1", 240),
    Sweep("birds", "distance", "softer", UP, level(1_800, 7_000), -1, NEAR_BIRDS),
    Sweep("birds", "distance", "duller", UP, duller((2_000, 4_000), (5_000, 9_000)), -1, NEAR_BIRDS),
    Sweep("birds", "distance", "more of the wood", UP, level(1_800, 7_000), 1, "songs = 0, far = -90"),
    Sweep("birds", "pitch", "higher",
          ["[1600, 2000]", "[2000, 2600]", "[2600, 3400]", "[3400, 4400]", "[4400, 5800]"], centroid, 1,
          NEAR_BIRDS),
    Sweep("birds", "quick", "quicker notes", [0.5, 0.75, 1, 1.3, 1.6], song_note_pace, 1, NEAR_BIRDS),
    Sweep("birds", "uneven", "less evenly spaced", [0, 0.1, 0.2, 0.32, 0.45],
          lambda s: unevenness(song_onsets(s)), 1, f"{NEAR_BIRDS}, songs = 7, birds = 3", 240),
    Sweep("birds", "flutes", "lower", UP, centroid, -1, f"{NEAR_BIRDS}, birds = 8, songs = 40", 120),
    Sweep("birds", "flutes", "in longer notes", UP, song_note_pace, -1,
          f"{NEAR_BIRDS}, birds = 8, songs = 40", 120),
    Sweep("birds", "chorus", "more songs from the far chorus", [0, 30, 80, 150, 240], level(1_800, 7_000), 1,
          "songs = 0, wood = -90, air = -60"),
    Sweep("birds", "far", "louder far chorus", [-30, -18, -10, -4, 3], level(1_800, 7_000), 1,
          "songs = 0, wood = -90"),
    Sweep("birds", "wood", "the hundreds", SOFT, level(1_800, 7_000), 1, "songs = 0, far = -90"),
    Sweep("birds", "air", "the morning air", SOFT, level(60, 1_000)),
    Sweep("birds", "air_to", "brighter", AIR_TO, centroid, 1, "songs = 0, far = -90, wood = -90"),
    Sweep("birds", "wide", "wider", UP, apart(1_800, 7_000), 1, NEAR_BIRDS),
    Sweep("frogs", "calls", "calls more often", [3, 8, 14, 20, 27], lambda s: len(frog_onsets(s)), 1, FROG,
          60),
    Sweep("frogs", "animals", "more frogs", [0, 1, 3, 6, 10], level(600, 4_000), 1, "pond = -90"),
    Sweep("frogs", "intensity", "the share of the time that each calls", [0.05, 0.3, 0.55, 0.8, 1],
          busy(600, 4_000), 1, FROG, 240),
    Sweep("frogs", "temperature", "quicker", [8, 13, 18, 24, 30], pulse_rate(600, 4_000, 10, 110), 1, FROG),
    Sweep("frogs", "distance", "softer", UP, level(600, 4_000), -1, "pond = -90"),
    Sweep("frogs", "distance", "duller", UP, duller((600, 2_000), (2_500, 6_000)), -1,
          "pond = -90, air = -60"),
    Sweep("frogs", "distance", "more of the pond", UP, level(600, 4_000), 1, "animals = 0"),
    Sweep("frogs", "pitch", "higher calls",
          ["[300, 500]", "[500, 800]", "[800, 1300]", "[1300, 2000]", "[2000, 3000]"], centroid, 1,
          "pond = -90, air = -60"),
    Sweep("frogs", "length", "longer croaks", [0.1, 0.2, 0.35, 0.5, 0.7], busy(600, 4_000), 1, FROG),
    Sweep("frogs", "uneven", "less evenly spaced", [0, 0.06, 0.12, 0.2, 0.3],
          lambda s: unevenness(frog_onsets(s)), 1, FROG, 60),
    Sweep("frogs", "peeps", "instead of croaking", UP, pulsing, -1, "pond = -90, air = -60, animals = 10",
          60),
    Sweep("frogs", "pond", "the hundreds", [-40, -25, -15, -8, 0], level(600, 4_000), 1, "animals = 0"),
    Sweep("frogs", "air", "the night air", SOFT, level(40, 300)),
    Sweep("frogs", "air_to", "brighter", AIR_TO, centroid, 1, "animals = 0, pond = -90"),
    Sweep("frogs", "wide", "wider", UP, apart(600, 4_000), 1, "pond = -90, air = -60"),
    Sweep("purr", "rate", "quicker beats", [19, 23, 26, 30, 35], lambda s: purring(s)[0]),
    Sweep("purr", "breaths", "quicker breathing", [12, 18, 24, 34, 46],
          lambda s: rhythm(envelope(s[0], 300, 1_500, 2_400), 0.15, 1.7, 20)[0]),
    Sweep("purr", "strength", "stronger", UP, level(50, 300)),
    Sweep("purr", "strength", "beats that stand out more from the breath", UP, contrast(300, 1_500)),
    Sweep("purr", "rasp", "the high, rough part", UP, duller((50, 250), (300, 2_000)), 1, "breath = -90"),
    Sweep("purr", "uneven", "less evenly spaced", [0, 0.06, 0.12, 0.2, 0.3], lambda s: purring(s)[1], -1,
          "", 60),
    Sweep("purr", "distance", "duller", UP, centroid, -1, "breath = -90"),
    Sweep("purr", "distance", "softer beats", UP, level(50, 300), -1, "breath = -90"),
    Sweep("purr", "breath", "the breath itself", [-40, -25, -15, -8, 0], level(500, 3_000), 1,
          "strength = 0"),
    Sweep("purr", "width", "wider", UP, apart(100, 3_000)),
    Sweep("heartbeat", "rate", "a quicker heart", [40, 48, 56, 66, 80], lambda s: beats_of(s)[0]),
    Sweep("heartbeat", "gap", "from the first thud to the second", [0.22, 0.26, 0.3, 0.34, 0.38],
          lambda s: beats_of(s)[1], 1, "rate = 45"),
    Sweep("heartbeat", "uneven", "less evenly spaced", [0, 0.02, 0.04, 0.06, 0.09],
          lambda s: beats_of(s)[2], 1, "", 60),
    Sweep("heartbeat", "second", "a louder second thud", [-8, -5, -3, -1, 2], second_beside_first, 1,
          "chest = -90"),
    Sweep("heartbeat", "pitch", "higher thuds", [38, 48, 58, 70, 85], centroid, 1, "chest = -90"),
    Sweep("heartbeat", "soft", "a slower rise", UP, rises, 1, "chest = -90"),
    Sweep("heartbeat", "soft", "less above them", UP, duller(*HUM), -1, "chest = -90"),
    Sweep("heartbeat", "distance", "softer", UP, level(25, 200), -1, "chest = -90"),
    Sweep("heartbeat", "distance", "duller", UP, duller(*HUM), -1, "chest = -90"),
    Sweep("heartbeat", "distance", "the second thud before the first", [0, 0.2, 0.4, 0.6, 0.8],
          second_beside_first, -1,
          "chest = -90"),
    Sweep("heartbeat", "chest", "the warm hush", [-40, -28, -20, -12, -5], level(200, 1_000)),
    Sweep("heartbeat", "width", "a wider hush", UP, apart(150, 1_000)),
]  # fmt: skip


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: f"{sweep.kind}-{sweep.setting}-{sweep.says}")
def test_a_setting_moves_what_its_line_says(sweep: Sweep) -> None:
    found = []
    for value in sweep.values:
        kept = [
            part for part in sweep.told.split(", ") if part and not part.startswith(f"{sweep.setting} = ")
        ]
        sound = heard(sweep.kind, ", ".join([*kept, f"{sweep.setting} = {value}"]), sweep.seconds)
        found.append(sweep.of(sound))
    steps = np.diff(found) * sweep.way
    assert (steps > 0).all(), [round(float(v), 3) for v in found]


@pytest.mark.parametrize("kind", ANIMALS)
def test_every_setting_of_an_animal_is_swept_for_all_that_its_line_names(kind: str) -> None:
    own = {s.name: s for s in KINDS[kind] if s.key not in ("level", "pan", "room.send", "trim")}
    swept = [sweep.setting for sweep in SWEEPS if sweep.kind == kind]
    assert set(swept) == own.keys()
    for name, row in own.items():
        for sweep in (sweep for sweep in SWEEPS if (sweep.kind, sweep.setting) == (kind, name)):
            assert sweep.says in row.says, f"{name}: {row.says}"
            assert len(sweep.values) == 5
