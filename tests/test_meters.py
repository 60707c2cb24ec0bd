"""The meters agree with others' meters and with the standards, and do not care how sound is cut."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
from nights import laeq_minute
from numpy.typing import NDArray
from references import levels
from scipy.signal import resample_poly

from lullaby.night import loudness
from lullaby.time import RATE

Sound = NDArray[np.float32]

THIRDS = [20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600]
THIRDS += [2000, 2500, 3150, 4000, 5000, 6300, 8000, 10_000, 12_500, 16_000]


def noise(seconds: float, level: float = 0.05, seed: int = 1) -> Sound:
    draws = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))
    return (level * draws).astype(np.float32)


def sine(hz: float, seconds: float, level: float = 0.1, turn: float = 0.0) -> Sound:
    wave = level * np.sin(2 * np.pi * (hz * np.arange(round(seconds * RATE)) / RATE + turn))
    return np.stack([wave, wave]).astype(np.float32)


def faded(hz: float, turn: float = 0.0) -> Sound:
    """A sine without the corners at its ends, which two interpolators may see differently."""
    return sine(hz, 0.5, 1.0, turn) * np.hanning(RATE // 2).astype(np.float32) ** 0.5


def silence(seconds: float) -> Sound:
    return np.zeros((2, round(seconds * RATE)), np.float32)


def heard(sound: Sound, block: int = 24_000) -> loudness.Meter:
    meter = loudness.Meter()
    for start in range(0, sound.shape[1], block):
        meter.feed(sound[:, start : start + block])
    return meter


def brown() -> Sound:
    return np.cumsum(noise(5, 0.001), axis=1)


def gaps() -> Sound:
    """A story told with long pauses, which the gates leave out."""
    return np.concatenate([noise(3), silence(4), sine(300, 2, 0.02), noise(1, 0.0008), noise(2, 0.3)], axis=1)


@pytest.mark.parametrize(
    "sound",
    [noise(5), noise(5, 0.0005), sine(60, 4), sine(997, 4), sine(9000, 4), gaps(), brown()],
    ids=["noise", "faint noise", "60 Hz", "997 Hz", "9 kHz", "gaps", "brown noise"],
)
def test_loudness_is_what_pyloudnorm_measures(sound: Sound) -> None:
    theirs = pyloudnorm.Meter(RATE).integrated_loudness(sound.T.astype(np.float64))
    assert heard(sound).integrated == pytest.approx(theirs, abs=0.1)


def test_a_full_scale_997_hz_sine_on_one_channel_reads_minus_3_01() -> None:
    sound = sine(997, 3, 1.0)
    sound[1] = 0
    assert heard(sound).integrated == pytest.approx(-3.01, abs=0.01)


def test_pauses_are_gated_out() -> None:
    told = np.concatenate([noise(2), silence(30), noise(2)], axis=1)
    assert heard(told).integrated == pytest.approx(heard(noise(4)).integrated, abs=0.5)


def test_silence_and_less_than_one_block_have_no_loudness() -> None:
    for sound in (silence(2), noise(0.39), silence(0)):
        meter = heard(sound)
        assert meter.integrated == meter.momentary_max == -np.inf
    assert laeq_minute(heard(silence(2))) == -np.inf
    assert heard(silence(2)).true_peak == 0.0


def test_a_moment_reads_400_ms_and_the_short_term_three_seconds() -> None:
    energies = heard(np.concatenate([silence(5), sine(997, 0.4, 0.5), silence(5)], axis=1)).k_energies
    moment, short = loudness.momentary(energies), loudness.short_term(energies)
    assert len(moment) == 104 - 4 + 1
    assert len(short) == 104 - 30 + 1
    assert loudness.momentary_max(energies) == np.max(moment) == moment[50]
    assert moment[50] == pytest.approx(20 * np.log10(0.5), abs=0.1)
    assert np.max(short) == pytest.approx(moment[50] + 10 * np.log10(0.4 / 3), abs=0.1)


def analytic_a(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61672-1, annex E, in dB."""
    f = hz**2
    low, one, two, high = 20.598997**2, 107.65265**2, 737.86223**2, 12194.217**2
    r = high * f**2 / ((f + low) * np.sqrt((f + one) * (f + two)) * (f + high))
    return np.asarray(20 * np.log10(r) + 2.0)


