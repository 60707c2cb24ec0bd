"""A night that is heard while it is still being decided: pages had piece by piece, and plans that grow."""

from __future__ import annotations

import itertools
from copy import copy
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from nights import SCORES, beginning, each_score, night_of
from numpy.typing import NDArray

import lullaby
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night import Night
from lullaby.night.faders import GLIDE, FaderMove
from lullaby.night.guard import LOOKS_AHEAD
from lullaby.night.night import Growth
from lullaby.night.pages import GrowingPage, fill
from lullaby.night.parcel import narrowed
from lullaby.night.splicing import spliced_curve
from lullaby.people.caps import Caps
from lullaby.player.maker import MakerGone
from lullaby.player.unfolding import Change, Unfolding
from lullaby.score import SILENT, Curve, Keyframe
from lullaby.sleep.course import Course, Evidence, Known, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, STEP, Span, page_span

SETTLED = GLIDE + LOOK_AHEAD + RATE // 5
"""Frames after a fader is moved until the master's filters have forgotten how it was."""
KNOWN_LATE = LOOK_AHEAD + LOOKS_AHEAD
"""Frames before a change that may sound of it already."""


@lru_cache(maxsize=4)
def the_night(score: str, sleeper: str = "typical", headphones: bool = False) -> Night:
    return lullaby.load(score, seed=5, sleeper=sleeper, headphones=headphones, stories=False)


SLEEPERS = [("none", False), ("typical", False), ("typical", True)]
"""Who sleeps, and are they headphones that it is heard with: of every score one, of `make soak` all."""


@pytest.mark.parametrize(
    ("score", "sleeper", "headphones"),
    [
        pytest.param(score, *how, marks=[] if (at + number) % 3 == 0 else pytest.mark.soak)
        for at, score in enumerate(SCORES)
        for number, how in enumerate(SLEEPERS)
    ],
)
def test_a_page_that_grows_is_the_page_bit_for_bit(score: str, sleeper: str, headphones: bool) -> None:
    """However it is asked for, and also if some of it is asked for twice."""
    night = the_night(score, sleeper, headphones)
    for number, seconds in ((0, 6), (18, 9)):
        own = page_span(number)
        page = beginning(night, Span(own.start, own.start + seconds * RATE))
        growing = GrowingPage(night.plan, night.loudness(), number)
        chance = np.random.default_rng(number)
        start = 0
        while start < len(page):
            stop = min(len(page), start + int(chance.integers(1, 2 * RATE)))
            piece = growing.sound(Span(own.start + start, own.start + stop))
            assert (piece == page[start:stop]).all()
            start = max(start + 1, stop - int(chance.integers(0, 9_600)))
        around = Span(max(0, own.start - night.plan.lead), own.stop)
        unheard = all(track.is_silent(around) for track in night.plan.tracks)
        assert page.any() or unheard or night.plan.is_silent(own)


def test_a_page_that_grows_keeps_a_cap_and_goes_on_to_its_end() -> None:
    """A cap is kept by the guard, which hears ahead of the end of a page."""
    score = the_night("plain").score
    night = Night(score, seed=5, caps=Caps(hard=-52.0, aim=-52.0))
    page = night.page(1)
    growing = GrowingPage(night.plan, night.loudness(), 1)
    pieces = [growing.sound(piece) for piece in page_span(1).blocks(7_777)]
    assert (np.concatenate(pieces) == page).all()
    assert (page != Night(score, seed=5, gain=float(night.gain)).page(1)).any()


def awake(frame: int) -> Known:
    """A key says that the sleeper is awake."""
    return Known(Run(frame, frame + 1, Stage.AWAKE), Evidence.PRESSED, frame)


def growths(night: Night, frame: int) -> dict[str, Growth]:
    heard = [track for track in night.plan.tracks if not track.tells]
    always = [track for track in heard if track.controls.notes is None]  # an instrument may rest just then
    loudest = max(always or heard, key=lambda track: track.level.value_at(frame))
    return {
        "a fader": Growth(frame, moves=(FaderMove(frame, loudest.name, -12.0),)),
        "a key": Growth(
            frame, runs=(awake(frame), Known(Run(frame + 5 * RATE, frame + 6 * RATE, Stage.REM)))
        ),
    }


