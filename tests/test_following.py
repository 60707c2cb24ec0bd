"""A night recedes as its sleeper falls asleep, never rises because of a guess, and ends by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from nights import SCORES, beginning, laeq_minute, load, night_of, only_plays
from sleepers import DAY, FIRST, HOUR, SCORE, course, simulated

from lullaby.errors import LullabyError
from lullaby.night import Night
from lullaby.night.following import AT_MOST, FASTEST, PLAYS_ON, darkening, ends, receding
from lullaby.night.loudness import Meter
from lullaby.night.pages import fill
from lullaby.night.parcel import narrowed, packed, unpacked
from lullaby.score import SILENT, Curve
from lullaby.score.model import Wake
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.simulate import simulate
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span, page_span

AWAKE, N1, N2, N3, REM = Stage


def test_a_night_ends_ten_minutes_after_sleep_stays():
    assert ends(FIRST, 8 * HOUR, all_night=False) == 16 * PAGE + PLAYS_ON
    assert ends(FIRST, 20 * PAGE, all_night=False) == 20 * PAGE
    assert ends(FIRST, 8 * HOUR, all_night=True) == 8 * HOUR
    broken = course((AWAKE, 10), (N2, 2.5), (AWAKE, 5), (N2, 2), (N1, 1), (N2, 60))
    assert ends(broken, 8 * HOUR, all_night=False) == round(20.5 * PAGE) + PLAYS_ON
    assert ends(course((AWAKE, 400)), 8 * HOUR, all_night=False) == AT_MOST


def test_who_is_awake_again_before_the_night_has_ended_is_played_on_for():
    """Ten minutes from the next sleep that stays; a moment awake is let pass."""
    again = course((AWAKE, 10), (N2, 5), (AWAKE, 2), (N1, 3), (N2, 60))
    assert ends(again, 8 * HOUR, all_night=False) == 20 * PAGE + PLAYS_ON
    moment = course((AWAKE, 10), (N2, 5), (AWAKE, 1.5), (N2, 60))
    assert ends(moment, 8 * HOUR, all_night=False) == 10 * PAGE + PLAYS_ON
    at_the_end = course((AWAKE, 10), (N2, 9.5), (AWAKE, 1), (N2, 60))
    assert ends(at_the_end, 8 * HOUR, all_night=False) == round(20.5 * PAGE) + PLAYS_ON
    for_good = course((AWAKE, 10), (N2, 5), (AWAKE, 400))
    assert ends(for_good, 8 * HOUR, all_night=False) == AT_MOST
    assert ends(for_good, 8 * HOUR, all_night=False, at_most=95 * PAGE) == 95 * PAGE


@pytest.mark.parametrize("late", [0.5, 1, 4])
def test_of_a_night_followed_live_what_begins_before_its_last_fade_counts(late: float):
    """And what comes later, or comes to be known later, does not take back a fade that is heard."""
    fade = 2 * PAGE
    last = round(18 * PAGE - late * PAGE)
    asleep = Course().then(Run(0, 10 * PAGE, AWAKE), Evidence.INFERRED, 0)
    asleep = asleep.then(Run(10 * PAGE, 10 * PAGE + 1, N2), Evidence.INFERRED, 10 * PAGE)

    def ended(*runs: Run) -> int:
        found = asleep
        for run in runs:
            found = found.then(run, Evidence.INFERRED, run.start)
        return ends(found, 8 * HOUR, all_night=False, fade_out=fade)

    usual = 20 * PAGE
    awake, fading = Run(last, last + 1, AWAKE), Run(18 * PAGE, 18 * PAGE + 1, AWAKE)
    assert ended() == ended(fading) == usual
    assert ended(awake) == AT_MOST
    sleeps = Run(18 * PAGE + RATE, 18 * PAGE + RATE + 1, N2)
    assert ended(awake, sleeps) > 28 * PAGE  # they were awake as it would have faded
    short = Run(last + RATE, last + RATE + 1, N2)
    assert ended(awake, short) == usual
    long = Run(last + 2 * PAGE, last + 2 * PAGE + 1, N2)
    assert ended(awake, long) > usual


@pytest.mark.parametrize("insomnia", [0.0, 0.6])
@pytest.mark.parametrize("age", [25, 60])
def test_next_to_no_night_leaves_its_sleeper_awake(age: int, insomnia: float):
    """The hour apart. Without playing on, 23 to 55 of 600 end while the sleeper lies awake again."""
    left = 0
    for stages in simulate(Sleeper(age=age, hyper=insomnia), 1, DAY, 600):
        night = Course.from_epochs(stages.tolist())
        end = ends(night, 8 * HOUR, all_night=False, fade_out=PAGE)
        left += end < AT_MOST and night.stage(end) is AWAKE
    assert left <= 6


def test_nothing_is_heard_after_the_end():
    night = Night(night_of(SCORE.format(more="", follow="")).score, seed=1, course=FIRST)
    assert night.length == 26 * PAGE
    assert not night.render(Span(night.length, night.length + RATE)).any()
    before = night.render(Span(night.length - 30 * RATE, night.length))
    assert before.any()
    levels = [float(np.sqrt(np.mean(part**2))) for part in np.split(before, 10)]
    assert levels == sorted(levels, reverse=True)


def test_awake_it_is_the_night_that_nobody_sleeps_in():
    score = night_of(SCORE.format(more="", follow="")).score
    asleep, alone = Night(score, seed=1, course=FIRST), Night(score, seed=1)
    np.testing.assert_array_equal(asleep.page(3), alone.page(3))
    assert np.abs(asleep.page(18)).mean() < 0.5 * np.abs(alone.page(18)).mean()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "told", [{}, {"n2": {"level": -3.0}, "n1": {"level": -30.0}}, {"n3": {"level": SILENT}}]
)
def test_no_guess_makes_anything_louder(seed: int, told: dict[str, dict[str, float]]):
    curve = receding(simulated(seed), told, 8 * HOUR)
    values = [k.value for k in curve.keyframes]  # and what fell silent stays so
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] - 3
    for before, after in pairwise(curve.keyframes):
        assert before.stop <= after.start
        if SILENT in (before.value, after.value):
            assert after.stop - after.start == 60 * RATE
        else:
            assert (before.value - after.value) <= FASTEST * (after.stop - after.start) + 1e-9


def test_a_score_says_how_a_voice_recedes():
    text = SCORE.format(
        more='all_night = "a tooth"', follow='[follow]\nrain = { n2 = { level = -3 }, n3 = "silent" }'
    )
    night = Night(night_of(text).score, seed=1, course=FIRST)
    assert night.length == 8 * HOUR
    (rain,) = night.plan.tracks
    # n1 keeps the gentle default, and sleep only makes softer: so -3 in n2 comes too late to be heard
    assert -9 < rain.recede.value_at(17 * PAGE) <= -5
    assert rain.recede.value_at(45 * PAGE) == SILENT


def test_a_score_says_what_else_changes_with_sleep():
    more = 'all_night = "a tooth"'
    follow = "[follow]\nrain = { n1 = { drops = 4, tilt = -6 }, n3 = { drops = 0.5 } }"
    text = SCORE.format(more=more, follow=follow) + "[scene.later]\nat = 02:00:00\nrain = { drops = 30 }\n"
    night = Night(
        night_of(
            text.replace("[follow]", "[scene.mid]\nat = 00:05:00\nrain = { drops = 12 }\n[follow]")
        ).score,
        seed=1,
        course=FIRST,
    )
    (rain,) = night.plan.tracks
    drops = [rain.controls.number("drops", minute * PAGE) for minute in (7, 16, 55, 130)]
    assert drops == [12, 4, 0.5, 0.5]
    assert rain.controls.number("tilt", 20 * PAGE) == -6
    assert np.isfinite(night.page(20)).all()


@pytest.mark.parametrize("slow", [True, False])
@pytest.mark.parametrize("seed", range(1, 5))
def test_events_thin_out_first_then_it_grows_darker_then_softer(seed: int, slow: bool):
    """In that order, as a made-up sleeper falls asleep."""
    score = night_of(SCORE.format(more='all_night = "a tooth"', follow="")).score
    night = Night(score, seed=seed, course=simulated(seed, slow))
    (rain,) = night.plan.tracks
    assert night.plan.darkening is not None
    asleep = rain.controls.asleep

    def moved(curve: Curve) -> int:
        """The frame at which it first leaves what it was at lights-out."""
        return next(k.start for k in curve.keyframes[1:] if k.value != curve.keyframes[0].value)

    curves = rain.controls.curve("drops"), night.plan.darkening, rain.recede
    fewer, darker, softer = (moved(curve) for curve in curves)
    assert asleep < fewer <= darker <= softer
    assert fewer < softer


@pytest.mark.parametrize("name", SCORES)
def test_a_sleeper_changes_no_sample_before_sleep_comes(name: str):
    """Causal: what happens from a frame on leaves everything before it alone, but for the look-ahead."""
    score = load(name).score
    later = course((AWAKE, 40), (N2, 100))
    one, two = (Night(score, seed=2, course=c) for c in (FIRST, later))
    fade = min(one.length - one.plan.fade_out, 12 * PAGE) // PAGE
    for span in (Span(0, 10 * RATE), page_span(fade - 1)):
        sounds = [beginning(night, span) for night in (one, two)]
        assert sounds[0].any()
        np.testing.assert_array_equal(*sounds)


def test_who_sleeps_is_the_same_night_everywhere():
    for slow in (True, False):
        assert simulated(3, slow) == simulated(3, slow)
    first = {next(run.start for run in simulated(seed).runs if run.stage.asleep) for seed in range(5)}
    assert len(first) == 1  # a slow one takes as long on every date
    assert 20 * PAGE < first.pop() < 30 * PAGE
    score = load("plain").score
    live = Course(FIRST.known)  # the same, but nothing of it foreseen
    prints = {Night(score, day=DAY, course=c).fingerprint for c in (None, FIRST, simulated(1), live)}
    assert len(prints) == 4


@pytest.mark.parametrize("seed", range(4))
def test_it_darkens_slowly_and_never_brightens_because_of_a_guess(seed: int):
    curve = darkening(simulated(seed), 8 * HOUR)
    assert [k.value for k in curve.keyframes] == sorted(k.value for k in curve.keyframes)
    assert curve.keyframes[-1].value > 3
    for before, after in pairwise(curve.keyframes):
        # a step is a decibel an octave: half of one in a minute
        assert after.value - before.value <= 0.5 * (after.stop - after.start) / PAGE + 1e-9


@pytest.mark.parametrize("asleep", [True, False])
def test_in_the_morning_it_brightens_by_half_a_decibel_per_octave_in_a_minute_at_most(asleep: bool):
    nobody = course((AWAKE, 480))
    wake = Wake(7 * HOUR, 3 * PAGE)
    curve = darkening(simulated(1, slow=False) if asleep else nobody, 8 * HOUR, wake)
    tilts = [curve.value_at(frame) for frame in range(wake.at, 8 * HOUR, PAGE // 4)]
    assert (tilts[0] > 3 * 0.5) == asleep, "the window alone would be too short"
    assert np.diff(tilts).min() >= -0.5 / 4 - 1e-9
    assert tilts[-1] == 0


def test_as_sleep_deepens_what_is_heard_is_darker_and_softer():
    text = SCORE.format(more='all_night = "a tooth"', follow="").replace("rain-on-slate", "white-noise")
    deep = course((AWAKE, 2), (N1, 8), (N2, 10), (N3, 20))
    night = Night(night_of(text).score, seed=1, course=deep)
    meters = []
    for minute in (1, 9, 19, 39):
        sound = night.render(Span(minute * PAGE, minute * PAGE + 20 * RATE))[:, 0].astype(np.float64)
        power = np.abs(np.fft.rfft(sound)) ** 2
        hz = np.fft.rfftfreq(len(sound), 1 / RATE)
        bands = [power[(hz >= low) & (hz < 2 * low)].sum() for low in (250, 500, 1000, 2000, 4000)]
        meters.append(10 * np.log10(bands))
    for before, after in pairwise(meters):
        assert (after < before).all()  # every band is softer,
        assert (np.diff(after - before) < -0.5).all()  # and the higher the more
    assert meters[-1][4] < meters[-1][0] - 30  # asleep, next to nothing is left above 4 kHz


@pytest.mark.parametrize("name", SCORES)
def test_the_minutes_are_as_soft_as_the_table_wants_them(name: str):
    """LAeq beside the opening's, at 42.5 dBA: N1 36, N2 32, N3 28 at the most, once a stage has lasted."""
    deep = course((AWAKE, 3), (N1, 12), (N2, 15), (N3, 15))
    score = load(name).score  # before any wake window
    score = replace(score, all_night="a test", length=45 * PAGE, scenes=score.scenes[:1], wake=None)
    night = Night(score, seed=3, course=deep)

    def level(minute: int) -> float:
        sound = night.page(minute)
        assert sound.any() or only_plays(night)
        meter = Meter()
        meter.feed(sound.T)
        return laeq_minute(meter)

    opening = Meter()
    opening.feed(night.render(night.opening).T)
    for minute, most in ((14, 36), (29, 32), (44, 28)):
        assert 42.5 + level(minute) - laeq_minute(opening) <= most + 0.5


