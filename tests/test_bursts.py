"""Bursts of noise beside their plain reference, sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from references.generators import burst

from lullaby.kernels.bursts import SCRATCH, add_bursts
from lullaby.kernels.simd import LANES
from lullaby.voices.core.bursts import REACH, Bursts, bursts
from lullaby.voices.core.onsets import Events

LONG = 8_192


def few(**told: Any) -> Bursts:
    """Four that begin anywhere: low and narrow, high and wide, short and long."""
    as_usual = {
        "pitch": np.array([180.0, 1_000.0, 5_000.0, 15_000.0]),
        "breadth": np.array([0.3, 0.12, 0.8, 1.2]),
        "decay": np.array([0.015, 0.008, 0.004, 0.0005]),
        "rise": np.full(4, 0.0002),
    }
    return bursts(
        Events(np.array([5, 100, 303, 2_000]), np.arange(4)),
        **{**as_usual, **told},
        left=np.ones(4),
        right=np.full(4, 0.5),
        seed=np.arange(7, 11).astype(np.uint64),
    )


def heard(table: Bursts, start: int, frames: int) -> NDArray[np.float32]:
    out = np.zeros((2, frames + LANES), np.float32)
    add_bursts(table, 0, len(table), start, frames, np.zeros(SCRATCH, np.float32), out)
    return out[:, :frames]


def plainly(table: Bursts) -> NDArray[np.float64]:
    out = np.zeros(LONG + REACH)
    for one in table:
        out[one["onset"] : one["onset"] + one["life"]] += burst(one)
    return out[:LONG]


def test_a_burst_is_noise_through_its_band_pass() -> None:
    table = few()
    sound, plain = heard(table, 0, LONG), plainly(table)
    # in single precision the low, narrow band-pass keeps 70 dB
    assert np.abs(sound[0] - plain).max() < 3e-4 * np.abs(plain).max()
    np.testing.assert_array_equal(sound[1], 0.5 * sound[0])


@pytest.mark.parametrize("length", [1, 7, 77, 1_024])
def test_bursts_in_pieces_are_the_same_bursts(length: int) -> None:
    table = few()
    pieces = [heard(table, start, length) for start in range(0, LONG, length)]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1)[:, :LONG], heard(table, 0, LONG))


def test_a_burst_lasts_no_longer_than_it_may_and_ends_out_of_hearing() -> None:
    table = few(decay=np.array([0.3, 0.016, 0.004, 0.0005]))
    assert table["life"].max() <= REACH
    assert (table["life"] % LANES == 0).all()
    at_its_end = table["decay"][1:] ** table["life"][1:]
    assert (at_its_end <= 1e-4).all()
