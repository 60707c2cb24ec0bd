"""Every instrument, by existing: in tune, without aliases or clicks, as long as it says, never twice alike.

An instrument is a kind that plays: it is given notes here, and plays by itself in the laws of voices.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from nights import alone_text, night_of
from playing import (
    HOLDS,
    INSTRUMENTS,
    RANGES,
    RINGS,
    STRUCK,
    VOICE,
    Sound,
    centroid,
    cents_off,
    envelope,
    note,
    notes_over,
    played,
    power_of,
    track,
)

from lullaby.kernels import exact
from lullaby.night.loudness import Meter
from lullaby.night.mixer import before_the_limiter
from lullaby.night.parcel import narrowed, packed, unpacked
from lullaby.time import PAGE, RATE, SLOW, Span
from lullaby.voices.core.played import Played
from lullaby.voices.core.voice import Striking
from lullaby.voices.instruments.notes import notes_near
from lullaby.voices.instruments.ringing import RingingInstrument
from lullaby.voices.instruments.strings import stretched

VELOCITIES = (0.15, 0.6, 1.0)
each = pytest.mark.parametrize("kind", INSTRUMENTS)


def test_every_instrument_has_a_range_and_a_voice_file() -> None:
    assert set(RANGES) == set(INSTRUMENTS) <= set(VOICE)
    assert len(INSTRUMENTS) >= 11


@each
def test_it_is_in_tune_within_two_cents_over_its_range_and_at_any_velocity(kind: str) -> None:
    for hz in notes_over(kind):
        for velocity in VELOCITIES:
            x = played(kind, note(hz, velocity=velocity, seconds=8), seconds=8.5)[0]
            # a bowl's pair of partials beats over two seconds; a high tine is gone after one
            first, last = (0.6, 8.4) if kind in STRUCK + HOLDS else (0.55, 2.5)
            assert abs(cents_off(x[int(first * RATE) : int(last * RATE)], hz)) < 2, (hz, velocity)


@pytest.mark.parametrize("kind", ["harp", "guitar", "piano"])
def test_stiff_strings_are_stretched_as_they_claim(kind: str) -> None:
    """Each partial where Fletcher's formula puts it; the eighth is sharp of eight times the first."""
    hz = 220.0
    voice: Any = track(kind).voice
    stiffness = np.float64(voice.stiffness if kind != "piano" else 1.2e-4 + 2.8e-4 * (hz / 523) ** 1.5)
    x = played(kind, note(hz, seconds=3, velocity=1.0), quiet=True)[0][int(0.52 * RATE) : int(1.2 * RATE)]
    for k in range(2, 9):
        if k == 8 and kind == "piano":
            continue  # its hammer hits where the eighth has a node
        claimed = float(stretched(np.float64(hz), np.float64(k), stiffness))
        assert abs(cents_off(x, claimed)) < 2, k
    sharp = 1200 * np.log2(float(stretched(np.float64(hz), np.float64(8), stiffness)) / (8 * hz))
    assert 2 < sharp < 40


def partials_of(kind: str, hz: float, voice: Any) -> Sound:
    """Every frequency that a note may hold."""
    one = track(kind)
    if kind in HOLDS:
        return hz * np.arange(1, 60)
    if kind in RINGS:
        controls = replace(one.controls, notes=(note(hz),))
        found = voice.partials(one.key, notes_near(one.key, Span(0, RATE), 1.0, controls), controls)
        return np.asarray(found.hz[0][found.hz[0] < RATE / 2])
    return hz * np.array(one.controls.numbers("partials"))


def aliased(kind: str, voice: Any) -> float:
    """dB beside the whole: what a second of its highest note holds that is no partial of it. Made as bright
    as it can be; and it swells, so that its highest partials last long enough to be seen."""
    hz = RANGES[kind][1]
    swell = 1.0 if kind in RINGS else 0.0
    bright = {"bright": 6.0} if kind in RINGS else {}
    one = note(hz, velocity=1.0, seconds=3, swell=swell)
    x = played(kind, one, seconds=2.0, quiet=True, voice=voice, told=bright)[0]
    f, p = power_of(x[int(0.52 * RATE) : int(1.52 * RATE)])
    other = np.ones(f.shape, bool)
    for partial in partials_of(kind, hz, voice):
        other &= np.abs(f - partial) > max(60.0, 0.02 * partial)
    return float(10 * np.log10(p[other].sum() / p.sum()))


@each
def test_what_is_no_partial_is_seventy_db_down_at_its_highest_note(kind: str) -> None:
    """Without the noise of breath and bow, which is meant."""
    voice: Any = track(kind).voice
    if kind in HOLDS:
        voice = replace(voice, player=replace(voice.player, waver=0.0))
    assert aliased(kind, voice) <= -70


