"""Lines of speech in a night: heard where they stand, as loud as the night opens, and made room for."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray
from told import TEXT, cut, line_of, night_that_tells, sentence_of_noise, silent_line

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.kernels.speech import add_speech, between
from lullaby.night.guard import LOOKS_AHEAD
from lullaby.night.narration import PLAYS_ON, Narration
from lullaby.night.night import Growth, Night
from lullaby.night.parcel import narrowed, packed, unpacked
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.speech.shelved import shelved

LINES = [line_of(62, 6, 1), line_of(69, 8, 2), line_of(79, 5, 3), line_of(118, 7, 4)]
TALE = Span(60 * RATE, 90 * RATE)


def stem(night: Night, voice: str, span: Span) -> NDArray[np.float32]:
    return night.stem(voice, span) * night.gain


def lufs(sound: NDArray[np.float32]) -> float:
    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)))


def test_a_line_is_heard_at_its_frame_and_nowhere_else() -> None:
    night = night_that_tells([LINES[0]])
    said = np.abs(stem(night, "keeper", Span(0, 2 * PAGE))).max(axis=1)
    heard = np.flatnonzero(said > 0)
    line = LINES[0]
    assert (heard[0], heard[-1]) == (pytest.approx(line.start, abs=40), pytest.approx(line.stop - 1, abs=40))
    assert (said[line.start + RATE : line.stop - RATE] > 0).mean() > 0.99


def test_speech_is_brought_to_the_rate_of_the_night_without_a_change() -> None:
    """Sines up to 8.4 kHz keep their level within .1 dB, and nothing comes besides above 14 kHz."""
    at = np.arange(24_000) / 24_000
    for hz in (240, 1_200, 4_800, 7_200, 8_400):
        out = np.zeros((2, 48_000), np.float32)
        add_speech(np.sin(2 * np.pi * hz * at).astype(np.float32), between(), 0, 0, np.float32(1), out)
        spectrum = np.abs(np.fft.rfft(out[0, 4_000:44_000] * np.hanning(40_000))) * 4 / 40_000
        level = 20 * np.log10(spectrum.max())
        assert level == pytest.approx(0, abs=0.1), hz
        images = spectrum[round(14_000 / 48_000 * 40_000) :].max()
        assert 20 * np.log10(images) < -70, hz
        assert (out[0] == out[1]).all()


def test_a_teller_is_as_loud_as_the_night_opens() -> None:
    night = night_that_tells(LINES)
    opening = lufs(night.render(Span(5 * RATE, 55 * RATE)))
    assert lufs(stem(night, "keeper", Span(LINES[0].start, LINES[0].stop))) == pytest.approx(opening, abs=1)


def test_everything_else_makes_room_and_comes_back() -> None:
    night = night_that_tells(LINES)

    def beds(start: float, stop: float) -> float:
        span = Span(round(start * RATE), round(stop * RATE))
        return lufs(stem(night, "rain", span) + stem(night, "sea", span))

    voice = lufs(stem(night, "keeper", Span(LINES[0].start, LINES[2].stop)))
    assert beds(62, 84) <= voice - 9
    assert beds(90, 116) <= voice - 9  # it stays so through a long pause
    before, after = beds(40, 58), beds(130, 150)
    assert before > beds(62, 84) + 9
    assert after == pytest.approx(before, abs=1)


def test_room_is_made_over_two_seconds() -> None:
    """In steps that no ear takes for one: no tenth of a second falls by more than 1.5 dB."""
    night = night_that_tells(LINES)
    track = next(track for track in night.plan.tracks if track.name == "rain")
    levels = [track.duck.value_at(frame) for frame in range(0, 140 * RATE, RATE // 10)]
    assert min(levels) < -9
    assert np.abs(np.diff(levels)).max() < 1.5
    assert track.duck.value_at(LINES[0].start - 2 * RATE) == 0
    assert track.duck.value_at(LINES[0].start) == min(levels)
    assert track.duck.value_at(LINES[0].start - RATE) == pytest.approx(min(levels) / 2, abs=1)
    assert track.duck.value_at(LINES[-1].stop) == min(levels)
    assert track.duck.value_at(LINES[-1].stop + RATE) == pytest.approx(min(levels) / 2, abs=1)
    assert track.duck.value_at(LINES[-1].stop + 2 * RATE) == 0
    dips = [night.plan.dip.value_at(LINES[0].start + round(at * RATE)) for at in (-2, -1, 0, 10)]
    assert dips == [0, pytest.approx(0.25, abs=0.05), 0.5, 0.5]
    assert night.plan.dip.value_at(LINES[-1].stop + 2 * RATE) == 0


def test_a_teller_who_dims_has_as_much_room() -> None:
    nights = [night_that_tells([line_of(62, 6, 1, gain_db)]) for gain_db in (0.0, -6.0)]
    tracks = [next(track for track in night.plan.tracks if track.name == "rain") for night in nights]
    plain, dimmed = (track.duck.value_at(64 * RATE) for track in tracks)
    assert dimmed == pytest.approx(plain - 6, abs=0.1)


def test_the_band_that_speech_needs_is_taken_out_of_the_bed() -> None:
    bed, told = night_that_tells([]), night_that_tells([silent_line(62, 24)])
    spectra = []
    for night in (bed, told):
        sound = night.render(Span(63 * RATE, 84 * RATE))[:, 0]
        spectra.append(np.abs(np.fft.rfft(sound)) ** 2)
    hz = np.fft.rfftfreq(21 * RATE, 1 / RATE)

    def fell(low: float, high: float) -> float:
        inside = (hz >= low) & (hz < high)
        return float(10 * np.log10(spectra[1][inside].sum() / spectra[0][inside].sum()))

    assert fell(100, 250) == pytest.approx(-12, abs=1)
    assert fell(1_800, 2_600) == pytest.approx(fell(100, 250) - 6, abs=1)
    assert fell(6_000, 12_000) == pytest.approx(fell(100, 250), abs=2)


def test_a_night_that_is_cut_while_a_story_is_told_is_the_same_night() -> None:
    night = night_that_tells(LINES)
    whole = night.render(TALE)
    for start, stop in ((60, 61), (61, 70.5), (70.5, 71), (71, 90)):
        span = Span(round(start * RATE), round(stop * RATE))
        assert (night.render(span) == whole[span.start - TALE.start : span.stop - TALE.start]).all()


@pytest.mark.parametrize("start", [55, 65, 80, 100])
def test_what_is_sent_to_another_machine_sounds_the_same(start: int) -> None:
    night = night_that_tells(LINES)
    span = Span(start * RATE, (start + 4) * RATE)
    whole = night.plan
    sent = unpacked(json.loads(json.dumps(packed(narrowed(whole, whole.needed(span))))))
    other = night_that_tells(LINES)
    other.plan = sent
    page = span.start // PAGE
    number = Span(page * PAGE, (page + 1) * PAGE)
    sent = unpacked(json.loads(json.dumps(packed(narrowed(whole, whole.needed(number))))))
    other.plan = sent
    assert (night.page(page) == other.page(page)).all()


def test_lines_that_are_added_while_it_plays_change_nothing_before_them() -> None:
    night = night_that_tells(LINES[:2], coming=RATE)
    later = Narration("keeper", "a story", tuple(LINES[2:]))
    frame = LINES[2].start - 2 * RATE - 1
    grown = night.from_frame(Growth(frame, narrations=(later,)))
    heard = Span(TALE.start, frame - LOOK_AHEAD - LOOKS_AHEAD)
    assert (grown.render(heard) == night.render(heard)).all()
    assert [line.start for line in grown.narrations[0].lines] == [line.start for line in LINES]
    assert stem(grown, "keeper", Span(LINES[2].start, LINES[2].stop)).any()
    assert not stem(night, "keeper", Span(LINES[2].start, LINES[2].stop)).any()


def test_a_night_that_grew_by_its_lines_sounds_as_one_that_knew_them_all() -> None:
    at_once = night_that_tells(LINES)
    night = night_that_tells(LINES[:2], coming=RATE)
    for k in (2, 3):
        more = Narration("keeper", "a story", (LINES[k],), coming=RATE if k == 2 else 0)
        night = night.from_frame(Growth(LINES[k].start - 2 * RATE - 1, narrations=(more,)))
    span = Span(60 * RATE, 125 * RATE)
    assert (stem(night, "keeper", span) == stem(at_once, "keeper", span)).all()
    assert np.abs(night.render(span) - at_once.render(span)).max() < 1e-3


def test_a_line_that_is_cut_fades_and_is_gone() -> None:
    whole, short = night_that_tells([LINES[1]]), night_that_tells([cut(LINES[1], 72.0)])
    kept = Span(LINES[1].start, round(71.4 * RATE))
    assert (stem(whole, "keeper", kept) == stem(short, "keeper", kept)).all()
    assert not stem(short, "keeper", Span(round(72.01 * RATE), 80 * RATE)).any()
    last = np.abs(stem(short, "keeper", Span(round(71.9 * RATE), 72 * RATE))).max()
    before = np.abs(stem(short, "keeper", Span(round(71.3 * RATE), round(71.4 * RATE)))).max()
    assert last < before / 3


def test_a_sentence_that_is_not_what_it_was_is_not_played() -> None:
    line = line_of(62, 4, 77)
    path = places.speech(line.name)
    night = night_that_tells([line])
    kept = path.read_bytes()
    shelved.__globals__["_shelved"].cache_clear()
    path.write_bytes(kept[:-2] + b"\x11\x22")
    with pytest.raises(CouldNot, match="no longer where it was kept"):
        night.page(1)
    path.unlink()
    with pytest.raises(CouldNot, match="told anew it is spoken again"):
        night.page(1)
    sentence_of_noise.cache_clear()
    sentence_of_noise(4, 77)
    assert night.page(1).any()


def asleep_from(minute: int, evidence: Evidence) -> Course:
    runs = [Run(0, minute * PAGE, Stage.AWAKE), Run(minute * PAGE, 60 * PAGE, Stage.N2)]
    return Course.from_runs(runs, evidence)


def test_the_guard_spares_a_story_that_is_told_to_a_made_up_sleeper() -> None:
    """Speech rises and falls by more than a sleeper may hear; who is guessed to sleep may be listening."""
    lines = [replace(line, start=line.start + 60 * RATE) for line in LINES]
    guess = night_that_tells(lines, course=asleep_from(1, Evidence.SIMULATED))
    known = night_that_tells(lines, course=asleep_from(1, Evidence.MEASURED))
    told = lines[-1].stop
    assert not any(frame < told for frame, _ in guess.plan.guard.rises)
    assert any(frame >= told for frame, _ in guess.plan.guard.rises)
    assert any(frame < told for frame, _ in known.plan.guard.rises)


def test_nothing_grows_louder_when_a_story_ends_for_somebody_who_may_sleep() -> None:
    lines = [replace(line, start=line.start + 60 * RATE) for line in LINES]
    night = night_that_tells(lines, course=asleep_from(1, Evidence.SIMULATED))
    track = next(track for track in night.plan.tracks if track.name == "rain")
    ducks = [track.duck.value_at(frame) for frame in range(lines[0].start, night.length, RATE)]
    assert max(ducks) == min(ducks) < -9


def test_a_night_does_not_end_before_its_story_does() -> None:
    course = asleep_from(1, Evidence.SIMULATED)
    late = replace(LINES[0], start=15 * PAGE)
    assert night_that_tells(LINES[:1], course=course).length < late.start
    assert night_that_tells([*LINES[:1], late], course=course).length >= late.stop + PLAYS_ON
    assert night_that_tells(LINES[:1], coming=12 * PAGE, course=course).length >= 13 * PAGE


def test_the_name_of_a_night_changes_with_what_is_told_and_not_with_how_far_it_is_laid_out() -> None:
    night = night_that_tells([])
    told = [
        Narration("keeper", of, tuple(lines)) for of, lines in (("a", LINES), ("a", LINES[:1]), ("b", LINES))
    ]
    names = [Night(night.score, seed=7, narrations=(one,)).fingerprint for one in told]
    assert names[0] == names[1] != names[2]
    assert night.fingerprint not in names


def test_a_score_without_its_teller_sounds_as_it_did() -> None:
    """A telling whose story waits changes no sample."""
    untold = TEXT[: TEXT.index("[[tell]]")]
    one, other = night_that_tells([]), night_that_tells([], text=untold)
    assert (one.page(1) == other.page(1)).all()
