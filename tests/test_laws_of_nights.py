"""Laws that every file in scores/ obeys by existing: a night is a function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from nights import (
    KIND_OF,
    KINDS,
    VOICES,
    beginning,
    decibels,
    each_score,
    each_voice,
    middle_values,
    night_of,
    settings_of,
    voices_at,
)
from numpy.typing import NDArray

import lullaby
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night.loudness import Meter, true_peak
from lullaby.time import PAGE, RATE, STEP, Span


def fresh(score: str) -> lullaby.Night:
    return lullaby.load(score, seed=11, sleeper="none", stories=False)


shared = lru_cache(maxsize=2)(fresh)
"""A night for what does not ask whether it is made the same again: its opening is measured once."""


@each_score()
def test_a_night_cut_in_pieces_is_the_same_night(score: str) -> None:
    """Random spans, pages in any order, on one thread and on two; and a page's beginning alone."""
    rng = np.random.default_rng(5)
    first = 4 * PAGE
    whole = fresh(score).render(Span(first, first + 2 * PAGE))
    night = fresh(score)
    with ThreadPoolExecutor(2) as pool:
        pages = dict(zip(order := [5, 4], pool.map(night.page, order), strict=True))
    assert whole.any()
    assert all((pages[n] == whole[n * PAGE - first : (n + 1) * PAGE - first]).all() for n in order)
    for start, stop in np.sort(rng.integers(first, first + 2 * PAGE, (2, 2))):
        piece = night.render(Span(int(start), int(stop)))
        assert (piece == whole[start - first : stop - first]).all()
    for start in rng.integers(0, 5 * RATE // STEP, 4) * STEP + 5 * PAGE:
        piece = beginning(night, Span(int(start), int(start) + 2 * RATE))
        assert (piece == whole[start - first :][: len(piece)]).all()


@each_score()
def test_the_opening_is_as_loud_as_the_score_says(score: str) -> None:
    """±0.5 LU, by a meter that is not ours."""
    pyloudnorm = pytest.importorskip("pyloudnorm")
    night = shared(score)
    opening = night.render(night.opening).astype(np.float64)
    assert pyloudnorm.Meter(RATE).integrated_loudness(opening) == pytest.approx(night.score.level, abs=0.5)


@each_score()
def test_a_night_begins_and_ends_in_silence(score: str) -> None:
    night = shared(score)
    end = night.render(Span(night.length - RATE, night.length + RATE))
    assert (end[RATE:] == 0).all()
    assert decibels(np.abs(end[:RATE]).max()) < -60
    assert decibels(np.abs(night.render(Span(0, RATE // 100))).max()) < -80
    assert decibels(np.abs(end[RATE - 100 : RATE]).max()) < -100


@dataclass(frozen=True)
class Minute:
    """What is known of a minute, or of its beginning."""

    level: float
    """LUFS."""
    bright: float
    """dB of what is above 1 kHz beside what is below."""
    peak: float
    """dBTP."""
    dc: float
    folded: float
    """dB of both channels together beside the two apart: 0 for strangers, below where they take from each
    other."""


A_WHILE = 10 * RATE
"""Frames of a minute that are listened to first."""


@lru_cache(maxsize=128)
def listened(score: str, number: int, frames: int = A_WHILE) -> Minute:
    page = beginning(shared(score), Span(number * PAGE, number * PAGE + frames))
    sound = np.ascontiguousarray(page.T)
    meter = Meter()
    meter.weigh(sound)
    power = np.abs(np.fft.rfft(sound[0, :A_WHILE].astype(np.float64))) ** 2
    corner = len(power) // 24
    both, apart = np.mean(sound.sum(axis=0) ** 2), np.mean(sound**2) * 2
    return Minute(
        meter.integrated,
        float(10 * np.log10((power[corner:].sum() + 1e-30) / (power[:corner].sum() + 1e-30))),
        decibels(true_peak(sound)),
        float(np.abs(sound.mean(axis=1)).max()),
        float(10 * np.log10(both / apart)) if apart else 0.0,
    )


def minutes_of(score: str) -> range:
    return range(shared(score).length // PAGE)


@each_score()
def test_peaks_are_held_and_nothing_is_broken(score: str) -> None:
    """Every other minute."""
    night = shared(score)
    assert decibels(night.ceiling) <= -7.499_999 or night.score.level > -27
    for number in minutes_of(score)[::2]:
        found = listened(score, number)
        assert np.isfinite([found.bright, found.peak, found.dc]).all()
        assert found.dc < 1e-4
        assert found.peak <= decibels(night.ceiling) + 0.05


@each_score()
def test_a_night_folds_to_mono_without_loss(score: str) -> None:
    """Room and all, every other minute."""
    assert min(listened(score, number).folded for number in minutes_of(score)[::2]) > -0.5


@each_score()
def test_a_night_changes_every_ten_minutes(score: str) -> None:
    """By 3 dB in level, or in highs against lows, or a voice comes or goes: mostly that is heard by every
    other minute already."""
    night = shared(score)
    for start in minutes_of(score)[:-10]:
        ten = range(start, start + 11)
        voices = {tuple(voices_at(night, number * PAGE)) for number in ten}
        changes = len(voices) > 1 or any(
            max(np.ptp([one.level for one in found]), np.ptp([one.bright for one in found])) >= 3
            for some in ([number for number in ten if number % 2 == 0], ten)
            if (found := [listened(score, number) for number in some])
        )
        assert changes, f"nothing happens from minute {start} to {start + 10}"


@each_score()
def test_a_night_never_changes_abruptly(score: str) -> None:
    """No scene comes within half a minute, and no minute is 6 dB from the next. Where every other minute is
    nearer than that to the next but one, the one between is not asked; and where the beginnings of two differ
    more (thunder may fall into one), all of both is heard."""
    night = shared(score)
    assert all(scene.over >= 30 * RATE for scene in night.score.scenes[1:])
    before = (night.length - night.score.fade_out) // PAGE
    for number in range(0, before, 2):
        if apart(score, number, min(number + 2, before - 1)) < 6:
            continue
        for one in range(number, min(number + 2, before - 1)):
            assert apart(score, one, one + 1) < 6 or apart(score, one, one + 1, PAGE) < 6, f"minute {one}"


@pytest.mark.soak
@each_score()
def test_no_minute_of_a_night_is_far_from_the_next(score: str) -> None:
    """The same of every minute, and of all of it."""
    for number in minutes_of(score)[: (shared(score).length - shared(score).score.fade_out) // PAGE - 1]:
        assert apart(score, number, number + 1, PAGE) < 6, f"minute {number}"


def apart(score: str, first: int, second: int, *frames: int) -> float:
    """dB between the levels of two minutes."""
    return abs(listened(score, second, *frames).level - listened(score, first, *frames).level)


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


def three(
    names: dict[str, str], later: str = "", level: float = -6, gain: float | None = None
) -> lullaby.Night:
    return night_of(
        THREE.format(
            voices="\n".join(f'{name} = "{voice}"' for name, voice in names.items()),
            levels="\n".join(f"{name} = {{ level = {level} }}" for name in names),
            later=later,
        ),
        gain=gain,
    )


@each_voice()
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


CHANGE = 90.9
"""Seconds: in mid-page, and between two."""


def changed(kind: str, settings: list[str]) -> list[NDArray[np.float32]]:
    """A minute's beginning without and with a change of these settings; they have been gliding before."""
    earlier, later = "[scene.earlier]\nat = 62\nover = 20\n", f"[scene.later]\nat = {CHANGE}\nover = 5\n"
    values = {setting: middle_values(kind, setting) for setting in settings}
    earlier += f"it = {{ {', '.join(f'{name} = {low}' for name, (low, _) in values.items())} }}\n"
    later += f"it = {{ {', '.join(f'{name} = {high}' for name, (_, high) in values.items())} }}\n"
    nights = (three({"it": kind}, scenes, gain=1.0) for scenes in (earlier, earlier + later))
    return [beginning(night, Span(PAGE, 96 * RATE)) for night in nights]


@pytest.mark.parametrize("kind", sorted({KIND_OF[voice] for voice in VOICES}))
def test_a_plan_changed_from_a_frame_on_leaves_what_came_before_alone(kind: str) -> None:
    """Up to the limiter's look-ahead, bit for bit, all that may change changing at once; and then it does."""
    then = round(CHANGE * RATE) - LOOK_AHEAD - PAGE
    # a note an hour, which "every" may come to, leaves nothing to hear
    moving = [name for name in settings_of(kind) if not (KINDS[kind].plays and name == "every")]
    without, told = changed(kind, moving)
    assert without[:then].any()
    assert (without[then:] != told[then:]).any()
    if (without[:then] != told[:then]).any():
        each = {setting: changed(kind, [setting]) for setting in moving}
        knew = [setting for setting, (a, b) in each.items() if (a[:then] != b[:then]).any()]
        pytest.fail(f"{kind} knows before what will change: {knew or 'only all of it together'}")


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
