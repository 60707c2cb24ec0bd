"""Frames, spans, keys and exact arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.white import fill_white
from lullaby.time import LONGEST, PAGE, RATE, Span, clock, frames, page_span, span
from lullaby.voices.core.chances import between, by_ratio, drift, normal, uniform


def test_a_span_is_whole_frames_and_runs_forward() -> None:
    assert len(span("00:10:00", "00:12:00")) == 2 * PAGE
    assert span(1.5, 2) == Span(72_000, 96_000)
    with pytest.raises(ValueError, match="runs forward"):
        Span(5, 4)
    with pytest.raises(ValueError, match="runs forward"):
        Span(-1, 4)
    with pytest.raises(TypeError, match="whole frames"):
        Span(0.5, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:10:00", 600), ("10:00", 600), ("1:00:00.5", 3600.5), ("24:00:00", 86_400)]
)
def test_a_clock_time_is_read(text: str, seconds: float) -> None:
    assert frames(text) == round(seconds * RATE)


@pytest.mark.parametrize("text", ["", "ten", "1", "1:2:3:4", "00:61:00", "-1:00", "1:00:00:00"])
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        frames(text)


def test_pages_and_blocks_cover_a_span_once() -> None:
    odd = Span(PAGE - 5, 3 * PAGE + 7)
    assert list(odd.pages()) == [0, 1, 2, 3]
    assert sum(len(odd & page_span(n)) for n in odd.pages()) == len(odd)
    assert sum(len(b) for b in odd.blocks()) == len(odd)
    assert list(Span(7, 7).pages()) == []
    assert list(Span(0, PAGE).pages()) == [0]
    assert clock(3_723 * RATE + 5) == "01:02:03"


def test_a_key_is_its_name_and_nothing_else() -> None:
    assert Key.root(1) / "rain" / "drops" == Key.root(1, "rain", "drops")
    names = [Key.root(seed) / name for seed in range(50) for name in ("rain", "sea", 0, 1)]
    assert len({key.bits for key in names}) == len(names)
    assert 0 <= Key.root(1).draw(3) < 1
    assert Key.root(1).draw(3) == Key.root(1).draw(3) != Key.root(1).draw(4)


def test_keys_are_the_same_for_ever() -> None:
    """Written down: a change here is a change of every night there ever was."""
    assert Key.root(0).bits == 0xCD52DD54EE424CA5
    assert (Key.root(1889) / "rain" / 3).bits == 0x96502749F287BCB5


def test_white_noise_is_white_and_every_key_its_own() -> None:
    count = 1 << 20
    first, second = np.zeros(count, np.float32), np.zeros(count, np.float32)
    fill_white(*(Key.root(1) / "middle").words, 0, first)
    fill_white(*(Key.root(1) / "side").words, 0, second)
    assert float(first.mean()) == pytest.approx(0, abs=0.005)
    assert float((first.astype(np.float64) ** 2).mean()) == pytest.approx(1, abs=0.005)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.005
    for lag in (1, 2, 3, 16, 64, 4096):
        assert abs(np.corrcoef(first[lag:], first[:-lag])[0, 1]) < 0.005
    power = (np.abs(np.fft.rfft(first.reshape(-1, 4096).astype(np.float64))) ** 2).mean(axis=0)[1:-1]
    assert np.abs(10 * np.log10(power / power.mean())).max() < 1.5
    assert np.abs(10 * np.log10(power.reshape(-1, 89).mean(axis=1) / power.mean())).max() < 0.3


def test_noise_asked_for_from_the_middle_is_the_same_noise() -> None:
    whole, part = np.zeros(4096, np.float32), np.zeros(160, np.float32)
    fill_white(5, 6, LONGEST - 4096, whole)
    fill_white(5, 6, LONGEST - 4096 + 1000, part)
    assert (whole[1000:1160] == part).all()


def test_draws_are_spread_as_they_say() -> None:
    key, index = Key.root(9), np.arange(200_000)
    assert uniform(key, index).mean() == pytest.approx(0.5, abs=0.003)
    assert np.bincount((uniform(key, index) * 10).astype(int)).std() < 300
    bell = normal(key, index)
    assert bell.mean() == pytest.approx(0, abs=0.01)
    assert bell.std() == pytest.approx(1, abs=0.01)
    assert np.abs(bell).max() <= 3.5
    assert between(key, index, 2, 5).min() >= 2
    spread = by_ratio(key, index, 100, 1600)
    assert np.median(spread) == pytest.approx(400, rel=0.02)


def test_a_drift_wanders_slowly_about_nothing() -> None:
    points = np.arange(0, 8 * 3600 * RATE, RATE // 2)
    slow = drift(Key.root(2), points, 30 * RATE)
    assert slow.mean() == pytest.approx(0, abs=0.1)
    assert slow.std() == pytest.approx(1, abs=0.1)
    assert np.abs(np.diff(slow)).max() < 0.35
    again = drift(Key.root(2), points[1000:1100], 30 * RATE)
    assert (again == slow[1000:1100]).all()


def test_exact_arithmetic_is_exact_enough() -> None:
    x = np.linspace(-60, 60, 10_001)
    assert exact.exp2(x) == pytest.approx(2.0**x, rel=1e-13)
    assert exact.exp(x) == pytest.approx(np.exp(x), rel=1e-12)
    assert exact.gain(x) == pytest.approx(10 ** (x / 20), rel=1e-12)
    assert exact.log2(2.0**x) == pytest.approx(x, abs=1e-12)
    assert exact.log(np.array([math.e, 1.0, 1e-300])) == pytest.approx([1, 0, math.log(1e-300)], rel=1e-12)
    assert exact.sin_turns(x) == pytest.approx(np.sin(2 * np.pi * x), abs=1e-12)
    assert exact.cos_turns(x) == pytest.approx(np.cos(2 * np.pi * x), abs=1e-12)
    assert exact.power(3.0, 2.5) == pytest.approx(3**2.5)
    assert exact.gain(float("-inf")) == 0
    assert exact.exp2(0) == 1
    assert exact.total(np.array([[1.0, 2.0], [3.0, 4.0]])) == pytest.approx([3, 7])
    assert exact.total(np.zeros((3, 0))) == pytest.approx([0, 0, 0])
