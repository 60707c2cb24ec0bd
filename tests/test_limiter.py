"""The limiter keeps its ceiling for any sound, never makes any louder, and is not there when not needed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from references import levels
from scipy.signal import resample_poly

from lullaby.kernels.limiter import LOOK_AHEAD, MARGIN, MEMORY_SECONDS, RELEASE, fill_limited, rest
from lullaby.time import RATE

Sound = NDArray[np.float32]

CEILING = np.float32(10 ** (-1 / 20))


def limited(sound: Sound, cuts: tuple[int, ...] = (24_000,)) -> Sound:
    """Through a limiter at rest, in blocks of these lengths in turn."""
    line, hold = rest()
    out = np.full_like(sound, np.nan)
    start = turn = 0
    while start < sound.shape[1]:
        stop = min(sound.shape[1], start + cuts[turn % len(cuts)])
        piece = np.empty((stop - start, 2), np.float32)
        fill_limited(
            np.ascontiguousarray(sound[:, start:stop]), np.float32(1), line, hold, CEILING, False, piece
        )
        out[:, start:stop] = piece.T
        start, turn = stop, turn + 1
    return out


def over(sound: NDArray[np.float64]) -> float:
    """How far the true peak comes out above the ceiling, in dB."""
    frames = sound.shape[1] + LOOK_AHEAD
    ended = np.zeros((2, frames + -frames % 64), np.float32)
    ended[:, : sound.shape[1]] = sound
    peak = np.max(np.abs(resample_poly(limited(ended).astype(np.float64), 8, 1, axis=1)))
    return float(20 * np.log10(peak / CEILING))


def chance(seed: int = 1, frames: int = 19_200) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal((2, frames))


def in_a_burst(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same on both channels, begun and ended at once."""
    return np.stack([np.pad(wave, 1000), np.pad(wave, 1000)])


def clicks() -> NDArray[np.float64]:
    dice = np.random.default_rng(3)
    sound = np.zeros((2, 38_400))
    sound[dice.integers(0, 2, 60), dice.integers(0, 38_400, 60)] = dice.uniform(-16, 16, 60)
    return sound


