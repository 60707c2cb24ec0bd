"""A listener's own latency: what nights teach of it, how sure, and what they cannot."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from lullaby.chance import Key
from lullaby.kernels.epochs import gamma
from lullaby.people.person import Person
from lullaby.people.person_file import person_from
from lullaby.people.person_writing import written
from lullaby.sleep.coefficients import shipped
from lullaby.sleep.latency import SHAPE, mean_min
from lullaby.sleep.learning import Learned, Lesson, learn, morning, pressed, scored, usual_min
from lullaby.sleep.listener import sleeper_of
from lullaby.sleep.simulate import simulate
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.waking import WAKEFUL, waking

DAY = datetime.date(2026, 3, 1)
SEEDS = 16


@lru_cache
def week(hyper: float, seed: int) -> tuple[Lesson, ...]:
    """Seven whole nights of somebody the program takes for a good sleeper."""
    nights = simulate(Sleeper(hyper=hyper), seed, DAY, 7)
    return tuple(scored(Sleeper(), night.tolist(), days=6 - k) for k, night in enumerate(nights))


def off(learned: list[Learned], hyper: float) -> np.ndarray:
    return np.array([one.latency for one in learned]) / math.exp(hyper) - 1


def test_after_seven_nights_of_a_bad_sleeper_the_latency_is_within_a_fifth():
    """In six of seven weeks or more (of 150 seeds in 87 %); the median week within a tenth."""
    found = off([learn(week(0.8, seed)) for seed in range(SEEDS)], 0.8)
    assert np.mean(np.abs(found) <= 0.2) >= 0.85
    assert abs(np.median(found)) <= 0.1


def test_seven_times_alone_cannot_tell_it_so_well():
    """The times scatter by 88 % from night to night: why whole nights are weighed."""
    alone = [[replace(lesson, waking=None) for lesson in week(0.8, seed)] for seed in range(SEEDS)]
    assert 0.2 < np.mean(np.abs(off([learn(one) for one in alone], 0.8)) <= 0.2) < 0.7


def test_a_good_sleeper_is_not_taken_for_a_bad_one():
    learned = [learn(week(0.0, seed)) for seed in range(6)]
    assert np.mean(np.abs(off(learned, 0.0)) <= 0.2) >= 0.75
    assert abs(np.mean([one.wakefulness for one in learned])) < 0.1


def test_it_is_as_sure_as_it_may_be():
    """Of the true latencies, at least two in three lie within one spread, and not nearly all within half."""
    learned = [
        (hyper, learn(week(hyper, seed))) for hyper, n in ((0.0, 6), (0.8, SEEDS)) for seed in range(n)
    ]
    apart = [abs(math.log(one.latency) - hyper) / one.spread for hyper, one in learned]
    assert np.mean(np.array(apart) <= 1) >= 0.67
    assert np.mean(np.array(apart) <= 0.5) <= 0.85
    assert learn([]).spread > 2 * learn(week(0.8, 0)).spread


def test_nothing_is_learned_from_nothing():
    assert learn([]).latency == pytest.approx(1, abs=0.01)
    assert learn([], 0.5).latency == pytest.approx(math.exp(0.5), rel=0.02)
    nobody_slept = scored(Sleeper(), [0] * 500)
    assert learn([nobody_slept]).latency == pytest.approx(1, abs=0.01)


def times(mean: float, count: int, seed: int = 5) -> list[float]:
    return [gamma(SHAPE, mean, *Key.root(seed, str(n)).words, 0) for n in range(count)]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_many_mornings_teach_what_is_somebodys_own(factor: float):
    usual = usual_min(Sleeper())
    mornings = [morning(Sleeper(), minutes) for minutes in times(factor * usual, 200)]
    found = [learn(mornings[:n]) for n in (7, 200)]
    assert found[1].latency == pytest.approx(factor, rel=0.12)
    assert found[1].spread < found[0].spread < learn([]).spread


def test_about_forty_minutes_moves_it_up_and_five_down():
    slow, quick = (learn([morning(Sleeper(), minutes)] * 5).latency for minutes in (40.0, 5.0))
    assert slow > 1.4
    assert quick < 0.8


def test_a_key_says_at_least():
    """It is worth less than the time itself, never speaks for a quick sleeper, and early ones say little."""
    usual = usual_min(Sleeper())
    keys = [learn([pressed(Sleeper(), minutes)] * 3).latency for minutes in (0, 5, 15, 35, 70)]
    assert keys == sorted(keys)
    assert keys[0] == pytest.approx(1, abs=0.02)
    assert keys[3] > 1.3
    assert keys[3] < learn([morning(Sleeper(), 35 + usual)] * 3).latency
    assert learn([pressed(Sleeper(), 3)] * 30).latency < 1.8


def test_one_night_out_of_hand_moves_little():
    usual = usual_min(Sleeper())
    mornings = [morning(Sleeper(), minutes) for minutes in times(usual, 14)]
    before = learn(mornings).latency
    assert learn([*mornings, morning(Sleeper(), 600)]).latency < 1.15 * before


def test_old_nights_count_less():
    slow, quick = [morning(Sleeper(), 45)] * 7, [morning(Sleeper(), 8)] * 7
    long_ago = [replace(lesson, days=120) for lesson in slow]
    assert learn([*long_ago, *quick]).latency < learn([*slow, *quick]).latency
    assert learn(long_ago).latency < learn(slow).latency
    assert learn([replace(lesson, days=1e6) for lesson in slow]) == learn([])


def test_an_evening_counts_by_what_it_asks():
    """Forty minutes after a nap are less than forty after a long day."""
    rested = learn([morning(Sleeper(hours_awake=6), 40)] * 3).latency
    tired = learn([morning(Sleeper(hours_awake=20), 40)] * 3).latency
    assert rested < 0.8 * tired


def test_a_scored_night_knows_how_wakeful_its_sleeper_is():
    well, badly = (simulate(Sleeper(hyper=hyper), 5, DAY, 5) for hyper in (0.0, 0.8))
    for nights, low, high in ((well, -0.3, 0.3), (badly, 0.5, 1.1)):
        logs = sum(waking(night.tolist(), Sleeper(), shipped()) for night in nights)
        assert low < WAKEFUL[int(np.argmax(logs))] < high


def test_who_has_got_up_is_not_lying_awake():
    night = simulate(Sleeper(), 5, DAY)[0].tolist()
    last = max(epoch for epoch, stage in enumerate(night) if stage)
    up = night[: last + 1] + [0] * 300
    assert np.array_equal(waking(up, Sleeper(), shipped()), waking(night, Sleeper(), shipped()))


def test_what_is_not_known_of_a_night_is_not_learned():
    night = simulate(Sleeper(hyper=0.8), 5, DAY)[0].tolist()
    whole = scored(Sleeper(), night)
    assert whole.onset_min == pytest.approx((np.argmax(np.array(night) > 0) - 0.5) / 2)
    assert scored(Sleeper(), night, lights_out=False).onset_min is None
    assert scored(Sleeper(), night, all_stages=False).waking is None
    first = next(epoch for epoch, stage in enumerate(night) if stage)
    holes = [-1 if epoch % 7 == 3 and epoch > first else stage for epoch, stage in enumerate(night)]
    assert np.isfinite(scored(Sleeper(), holes).waking).all()
    assert scored(Sleeper(), [-1, *night[1:]]).onset_min is None


@pytest.mark.parametrize("minutes", [math.nan, math.inf, -1, 1441])
def test_no_such_minutes(minutes: float):
    for told in (morning, pressed):
        with pytest.raises(ValueError, match="falling asleep takes"):
            told(Sleeper(), minutes)
    with pytest.raises(ValueError, match="days ago"):
        morning(Sleeper(), 10, days=-1)


def test_a_listener_keeps_what_was_learned_and_what_they_told():
    """The same nights teach the same again; the file comes back as it was."""
    anna = Person("anna", birth_year=1984, insomnia=0.3)
    learned = learn(week(0.8, 1), anna.insomnia)
    taught = learned.applied_to(anna)
    assert taught.insomnia == 0.3
    assert person_from(written(taught), "anna.toml") == taught
    assert learn(week(0.8, 1), taught.insomnia).applied_to(taught) == taught
    before, after = (mean_min(sleeper_of(person, DAY)) for person in (anna, taught))
    assert after == pytest.approx(before / math.exp(0.3) * learned.latency, rel=0.01)
