"""Headphones: every voice has its seat around a head, and a night is as much a night as before."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from nights import SCORES, alone_text, beginning, decibels, night_of
from numpy.typing import NDArray
from typed import typing

import lullaby
from lullaby.kernels.head import TAIL
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night import Night
from lullaby.night.ears import ACROSS, APART, FURTHEST, MEMORY, Ears, paths_for, shelf
from lullaby.night.pages import fill
from lullaby.night.parcel import narrowed, packed, unpacked
from lullaby.time import BLOCK, PAGE, RATE, STEP, Span, page_span

Floats = NDArray[np.float64]
ONE = np.ones(1)
LEFT, RIGHT = 0, 1


def white(count: int = BLOCK, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(count).astype(np.float32)


def both(x: NDArray[np.float32], *channels: int) -> NDArray[np.float32]:
    """The sound in these channels of two."""
    sound = np.zeros((2, len(x)), np.float32)
    sound[list(channels)] = x
    return sound


def ears(sound: NDArray[np.float32], pan: float | Floats, loud: Floats = ONE) -> Floats:
    """One block as both ears hear it."""
    head, out = Ears(1), np.zeros_like(sound)
    head.hear(0, sound, loud, np.atleast_1d(np.float64(pan)), out)
    head.shade(out)
    return out.astype(np.float64)


def later(heard: Floats) -> float:
    """Seconds that the left ear hears it after the right one, between 3 and 10 kHz."""
    left, right = np.fft.rfft(heard)
    hz = np.fft.rfftfreq(heard.shape[1], 1 / RATE)
    both = np.where((hz > 3_000) & (hz < 10_000), left * np.conj(right), 0)
    together = np.fft.irfft(both, 8 * heard.shape[1])
    at = int(np.argmax(together))
    return (at - len(together) * (2 * at > len(together))) / (8 * RATE)


def levels(heard: Floats, low: float, high: float) -> Floats:
    """dB of each ear between these Hz."""
    hz = np.fft.rfftfreq(heard.shape[1], 1 / RATE)
    return np.asarray(
        10 * np.log10((np.abs(np.fft.rfft(heard)[:, (hz > low) & (hz < high)]) ** 2).sum(axis=1))
    )


@cache
def worn(score: str) -> Night:
    return lullaby.load(score, seed=11, sleeper="none", headphones=True, stories=False)


def for_ears(night: Night) -> Night:
    return Night(night.score, seed=night.seed, headphones=True)


@pytest.mark.parametrize("pan", [-1, -0.6, -0.25, 0, 0.1, 0.5, 0.83, 1])
@pytest.mark.parametrize("channel", [LEFT, RIGHT])
def test_the_far_ear_hears_it_as_much_later_as_woodworth_says(pan: float, channel: int) -> None:
    angle = np.deg2rad(pan * FURTHEST + (APART if channel else -APART))
    wanted = 0.0875 / 343 * (angle + np.sin(angle))
    assert later(ears(both(white(), channel), pan)) == pytest.approx(wanted, abs=60e-6)


@pytest.mark.parametrize("pan", [-1, -0.4, 0.4, 1])
def test_a_voice_is_heard_on_its_own_side(pan: float) -> None:
    """With both its channels, alike or strangers to each other."""
    for sound in (both(white(), LEFT, RIGHT), np.stack([white(), white(seed=1)])):
        heard = ears(sound, pan)
        left, right = levels(heard, 1_500, 10_000)
        assert np.sign(pan) * (right - left) > 2


@pytest.mark.parametrize("channel", [LEFT, RIGHT])
def test_the_head_shades_highs_more_than_lows(channel: int) -> None:
    heard = ears(both(white(), channel), 0)
    bands = [(100, 300), (500, 1_000), (1_500, 3_000), (5_000, 10_000)]
    apart = [np.subtract(*levels(heard, *band)[:: 1 if channel == LEFT else -1]) for band in bands]
    assert all(lower < higher for lower, higher in pairwise(apart))
    assert apart[0] < 1
    assert apart[-1] > 8


def test_the_response_of_each_ear_is_the_one_it_claims() -> None:
    """Brown and Duda's shelf, up to where taps and the bilinear transform leave it by a decibel."""
    click = np.zeros(BLOCK, np.float32)
    click[100] = 1
    for pan in (-1.0, 0.0, 0.7):
        heard = np.abs(np.fft.rfft(ears(both(click, RIGHT), pan)))
        hz = np.fft.rfftfreq(BLOCK, 1 / RATE)
        for ear, axis in ((LEFT, -90), (RIGHT, 90)):
            angle = np.abs(np.deg2rad(pan * FURTHEST + APART - axis))
            s = 2j * np.pi * hz * ACROSS / 2
            claimed = np.abs((1 + float(shelf(angle)) * s) / (1 + s)) * np.sqrt(0.5)
            apart = 20 * np.log10(heard[ear] / claimed)
            assert np.abs(apart[hz < 8_000]).max() < 1


