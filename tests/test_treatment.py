"""What is done to a voice before it is heard at night does what its setting says, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lullaby.narrator.drivers.driver import guessed
from lullaby.narrator.speech import SPEECH_RATE, Manner
from lullaby.narrator.treatment import UNITY, loudness, resampled, treated, trimmed
from lullaby.narrator.tunes import TUNES, alike, following

Sound = NDArray[np.float32]
PLAIN = Manner(tilt=0.0, high_cut=11_000.0, deess=0.0, compress=0.0)


def band(low: float, high: float, seconds: float, level: float = 0.05) -> Sound:
    """Noise between these frequencies."""
    draw = np.random.default_rng(3)
    count = round(seconds * SPEECH_RATE)
    spectrum = np.fft.rfft(draw.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / SPEECH_RATE)
    spectrum[(hz < low) | (hz >= high)] = 0
    sound = np.fft.irfft(spectrum, count)
    return (sound * (level / np.sqrt(np.mean(sound**2)))).astype(np.float32)


def said(loud: float = 0.05, soft: float = 0.05, hiss: float = 0.05) -> Sound:
    """A vowel, an s, and a vowel said otherwise."""
    return np.concatenate(
        [band(200, 2_000, 1, loud), band(5_000, 8_000, 0.2, hiss), band(200, 2_000, 1, soft)]
    )


def decibels(sound: Sound, start: float, stop: float) -> float:
    part = sound[round(start * SPEECH_RATE) : round(stop * SPEECH_RATE)].astype(np.float64)
    return float(10 * np.log10(np.mean(part**2)))


def hiss_over_vowel(manner: Manner, hiss: float) -> float:
    sound = treated(said(hiss=hiss), manner)
    return decibels(sound, 1.05, 1.15) - decibels(sound, 0.2, 0.8)


def test_a_high_cut_is_where_its_setting_says() -> None:
    for hz in (2_500.0, 5_000.0):
        for low, high, falls in ((200, 0.6 * hz, 0), (1.6 * hz, 2.0 * hz, 18)):
            both = np.concatenate([band(200, 1_000, 1), band(low, high, 1)])
            plain, cut = treated(both, PLAIN), treated(both, replace(PLAIN, high_cut=hz))
            fell = [decibels(sound, 1.2, 1.8) - decibels(sound, 0.2, 0.8) for sound in (plain, cut)]
            assert fell[0] - fell[1] > falls - 0.5
            assert falls or fell[0] - fell[1] < 0.5


def test_what_hisses_is_softened_as_far_as_it_is_loud() -> None:
    loud = [hiss_over_vowel(replace(PLAIN, deess=amount), 0.1) for amount in (0.0, 0.5, 1.0)]
    assert loud[0] == pytest.approx(6, abs=1)
    assert loud[0] - loud[1] > 6
    assert loud[1] - loud[2] > 4
    soft = [hiss_over_vowel(replace(PLAIN, deess=amount), 0.004) for amount in (0.0, 1.0)]
    assert soft[0] == pytest.approx(soft[1], abs=0.5), "a soft one is left as it is"


def test_loud_and_soft_come_nearer_each_other_and_silence_stays_silent() -> None:
    ranges = []
    for amount in (0.0, 0.3, 1.0):
        sound = treated(said(0.1, 0.025), replace(PLAIN, compress=amount))
        ranges.append(decibels(sound, 0.2, 0.8) - decibels(sound, 1.4, 2.0))
    assert ranges[0] == pytest.approx(12, abs=0.5)
    assert 0.5 < ranges[0] - ranges[1] < ranges[0] - ranges[2] < 9
    sound = treated(said(0.1, 0.0001), replace(PLAIN, compress=1.0))
    assert decibels(sound, 0.2, 0.8) - decibels(sound, 1.4, 2.0) > 55


def test_however_loud_it_came_it_leaves_at_unity_and_never_clips() -> None:
    for level in (0.002, 0.05, 0.6):
        assert loudness(treated(said(level, level), Manner())) == pytest.approx(UNITY, abs=0.3)
    knock = said()
    knock[SPEECH_RATE // 2] = 30.0
    assert np.abs(treated(knock, Manner(high_cut=11_000, compress=0))).max() <= 0.9


def test_edges_are_soft_and_the_silence_before_and_after_is_taken_off() -> None:
    quiet = np.zeros(SPEECH_RATE, np.float32)
    sound, off = trimmed(np.concatenate([quiet, said(), quiet]))
    assert off == pytest.approx(0.975 * SPEECH_RATE, abs=240)
    assert len(sound) == pytest.approx(2.275 * SPEECH_RATE, abs=480)
    edges = treated(said(), Manner())
    assert np.abs(edges[[0, -1]]).max() < 1e-3


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_any_rate_becomes_ours_with_its_tone_and_its_length(rate: int) -> None:
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    sound = resampled(tone, rate)
    assert len(sound) == SPEECH_RATE
    ours = 0.3 * np.sin(2 * np.pi * 440 * np.arange(SPEECH_RATE) / SPEECH_RATE)
    assert np.abs(sound - ours)[1_000:-1_000].max() < 0.01


def test_words_that_are_guessed_begin_and_end_with_the_sound() -> None:
    sound = np.concatenate([np.zeros(6_000, np.float32), band(200, 2_000, 2), np.zeros(9_000, np.float32)])
    words = guessed("Rain fell over the wall.", sound, SPEECH_RATE)
    assert [word.text for word in words] == ["Rain", "fell", "over", "the", "wall"]
    assert words[0].start == pytest.approx(6_000, abs=240)
    assert words[-1].stop == pytest.approx(6_000 + 2 * SPEECH_RATE, abs=240)
    assert [word.stop for word in words[:-1]] == [word.start for word in words[1:]]
    lasts = [(word.stop - word.start) / (len(word.text) + 1) for word in words]
    assert max(lasts) < 1.1 * min(lasts)


def test_a_tune_is_followed_by_one_that_is_little_like_it() -> None:
    count = len(TUNES)
    usual = np.median([alike(one, other) for one in range(count) for other in range(one)])
    after = [{following(one, draw) for draw in np.arange(0.05, 1, 0.1)} for one in range(count)]
    assert all(len(tunes) == 5 for tunes in after), "by chance"
    assert all(alike(one, other) <= usual + 0.1 for one, tunes in enumerate(after) for other in tunes)
    assert np.mean([alike(one, other) for one, tunes in enumerate(after) for other in tunes]) < usual - 0.1
