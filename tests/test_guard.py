"""Nothing passes the guard, whatever a score, a clip or a plug-in does; what keeps the rules is untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest
import scipy.fft
from nights import KIND_OF, alone_text, each_score, load, night_of, only_plays
from nights import VOICES as VOICE_FILES
from numpy.typing import NDArray
from sleepers import course

from lullaby.chance import Key
from lullaby.kernels.guarding import fill_guard_gains
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night import Night, guard
from lullaby.night.guard import HEADROOM, HEARS_BACK, LOOKS_AHEAD, UNGUARDED, Guard
from lullaby.night.loudness import to_db
from lullaby.night.pages import fill, pieces
from lullaby.people.calibration import Calibration
from lullaby.people.caps import Caps, caps_for
from lullaby.people.limits import limits_at
from lullaby.score import Curve
from lullaby.sleep.course import Course, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span, page_span
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import VOICES

AWAKE, N1, N2, N3, REM = Stage
RISES = {AWAKE: 6.0, N1: 6.0, N2: 5.0, N3: 4.0, REM: 5.0}
UNHEARD = -36.0
Doubles = NDArray[np.float64]


QUICK = course((AWAKE, 2), (N1, 0.5), (N2, 1), (N3, 1.5), (N1, 1), (REM, 3), (N2, 7), (AWAKE, 2), (N3, 3))
"""Every stage, and changes between them, in less than half an hour."""


DENSE = course((AWAKE, 1), (N1, 0.5), (N3, 1), (N2, 1), (N1, 1))
"""Its second and third minute hold every stage in which sound is allowed, after the night has grown soft, and
an edge of a page amid one."""


def known_by(frame: int) -> Course:
    """QUICK as it is known at this frame while it goes on."""
    found = Course()
    for run in QUICK.runs:
        if run.start < frame:
            found = found.then(Run(run.start, min(run.stop, frame), run.stage))
    return found


@lru_cache
def a_curve(count: int) -> NDArray[np.float32]:
    """IEC 61672's curve in amplitude, 0 dB at 1 kHz, from its own equation: not the mixer's filter."""
    f2 = np.fft.fftfreq(count, 1 / RATE) ** 2
    top = 12194.0**2 * f2**2
    low = (f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2)) * (f2 + 12194.0**2)
    return (top / low * 10**0.1).astype(np.float32)


def slices(sound: NDArray[np.float32]) -> Doubles:
    """A-weighted power of both channels, every 10 ms; made ten seconds at a time."""
    made = []
    both = np.pad(np.ascontiguousarray(sound).view(np.complex64)[:, 0], (RATE, 0))  # left + i right
    for start in range(0, len(sound), 10 * RATE):
        piece = both[start : start + 11 * RATE]
        weighed = scipy.fft.ifft(scipy.fft.fft(piece) * a_curve(len(piece)))[RATE:]
        made.append((weighed.real**2 + weighed.imag**2).reshape(-1, 480).mean(axis=1, dtype=np.float64))
    return np.concatenate(made)


def means(powers: Doubles, count: int) -> Doubles:
    so_far = np.concatenate([[0.0], np.cumsum(powers)])
    return (so_far[count:] - so_far[:-count]) / count


def opening_power(night: Night) -> float:
    parts = [slices(sound) for _, sound in pieces(night.plan, night.loudness(), night.opening, PAGE)]
    return float(np.concatenate(parts).mean())


def worst(night: Night, powers: Doubles, pages: range, opening: float) -> tuple[float, float]:
    """By how many dB the highest 50 ms of these pages, from N1 on, rise above what their stage allows; and
    how loud the loudest of them is beside the opening."""
    fifty, before = means(powers, 5)[200:], means(powers, 200)[: len(powers) - 204]
    frames = pages.start * PAGE + 480 * np.arange(200, 200 + len(fifty))
    stages = night.course.stage(frames)
    asleep = frames >= next(run.start for run in night.course.runs if run.stage.asleep)
    limit = np.array([10 ** (RISES[stage] / 10) for stage in Stage])[stages]
    allowed = np.maximum(limit * before, opening * 10 ** (UNHEARD / 10))
    over = 10 * np.log10(np.maximum(fifty[asleep], 1e-20) / allowed[asleep])
    return float(over.max()), float(10 * np.log10(fifty[asleep].max() / opening))


@lru_cache(maxsize=1)
def all_night(score: str) -> Night:
    """Of a shipped score, on for ever, with no morning; the tests of one score share it."""
    return Night(replace(load(score).score, all_night="a test", wake=None), seed=3, course=QUICK)


@each_score()
def test_no_shipped_score_startles_anybody_asleep(score: str):
    night, pages = all_night(score), range(2, 5)
    powers = slices(np.concatenate([night.page(number) for number in pages]))
    over, loudest = worst(night, powers, pages, opening_power(night))
    assert over <= 0
    assert UNHEARD < loudest <= HEADROOM


CALM = ("noise", "steady", "pad", "fan")


@pytest.mark.parametrize("voice", [voice for voice in VOICE_FILES if KIND_OF[voice] in CALM])
def test_what_keeps_the_rules_is_left_alone_bit_for_bit(voice: str, monkeypatch: pytest.MonkeyPatch):
    """All that neither strikes nor swells nor comes in gusts, in the strictest stage there is."""
    told = "[follow]\none = { n3 = { level = 0 } }\n"
    deep = course((AWAKE, 2), (N3, 60))
    score = night_of(alone_text(voice).replace("36000", "1800") + told).score
    night = Night(replace(score, all_night="a test"), seed=3, course=deep)
    # another guard that listens as far back, and never finds anything wrong
    monkeypatch.setattr(guard, "HEARS_BACK", {**HEARS_BACK, 500.0: HEARS_BACK[RISES[N3]]})
    rules = tuple((at, 500.0) for at, _ in night.plan.guard.rises)
    lenient = replace(night.plan, guard=Guard(rules, Curve.steady(500.0)))
    let = np.zeros((20 * RATE, 2), np.float32)
    fill(lenient, night.loudness(), Span(3 * PAGE, 3 * PAGE + len(let)), let)
    assert let.any()
    np.testing.assert_array_equal(night.page(3)[: len(let)], let)


@dataclass(frozen=True)
class Hostile:
    """A voice that is as loud as a pattern says, of noise, tone or clicks."""

    level: Callable[[NDArray[np.int64]], Doubles]
    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        for block in span.blocks():
            frames = np.arange(block.start, block.stop, dtype=np.int64)
            tone = np.sin(frames * (2 * np.pi * 997 / RATE))
            sound = (tone * self.level(frames)).astype(np.float32)
            yield np.stack([sound, sound])


def seconds(frames: NDArray[np.int64]) -> Doubles:
    return frames / np.float64(RATE)


PATTERNS: dict[str, Callable[[NDArray[np.int64]], Doubles]] = {
    "a bang every seven seconds": lambda f: np.where(seconds(f) % 7 < 0.05, 1.0, 0.01),
    "bangs twice a second": lambda f: np.where(seconds(f) % 0.5 < 0.05, 1.0, 0.01),
    "bangs out of silence": lambda f: np.where(seconds(f) % 11.3 < 0.08, 1.0, 0.0),
    "40 dB up, and it stays": lambda f: np.where(seconds(f) % 37 < 21, 1.0, 0.01),
    "60 dB up, and it stays": lambda f: np.where(seconds(f) % 37 < 21, 1.0, 0.001),
    "out of silence, and it stays": lambda f: np.where(seconds(f) % 31 < 11, 0.5, 0.0),
    "onsets of a millisecond": lambda f: np.where(seconds(f) % 3 < 0.001, 1.0, 0.02),
    "a switch four times a second": lambda f: np.where(seconds(f) % 0.25 < 0.125, 1.0, 0.05),
    "a siren that rises 30 dB in a second": lambda f: 10 ** (-1.5 + 1.5 * np.minimum(1, seconds(f) % 9)),
    "knocks astride two slices": lambda f: np.where((f + 240) % (RATE * 2) < 480, 1.0, 0.01),
    "knocks of all lengths": lambda f: np.where(
        seconds(f) % 2.13 < (seconds(f) // 2.13 % 9) / 20, 0.9, 0.004
    ),
    "30 dB up, four seconds before a page": lambda f: np.where((f + 4 * RATE) % PAGE < 20 * RATE, 1, 0.03),
    "30 dB up, six seconds before a page": lambda f: np.where((f + 6 * RATE) % PAGE < 20 * RATE, 1, 0.03),
    "at the edge of a page": lambda f: np.where(
        (f % PAGE < RATE // 5) | (f % PAGE > PAGE - RATE // 7), 1.0, 0.01
    ),
}

SCORE = """
length = 00:26:00
all_night = "a test"
high_cut = 20_000
[room]
level = "silent"
[voices]
bed = "pink-noise"
evil = "white-noise"
[scene.all]
at = 0
bed = { level = -3, send = -90 }
[scene.evil]
at = 00:01:20
over = 00:00:01
evil = { level = 12, send = -90 }
"""


@lru_cache(maxsize=1)
def bed_power() -> float:
    """Of the opening of that night, in which nothing evil sounds yet."""
    return opening_power(Night(night_of(SCORE).score, seed=1, course=DENSE))


OUT_OF_NOTHING = ("40 dB up, and it stays", "bangs out of silence", "at the edge of a page")


@pytest.mark.parametrize(
    ("pattern", "bed"), [*((name, True) for name in PATTERNS), *((name, False) for name in OUT_OF_NOTHING)]
)
def test_nothing_passes_the_guard(pattern: str, bed: bool, monkeypatch: pytest.MonkeyPatch):
    """Loud things of every kind, over a bed and out of nothing, through every stage, across page edges."""

    class Either:
        memory = 0.4
        hostile, kind = Hostile(PATTERNS[pattern]), VOICES["noise"]

        def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
            told = controls.number("tilt", 0)
            return (self.hostile if told == 0 else self.kind).render(key, span, controls)

    text = SCORE if bed else SCORE + '[scene.alone]\nat = 00:01:22\nover = 00:00:01\nbed = "silent"\n'
    opening = bed_power()
    monkeypatch.setitem(VOICES, "noise", Either())
    night = Night(night_of(text).score, seed=1, course=DENSE)
    pages = range(2, 4)
    powers = slices(np.concatenate([night.page(number) for number in pages]))
    over, loudest = worst(night, powers, pages, opening)
    assert over <= 0, f"{over:.1f} dB too fast"
    assert loudest <= HEADROOM
    free = replace(night.plan, guard=UNGUARDED)
    bare = np.zeros((20 * RATE, 2), np.float32)
    fill(free, night.loudness(), Span(3 * PAGE, 3 * PAGE + len(bare)), bare)
    held = powers[len(powers) // 2 :][: 100 * 20]
    assert slices(bare).max() > 4 * held.max()  # and there was something to hold


@pytest.mark.parametrize("rise", sorted(set(RISES.values())))
def test_a_page_begins_with_the_gain_that_whatever_came_before_left_it(rise: float):
    """A sound comes up by 30 dB and stays, at any time before a page: it is heard from far enough back."""
    allowed, edge = 10 ** ((rise - guard.SPARED) / 10), 2_000
    back = HEARS_BACK[rise] // 480

    def gains(powers: Doubles) -> Doubles:
        made, many = np.ones(len(powers) + 1), np.ones(len(powers))
        fill_guard_gains(powers, allowed * many, np.inf * many, 0.0, np.empty((2, len(made))), made)
        return made

    for start in range(edge - 1_000, edge):
        powers = np.ones(edge + 100)
        powers[start:] = 1_000.0
        np.testing.assert_allclose(gains(powers[edge - back :])[back:], gains(powers)[edge:], rtol=1e-9)


@each_score()
def test_rem_is_silent_at_the_output(score: str):
    night = all_night(score)
    rem = next(run for run in QUICK.runs if run.stage is REM)
    assert not night.render(Span(rem.start, rem.stop)).any()
    assert night.render(Span(rem.start - 5 * RATE, rem.start)).any() or only_plays(night)


@each_score()
def test_what_is_heard_with_a_change_of_course_is_what_was_heard_until_then(score: str):
    """Causal also through the guard: from frame t on another stage, and nothing before it is another bit."""
    t = 5 * PAGE + PAGE // 3
    before = Span(5 * PAGE, t - LOOK_AHEAD - LOOKS_AHEAD)
    night = Night(all_night(score).score, seed=3, course=known_by(t))
    ((_, heard),) = pieces(night.plan, night.loudness(), before, PAGE)
    assert heard.any() or only_plays(night)
    for stage in (REM, AWAKE, N3):
        other = Night(night.score, seed=3, course=known_by(t).then(Run(t, t + PAGE, stage)))
        loudness = other.loudness() if stage is REM else night.loudness()  # once, since it takes listening
        ((_, sound),) = pieces(other.plan, loudness, before, PAGE)
        np.testing.assert_array_equal(sound, heard)


def test_a_cap_is_kept_from_the_first_moment_on():
    score = load("harbour-rain").score
    free = Night(score, seed=3)
    cap = float(to_db(np.sqrt(means(slices(free.page(1)), 5).max()))) - 6
    night = Night(score, seed=3, caps=Caps(hard=cap, aim=cap + 30))
    for number in (0, 1):
        fifty = means(slices(night.page(number)), 5)
        assert cap - 6 < float(to_db(np.sqrt(fifty.max()))) <= cap
    assert float(night.gain) == float(free.gain)
    held = night.render(Span(PAGE - RATE, PAGE + RATE)).astype(np.float64)
    bend = np.abs(np.diff(held, 2, axis=0)).max(axis=1)
    edge = bend[RATE - 4 : RATE + 3].max()
    assert edge <= max(1.1 * np.quantile(bend, 0.9995), 1e-5)


def test_a_night_aims_at_what_a_listener_may_hear():
    score = night_of(SCORE).score
    free = Night(score, seed=3)
    opening = to_db(np.sqrt(opening_power(free)))
    night = Night(score, seed=3, caps=Caps(hard=0.0, aim=float(opening) - 5))
    assert to_db(np.sqrt(opening_power(night))) == pytest.approx(opening - 5, abs=0.2)
    assert night.fingerprint != free.fingerprint
    louder = Night(score, seed=3, caps=Caps(hard=0.0, aim=float(opening) + 5))
    assert louder.gain == free.gain  # it is never made louder for that


def test_caps_are_what_the_limits_are_on_this_device():
    measured = Calibration(comfortable=-6.0, meter=42.0, sounding=-42.0)  # 84 dBA at full scale
    assert caps_for(limits_at(1), measured, all_night=False) == Caps(hard=-34.0, aim=-44.0)
    assert caps_for(limits_at(30), measured, all_night=True) == Caps(hard=-40.0, aim=-44.0)
    assert caps_for(limits_at(30), measured, all_night=False) == Caps(hard=-4.0, aim=-4.0)
    assert caps_for(limits_at(1), Calibration(comfortable=-6.0), all_night=False) == Caps()


def test_the_guard_may_only_lower():
    night = Night(night_of(SCORE).score, seed=1, course=QUICK)
    let = np.zeros((PAGE, 2), np.float32)
    for number in (2, 4, 5):
        fill(replace(night.plan, guard=UNGUARDED), night.loudness(), page_span(number), let)
        assert night.page(number).any()
        assert (np.abs(night.page(number)) <= np.abs(let) + 1e-6).all()