COUNT = np.arange(3000)
LOUD = {
    "noise at +24 dB": 0.25 * 16 * chance(),
    "noise just above": 0.3 * chance(),
    "noise of signs": np.sign(chance()),
    "noise that comes and goes": 4 * chance() * (np.arange(19_200) // 300 % 2),
    "clicks": clicks(),
    "square bursts": in_a_burst(np.where(COUNT // 50 % 2, 1.0, -1.0)),
    "square bursts at +24 dB": in_a_burst(np.where(COUNT // 50 % 2, 16.0, -16.0)),
    "alternating": in_a_burst(np.where(COUNT % 2, 1.0, -1.0)),
    "alternating, turned over in the middle": in_a_burst(np.sign(np.sinc(COUNT - 1500.5))),
    "a quarter of the rate at 45 degrees": in_a_burst(1.4 * np.sin(np.pi * COUNT / 2 + np.pi / 4)),
    "a quarter of the rate at +24 dB": in_a_burst(16 * np.sin(np.pi * COUNT / 2 + np.pi / 4)),
    "swells": in_a_burst(16 * np.sin(1.9 * COUNT) * np.sin(np.pi * COUNT / 600) ** 8),
    "a constant": in_a_burst(np.full(3000, 4.0)),
}


@pytest.mark.parametrize("sound", LOUD.values(), ids=LOUD.keys())
def test_the_ceiling_holds(sound: NDArray[np.float64]) -> None:
    assert over(sound) <= 0.05


def test_the_ceiling_holds_for_sines_of_any_pitch_and_phase() -> None:
    pitches = [*np.geomspace(30, 23_900, 40), 12_000, 16_000, 19_200, 20_000, 144_000 / 7, 64_000 / 3]
    worst = max(
        over(in_a_burst(level * np.sin(2 * np.pi * (hz / RATE * COUNT + turn))))
        for hz in pitches
        for turn in (0.0, 0.0625, 0.096, 0.125)
        for level in (1.0, 8.0)
    )
    assert worst <= 0.05


def test_a_steady_loud_sine_comes_out_at_the_ceiling_and_not_far_below() -> None:
    sound = np.stack([4 * np.sin(2 * np.pi * 997 / RATE * np.arange(48_000))] * 2)
    assert -0.15 < over(sound) <= 0.05


def late(sound: Sound) -> Sound:
    return np.pad(sound, ((0, 0), (LOOK_AHEAD, 0)))[:, : sound.shape[1]]


@pytest.mark.parametrize("level", [0.01, 0.2, 0.85])
def test_below_the_ceiling_it_is_only_a_delay(level: float) -> None:
    sound = chance(4).astype(np.float32)
    highest = np.max(np.abs(resample_poly(sound.astype(np.float64), 8, 1, axis=1)))
    sound *= np.float32(level / highest)
    sound[:, 3000:5000] = 0
    sound[0, 4000] = -0.0
    assert limited(sound).tobytes() == late(sound).tobytes()


def test_it_becomes_a_delay_again_after_a_peak() -> None:
    sound = (0.05 * chance(5, 192_000)).astype(np.float32)
    sound[:, 1000] = 8
    out, calm = limited(sound), RATE * 3 // 2
    assert not np.array_equal(out[:, 1600:calm], late(sound)[:, 1600:calm])
    assert np.array_equal(out[:, calm:], late(sound)[:, calm:])


def test_a_peak_does_not_touch_what_is_more_than_the_look_ahead_before_it() -> None:
    sound = (0.05 * chance(6)).astype(np.float32)
    sound[1, 9600] = 4
    out = limited(sound)
    assert np.array_equal(out[:, :9600], late(sound)[:, :9600])


def test_it_is_the_plain_limiter() -> None:
    """Single precision, and the plain one works out every group, also those that are left alone."""
    sound = (0.4 * chance(10, 3_200)).astype(np.float32)
    sound[:, :800] *= 0.2
    sound[:, 1_900:1_904] *= 8
    plain = levels.limited(sound.astype(np.float64), float(CEILING * MARGIN), float(RELEASE), LOOK_AHEAD)
    out = limited(sound, (1_024, 64, 128))
    assert np.abs(out - late(sound)).max() > 0.5
    assert np.abs(out - plain).max() < 1e-5


@pytest.mark.parametrize("cuts", [(64,), (128, 24_000, 64, 960), (1024,), (8000, 192)])
def test_blocks_of_any_length_give_the_same_bits(cuts: tuple[int, ...]) -> None:
    sound = (0.3 * chance(7, 96_000)).astype(np.float32)
    sound *= np.float32(0.02) + np.sin(np.arange(96_000) / 9600).astype(np.float32) ** 16 * 8
    assert limited(sound, cuts).tobytes() == limited(sound).tobytes()


def test_nothing_comes_out_louder_and_both_channels_get_one_gain() -> None:
    sound = (2 * chance(8)).astype(np.float32)
    out, before = limited(sound), late(sound)
    assert np.all(np.abs(out) <= np.abs(before))
    gain = out[:, LOOK_AHEAD:].astype(np.float64) / before[:, LOOK_AHEAD:]
    assert np.allclose(gain[0], gain[1], rtol=1e-6)
    assert np.max(np.abs(np.diff(gain[0]))) < 1 / 200


def test_it_forgets_within_its_memory() -> None:
    long = (0.2 * chance(9, 4 * RATE)).astype(np.float32)
    long[:, : 2 * RATE] *= 40
    begun = 2 * RATE + 64 * 10
    ready = begun + round(MEMORY_SECONDS * RATE)
    running, rested = limited(long), limited(np.ascontiguousarray(long[:, begun:]))
    apart = running[:, ready:].astype(np.float64) - rested[:, ready - begun :]
    assert np.max(np.abs(apart)) < 1e-5


def test_the_release_is_80_ms() -> None:
    assert float(RELEASE) == pytest.approx(np.exp(-16 / RATE / 0.080), abs=1e-7)