def falls(kind: str, hz: float, smoothed: float) -> float:
    """Seconds until a partial is 60 dB below where it began."""
    long = 45.0 if kind in STRUCK else 16.0
    x = played(kind, note(hz, at=0.1, seconds=100), seconds=long, quiet=True)[0]
    partial = min(partials_of(kind, hz, track(kind).voice)) if kind in STRUCK else hz
    level = envelope(x, partial, min(25.0, 0.2 * partial))
    level = np.sqrt(np.convolve(level**2, np.ones(round(smoothed * 1000)) / round(smoothed * 1000), "same"))
    peak = int(np.argmax(level))
    if kind in STRUCK:  # a pair of partials that beats: the slope of all of it says more than its last dip
        db = 20 * np.log10(level / level[peak] + 1e-9)
        first, last = np.flatnonzero(db > -5)[-1], np.flatnonzero(db > -45)[-1]
        return float(-60 / np.polyfit(np.arange(first, last) / 1000, db[first:last], 1)[0])
    below = np.flatnonzero(level[peak:] > 1e-3 * level[peak])
    return float(peak + below[-1]) / 1000 - 0.1


@pytest.mark.parametrize("kind", RINGS + STRUCK)
def test_it_rings_as_long_as_it_says(kind: str) -> None:
    """±10 %: until the fundamental is 60 dB down, at its pitch and an octave up."""
    one = track(kind)
    pitch, voice = one.controls.number("pitch", 0), one.voice
    for hz in (pitch, 2 * pitch) if kind in RINGS else (pitch,):
        claimed = one.controls.number("ring", 0)
        if isinstance(voice, RingingInstrument):
            claimed = float(voice.ring_of(np.array([hz]), one.controls)[0])
        beat = 1 / one.controls.number("beat", 0) if kind in STRUCK else 0.05
        assert falls(kind, hz, beat) == pytest.approx(claimed, rel=0.1)