@each_score()
@pytest.mark.parametrize("what", ["a fader", "a key"])
def test_what_is_added_from_a_frame_on_leaves_what_was_heard_alone(score: str, what: str) -> None:
    night = the_night(score)
    for minute in (2, 17):
        frame = minute * PAGE + 11 * RATE + 333
        grown = night.from_frame(growths(night, frame)[what])
        span = Span(minute * PAGE, minute * PAGE + 26 * RATE // STEP * STEP)
        before, after = beginning(night, span), beginning(grown, span)
        heard = frame - KNOWN_LATE - span.start
        assert (before[:heard] == after[:heard]).all()
        followed = minute == 2 and night.score.wake is None  # nobody is, from a wake window on
        if before.any() and (what == "a fader" or followed):
            assert (before[heard:] != after[heard:]).any()
        assert grown.fingerprint != night.fingerprint
        assert float(grown.gain) == float(night.gain)


def test_rem_that_was_foreseen_and_does_not_come_has_been_heard_coming() -> None:
    """The fade into foreseen REM is under way as somebody presses a key: it goes on to its end, and sound
    comes back as it does after REM."""
    rem = 10 * PAGE
    runs = [Run(0, 2 * PAGE, Stage.AWAKE), Run(2 * PAGE, rem, Stage.N1), Run(rem, rem + 5 * PAGE, Stage.REM)]
    score = replace(the_night("plain", "none").score, all_night="a test")
    night = Night(score, seed=1, course=Course.from_runs(runs))
    frame = rem - 30 * RATE
    grown = night.from_frame(Growth(frame, runs=(awake(frame),)))
    span = Span(rem - PAGE, rem)
    was, found = beginning(night, span), beginning(grown, span)
    heard = frame - KNOWN_LATE - span.start
    assert (was[:heard] == found[:heard]).all()
    assert grown.plan.gate.value_at(rem) == SILENT
    assert grown.plan.gate.value_at(rem + 2 * PAGE) == 0
    assert night.plan.gate.value_at(rem + 2 * PAGE) == SILENT
    assert beginning(grown, Span(rem + PAGE, rem + PAGE + RATE)).any()
    assert grown.course is not None
    assert grown.course.stage(frame) is Stage.AWAKE
    assert grown.course.stage(frame - 1) is Stage.N1


def test_a_night_that_is_fading_out_fades_out_whatever_comes() -> None:
    night = the_night("harbour-rain")
    assert night.length < night.score.length
    frame = night.length - 5 * RATE
    grown = night.from_frame(Growth(frame, runs=(awake(frame),)))
    assert grown.length == night.length
    early = night.from_frame(Growth(5 * PAGE, runs=(awake(5 * PAGE),)))
    assert early.length > night.length  # nobody is foreseen to sleep any more


def test_a_night_that_should_have_ended_already_still_fades_out() -> None:
    """A listener who is seen to have slept for long, in a night that knew of no sleeper."""
    night, frame = the_night("harbour-rain", "none"), 40 * PAGE
    slept = Course.from_runs([Run(0, 50 * PAGE, Stage.N2)], Evidence.MEASURED)
    grown = replace_course(night, slept).from_frame(Growth(frame, runs=(awake(frame),)))
    assert grown.length - grown.plan.fade_out >= frame


def replace_course(night: Night, course: Course) -> Night:
    """The night as it has been heard, and another idea of what its sleeper did."""
    found = copy(night)
    found.course = course
    return found


def test_a_fader_is_heard_within_half_a_second() -> None:
    night = night_of(
        'length = 600\nfade_in = 1\n[room]\nlevel = "silent"\n'
        '[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n',
        gain=1.0,
    )
    frame = 5 * RATE
    for gain_db in (-20.0, 6.0, SILENT):
        grown = night.from_frame(Growth(frame, moves=(FaderMove(frame, "a", gain_db),)))
        before, after = (beginning(one, Span(0, 8 * RATE))[frame + SETTLED :] for one in (night, grown))
        np.testing.assert_allclose(after, before * 10 ** (gain_db / 20), atol=1e-6)
        back = grown.from_frame(Growth(frame + RATE, moves=(FaderMove(frame + RATE, "a", 0.0),)))
        again = beginning(back, Span(0, 8 * RATE))[frame + RATE + SETTLED :]
        np.testing.assert_allclose(again, before[RATE:], atol=1e-5)  # the high cut remembers


def test_a_narrowed_plan_has_its_faders() -> None:
    night = the_night("storm-going-by")
    moves = tuple(FaderMove(PAGE + k * RATE, track.name, -6.0) for k, track in enumerate(night.plan.tracks))
    grown = night.from_frame(Growth(PAGE, moves=moves))
    span = Span(PAGE, PAGE + 5 * RATE)
    less = narrowed(grown.plan, grown.plan.needed(span))
    out = np.empty((len(span), 2), np.float32)
    fill(less, grown.loudness(), span, out)
    assert (out == beginning(grown, span)).all()


@pytest.mark.parametrize("seed", range(40))
def test_a_spliced_curve_is_the_first_up_to_the_frame_and_never_jumps(seed: int) -> None:
    chance = np.random.default_rng(seed)

    def curve() -> Curve:
        keyframes, start = [Keyframe(0, 0, 0.0)], 0
        for _ in range(6):
            start += int(chance.integers(1, 400))
            stop = start + int(chance.integers(50, 300))
            keyframes.append(Keyframe(start, stop, float(chance.integers(-20, 1))))
            start = stop
        return Curve(tuple(keyframes))

    first, second, frame = curve(), curve(), int(chance.integers(1, 2_000))
    found = spliced_curve(first, second, frame)
    assert [found.value_at(f) for f in range(frame)] == [first.value_at(f) for f in range(frame)]
    values = np.array([found.value_at(f) for f in range(0, 20_000_000, 1_999)] + [found.value_at(2**40)])
    assert values[-1] == second.value_at(2**40)
    near = np.array([found.value_at(f) for f in range(4_000)])
    assert np.abs(np.diff(near)).max() <= 20 / 50 + 1e-9


@pytest.mark.parametrize("gain_db", [12.5, -61.0, float("nan"), float("inf")])
def test_a_fader_has_ends(gain_db: float) -> None:
    with pytest.raises(ValueError, match="a fader goes from"):
        FaderMove(0, "rain", gain_db)


def test_nothing_is_added_before_its_frame() -> None:
    with pytest.raises(ValueError, match="before the frame"):
        Growth(100, moves=(FaderMove(99, "rain", 0.0),))
    with pytest.raises(ValueError, match="before the frame"):
        Growth(100, runs=(awake(99),))


def unfolded(unfolding: Unfolding, until: int, changes: dict[int, Change]) -> NDArray[np.float32]:
    """All that is taken up to this frame; changes are asked for as soon as so many frames were taken."""
    heard, waiting = [], sorted(changes.items())
    while unfolding.taken < until and not unfolding.over:
        while waiting and unfolding.taken >= waiting[0][0] and unfolding.change(waiting[0][1]):
            waiting.pop(0)
        for _ in range(5):  # fifty times as fast as it is heard
            unfolding.step()
        sound = unfolding.take(4_800)
        if sound is not None:
            heard.append(sound)
    return np.concatenate(heard)


@each_score()
def test_what_is_taken_while_a_night_unfolds_is_the_night_as_it_became(score: str) -> None:
    """Two changes, one of them while the page of the other is being made, and over the edge of a page."""
    night = the_night(score)
    start = 2 * PAGE - 9 * RATE
    unfolding = Unfolding(night, start)
    named = [track.name for track in night.plan.tracks]

    def turned_down(night: Night, frame: int) -> Growth:
        return Growth(frame, moves=tuple(FaderMove(frame, name, -6.0) for name in named))

    def key(night: Night, frame: int) -> Growth:
        return Growth(frame, runs=(awake(frame),))

    changes: dict[int, Change] = {start + RATE: turned_down, start + RATE + 1: key}
    heard = unfolded(unfolding, start + 20 * RATE, changes)
    grown = unfolding.night
    assert len(grown.grown) == 2
    edge = 2 * PAGE - start
    rest = Span(2 * PAGE, start + len(heard) // STEP * STEP)
    assert len(rest) > 10 * RATE
    assert (heard[:edge] == grown.page(1)[-edge:]).all()
    assert (heard[edge:][: len(rest)] == beginning(grown, rest)).all()
    assert (heard[edge:][: len(rest)] != beginning(night, rest)).any()


def test_a_change_comes_soon() -> None:
    """Within two seconds of what has been taken, where a page is made in time."""
    made_at_once = itertools.count()  # a clock that says that each piece takes a hundredth of its length
    unfolding = Unfolding(the_night("plain"), 30 * RATE, lambda: next(made_at_once) / 100)
    unfolded(unfolding, 33 * RATE, {})
    assert unfolding.change(lambda night, frame: Growth(frame, moves=(FaderMove(frame, "room", -9.0),)))
    taken = unfolding.taken
    unfolded(unfolding, 36 * RATE, {})
    assert unfolding.night.grown[0].frame - taken <= 2 * RATE


def test_a_night_unfolds_to_its_end_and_from_wherever_one_seeks() -> None:
    night = the_night("harbour-rain")
    unfolding = Unfolding(night, 0)
    first = unfolded(unfolding, 2 * RATE, {})
    assert (first == night.render(Span(0, len(first)))).all()
    start = night.length - 3 * RATE + 11
    unfolding.seek(start)
    last = unfolded(unfolding, night.length, {})
    assert unfolding.over
    assert (last == night.render(Span(start, night.length))).all()


def test_a_change_that_is_made_too_late_is_put_off_and_not_claimed_earlier() -> None:
    """What is taken overtakes the page that is made anew: the night grows from a later frame."""
    night = the_night("plain")
    unfolding = Unfolding(night, 50 * RATE)
    heard = []
    asked: list[int] = []

    def quieter(night: Night, frame: int) -> Growth:
        asked.append(frame)
        return Growth(frame, moves=(FaderMove(frame, "room", -9.0),))

    unfolded(unfolding, 51 * RATE, {})
    start = unfolding.taken
    assert unfolding.change(quieter)
    while not unfolding.night.grown:
        unfolding.step()
        if unfolding.taken < 56 * RATE and (sound := unfolding.take(RATE)) is not None:
            heard.append(sound)
    heard.append(unfolded(unfolding, unfolding.taken + 10 * RATE, {}))
    assert len(asked) == 1
    assert unfolding.night.grown[0].frame > asked[0]
    assert unfolding.night.grown[0].moves[0].frame == unfolding.night.grown[0].frame
    sound = np.concatenate(heard)
    assert (sound == unfolding.night.render(Span(start, start + len(sound)))).all()


def test_a_machine_on_which_a_change_came_too_late_is_given_longer_for_the_next() -> None:
    """Here an eighth is taken of what is made meanwhile, and pieces seem to be made in no time."""
    unfolding = Unfolding(the_night("plain"), 20 * RATE, seconds=lambda: 0.0)
    asked: list[int] = []

    def moved_to(gain_db: float) -> Change:
        def asks(night: Night, frame: int) -> Growth:
            asked.append(frame)
            return Growth(frame, moves=(FaderMove(frame, "room", gain_db),))

        return asks

    for number, gain_db in enumerate((-9.0, -3.0, -6.0, -1.0)):
        unfolded(unfolding, (number * 60 + 21) * RATE, {})
        assert unfolding.change(moved_to(gain_db))
        while len(unfolding.night.grown) <= number:
            unfolding.step()
            unfolding.take(RATE // 8)
    first, *others = unfolding.night.grown
    assert asked[0] < first.frame < 60 * RATE
    assert [change.frame for change in others] == asked[1:]


def test_the_change_asked_for_last_is_heard_last_also_where_the_one_before_was_put_off() -> None:
    unfolding = Unfolding(the_night("plain"), 50 * RATE)

    def moved_to(gain_db: float) -> Change:
        return lambda night, frame: Growth(frame, moves=(FaderMove(frame, "room", gain_db),))

    unfolded(unfolding, 51 * RATE, {})
    assert unfolding.change(moved_to(-9.0))
    while not unfolding.night.grown:
        unfolding.step()
        if unfolding.taken < 56 * RATE:
            unfolding.take(RATE)
    assert unfolding.change(moved_to(-3.0))
    while len(unfolding.night.grown) < 2:
        unfolding.step()
    first, second = unfolding.night.grown
    assert second.frame >= first.frame
    (track,) = (track for track in unfolding.night.plan.tracks if track.name == "room")
    assert track.fader.keyframes[-1].value == -3.0
    sound = unfolded(unfolding, second.frame + 3 * RATE, {})
    stop = unfolding.taken
    assert (sound == unfolding.night.render(Span(stop - len(sound), stop))).all()


def test_a_skip_does_not_lose_a_change_that_is_being_made() -> None:
    """And it is asked for once: who moved a fader has forgotten it then."""
    moves = [-9.0]

    def once(night: Night, frame: int) -> Growth | None:
        return Growth(frame, moves=(FaderMove(frame, "room", moves.pop()),)) if moves else None

    unfolding = Unfolding(the_night("plain"), 50 * RATE)
    unfolded(unfolding, 51 * RATE, {})
    assert unfolding.change(once)
    unfolding.step()
    unfolding.seek(3 * PAGE)
    unfolded(unfolding, 3 * PAGE + 5 * RATE, {})
    assert unfolding.night.grown[0].frame >= 3 * PAGE


def test_a_change_outlives_whoever_makes_its_page() -> None:
    """Pages are made elsewhere, and that process is gone while the page of the change is made."""
    gone = [False]

    class Elsewhere(GrowingPage):
        def make(self, frame: int) -> None:
            if not gone[0]:
                gone[0] = True
                raise MakerGone
            super().make(frame)

    moves = [-9.0]
    unfolding = Unfolding(the_night("plain"), 50 * RATE, pages=Elsewhere)

    def once(night: Night, frame: int) -> Growth:
        return Growth(frame, moves=(FaderMove(frame, "room", moves.pop()),))

    def until_grown() -> None:
        while not unfolding.night.grown:
            unfolding.step()

    unfolded(unfolding, 51 * RATE, {})
    assert unfolding.change(once)
    with pytest.raises(MakerGone):
        until_grown()
    unfolding.begin_again()
    start = unfolding.taken
    sound = unfolded(unfolding, start + 20 * RATE, {})
    assert unfolding.night.grown[0].moves[0].gain_db == -9.0
    assert (sound == unfolding.night.render(Span(start, start + len(sound)))).all()
