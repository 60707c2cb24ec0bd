"""Laws that every file in voices/ obeys by existing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import numpy as np
import pytest
import textures
from nights import (
    AT_HAND,
    KIND_OF,
    VOICES,
    alone,
    alone_text,
    decibels,
    each_voice,
    may_stand_out,
    minutes,
    night_of,
)
from numpy.typing import NDArray

from lullaby import places
from lullaby.evening.facts.checked import facts_of_checked
from lullaby.evening.measured import PEAK, SLACK, measured
from lullaby.kernels import exact
from lullaby.night.loudness import Meter
from lullaby.night.mixer import before_the_limiter, mixed
from lullaby.night.plan import VOICE_MEMORY
from lullaby.night.track import Track
from lullaby.score import find_voice
from lullaby.score.setting_values import can_move
from lullaby.score.settings import Form, Setting
from lullaby.time import BLOCK, PAGE, RATE, SLOW, Span, page_span
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import KINDS


def sounding(voice: str, told: str = "", seed: int = 7) -> Track:
    return night_of(alone_text(voice, told), seed).plan.tracks[0]


def heard(one: Track, span: Span) -> Sound:
    return joined(one.voice.render(one.key, span, one.controls))


def joined(blocks: Iterable[Sound]) -> Sound:
    return np.concatenate([np.array(block) for block in blocks], axis=1)


def power(sound: Sound) -> float:
    """dB."""
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-30))


@each_voice()
def test_what_a_voice_says_of_its_memory_is_true(voice: str) -> None:
    """From rest and long running differ by less than -100 dBFS once the memory has passed; and it fits
    into what the mixer gives every voice."""
    one = sounding(voice)
    assert 0 <= one.voice.memory <= VOICE_MEMORY
    lead = -(-round(one.voice.memory * RATE) // SLOW) * SLOW
    start, length = 20 * BLOCK, 40 * BLOCK
    fresh = heard(one, Span(start - lead, start + length))[:, lead:]
    running = heard(one, Span(0, start + length))[:, start:]
    assert decibels(np.abs(fresh - running).max()) < -100
    assert np.abs(running).max() > 0  # and it is no empty claim


@each_voice()
def test_with_its_room_and_the_desk_a_night_remembers_six_seconds_at_most(voice: str) -> None:
    """From rest that long before a page, or ten seconds earlier still: less than -100 dBFS apart."""
    night = night_of(alone_text(voice, extra="").replace('level = "silent"', "t60 = 3.5"))
    assert night.plan.lead <= 6 * RATE
    start, stop = 60 * RATE, 63 * RATE

    def until(lead: int) -> Sound:
        return joined(block for _, block in mixed(night.plan, Span(start - lead, stop)))[:, lead:]

    apart = until(night.plan.lead) - until(night.plan.lead + 10 * RATE)
    assert decibels(np.abs(apart).max()) < -100


@each_voice()
def test_a_voice_sits_at_its_unity(voice: str) -> None:
    """-27 LUFS, or -33 where a kind has high peaks, ±1; true peak at most -7.5 dBTP, and no moment more than
    9 LU above the whole: of the minutes that `check` hears."""
    meter = Meter()
    meter.feed(minutes(voice))
    assert meter.integrated == pytest.approx(KINDS[KIND_OF[voice]].unity, abs=SLACK)
    assert decibels(meter.true_peak) <= PEAK
    assert meter.momentary_max <= meter.integrated + 9


@each_voice(["attic-howl", "harbour-swell", "hearth", "rain-on-slate"])
def test_check_finds_what_the_tests_find(voice: str) -> None:
    """Bit for bit: other minutes, or another chance, and it would find fault with voices that are right."""
    meter = Meter()
    meter.feed(minutes(voice))
    path = places.shipped("voices") / f"{voice}.toml"
    loudness, peak = measured(find_voice(voice, KINDS))
    assert (loudness, peak) == (meter.integrated, pytest.approx(decibels(meter.true_peak), abs=1e-6))
    facts = facts_of_checked(path, lambda _: contextlib.nullcontext())
    assert (facts["right"], "trim" in facts, facts["true_peak"] <= PEAK) == (True, False, True)


@each_voice()
def test_a_voice_is_finite_and_without_dc(voice: str) -> None:
    sound = minutes(voice)
    assert np.isfinite(sound).all()
    assert np.abs(sound.mean(axis=1)).max() < 1e-4


SCENES = {
    "its level": "[scene.later]\nat = 90\nover = 30\none = -3",
    "all of it": "[scene.across]\nat = 112\nover = 16\none = {{ {far} }}\n"
    "[scene.until]\nat = 164\nover = 16\none = {{ {near} }}",
}
EDGES = {"nothing": (2,), "its level": (2,), "all of it": (2, 3)}
"""The pages before whose beginning it is listened: there something moves, or has just come to rest."""
ONE_OF_A_KIND = {KIND_OF[voice]: voice for voice in reversed(VOICES)}.values()
MOVING = [
    *((voice, moving) for voice in (*VOICES, "clip") for moving in ("nothing", "all of it")),
    *((voice, "its level") for voice in ONE_OF_A_KIND),  # levels are the mixer's affair, whatever the voice
]


@pytest.mark.usefixtures("a_clip")
@pytest.mark.parametrize(("voice", "moving"), MOVING)
def test_a_page_edge_makes_no_step(voice: str, moving: str) -> None:
    """The second difference at a page's edge is like any other place's, or what it is there in a span that no
    page and no block ends in: also where everything that a scene may move glides across the edge, and back
    until the next."""
    near, far = everything_moves(sounding(voice))
    scenes = SCENES.get(moving, "").format(near=near, far=far)
    plan = night_of(alone_text(voice, extra=scenes)).plan
    pages = {1: minutes(voice, 1) if moving == "nothing" else joined(before_the_limiter(plan, page_span(1)))}
    assert pages[1].any()
    for number in EDGES[moving]:
        whole = page_span(number)
        # of the last one its beginning is enough
        last = Span(whole.start, whole.start + 2 * RATE)
        pages[number] = joined(before_the_limiter(plan, last if number == EDGES[moving][-1] else whole))
        bend = bends(np.concatenate([pages[number - 1][:, -RATE - 2 :], pages[number][:, :RATE]], axis=1))
        here = bend[RATE - 2 : RATE + 5].max()
        if here > max(1.1 * np.quantile(bend, 0.9995), 1e-5):
            ago = 3 * BLOCK // 2
            unbroken = bends(joined(before_the_limiter(plan, Span(whole.start - ago, whole.start + ago))))
            assert here <= 1.01 * unbroken[ago - 4 : ago + 3].max()


def bends(sound: Sound) -> NDArray[np.float64]:
    """How far each frame but the first two is from the straight line through the two before it."""
    return np.asarray(np.abs(np.diff(sound.astype(np.float64), 2, axis=1)).max(axis=0))


def everything_moves(one: Track) -> tuple[str, str]:
    """What a scene tells a voice to be as it is, and to be halfway from there to the farther end of each
    setting that moves; but never that less happens where that is next to nothing."""
    near, far = ["level = 0"], ["level = -6"]
    for row in KINDS[one.kind]:
        if row.name != "level" and can_move(row):
            assert row.form is Form.NUMBER
            now = one.controls.number(row.name, 0)
            ends = {1: row.high, -1: row.low, 0: max(row.low, row.high, key=lambda end: abs(end - now))}
            near.append(f"{row.name} = {now}")
            far.append(f"{row.name} = {(now + ends[row.thins]) / 2}")
    return ", ".join(near), ", ".join(far)


STROKES = {name for name, kind in KINDS.items() if kind.plays}
"""Kinds that are nothing but what happens."""


def thinned(voice: str) -> list[Setting]:
    """The settings of which as little happens as one likes."""
    return [row for row in KINDS[KIND_OF[voice]] if row.thins and can_move(row)]


@each_voice([voice for voice in VOICES if thinned(voice)])
@pytest.mark.parametrize("gliding", [False, True])
def test_a_voice_of_which_nothing_happens_is_still_there(voice: str, gliding: bool) -> None:
    """As in deep sleep: no drops, no ticks, no calls; also while everything else that moves glides. In each
    tenth of a second there is what they happen before, and less than with them; and a bell is silent."""
    rows = thinned(voice)
    least = ", ".join(f"{row.name} = {row.low if row.thins > 0 else row.high}" for row in rows)
    _, far = everything_moves(sounding(voice))
    still = [word for word in far.split(", ") if word.split(" =")[0] not in {row.name for row in rows}]
    extra = f"[scene.later]\nat = 58\nover = 20\none = {{ {', '.join(still)} }}" if gliding else ""
    span = Span(PAGE, PAGE + 3 * RATE)
    sound = heard(night_of(alone_text(voice, least, extra)).plan.tracks[0], span)
    assert np.isfinite(sound).all()
    if KIND_OF[voice] in STROKES:
        assert not sound.any()
        return
    assert min(power(tenth) for tenth in np.split(sound, 30, axis=1)) > -60
    if not gliding:
        usual = heard(sounding(voice), span)
        assert (sound != usual).any()
        assert power(sound) < power(usual) + 0.5


@each_voice()
def test_hour_eight_is_as_steady_as_minute_one(voice: str) -> None:
    """Level within 2 dB, and the balance of highs and lows within 1.5 dB, nine hours on."""
    rare = KIND_OF[voice] in STROKES  # one wants to hear several
    early, late = alone(voice, 5) if rare else minutes(voice), alone(voice, 5 if rare else AT_HAND, first=540)
    (level, bright), (later_level, later_bright) = (
        level_and_balance(sound[0], 1 if rare else 3) for sound in (early, late)
    )
    assert later_level == pytest.approx(level, abs=2)
    assert later_bright == pytest.approx(bright, abs=1.5)


def level_and_balance(sound: NDArray[np.float32], every: int) -> tuple[float, float]:
    """dB: all of it, and what is above 1 kHz beside what is below, in one of so many thirds of a second."""
    size = 1 << 14
    frames = sound[: len(sound) // size * size].reshape(-1, size)[::every]
    spectrum = np.fft.rfft(frames * np.hanning(size).astype(np.float32))
    shares = (spectrum.real**2 + spectrum.imag**2).sum(axis=0, dtype=np.float64)
    corner = 1_000 * size // RATE
    return power(sound), 10 * np.log10(shares[corner:].sum() / shares[:corner].sum())


@each_voice()
def test_two_seeds_are_two_nights_and_one_seed_is_one(voice: str) -> None:
    """Each night is made anew, from the text of its score."""
    span = Span(PAGE, PAGE + 20 * RATE)
    first, again, other = (heard(sounding(voice, seed=seed), span) for seed in (1, 1, 2))
    assert first.any()
    assert (first == again).all()
    assert KIND_OF[voice] == "beats" or (first != other).any()


@each_voice([voice for voice in VOICES if not KINDS[KIND_OF[voice]].for_each_ear])
def test_a_voice_folds_to_mono_without_loss(voice: str) -> None:
    """Left plus right is never weaker than one of them alone by more than what two strangers lose."""
    left, right = minutes(voice).astype(np.float64)
    together, apart = np.mean((left + right) ** 2), np.mean(left**2) + np.mean(right**2)
    assert 10 * np.log10(together / apart) > -0.5


@each_voice([voice for voice in VOICES if not KINDS[KIND_OF[voice]].plays])
def test_no_voice_startles_on_any_of_three_nights(voice: str) -> None:
    """One night more or less is luck: two waves that meet, a fall of water before its wave. A note out of a
    rest is another matter (test_guard)."""
    found = {seed: textures.startling(alone(voice, 1, seed).mean(axis=0)) for seed in (11, 12, 13)}
    assert max(found.values()) < may_stand_out(voice), found


@each_voice(["white-noise", "pink-noise", "brown-noise"])
def test_a_noise_falls_as_steeply_as_its_file_says(voice: str) -> None:
    """±0.3 dB an octave over every span of two octaves from 50 Hz to 15 kHz."""
    tilt = float(sounding(voice).controls.number("tilt", 0))
    size = 1 << 14
    sound = minutes(voice).astype(np.float64)
    frames = sound[:, : sound.shape[1] // size * size].reshape(-1, size) * np.hanning(size)
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)
    hz = np.fft.rfftfreq(size, 1 / RATE)
    corners = exact.exp2(np.arange(np.log2(50), np.log2(15_000) + 0.01, (np.log2(15_000) - np.log2(50)) / 12))
    octave = (np.log2(15_000) - np.log2(50)) / 12
    levels = np.array(
        [
            10 * np.log10(power[(hz >= c * 2 ** (-octave / 2)) & (hz < c * 2 ** (octave / 2))].mean())
            for c in corners
        ]
    )
    for k in range(len(levels) - 3):
        assert (levels[k + 3] - levels[k]) / (3 * octave) == pytest.approx(tilt, abs=0.3), (
            f"{corners[k]:.0f} Hz"
        )
