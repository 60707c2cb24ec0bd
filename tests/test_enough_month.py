"""The month's challenge, lived through by a clock that jumps: the taper is as drawn, and what it says of
sound is true."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pytest
import scipy
from clocks import Jumping, at
from typed import Say, is_asked_wrongly

from lullaby.chance import Key
from lullaby.evening import Request, prepared
from lullaby.evening.enough import Enough
from lullaby.evening.enough_month import findings_in
from lullaby.evening.request import Mix
from lullaby.journal.mornings import RESTED, Morning
from lullaby.journal.nights import NightPlayed, end_night, note_night
from lullaby.people.enough.effect import T_975, Answer, effect_of
from lullaby.people.enough.month import EVENINGS, Month, is_without, share, softer
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.time import RATE

BEGINS = datetime.date(2026, 10, 5)
DAY = datetime.timedelta(days=1)
NOISE = Mix(("pink-noise:-6",), (), 3_600 * RATE)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jumping:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    add_person(Person("mina"))
    return at("2026-10-05T22:15")


@pytest.fixture
def lullaby(clock: Jumping, capsys: pytest.CaptureFixture[str]) -> Say:
    return clock.typing(capsys)


def normal(key: Key, index: int) -> float:
    return float(scipy.special.ndtri(key.draw(index)))


# what is drawn


def test_the_taper_is_a_straight_line_to_sixty_per_cent_and_six_decibels() -> None:
    assert [share(0), share(27)] == [1.0, pytest.approx(0.6)]
    assert [softer(0), softer(27)] == [0.0, pytest.approx(-6)]
    for curve in (share, softer):
        steps = {round(curve(n) - curve(n + 1), 9) for n in range(27)}
        assert len(steps) == 1, "it is a straight line"
        assert steps.pop() > 0


def test_every_week_has_three_nights_without_and_each_choice_is_as_likely() -> None:
    seen: Counter[tuple[int, ...]] = Counter()
    for seed in range(700):
        for week in range(4):
            days = tuple(day for day in range(7) if is_without(seed, 7 * week + day))
            assert len(days) == 3
            seen[days] += 1
    assert len(seen) == 35
    assert scipy.stats.chisquare(list(seen.values())).pvalue > 0.001
    first = [is_without(seed, 0) for seed in range(700)]
    later = [is_without(seed, 7) for seed in range(700)]
    assert abs(scipy.stats.pearsonr(first, later).statistic) < 0.1, "one week says nothing of the next"


def test_the_table_of_t_is_students() -> None:
    for free, value in enumerate(T_975, 1):
        assert value == pytest.approx(scipy.stats.t.ppf(0.975, free), abs=6e-4)


# a month, lived through


def live(lullaby: Say, clock: Jumping, *, effect: float, seed: int, evenings: int = EVENINGS) -> list[float]:
    """A month in which sound brings sleep sooner by so many minutes: each evening is played as it is allowed,
    and told in the morning. Gives the frames that were played, 0 on nights without."""
    key, played = Key.root(seed, "a month lived"), []
    assert lullaby("enough", "month", "start", "--for", "mina").code == 0
    for number in range(evenings):
        day = BEGINS + number * DAY
        clock.to(f"{day}T22:30")
        try:
            night = prepared(Request(NOISE, "mina", date=day, sleeper="none", heard_on=day)).night
        except Enough:
            played.append(0.0)
        else:
            lasted = night.length / RATE
            one = NightPlayed("One", ("render", "one"), "f", "1", 1, day, clock.now())
            number_of = note_night("mina", one, day)
            end_night("mina", number_of, clock.now() + datetime.timedelta(seconds=lasted), lasted, day)
            played.append(night.length)
        latency = 40 + 6 * normal(key, number) - (effect if played[-1] else 0)
        clock.to(f"{day + DAY}T07:30")
        words = (
            "--asleep-after",
            str(max(0, round(latency))),
            "--rested",
            str(3 + round(normal(key, 99 + number))),
        )
        rested = min(5, max(1, int(words[3])))
        assert lullaby("morning", *words[:2], "--rested", str(rested), "--for", "mina").code == 0
    clock.to(f"{BEGINS + evenings * DAY}T12:30")
    return played


def test_a_month_tapers_as_drawn_and_finds_a_planted_effect(lullaby: Say, clock: Jumping) -> None:
    played = live(lullaby, clock, effect=15, seed=4)
    assert played.count(0) == 12
    for number, frames in enumerate(played):
        if frames:
            assert frames == round(3_600 * RATE * share(number))
    facts = lullaby("enough", "month", "result", "--for", "mina", "--json").facts
    latency, rested = facts["findings"]
    assert latency["low"] < -15 < latency["high"] < 0
    assert (latency["seen"], latency["nights_with"], latency["nights_without"]) == (True, 16, 12)
    assert "minutes sooner asleep than without it (95 % interval" in latency["says"]
    assert facts["went_otherwise"] == 0
    assert rested["seen"] is False
    said = lullaby("enough", "month", "result", "--for", "mina").out
    assert "With sound you were" in said
    assert "No difference seen in how well you slept" in said


def test_the_level_falls_by_as_much_as_was_drawn(lullaby: Say, clock: Jumping) -> None:
    lullaby("enough", "month", "start", "--for", "mina")
    free = prepared(Request(NOISE, sleeper="none")).night.score.level
    for number in range(EVENINGS):
        day = BEGINS + number * DAY
        night = prepared(Request(NOISE, "mina", date=day, sleeper="none", heard_on=day, anyway=True)).night
        assert night.score.level - free == pytest.approx(softer(number))


def test_a_night_that_its_sleeper_ends_is_shortened_by_what_it_lasts(lullaby: Say, clock: Jumping) -> None:
    """And not by what was written, of which they would have heard a part."""
    lullaby("enough", "month", "start", "--for", "mina")
    eight = Mix(("pink-noise:-6",), (), 8 * 3_600 * RATE)
    day = BEGINS + 27 * DAY
    free = prepared(Request(eight, "mina", date=day, heard_on=BEGINS - DAY)).night.length
    held = prepared(Request(eight, "mina", date=day, heard_on=day, anyway=True)).night.length
    assert free < 2 * 3_600 * RATE
    assert held == round(0.6 * free)


def test_a_month_in_which_sound_does_nothing_says_no_difference_seen(lullaby: Say, clock: Jumping) -> None:
    live(lullaby, clock, effect=0, seed=8)
    said = lullaby("enough", "month", "result", "--for", "mina").out
    assert said.count("No difference seen") == 2


MONTHS = 600


@pytest.mark.parametrize("effect", [0.0, 10.0], ids=["null", "10 minutes"])
def test_of_many_months_ninety_five_in_a_hundred_enclose_the_truth(effect: float) -> None:
    """Even where a month goes better from week to week: each week has a level of its own."""
    held = seen = 0
    for seed in range(MONTHS):
        month, key = Month(BEGINS, seed), Key.root(seed, "many months")
        mornings = []
        for number, day in enumerate(month.evenings):
            night = month.night(day)
            assert night is not None
            value = 60 - 8 * (number // 7) + 12 * normal(key, number) - (0 if night.without else effect)
            mornings.append(Morning(day, latency_min=round(value)))
        found = findings_in(month, mornings, month.evenings)[0].effect
        assert found.low is not None
        assert found.high is not None
        held += found.low <= -effect <= found.high
        seen += found.is_seen
    assert 0.925 <= held / MONTHS <= 0.972
    if not effect:
        assert seen == MONTHS - held


def test_the_interval_is_that_of_least_squares() -> None:
    """Against scipy, where there is one week."""
    values = [(True, 12.0), (True, 9.0), (True, 14.0), (True, 8.0), (True, 10.0)]
    values += [(False, 15.0), (False, 13.0), (False, 17.0), (False, 16.0), (False, 11.0)]
    found = effect_of(Answer(0, sound, value) for sound, value in values)
    one = scipy.stats.ttest_ind([v for s, v in values if s], [v for s, v in values if not s])
    low, high = one.confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


# what can go otherwise


def test_too_few_answers_are_said_to_be_too_few(lullaby: Say, clock: Jumping) -> None:
    live(lullaby, clock, effect=15, seed=1, evenings=7)
    is_asked_wrongly(lullaby, "enough", "month", "result", "--for", "mina", says="the month runs until")
    assert lullaby("enough", "month", "stop", "--for", "mina").code == 0
    said = lullaby("enough", "month", "result", "--for", "mina").out
    assert "4 answers with sound and 3 without it are too few" in said


def test_a_night_without_says_so_and_plays_only_anyway(lullaby: Say, clock: Jumping) -> None:
    lullaby("enough", "month", "start", "--for", "mina")
    with_sound = without = None
    for number in range(EVENINGS):
        day = BEGINS + number * DAY
        clock.to(f"{day}T22:30")
        facts = lullaby("enough", "month", "status", "--for", "mina", "--json").facts["tonight"]
        assert facts["evening"] == number + 1
        if facts["without"]:
            without = day
        else:
            with_sound = day
    assert without is not None
    assert with_sound is not None
    with pytest.raises(Enough, match="nights without sound in mina's month"):
        prepared(Request(NOISE, "mina", date=without, sleeper="none", heard_on=without))


def test_evenings_that_went_otherwise_count_as_they_were_drawn() -> None:
    month = Month(BEGINS, 3)
    mornings = [Morning(day, rested=RESTED[2]) for day in month.evenings]
    (_, rested) = findings_in(month, mornings, month.evenings)
    assert (rested.effect.nights_with, rested.effect.nights_without) == (16, 12)


def test_one_month_runs_at_a_time_and_may_be_stopped(lullaby: Say, clock: Jumping) -> None:
    is_asked_wrongly(lullaby, "enough", "month", "status", "--for", "mina", says="no month was begun")
    lullaby("enough", "month", "start", "--for", "mina")
    is_asked_wrongly(
        lullaby, "enough", "month", "start", "--for", "mina", says="a month runs until 2026-11-01"
    )
    clock.to("2026-10-10T22:00")
    lullaby("enough", "month", "stop", "--for", "mina")
    is_asked_wrongly(lullaby, "enough", "month", "stop", "--for", "mina", says="no month runs")
    day = datetime.date(2026, 10, 10)
    night = prepared(Request(NOISE, "mina", date=day, sleeper="none", heard_on=day)).night
    assert night.length == 3_600 * RATE


def test_what_a_month_has_shown_is_said_when_its_last_evening_is_over(lullaby: Say, clock: Jumping) -> None:
    lullaby("enough", "month", "start", "--for", "mina")
    words = ("enough", "month", "result", "--for", "mina")
    clock.to("2026-11-01T23:00")
    is_asked_wrongly(lullaby, *words, says="the month runs until 2026-11-01")
    clock.to("2026-11-02T09:00")
    assert lullaby(*words).code == 0


def test_two_listeners_have_two_months(clock: Jumping, lullaby: Say) -> None:
    add_person(Person("ole"))
    drawn = []
    for name in ("mina", "ole"):
        clock.to("2026-10-05T22:15")
        lullaby("enough", "month", "start", "--for", name)
        nights = []
        for number in range(EVENINGS):
            clock.to(f"{BEGINS + number * DAY}T22:30")
            facts = lullaby("enough", "month", "status", "--for", name, "--json").facts
            nights.append(facts["tonight"]["without"])
        drawn.append(nights)
    assert drawn[0] != drawn[1]


def test_a_month_outlives_what_the_journal_forgets(lullaby: Say, clock: Jumping) -> None:
    live(lullaby, clock, effect=15, seed=2)
    clock.to("2026-11-12T09:00")  # 38 days after the first evening
    lullaby("morning", "--rested", "well", "--for", "mina")
    facts = lullaby("enough", "month", "result", "--for", "mina", "--json").facts
    assert facts["findings"][0]["nights_with"] == 16
