"""What each instrument is known by: how its partials stand, die and beat, and where its breath lies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playing import RANGES, RINGS, Sound, envelope, note, played, power_of, track

from lullaby.time import RATE, Span
from lullaby.voices.instruments.strings import stretched


def level_at(x: NDArray[Any], hz: float, width: float = 0.02) -> float:
    """dB of what is within two hundredths of a frequency."""
    f, p = power_of(x)
    return float(10 * np.log10(p[np.abs(f - hz) < width * hz].sum() + 1e-30))


def begins(kind: str, hz: float, seconds: float = 0.5, velocity: float = 0.6, **more: Any) -> Sound:
    """One note from 20 ms after its onset."""
    x = played(kind, note(hz, velocity=velocity, seconds=6), seconds=7, quiet=True, **more)[0]
    return x[RATE // 2 + RATE // 50 :][: round(seconds * RATE)]


@pytest.mark.parametrize("kind", ["harp", "guitar", "piano"])
def test_the_upper_partials_of_a_string_die_sooner(kind: str) -> None:
    hz = 164.8
    early, late = begins(kind, hz), begins(kind, hz, 0.9)[int(0.6 * RATE) :]
    voice: Any = track(kind).voice
    stiffness = np.float64(getattr(voice, "stiffness", 1e-4))
    lost = [
        level_at(early, at) - level_at(late, at)
        for at in (float(stretched(np.float64(hz), np.float64(k), stiffness)) for k in (1, 3, 6, 11))
    ]
    assert lost == sorted(lost)
    assert lost[-1] > lost[0] + 6


def test_a_string_plucked_in_its_middle_has_no_second_partial() -> None:
    """The comb of the place where it is plucked."""
    one = track("harp")
    depth = []
    for at in (0.5, 0.3):
        controls = replace(
            one.controls, steady={**one.controls.steady, "pluck": at, "noise": -60.0}, notes=(note(220),)
        )
        blocks = one.voice.render(one.key, Span(0, 2 * RATE), controls)
        x = np.concatenate([np.array(b, np.float64) for b in blocks], axis=1)[0][RATE // 2 + 960 :]
        depth.append(level_at(x, 440) - level_at(x, 220))
    assert depth[0] < depth[1] - 12


def test_a_piano_dies_quickly_and_then_slowly_and_beats_a_little() -> None:
    """The first second falls at more than twice the rate of what stays."""
    x = played("piano", note(261.6, seconds=9), seconds=9, quiet=True)[0]
    db = 20 * np.log10(envelope(x, 261.6, 20.0) + 1e-9)
    first = np.polyfit(np.arange(600), db[600:1_200], 1)[0]
    then = np.polyfit(np.arange(3_000), db[3_000:6_000], 1)[0]
    assert first < 2 * then < 0
    third = 20 * np.log10(envelope(x, 3 * 261.6, 20.0) + 1e-9)[1_500:4_000]
    along = np.arange(len(third))
    bent = third - np.polyval(np.polyfit(along, third, 1), along)
    assert 0.3 < np.abs(bent).max() < 8


@pytest.mark.parametrize(("kind", "ratios"), [("kalimba", (5.42, 14.1)), ("musicbox", (6.27, 17.55))])
def test_the_partials_of_a_tine_stand_where_a_bar_has_them_and_are_soon_gone(
    kind: str, ratios: tuple[float, float]
) -> None:
    hz = RANGES[kind][0]
    x = begins(kind, hz, 1.6, velocity=1.0)
    early, late = x[: RATE // 5], x[RATE:]
    for ratio in ratios:
        f, p = power_of(early)
        near = np.abs(f / hz / ratio - 1) < 0.03
        assert f[near][np.argmax(p[near])] / hz == pytest.approx(ratio, rel=0.015)
        assert level_at(early, ratio * hz, 0.03) - level_at(late, ratio * hz, 0.03) > 40
    assert level_at(early, hz) - level_at(late, hz) < 30


def test_a_flute_is_few_harmonics_with_breath_close_around_them() -> None:
    hz = 392.0
    x = begins("flute", hz, 4.0)
    f, p = power_of(x)
    near = [p[np.abs(f - k * hz) < 20].sum() for k in range(1, 7)]
    assert sum(near[:4]) > 0.9 * p.sum()
    assert near == sorted(near, reverse=True)
    noise = p[(np.abs(f - hz) > 40) & (np.abs(f - hz) < 110)].mean()
    between = p[(np.abs(f - 1.5 * hz) < 20)].mean()
    assert noise > 10 * between, "close around it, not everywhere"
    assert -45 < 10 * np.log10(p[(np.abs(f - hz) > 30) & (np.abs(f - hz) < 150)].sum() / near[0]) < -12


def test_a_flute_begins_to_tremble_late() -> None:
    still = {"player": replace(track("flute").voice.player, waver=0.0)}  # type: ignore[attr-defined]
    x = played(
        "flute", note(392.0, seconds=6), seconds=7, quiet=True, voice=replace(track("flute").voice, **still)
    )[0]  # type: ignore[type-var]
    level = envelope(x, 392.0, 60.0)
    early, late = level[500 + 220 : 500 + 520], level[500 + 3_000 : 500 + 5_000]
    assert np.std(early) / early.mean() < 0.01
    assert 0.05 < np.std(late) / late.mean() < 0.3


def test_a_hum_comes_through_a_closed_mouth() -> None:
    """Most of it near 270 Hz, next to nothing above 1 kHz, and never quite steady."""
    x = begins("choir", 130.8, 4.0)[RATE:]
    f, p = power_of(x)
    harmonics = [level_at(x, 130.8 * k, 0.04) for k in range(1, 9)]
    assert int(np.argmax(harmonics)) == 1
    assert 10 * np.log10(p[f > 1_000].sum() / p.sum()) < -25
    level = envelope(x, 261.6, 30.0)[200:-200]
    assert np.std(level) / level.mean() > 0.03


def test_a_bow_is_harmonics_as_one_over_n_through_a_body() -> None:
    """They fall by less than 10 dB an octave up to 800 Hz, some stand out, and above 3 kHz little is left."""
    x = begins("bowed", 98.0, 5.0)[2 * RATE :]
    levels = np.array([level_at(x, 98.0 * k, 0.01) for k in range(1, 17)])
    line = np.polyfit(np.log2(np.arange(1, 9)), levels[:8], 1)
    assert -9.5 < line[0] < -4
    assert np.abs(levels[:8] - np.polyval(line, np.log2(np.arange(1, 9)))).max() > 2
    f, p = power_of(x)
    assert 10 * np.log10(p[f > 3_000].sum() / p.sum()) < -40


def test_a_note_has_one_seat() -> None:
    """The same side for all of it, and for the next note."""
    for kind in RINGS:
        left, right = played(
            kind, note(330.0, seconds=2), note(440.0, at=2.6, seconds=2), seconds=4.6, quiet=True
        )
        for part in (slice(RATE // 2, RATE), slice(RATE, 2 * RATE), slice(3 * RATE, 4 * RATE)):
            ratio = np.sqrt(np.sum(left[part] ** 2) / np.sum(right[part] ** 2))
            seat = track(kind).controls.number("seat", 0)
            assert abs(20 * np.log10(ratio) + 13.6 * seat) < 1.6, kind
