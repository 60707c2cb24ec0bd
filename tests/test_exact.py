"""Powers, logarithms, sines, drifts and fits: near to what mathematics says, and the same bits whether one
number is asked for, a few or many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from references import filters, generators
from references.powers import EXP2, LOG2, SIN_TURNS, powers

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.fitting import fill_fitted
from lullaby.voices.core.chances import drift, normal

Doubles = NDArray[np.float64]

_DRAW = np.random.default_rng(8)


def _spread(*edges: float) -> Doubles:
    """Numbers near 0, in the hundreds, and these."""
    return np.concatenate([edges, *(_DRAW.normal(0, s, 400) for s in (0.1, 3.0, 300.0))])


WORKED_OUT: list[tuple[Callable[[Any], Any], int, Doubles]] = [
    (exact.exp2, EXP2, _spread(0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -999.5, 999.5)),
    (exact.log2, LOG2, np.exp(np.clip(_spread(0.0, np.log(2), -0.34657359027997264), -700, 700))),
    (exact.sin_turns, SIN_TURNS, _spread(0.0, -0.0, 0.125, -0.125, 0.25, 0.375, -0.75, 1e6)),
]


def _in_pieces(function: Callable[[Any], Any], x: Doubles, size: int) -> Doubles:
    return np.concatenate([function(x[first : first + size]) for first in range(0, len(x), size)])


@pytest.mark.parametrize(("function", "which", "x"), WORKED_OUT)
def test_one_number_a_few_and_many_are_the_same_bits(
    function: Callable[[Any], Any], which: int, x: Doubles
) -> None:
    """Else a level that moves would not be where one that has stopped is."""
    many = function(x)
    assert len(x) > exact.LONG > 7
    assert many.tobytes() == _in_pieces(function, x, 7).tobytes()
    assert many.tobytes() == np.array([function(float(number)) for number in x]).tobytes()
    assert many.tobytes() == function(x.reshape(-1, 1)[::-1])[::-1].tobytes(), "however it lies in memory"


@pytest.mark.parametrize(("function", "which", "x"), WORKED_OUT)
def test_they_are_what_mathematics_says(function: Callable[[Any], Any], which: int, x: Doubles) -> None:
    np.testing.assert_allclose(function(x), powers(which, x), rtol=1e-12, atol=1e-9 if which == 2 else 1e-15)


def test_silence_is_exactly_nothing_however_much_is_asked_for() -> None:
    silent = np.full(2 * exact.LONG, -np.inf)
    assert not exact.gain(silent).any()
    assert not exact.gain(silent[:3]).any()
    assert exact.gain(-np.inf) == 0
    assert exact.gain(0.0) == 1


@pytest.mark.parametrize("odd", [np.nan, np.inf, 1023.7, 5e-324])
def test_what_is_not_sane_is_the_same_among_many(odd: float) -> None:
    with np.errstate(all="ignore"):
        for function in (exact.exp2, exact.log2):
            few = function(np.full(3, odd))
            np.testing.assert_array_equal(function(np.full(2 * exact.LONG, odd))[:3], few)
            np.testing.assert_array_equal(function(odd), few[0])


def test_normal_numbers_are_what_their_reference_is() -> None:
    key, index = Key.root(4, "drops"), np.array([0, 1, -5, 2**40, 77])
    bits = [own.bits for own in (key, key / "more", key / "yet more")]
    assert normal(key, index).tolist() == [generators.normal(bits, int(n)) for n in index]
    assert normal(key, 77).tolist() == normal(key, index[-1:]).tolist()


def test_a_drift_is_what_its_reference_is_in_any_order() -> None:
    key, periods = Key.root(3, "wind"), (1_000, 500, 250)
    frames = np.array([0, 1, 999, 1_000, 1_500, 400, 48_000 * 3_600 * 9, 7])
    draws = [lambda cell, own=key / octave: float(normal(own, cell)[0]) for octave in range(3)]
    expected = [generators.drift(draws, periods, int(frame)) for frame in frames]
    np.testing.assert_allclose(drift(key, frames, 1_000), expected, rtol=1e-9, atol=1e-12)
    assert drift(key, frames[::-1], 1_000).tobytes() == drift(key, frames, 1_000)[::-1].tobytes()


def test_a_fit_is_what_least_squares_finds() -> None:
    draw = np.random.default_rng(9)
    basis, target = draw.normal(size=(90, 12)), draw.normal(size=90)
    errors, weights = draw.uniform(0.2, 2.0, 90), np.empty(12)
    scratch = np.empty((90, 12)), np.zeros((12, 12)), np.empty((3, 90))
    fill_fitted(basis, errors, target, True, *scratch, weights)
    np.testing.assert_allclose(weights, filters.fitted(basis, errors, target), rtol=1e-9)