@each
@pytest.mark.parametrize("velocity", VELOCITIES)
def test_it_begins_and_is_released_without_a_step(kind: str, velocity: float) -> None:
    """From one frame to the next it goes no further than its own waves do a little later, or did before."""
    low, high = RANGES[kind]
    # a low and soft note is round: there a corner would stand out
    hz = low if velocity < 0.2 else float(np.sqrt(low * high))
    for held in (4.0, 6.0) if kind in HOLDS else (0.013, 0.4, 1.5):
        x = played(kind, note(hz, seconds=held, velocity=velocity), seconds=held + 7)
        onset, release = RATE // 2, RATE // 2 + round(held * RATE)
        assert not x[:, :onset].any()
        if kind not in STRUCK:  # they ring on
            silent = np.abs(x[:, -RATE // 10 :]).max()
            assert silent < 1e-4 if kind in RINGS else silent == 0
        assert np.abs(x[:, onset]).max() < 0.02 * np.abs(x).max()
        steps = np.abs(np.diff(x)).max(axis=0)
        assert steps[onset - 2 : onset + 24].max() <= steps[onset + 24 : onset + RATE // 10].max()
        # at the release it bends no more than it would have, had it been held
        held_on = played(kind, note(hz, seconds=held + 5, velocity=velocity), seconds=held + 1)
        around = slice(release - 5 * RATE // 1000, release + 5 * RATE // 1000)
        bends, unreleased = (np.abs(np.diff(sound[:, around], 2)).max() for sound in (x, held_on))
        assert bends <= 1.05 * unreleased + 1e-6


@each
def test_a_harder_note_is_louder_and_brighter(kind: str) -> None:
    low, high = RANGES[kind]
    heard = [
        played(kind, note(float(np.sqrt(low * high)), velocity=v), seconds=0.9)[0][RATE // 2 :]
        for v in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    loud, bright = [float(np.sum(x**2)) for x in heard], [centroid(x) for x in heard]
    assert loud == sorted(loud)
    assert 10 * np.log10(loud[-1] / loud[0]) > 10  # between the softest touch and the hardest
    assert bright == sorted(bright)
    assert bright[-1] > 1.02 * bright[0]


@each
def test_no_two_repeats_of_a_note_are_alike(kind: str) -> None:
    """They differ by more than 40 dB below themselves, and by no more than a listener forgives."""
    hz = 220.0 if kind != "musicbox" else 523.3
    first, second = (
        played(kind, note(hz, at=at, seconds=2), seconds=2.0, start=round(at * RATE))[0] for at in (3, 13)
    )
    apart = np.sum((first - second) ** 2) / np.sum(first**2)
    assert 10 * np.log10(apart) > -40
    assert abs(10 * np.log10(np.sum(first**2) / np.sum(second**2))) < 3
    again = played(kind, note(hz, at=3, seconds=2), seconds=2.0, start=3 * RATE)[0]
    assert (again == first).all()


def tune(kind: str, count: int = 150, velocity: float = 0.6, long: float = 1.0) -> tuple[Played, ...]:
    """A note a second, up and down a pentatonic scale in its usual register."""
    pitch = track(kind).controls.number("pitch", 0)
    steps = (0, 2, 4, 7, 9, 12, 9, 7, 4, 2)
    return tuple(note(pitch * 2 ** (steps[k % 10] / 12), 0.37 + k, long, velocity) for k in range(count))


@each
def test_given_notes_a_night_cut_anywhere_is_the_same_night(kind: str) -> None:
    """Bit for bit: across the edge of a page, in pieces of any length, and in any order."""
    notes = tune(kind)
    whole = played(kind, *notes, seconds=70, start=PAGE - 10 * RATE)
    second = played(kind, *notes, seconds=20, start=PAGE)
    first = played(kind, *notes, seconds=10, start=PAGE - 10 * RATE)
    assert whole.any()
    assert (np.concatenate([first, second], axis=1) == whole[:, : 30 * RATE]).all()
    if kind not in STRUCK:  # whose kernel counts from whole blocks
        odd = played(kind, *notes, seconds=3.3, start=PAGE - 10 * RATE + 12_345)
        assert (odd == whole[:, 12_345 : 12_345 + odd.shape[1]]).all()


@each
def test_a_parcel_carries_the_notes_that_can_still_be_heard(kind: str) -> None:
    plan = night_of(alone_text(VOICE[kind])).plan
    (one,) = plan.tracks
    notes = (*tune(kind, 40), *(note(200.0, 3_000 + k, 1) for k in range(5)))
    plan = replace(plan, tracks=(replace(one, controls=replace(one.controls, notes=notes)),))
    span = Span(40 * RATE, 44 * RATE)
    needed = Span(span.start - -(-plan.lead // SLOW) * SLOW, span.stop + RATE)
    sent = unpacked(json.loads(json.dumps(packed(narrowed(plan, needed)))))
    assert len(sent.tracks[0].controls.notes or ()) == 40
    for a, b in zip(before_the_limiter(plan, span), before_the_limiter(sent, span), strict=True):
        assert (a == b).all()
    for given in (None, ()):
        bare = replace(plan, tracks=(replace(one, controls=replace(one.controls, notes=given)),))
        assert unpacked(json.loads(json.dumps(packed(bare)))).tracks[0].controls.notes == given


@each
def test_without_notes_it_is_silent_and_told_nothing_it_plays_by_itself(kind: str) -> None:
    assert not played(kind, seconds=3).any()
    one = track(kind)
    assert one.controls.notes is None
    span = Span(PAGE, 2 * PAGE)
    blocks = [np.array(block) for block in one.voice.render(one.key, span, one.controls)]
    assert np.concatenate(blocks, axis=1).any()


@each
def test_its_onsets_are_those_it_sounds(kind: str) -> None:
    one = track(kind)
    assert isinstance(one.voice, Striking)
    notes = tune(kind, 10)
    found = one.voice.onsets(one.key, Span(2 * RATE, 7 * RATE), replace(one.controls, notes=notes))
    assert found.tolist() == [n.start for n in notes if 2 * RATE <= n.start < 7 * RATE]
    assert len(one.voice.onsets(one.key, Span(0, 10 * PAGE), one.controls)) > 10


@each
@pytest.mark.parametrize("asleep", [False, True])
def test_what_swells_has_no_attack(kind: str, asleep: bool) -> None:
    """It takes two seconds to nine tenths of its height, and nothing clicks or breathes before."""
    low, high = RANGES[kind]
    hz, swell = float(np.sqrt(low * high)), 0.0 if asleep else 2.0
    told = {"asleep": 0} if asleep else {}
    x = played(kind, note(hz, at=0.5, seconds=9, swell=swell), seconds=11, **told)[0]
    size = RATE // 4
    level = np.sqrt(np.mean(x[: len(x) // size * size].reshape(-1, size) ** 2, axis=1))
    top = level.max()
    # a pair of partials that beats comes and goes besides
    assert np.argmax(level > 0.9 * top) * 0.25 - 0.5 >= (1.2 if kind in STRUCK else 1.7)
    assert level[2] < 0.3 * top
    f, first = power_of(x[RATE // 2 : RATE // 2 + RATE // 5])
    _, whole = power_of(x[2 * RATE : 2 * RATE + RATE // 5])
    assert first[f > 1.5 * hz + 400].sum() < 0.05 * whole.sum()


@each
def test_played_as_usual_it_is_soft(kind: str) -> None:
    """Its centroid is 1.8 kHz at the most; given a note a second it is about as loud as by itself."""
    one = track(kind)
    sound = played(kind, *tune(kind, 60, long=1.0), seconds=60)
    assert centroid(sound[0][20 * RATE : 30 * RATE]) <= 1_800
    meter = Meter()
    meter.feed((sound * float(exact.gain(one.trim))).astype(np.float32))
    assert meter.integrated == pytest.approx(-27, abs=2.5)
    assert 20 * np.log10(meter.true_peak) < -7.5