def test_less_happens_as_sleep_comes():
    score = night_of(
        'length = 08:00:00\nall_night = "a tooth"\n[voices]\nbell = "buoy-bell"\nrain = "open-rain"\n'
        "[scene.all]\nat = 0\nbell = { every = 10 }\nrain = 0\n"
    ).score
    deep = course((AWAKE, 5), (N1, 20), (N2, 30), (N3, 30))
    bell, rain = Night(score, seed=1, course=deep).plan.tracks

    def strokes(minute: int) -> int:
        return len(bell.voice.onsets(bell.key, Span(minute * PAGE, (minute + 15) * PAGE), bell.controls))

    assert strokes(0) > 2 * strokes(9) > 3 * strokes(38) > 0
    assert bell.is_silent(Span(70 * PAGE, 75 * PAGE))
    drops = [rain.controls.number("drops", minute * PAGE) for minute in (1, 24, 54, 84)]
    assert drops[1] == pytest.approx(drops[0] / 4)
    assert drops[2] == pytest.approx(drops[0] / 16)
    assert drops[3] == 0


def test_a_bell_swells_once_somebody_sleeps():
    text = (
        'length = 08:00:00\nall_night = "a tooth"\n[room]\nlevel = "silent"\n[voices]\n'
        'bell = "buoy-bell"\n[scene.all]\nat = 0\nbell = { every = 20 }\n'
    )
    night = Night(night_of(text).score, seed=1, course=course((AWAKE, 10), (N1, 60)))
    (bell,) = night.plan.tracks

    def rises(span: Span) -> list[float]:
        """Seconds from a stroke to its loudest 50 ms; partials beat, so that it is not always the same."""
        found = []
        for at in bell.voice.onsets(bell.key, span, bell.controls).tolist():
            blocks = bell.voice.render(bell.key, Span(at, at + 6 * RATE), bell.controls)
            sound = np.concatenate([np.array(block) for block in blocks], axis=1)[0]
            found.append(float((sound.reshape(-1, 2400) ** 2).mean(axis=1).argmax()) / 20)
        return found

    assert max(rises(Span(PAGE, 3 * PAGE))) < 0.5
    asleep = rises(Span(11 * PAGE, 16 * PAGE))
    assert asleep
    assert min(asleep) > 1.3


