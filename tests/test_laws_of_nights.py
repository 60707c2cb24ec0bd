"""Laws that every file in scores/ obeys by existing: a night is a function."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from nights import KIND_OF, SCORES, VOICES, decibels, middle_values, night_of, settings_of

import lullaby
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night.loudness import Meter, true_peak
from lullaby.time import PAGE, RATE, Span

every_score = pytest.mark.parametrize("score", SCORES)


def fresh(score: str) -> lullaby.Night:
    return lullaby.load(score, seed=11, sleeper="none")


@every_score
def test_a_night_cut_in_pieces_is_the_same_night(score: str) -> None:
    """25 random spans, pages in any order, on one thread and on two."""
    rng = np.random.default_rng(5)
    first = 4 * PAGE
    whole = fresh(score).render(Span(first, first + 3 * PAGE))
    night = fresh(score)
    with ThreadPoolExecutor(2) as pool:
        pages = dict(zip(order := [6, 4, 5], pool.map(night.page, order), strict=True))
    assert all((pages[n] == whole[n * PAGE - first : (n + 1) * PAGE - first]).all() for n in order)
    for start, stop in np.sort(rng.integers(first, first + 3 * PAGE, (25, 2))):
        piece = night.render(Span(int(start), int(stop)))
        assert (piece == whole[start - first : stop - first]).all()


@every_score
def test_another_process_plays_the_same_night(score: str) -> None:
    code = (
        "import hashlib, lullaby; from lullaby.time import PAGE, Span; "
        f"n = lullaby.load({score!r}, seed=11, sleeper='none'); "
        "print(hashlib.sha256(n.render(Span(2 * PAGE - 999, 2 * PAGE + 999)).tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    mine = fresh(score).render(Span(2 * PAGE - 999, 2 * PAGE + 999))
    assert hashlib.sha256(mine.tobytes()).hexdigest() == other


@every_score
def test_the_opening_is_as_loud_as_the_score_says(score: str) -> None:
    """±0.5 LU, by a meter that is not ours."""
    pyloudnorm = pytest.importorskip("pyloudnorm")
    night = fresh(score)
    opening = night.render(night.opening).astype(np.float64)
    assert pyloudnorm.Meter(RATE).integrated_loudness(opening) == pytest.approx(night.score.level, abs=0.5)


@every_score
def test_peaks_are_held_and_nothing_is_broken(score: str) -> None:
    night = fresh(score)
    assert decibels(night.ceiling) <= -7.499_999 or night.score.level > -27
    for number in range(0, night.length // PAGE, 7):
        page = night.page(number)
        assert np.isfinite(page).all()
        assert np.abs(page.mean(axis=0)).max() < 1e-4
        assert decibels(true_peak(np.ascontiguousarray(page.T))) <= decibels(night.ceiling) + 0.05


@every_score
def test_a_night_begins_and_ends_in_silence(score: str) -> None:
    night = fresh(score)
    end = night.render(Span(night.length - RATE, night.length + RATE))
    assert (end[RATE:] == 0).all()
    assert decibels(np.abs(end[:RATE]).max()) < -60
    assert decibels(np.abs(night.render(Span(0, RATE // 100))).max()) < -80
    assert decibels(np.abs(end[RATE - 100 : RATE]).max()) < -100


@every_score
def test_a_night_changes_every_ten_minutes_and_never_abruptly(score: str) -> None:
    """By 3 dB in level, or in highs against lows, or a voice comes or goes; never within half a minute."""
    night = fresh(score)
    minutes = range(0, night.length // PAGE)
    facts = []
    for number in minutes:
        page = np.ascontiguousarray(night.page(number).T)
        meter = Meter()
        meter.feed(page)
        power = np.abs(np.fft.rfft(page[0, : RATE * 20].astype(np.float64))) ** 2
        corner = len(power) // 24
        bright = 10 * np.log10((power[corner:].sum() + 1e-30) / (power[:corner].sum() + 1e-30))
        facts.append((meter.integrated, bright, tuple(night.voices_at(number * PAGE))))
    for start in range(0, len(facts) - 10, 1):
        ten = facts[start : start + 11]
        levels, brightness, voices = zip(*ten, strict=True)
        changed = (
            max(levels) - min(levels) >= 3 or max(brightness) - min(brightness) >= 3 or len(set(voices)) > 1
        )
        assert changed, f"nothing happens from minute {start} to minute {start + 10}"
    assert all(scene.over >= 30 * RATE for scene in night.score.scenes[1:])
    before_the_end = [level for level, *_ in facts[: (night.length - night.score.fade_out) // PAGE]]
    assert np.abs(np.diff(before_the_end)).max() < 6


THREE = """
title = "three"
length = 600
[voices]
{voices}
[scene.first]
at = 0
{levels}
{later}
"""


def three(names: dict[str, str], later: str = "", level: float = -6) -> lullaby.Night:
    return night_of(
        THREE.format(
            voices="\n".join(f'{name} = "{voice}"' for name, voice in names.items()),
            levels="\n".join(f"{name} = {{ level = {level} }}" for name in names),
            later=later,
        )
    )


@pytest.mark.parametrize("voice", VOICES)
def test_adding_or_reordering_voices_leaves_the_others_stems_alone(voice: str) -> None:
    span = Span(PAGE + 7, PAGE + 7 + 2 * RATE)
    alone = three({"it": voice}).stem("it", span)
    between = three({"a": "shore", "it": voice, "z": "white-noise"}).stem("it", span)
    assert (alone == between).all()


def test_a_silent_voice_adds_exactly_nothing() -> None:
    span = Span(PAGE, PAGE + RATE)
    without = three({"rain": "open-rain", "bell": "buoy-bell"})
    with_one = three({"rain": "open-rain", "sea": "shore", "bell": "buoy-bell"}, "")
    quiet = night_of(
        THREE.format(
            voices='rain = "open-rain"\nsea = "shore"\nbell = "buoy-bell"',
            levels='rain = { level = -6 }\nsea = "silent"\nbell = { level = -6 }',
            later="",
        )
    )
    assert (without.render(span) == quiet.render(span)).all()
    assert (without.render(span) != with_one.render(span)).any()


def test_a_night_of_silence_is_exactly_silent() -> None:
    night = night_of(THREE.format(voices='rain = "open-rain"', levels='rain = "silent"', later=""))
    assert (night.render(Span(0, 2 * PAGE)) == 0).all()


def test_when_everything_falls_silent_the_night_becomes_exactly_silent() -> None:
    later = '[scene.off]\nat = 60\nover = 10\nit = "silent"'
    night = three({"it": "shore"}, later)
    page = night.page(3)
    assert np.abs(night.page(1)).max() > 0
    assert (page == 0).all()


MOVABLE = [
    (voice, setting)
    for voice in {kind: name for name, kind in reversed(sorted(KIND_OF.items()))}.values()
    for setting in settings_of(voice)
]


@pytest.mark.parametrize(("voice", "setting"), MOVABLE)
def test_a_plan_changed_from_a_frame_on_leaves_what_came_before_alone(voice: str, setting: str) -> None:
    """Up to the limiter's look-ahead, bit for bit, whatever changes, between seconds and in mid-page,
    and where the setting has been gliding before."""
    change = 90.9
    low, value = middle_values(voice, setting)
    earlier = f"[scene.earlier]\nat = 62\nover = 20\nit = {{ {setting} = {low} }}\n"
    later = f"[scene.later]\nat = {change}\nover = 5\nit = {{ {setting} = {value} }}"
    before, after = three({"it": voice}, earlier), three({"it": voice}, earlier + later)
    span = Span(PAGE, round(change * RATE) - LOOK_AHEAD)
    assert (before.render(span) == after.render(span)).all()


def test_a_plan_changed_by_a_voice_that_comes_leaves_what_came_before_alone() -> None:
    voices, levels = 'it = "far-falls"\nsea = "shore"', "it = { level = 0 }"
    later = "[scene.later]\nat = 90.9\nover = 5\nsea = { level = -6 }"
    before = night_of(THREE.format(voices=voices, levels=levels, later=""))
    after = night_of(THREE.format(voices=voices, levels=levels, later=later))
    span = Span(PAGE, round(90.9 * RATE) - LOOK_AHEAD)
    assert (before.render(span) == after.render(span)).all()
    rest = Span(91 * RATE, 100 * RATE)
    assert (before.render(rest) != after.render(rest)).any()


OPENINGS = {
    "a short fade": ("fade_in = 3", "at = 0\nit = { level = 0 }"),
    "the longest fade": ("fade_in = 600", "at = 0\nit = { level = 0 }"),
    "a scene that comes late and slowly": ("", "at = 55\nover = 60\nit = { level = 0 }"),
    "a scene that comes over five minutes": ("", "at = 30\nover = 300\nit = { level = -20 }"),
    "a scene at the very end of a page": ("", "at = 58\nover = 60\nit = { level = 0 }"),
}


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_gentle_beginning_does_not_make_a_loud_night(opening: str) -> None:
    """However softly it comes, a night is at its level once it is there."""
    head, scene = OPENINGS[opening]
    night = night_of(f'title = "t"\nlength = 1800\n{head}\n[voices]\nit = "pink-noise"\n[scene.a]\n{scene}')
    meter = Meter()
    meter.feed(np.ascontiguousarray(night.page(14).T))
    assert meter.integrated == pytest.approx(-33, abs=0.5)


def test_memory_is_flat_however_long_the_night() -> None:
    """One page is kept, and a page nobody holds lends its memory; one that is held does not change."""
    night = three({"rain": "pink-noise"})
    held = night.page(1)[:5000]
    before = held.copy()
    places = {night.page(number).ctypes.data for number in range(2, 9)}
    assert len(places) <= 3
    assert (held == before).all()
    assert len(night._pages) == 1


def test_settings_glide_without_a_step() -> None:
    """A colour that moves through a minute makes no click anywhere."""
    later = "[scene.later]\nat = 60\nover = 60\nit = { tilt = -8, to = 900 }"
    night = three({"it": "pink-noise"}, later)
    sound = night.render(Span(58 * RATE, 122 * RATE)).astype(np.float64)
    bend = np.abs(np.diff(sound[:, 0], 2))
    blocks = bend[: len(bend) // 4800 * 4800].reshape(-1, 4800)
    assert (blocks.max(axis=1) < 8 * blocks.std(axis=1) + 1e-4).all()