def test_what_is_in_the_middle_is_the_same_in_both_ears() -> None:
    heard = ears(both(white(), LEFT, RIGHT), 0)
    np.testing.assert_allclose(heard[0], heard[1], atol=1e-6)
    swapped = ears(np.stack([white(), white(seed=1)]), 0.3), ears(np.stack([white(seed=1), white()]), -0.3)
    np.testing.assert_allclose(swapped[0], swapped[1][::-1], atol=1e-6)


def test_no_way_is_longer_than_what_a_block_remembers() -> None:
    late, _ = paths_for(np.linspace(-1, 1, 999))
    assert late.min() >= 0
    assert late.max() + 3 < TAIL


def test_blocks_fit_together() -> None:
    """However it is cut, at whole control points; and with gain and seat on the move."""
    sound = np.stack([white(), white(seed=1)])
    points = np.arange(BLOCK // STEP + 1) / (BLOCK // STEP)
    for loud, pan in ((ONE, ONE * 0.4), (0.2 + points, ONE * 0.4), (ONE, 2 * points - 1), (points, points)):
        whole = ears(sound, pan, loud)
        head, pieces = Ears(1), []
        for start, stop in pairwise([0, 64, 128, 6_400, 32_000, BLOCK]):
            part = [x if len(x) == 1 else x[start // STEP : stop // STEP + 1] for x in (loud, pan)]
            out = np.zeros((2, stop - start), np.float32)
            head.hear(0, sound[:, start:stop], *part, out)
            head.shade(out)
            pieces.append(out)
        assert (np.concatenate(pieces, axis=1) == whole).all()


def test_from_rest_it_is_soon_the_same() -> None:
    sound = np.stack([white(), white(seed=1)])
    whole, lead = ears(sound, 0.9), round(MEMORY * RATE / STEP + 0.5) * STEP
    fresh = ears(sound[:, 6_400 - lead :], 0.9)[:, lead:]
    assert decibels(np.abs(fresh - whole[:, 6_400:]).max()) < -120


def test_silence_is_exactly_silent_soon_after_a_sound() -> None:
    sound = both(white(), LEFT, RIGHT)
    sound[:, 1_000:] = 0
    heard = ears(sound, 0.5)
    assert heard[:, 1_020].all()
    assert not heard[:, 1_000 + round(MEMORY * RATE) + STEP :].any()
    assert not ears(sound, 0.5, np.zeros(1)).any()


def test_a_glide_of_the_seat_makes_no_click() -> None:
    """No second difference stands out, from side to side within a second, where a tone would show it."""
    tone = np.sin(2 * np.pi * 440 / RATE * np.arange(BLOCK)).astype(np.float32)
    places = np.linspace(-1, 1, BLOCK // STEP + 1)
    bend = np.abs(np.diff(ears(both(tone, LEFT, RIGHT), places)[:, 200:], 2))
    still = np.abs(np.diff(ears(both(tone, LEFT, RIGHT), 0)[:, 200:], 2)).max()
    assert bend.max() < 1.5 * still


@pytest.mark.parametrize("score", SCORES)
def test_a_night_for_headphones_cut_in_pieces_is_the_same_night(score: str) -> None:
    rng = np.random.default_rng(5)
    first = 5 * PAGE
    whole = beginning(worn(score), Span(first, first + 12 * RATE))
    night = lullaby.load(score, seed=11, sleeper="none", headphones=True, stories=False)
    assert whole.any()
    for start, stop in np.sort(rng.integers(0, 12 * RATE // STEP, (3, 2))) * STEP:
        piece = beginning(night, Span(first + int(start), first + int(stop)))
        assert (piece == whole[start:stop]).all()


def test_pages_for_headphones_in_any_order_are_the_same_night() -> None:
    rng = np.random.default_rng(5)
    whole = worn("harbour-rain").render(Span(4 * PAGE, 6 * PAGE))
    night = lullaby.load("harbour-rain", seed=11, sleeper="none", headphones=True, stories=False)
    assert (night.page(5) == whole[PAGE:]).all()
    for start, stop in np.sort(rng.integers(4 * PAGE, 6 * PAGE, (3, 2))):
        assert (night.render(Span(int(start), int(stop))) == whole[start - 4 * PAGE : stop - 4 * PAGE]).all()


@pytest.mark.parametrize("score", SCORES)
def test_it_opens_as_loud_as_its_score_says(score: str) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    night = worn(score)
    opening = night.render(night.opening).astype(np.float64)
    assert pyloudnorm.Meter(RATE).integrated_loudness(opening) == pytest.approx(night.score.level, abs=0.5)


def test_a_parcel_for_headphones_sounds_the_same() -> None:
    night = lullaby.load("harbour-rain", headphones=True, stories=False)
    for number in (0, 7, 14):
        less = unpacked(
            json.loads(json.dumps(packed(narrowed(night.plan, night.plan.needed(page_span(number))))))
        )
        page = np.empty((PAGE, 2), np.float32)
        fill(less, night.loudness(), page_span(number), page)
        assert page.any()
        np.testing.assert_array_equal(page, night.page(number))


TWO = """
title = "two"
length = 600
[voices]
it = "evening-bowl"
sea = "shore"
[scene.first]
at = 0
it = { level = -6, pan = -0.7 }
sea = -12
[scene.earlier]
at = 60
over = 20
it = { pan = -0.2 }
"""
TURN = "[scene.later]\nat = 90.9\nover = 5\nit = { pan = 0.8 }"


def test_a_seat_that_changes_leaves_what_came_before_alone() -> None:
    before, after = for_ears(night_of(TWO)), for_ears(night_of(TWO + TURN))
    change = round(90.9 * RATE)
    assert (before.page(1)[: change - PAGE - LOOK_AHEAD] == after.page(1)[: change - PAGE - LOOK_AHEAD]).all()
    assert (before.page(1)[change - PAGE :] != after.page(1)[change - PAGE :]).any()


def test_other_voices_leave_a_stem_alone() -> None:
    span = Span(PAGE + 7, PAGE + 7 + 2 * RATE)
    two, one = for_ears(night_of(TWO)), for_ears(night_of(re.sub("(?m)^sea = .*$", "", TWO)))
    assert (two.stem("it", span) == one.stem("it", span)).all()


def test_a_night_of_silence_stays_exactly_silent() -> None:
    night = for_ears(night_of(alone_text("shore", extra='[scene.off]\nat = 60\nover = 10\none = "silent"')))
    assert night.page(1).any()
    assert not night.page(2).any()


def test_tones_made_for_each_ear_do_not_meet_in_a_head() -> None:
    night = night_of(alone_text("between-the-ears"))
    span = Span(PAGE, PAGE + RATE)
    assert (for_ears(night).render(span) == night.render(span)).all()
    other = night_of(alone_text("pink-noise"))
    assert (for_ears(other).render(span) != other.render(span)).any()


def test_speakers_and_headphones_are_two_nights() -> None:
    speakers, plain = (lullaby.load("plain", headphones=False), lullaby.load("plain"))
    assert speakers.fingerprint == plain.fingerprint != worn("plain").fingerprint
    assert speakers.plan == plain.plan
    assert (
        replace(worn("plain").plan, headphones=False) == lullaby.load("plain", seed=11, sleeper="none").plan
    )


def test_a_file_for_headphones_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import av

    monkeypatch.chdir(tmp_path)
    lullaby_ = typing(capsys)
    short = ("render", "plain", "--to", "2", "--jobs", "1", "--json", "--for-use", "phone")
    plain, ears = lullaby_(*short), lullaby_(*short, "--headphones")
    assert (plain.code, ears.code) == (0, 0)
    assert Path(ears.facts["file"]).stem == Path(plain.facts["file"]).stem + " headphones"
    assert [plain.facts["headphones"], ears.facts["headphones"]] == [False, True]
    assert plain.facts["fingerprint"] != ears.facts["fingerprint"]
    with av.open(ears.facts["file"]) as file:
        assert file.metadata["comment"].endswith(", for headphones")
    refused = lullaby_("render", "plain", "--headphones", "--for-use", "toy", "--to", "2")
    assert refused.code == 2
    assert "one channel" in refused.err