def test_what_beats_is_silent_from_n2_on_whatever_a_score_says():
    text = (
        'length = 01:00:00\nall_night = "a tooth"\n[voices]\ntwo = "slow-pulse"\n[scene.all]\nat = 0\n'
        "two = 0\n[follow]\ntwo = { n1 = { level = 0 } }\n"
    )
    night = Night(night_of(text).score, seed=1, course=course((AWAKE, 5), (N1, 5), (N2, 40)))
    assert not night.plan.tracks[0].is_silent(Span(9 * PAGE, 10 * PAGE))
    assert night.plan.tracks[0].is_silent(Span(12 * PAGE, 50 * PAGE))


WAKE = SCORE.format(more="", follow="") + "[wake]\nat = 07:00:00\nover = 00:10:00\n"


def test_a_wake_window_brings_the_night_back_out_of_silence():
    night = Night(night_of(WAKE).score, seed=1, course=simulated(1, slow=False))
    assert night.length == 8 * HOUR
    assert night.plan.is_silent(Span(2 * HOUR, 7 * HOUR))
    levels = []
    for minute in (420, 423, 430):
        meter = Meter()
        meter.feed(night.page(minute).T)
        levels.append(laeq_minute(meter))
    assert levels == sorted(levels)
    morning = Span(470 * PAGE, 470 * PAGE + RATE)
    awake = Night(night.score, seed=1).render(morning)
    assert np.abs(awake).max() > 1e-3
    np.testing.assert_allclose(night.render(morning), awake, atol=1e-5)
    assert not night.page(400).any()


