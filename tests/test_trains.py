"""A train goes forward: whatever its speed, and however it brakes."""

from __future__ import annotations

import numpy as np
import pytest

from lullaby.chance import Key
from lullaby.score import Curve
from lullaby.time import RATE
from lullaby.voices.core.chances import drift
from lullaby.voices.core.controls import Controls
from lullaby.voices.machines.train import KIND, MARK, USUAL, _way

SPEED = KIND.named("speed")
assert SPEED is not None
SLOWEST, FASTEST = SPEED.low, SPEED.high

KEYS = [Key.root(number, "train") for number in range(6)]


def way(key: Key, speed: Curve, hours: float) -> np.ndarray:
    marks = np.arange(0, round(hours * 3600 * RATE), MARK, dtype=np.int64)
    return _way(key, marks, Controls({}, {"speed": (speed,)}))


@pytest.mark.parametrize("speed", np.linspace(SLOWEST, FASTEST, 6))
def test_a_train_never_rolls_back(speed: float) -> None:
    """Over eight hours it goes between a quarter of its speed and twice as fast."""
    for key in KEYS:
        pace = np.diff(way(key, Curve.steady(speed), 8.0)) * RATE / MARK / (speed / 3.6)
        assert 0.25 < pace.min() < pace.max() < 2
        assert 0.08 < pace.std() < 0.12  # and it wanders at any speed alike


@pytest.mark.parametrize("over", [0.5, 30.0])
@pytest.mark.parametrize(("first", "then"), [(SLOWEST, FASTEST), (FASTEST, SLOWEST), (USUAL, SLOWEST)])
def test_a_train_that_brakes_or_hastens_never_rolls_back(first: float, then: float, over: float) -> None:
    curve, at, lasts = Curve.steady(first), 10 * RATE, round(over * RATE)
    for turn in range(40):
        curve = curve.then(at, at + lasts, first if turn % 2 else then)
        at += lasts + 3 * RATE
    for key in KEYS:
        assert np.diff(way(key, curve, at / RATE / 3600)).min() * RATE / MARK > 0.25 * SLOWEST / 3.6


def test_at_its_usual_speed_it_wanders_with_time_to_the_bit() -> None:
    """Ten hours at odd moments; so a usual train has its joints where it always had them."""
    marks = np.arange(0, 10 * 3600 * RATE, 7 * MARK + 1, dtype=np.int64)
    for key in KEYS[:2]:
        evenly = marks.astype(np.float64) * (USUAL / RATE) / 3.6
        found = _way(key, marks, Controls({}, {"speed": (Curve.steady(USUAL),)}))
        assert (found == evenly + 9.0 * drift(key / "way", marks, 19.0 * RATE)).all()