def test_a_weighting_follows_the_standard_from_20_hz_to_16_khz() -> None:
    measured = []
    for hz in THIRDS:
        energies = heard(sine(hz, 2.0)).a_energies[20:]  # the first second is for settling
        measured.append(loudness.a_level(energies, 1.0)[-1] + 20)
    assert np.max(np.abs(measured - analytic_a(np.array(THIRDS, np.float64)))) < 0.03


def test_the_a_level_of_a_1_khz_sine_is_its_own_level() -> None:
    meter = heard(sine(1000, 3, 0.1))
    assert laeq_minute(meter) == pytest.approx(-20, abs=0.05)  # -23 on each of two channels
    assert loudness.a_level(meter.a_energies, 1.0)[-1] == pytest.approx(-20, abs=0.01)


def test_the_loudest_minute_is_found() -> None:
    energies = np.ones(3 * 1200)
    energies[1000:2200] = 100
    level = loudness.a_level(energies, 60)
    assert len(level) == 2401
    assert np.argmax(level) == 1000
    assert level[1000] == pytest.approx(level[-1] + 20)


@pytest.mark.parametrize("block", [7, 100, 2399, 4800, 50_000])
def test_a_meter_reads_the_same_bits_however_sound_is_cut(block: int) -> None:
    sound = gaps()[:, : 5 * RATE if block > 7 else 20_000]
    whole, cut = heard(sound, sound.shape[1]), heard(sound, block)
    assert np.array_equal(whole.k_energies, cut.k_energies)
    assert np.array_equal(whole.a_energies, cut.a_energies)
    assert whole.true_peak == cut.true_peak


@pytest.mark.parametrize(
    "sound",
    [noise(1), faded(12_000, 1 / 8), faded(5_003), faded(15_999), faded(20_000, 0.3), noise(0.0003)],
    ids=["noise", "fs/4 at 45 degrees", "5 kHz", "16 kHz", "20 kHz", "14 frames"],
)
def test_true_peak_is_what_eightfold_resampling_finds(sound: Sound) -> None:
    theirs = np.max(np.abs(resample_poly(sound.astype(np.float64), 8, 1, axis=1)))
    ours = loudness.true_peak(sound)
    assert 20 * np.log10(ours / theirs) == pytest.approx(0, abs=0.1)
    assert heard(sound, 4_001).true_peak == ours >= np.max(np.abs(sound))


def test_true_peak_is_that_of_the_plain_interpolator() -> None:
    """In single precision, and whichever groups of sixteen frames are skipped."""
    sound = noise(1_003 / RATE, 0.3)
    plain = max(levels.true_peak(np.pad(side.astype(np.float64), 20), 0, 1_043) for side in sound)
    assert loudness.true_peak(sound) == pytest.approx(plain, rel=1e-6)


def test_true_peak_finds_the_one_high_place_wherever_it_is() -> None:
    for at in (0, 1, 15, 16, 500, 983, 998, 999):
        sound = noise(1000 / RATE, 0.01)
        sound[at % 2, at] = -0.8
        assert loudness.true_peak(sound) == pytest.approx(0.8, abs=0.03)


def test_a_gain_moves_loudness_by_hundredths_of_a_decibel() -> None:
    assert loudness.gain_for(-27.0, -33.0) == np.float32(10 ** (-6 / 20))
    assert loudness.gain_for(-27.0012, -33.0) == loudness.gain_for(-27.0, -33.0)
    assert loudness.gain_for(-27.01, -33.0) > loudness.gain_for(-27.0, -33.0)
    assert loudness.gain_for(-np.inf, -33.0) == 1
    assert type(loudness.gain_for(-27.0, -33.0)) is np.float32


def test_decibels_go_there_and_back() -> None:
    x = np.array([1e-6, 0.5, 1.0, 3.0])
    assert np.allclose(loudness.to_db(x), 20 * np.log10(x), atol=1e-9)
    assert np.allclose(loudness.from_db(loudness.to_db(x)), x, rtol=1e-9)
    assert loudness.to_db(0.0) == -np.inf
    assert loudness.from_db(-np.inf) == 0