def test_a_wake_window_is_over_before_the_night_is():
    with pytest.raises(LullabyError, match="the window ends at 08:05:00, and the night at 08:00:00"):
        night_of(WAKE.replace("at = 07:00:00", "at = 07:55:00"))


def test_somebody_known_to_lie_awake_is_kept_company_again():
    """A minute and a half up to the level of N1, once that is known for three minutes; never for a guess."""
    runs = course((AWAKE, 5), (N2, 40), (AWAKE, 10), (N2, 30))
    known = Course.from_runs(runs.runs, Evidence.MEASURED)
    up = [k for a, k in pairwise(receding(known, {}, HOUR).keyframes) if k.value > a.value]
    assert [(k.start, k.stop, k.value) for k in up] == [(48 * PAGE, 48 * PAGE + 90 * RATE, -6.5)]
    guessed = receding(runs, {}, HOUR)
    assert not [k for a, k in pairwise(guessed.keyframes) if k.value > a.value]


def test_a_plan_sent_away_darkens_as_the_night_does():
    """Also where there is no other high cut, and the darkening rests over what is sent."""
    text = SCORE.format(more='all_night = "a tooth"\nhigh_cut = 20_000', follow="")
    night = Night(night_of(text).score, seed=1, course=course((AWAKE, 2), (N3, 60)))
    number = 40
    sent = unpacked(
        json.loads(json.dumps(packed(narrowed(night.plan, night.plan.needed(page_span(number))))))
    )
    page = np.zeros((PAGE, 2), np.float32)
    fill(sent, night.loudness(), page_span(number), page)
    np.testing.assert_array_equal(page, night.page(number))
