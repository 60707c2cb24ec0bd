"""Whole numbers come out right: dithered, unbiased, the same however cut, and silent where it was silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lullaby.kernels.dither import fill_dithered_16, fill_dithered_24

Whole = NDArray[Any]


def in_16(sound: NDArray[np.float32], start: int = 0, key: tuple[int, int] = (5, 7)) -> Whole:
    out = np.full(sound.shape, 99, np.int16)
    fill_dithered_16(sound, *key, start, out)
    return out


def in_24(sound: NDArray[np.float32], start: int = 0, key: tuple[int, int] = (5, 7)) -> Whole:
    out = np.full(sound.shape, 99, np.int32)
    fill_dithered_24(sound, *key, start, out)
    assert np.all(out & 0xFF == 0)
    return out >> 8


BOTH = pytest.mark.parametrize(
    ("whole", "full"), [(in_16, 2**15), (in_24, 2**23)], ids=["16 bits", "24 bits"]
)
Finish = Callable[..., Whole]


def noise(frames: int, level: float = 0.1) -> NDArray[np.float32]:
    return (level * np.random.default_rng(2).standard_normal((frames, 2))).astype(np.float32)


def constant(frames: int, value: float) -> NDArray[np.float32]:
    return np.full((frames, 2), value, np.float32)


@BOTH
def test_what_is_finished_is_within_a_step_and_a_half_of_the_sound(whole: Finish, full: int) -> None:
    sound = noise(20_000)
    error = whole(sound).astype(np.float64) - sound.astype(np.float64) * full
    assert 1.2 < np.max(np.abs(error)) <= 1.5


@BOTH
@pytest.mark.parametrize("part", [0.0078125, 0.25, 0.5, -0.75])
def test_the_error_has_no_mean_and_one_quarter_of_a_step_of_power(
    whole: Finish, full: int, part: float
) -> None:
    out = whole(constant(200_000, (10 + part) / full)).astype(np.float64)
    assert np.allclose(np.mean(out, axis=0), 10 + part, atol=0.006)
    assert np.mean((out - 10 - part) ** 2) == pytest.approx(0.25, abs=0.004)


@BOTH
def test_neighbours_channels_and_keys_have_dither_of_their_own(whole: Finish, full: int) -> None:
    sound = constant(200_000, 1e-12)
    first, other = (
        whole(sound).astype(np.float64).ravel(),
        whole(sound, key=(6, 7)).astype(np.float64).ravel(),
    )
    for lag in range(1, 9):
        assert abs(np.mean(first[lag:] * first[:-lag])) / 0.25 < 0.008
    assert abs(np.mean(first * other)) / 0.25 < 0.008


@BOTH
def test_silent_frames_stay_exactly_silent(whole: Finish, full: int) -> None:
    sound = noise(1000)
    sound[200:800] = 0
    sound[300:400] = -0.0
    out = whole(sound)
    assert not np.any(out[200:800])
    sound[500, 1] = 1e-12
    assert np.count_nonzero(np.any(whole(sound) != out, axis=1)) <= 1


@BOTH
def test_a_frame_that_is_half_silent_is_dithered_on_both_sides(whole: Finish, full: int) -> None:
    sound = noise(1000)
    sound[:, 1] = 0
    assert np.any(whole(sound)[:, 1])


@BOTH
@pytest.mark.parametrize("start", [0, 2**31 - 300, 24 * 3600 * 48_000 - 1000])
def test_a_render_cut_anywhere_has_the_same_bits(whole: Finish, full: int, start: int) -> None:
    sound = noise(1000)
    cut = [whole(sound[a:b], start + a) for a, b in ((0, 1), (1, 300), (300, 937), (937, 1000))]
    assert np.array_equal(np.concatenate(cut), whole(sound, start))
    assert not np.array_equal(whole(sound, start + 1), whole(sound, start))


@BOTH
def test_too_loud_is_clipped_and_never_wraps(whole: Finish, full: int) -> None:
    loud = np.array([[1.0, -1.0], [2.0, -2.0], [1e30, -1e30], [np.inf, -np.inf]], np.float32)
    out = whole(np.tile(loud, (200, 1)))
    assert np.all(out[:, 0] >= full - 2)
    assert np.all(out[:, 0] <= full - 1)
    assert np.all(out[:, 1] >= -full)
    assert np.all(out[:, 1] <= -full + 1)


def test_halves_round_to_even() -> None:
    """Where the two draws are the same the dither is 0, and a half lies exactly between two numbers."""
    halves = np.zeros((400_000, 2), np.float32)
    halves[:, 0], halves[:, 1] = 2.5 / 2**15, 3.5 / 2**15
    near_2, near_3 = in_16(halves[:, ::-1] * 0 + halves[:, :1]), in_16(halves[:, ::-1] * 0 + halves[:, 1:])
    # the same dither carried both: from 2.5 and from 3.5 only the ties go different ways
    ties = near_3 - near_2 != 1
    assert np.any(ties)
    assert np.all(near_2[ties] == 2)
    assert np.all(near_3[ties] == 4)
