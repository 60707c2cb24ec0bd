"""The sleeper: one night from one seed and date, and a thousand nights that look like people's.

Targets and tolerances: Boulos 2019 (5273 healthy adults) for nights by age, public polysomnography for
cycles and bouts, SHHS for women's slow waves, Åkerstedt and Gillberg 1981 for sleep by day.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import time
from functools import lru_cache

import numpy as np
import pytest

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.kernels import epochs
from lullaby.people.traits import Sex
from lullaby.sleep.awakenings import wakes
from lullaby.sleep.latency import asleep_within, mean_min, quantile
from lullaby.sleep.model import Sleeping
from lullaby.sleep.norms import bouts, by_cycle, figures, mean_and_sd
from lullaby.sleep.simulate import simulate
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage

DAY = datetime.date(2026, 11, 30)
AGES = (25, 40, 60, 75)
TOLERANCES = {
    "latency_min": (3, (13.8, 15.4, 17.6, 19.3)),
    "total_min": (10, (410, 395, 374, 359)),
    "wake_min": (8, (34, 48, 68, 82)),
    "n1": (1.5, (7.2, 7.9, 8.9, 9.7)),
    "n2": (2.5, (50.5, 51.4, 52.6, 53.5)),
    "n3": (2, (21.8, 20.4, 18.6, 17.3)),
    "rem": (1.5, (19.9, 19.0, 18.6, 18.3)),
    "rem_latency_min": (10, (100, 97, 93, 90)),
}
SPREADS = {"total_min": (30, 65), "n3": (7, 10), "rem": (5, 6.5), "rem_latency_min": (34, 57)}
SLOPES = {
    "total_min": (-12.8, -7.5),
    "efficiency": (-2.6, -1.5),
    "wake_min": (6.9, 12.4),
    "latency_min": (0.3, 1.9),
    "n1": (0.1, 0.8),
}
"""A decade of age."""

SLEEPERS = [
    Sleeper(),
    Sleeper(age=78, sex=Sex.MALE, hyper=0.7, chronotype=-1.5),
    Sleeper(age=22, sex=Sex.FEMALE, bedtime=8.0, hours_awake=25, debt_h=6, in_bed_min=600),
]


@lru_cache
def thousand(sleeper: Sleeper) -> np.ndarray:
    return simulate(sleeper, 1, DAY, 1000)


def means(sleeper: Sleeper) -> dict[str, float]:
    return mean_and_sd(figures(thousand(sleeper)))[0]


@pytest.mark.parametrize("sleeper", SLEEPERS)
def test_the_plain_and_the_compiled_night_are_one(sleeper):
    plain = simulate(sleeper, 5, DAY, 4, compiled=False)
    assert np.array_equal(plain, simulate(sleeper, 5, DAY, 4, compiled=True))


def test_a_seed_and_a_date_are_one_night_alone_or_among_many():
    many = simulate(SLEEPERS[0], 9, DAY, 30)
    for later in (0, 7, 29):
        alone = simulate(SLEEPERS[0], 9, DAY + datetime.timedelta(days=later))
        assert np.array_equal(alone[0], many[later])
    assert not np.array_equal(many[0], many[1])
    assert not np.array_equal(many[0], simulate(SLEEPERS[0], 10, DAY)[0])


def test_a_night_is_the_same_bits_on_every_machine():
    """Kept by hand: where it changes, so does every night that follows a sleeper; the changelog says so."""
    nights = np.concatenate([simulate(sleeper, 1, DAY, 25).ravel() for sleeper in SLEEPERS])
    assert hashlib.sha256(nights.tobytes()).hexdigest()[:16] == "8308abecec10ff06"


@pytest.mark.parametrize("x", [-39.0, -3.3, -1e-9, 0.0, 0.4, 1.0, 12.5, 40.0])
def test_exponentials_and_logarithms_are_right(x):
    assert epochs.exp(x) == pytest.approx(math.exp(x), rel=2e-13)
    assert epochs.ln(math.exp(x)) == pytest.approx(x, rel=1e-12, abs=1e-12)


def test_chance_is_even_and_the_bell_is_a_bell():
    low, high = Key.root(3).words
    even = np.array([epochs.chance(low, high, i) for i in range(20_000)])
    assert even.min() > 0
    assert even.max() < 1
    assert np.histogram(even, 20, (0, 1))[0].std() < 60
    bell = np.array([epochs.normal(*Key.root(n).words, 64) for n in range(5000)])
    assert abs(bell.mean()) < 0.05
    assert abs(bell.std() - 1) < 0.04


@pytest.mark.parametrize("place", range(4), ids=[f"{age} years" for age in AGES])
def test_a_thousand_nights_are_like_peoples(place):
    mean, sd = mean_and_sd(figures(thousand(Sleeper(age=AGES[place]))))
    for name, (tolerance, targets) in TOLERANCES.items():
        assert mean[name] == pytest.approx(targets[place], abs=tolerance), name
    for name, (low, high) in SPREADS.items():
        assert low <= sd[name] <= high, name


@pytest.mark.parametrize("name", SLOPES)
def test_a_decade_changes_sleep_as_it_does_peoples(name):
    every = [means(Sleeper(age=age))[name] for age in AGES]
    low, high = SLOPES[name]
    assert low <= np.polyfit(np.array(AGES) / 10, every, 1)[0] <= high


def test_deep_sleep_falls_and_rem_grows_from_cycle_to_cycle():
    cycles = by_cycle(thousand(Sleeper(age=25)))
    assert cycles["n3"][:4] == pytest.approx([40, 17, 8, 4], abs=6)
    assert cycles["rem"][:4] == pytest.approx([15, 24, 27, 35], abs=6)
    assert cycles["n3"][:4] == sorted(cycles["n3"][:4], reverse=True)
    assert cycles["rem"][:4] == sorted(cycles["rem"][:4])


@pytest.mark.parametrize("age", AGES)
def test_wake_and_deep_sleep_have_heavy_tails(age):
    lasting = bouts(thousand(Sleeper(age=age)))
    for stage in ("awake", "n2", "n3"):
        assert 0.4 <= lasting[stage]["k"] <= 0.75, stage
    assert lasting["rem"]["k"] == pytest.approx(1, abs=0.15)


def test_women_sleep_more_deeply():
    female, male = (means(Sleeper(age=50, sex=sex))["n3"] for sex in (Sex.FEMALE, Sex.MALE))
    assert female - male == pytest.approx(6.7, abs=2)


def test_sleep_by_day_ends_by_itself():
    """Sleep begun in the morning lasts about half as long; begun at seven in the evening, as long."""

    def asleep(bedtime: float, hours_awake: float) -> float:
        sleeper = Sleeper(bedtime=bedtime, hours_awake=hours_awake, in_bed_min=720)
        return float(mean_and_sd(figures(simulate(sleeper, 1, DAY, 300)))[0]["total_min"])

    night = asleep(23, 16)
    assert 0.4 * night < asleep(7, 24) < 0.65 * night
    assert 0.4 * night < asleep(11, 28) < 0.65 * night
    assert asleep(19, 36) > 0.9 * night


def test_the_body_clock_and_a_bad_sleeper_count():
    usual = means(Sleeper())
    bad = means(Sleeper(hyper=0.8))
    assert bad["latency_min"] > 1.8 * usual["latency_min"]
    assert bad["total_min"] < usual["total_min"] - 40
    assert means(Sleeper(debt_h=12))["latency_min"] < usual["latency_min"]
    assert means(Sleeper(chronotype=3))["latency_min"] > usual["latency_min"]


def test_compiled_nights_are_far_quicker_than_plain_ones():
    """A hundred times: a thousand of them take a fifth of a second."""
    thousand(Sleeper())  # compiled by now

    def taken(nights: int, compiled: bool) -> float:
        before = time.process_time()
        simulate(Sleeper(), 1, DAY, nights, compiled=compiled)
        return (time.process_time() - before) / nights

    assert min(taken(500, True) for _ in range(3)) < min(taken(3, False) for _ in range(3)) / 20


def test_chances_are_what_is_stepped_by():
    sleeping = Sleeping(Sleeper(hyper=0.5), Key.root(4), asleep_after_min=0)
    expected, met = np.zeros(5), np.zeros(5)
    while sleeping.epoch < 2000:
        chances = sleeping.chances()
        assert sum(chances) == pytest.approx(1)
        expected += chances
        met[sleeping.step()] += 1
    assert np.abs(met - expected).max() < 60


def test_noise_wakes_as_it_was_measured():
    """sleep.md: .001894 L² + .04008 L − 3.3243 per cent of what is heard in N2."""
    assert wakes(Stage.N2, 33) == 0
    assert wakes(Stage.N2, 60) == pytest.approx(0.05899, abs=1e-4)
    assert wakes(Stage.N3, 60) == pytest.approx(0.35 * wakes(Stage.N2, 60))
    assert wakes(Stage.N1, 60, sudden=True, speech=True) == pytest.approx(12 * wakes(Stage.N2, 60))
    assert wakes(Stage.AWAKE, 90) == 0
    silent, quiet, loud = (stages_with(dba) for dba in (0.0, 33.0, 65.0))
    assert quiet == silent
    assert loud.count(Stage.AWAKE) > 1.3 * silent.count(Stage.AWAKE)


def stages_with(dba: float) -> list[Stage]:
    sleeping = Sleeping(Sleeper(), Key.root(8), asleep_after_min=5)
    return [sleeping.step(dba) for _ in range(900)]


def test_latency_has_the_distribution_it_says():
    mean = mean_min(Sleeper())
    drawn = figures(thousand(Sleeper()))["latency_min"]
    assert drawn.mean() == pytest.approx(mean, rel=0.12)
    assert np.mean(drawn < quantile(0.8, mean)) == pytest.approx(0.8, abs=0.04)
    assert asleep_within(quantile(0.5, mean), mean) == pytest.approx(0.5)
    assert mean_min(Sleeper(latency=2)) == pytest.approx(2 * mean)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"age": 17}, "adults only"),
        ({"age": float("nan")}, "The age goes from 0 to 120 years"),
        ({"bedtime": 24.5}, "Bedtime goes from 0 to 24"),
        ({"hyper": 0.9}, "Insomnia goes from 0 to 0.8"),
        ({"in_bed_min": 0}, "The time in bed"),
    ],
)
def test_who_sleeps_is_checked(told, says):
    with pytest.raises(AskedWrongly, match=says):
        Sleeper(**told)
