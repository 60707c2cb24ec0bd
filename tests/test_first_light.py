"""A dawn: it comes up out of almost nothing, grows brighter, and startles nobody; and it takes as long as one
asks it to."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.dawn import dawn_of
from lullaby.night import Night
from lullaby.night.loudness import Meter, a_level
from lullaby.people.listeners import Person, add_person
from lullaby.score import find_score
from lullaby.score.avoiding import Avoid
from lullaby.score.dawning import dawning, is_dawn
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.kinds import KINDS


class Level:
    """A minute of sound: how loud it is."""

    def __init__(self, sound: NDArray[np.float32]) -> None:
        meter = Meter()
        meter.feed(np.ascontiguousarray(sound.T))
        self.energies = np.array(meter.a_energies)
        self.level = float(np.max(a_level(self.energies, 60.0)))


class Heard(Level):
    """A minute of sound, as an ear has it."""

    def __init__(self, sound: NDArray[np.float32]) -> None:
        super().__init__(sound)
        power = (np.abs(np.fft.rfft(np.ascontiguousarray(sound.T, np.float64))) ** 2).sum(axis=0)
        hz = np.fft.rfftfreq(len(sound), 1 / RATE)
        self.centroid = float((hz * power).sum() / power.sum())
        self.highs = float(10 * np.log10(power[(hz >= 1_000) & (hz < 8_000)].sum() / power.sum()))
        low, high = (10 * np.log10(power[(hz >= at) & (hz < 2 * at)].sum()) for at in (250, 4_000))
        self.tilt = float(high - low) / 4
        """dB an octave, from 250 Hz to 8 kHz."""


L = TypeVar("L", bound=Level)


def minutes(night: Night, count: int, heard: type[L]) -> list[L]:
    return [heard(night.render(Span(n * PAGE, (n + 1) * PAGE))) for n in range(count)]


@pytest.fixture(scope="module")
def dawn() -> list[Heard]:
    return minutes(prepared(Request("first-light")).night, 16, Heard)


def test_it_grows_louder_every_minute_by_20_db_in_all(dawn: Sequence[Heard]) -> None:
    levels = [minute.level for minute in dawn]
    assert all(later > before + 0.2 for before, later in pairwise(levels[:15]))
    assert 15 <= levels[15] - levels[0] <= 25
    assert abs(levels[15] - levels[14]) < 1.5


def test_it_begins_almost_silent_and_ends_as_loud_as_a_voice_in_the_room(dawn: Sequence[Heard]) -> None:
    """Where a night opens at 42 dBA."""
    opening = prepared(Request("harbour-rain", sleeper="none", stories=False)).night
    reference = Level(opening.render(Span(PAGE, 2 * PAGE))).level
    assert 25 <= 42 + dawn[0].level - reference <= 32
    assert 45 <= 42 + dawn[15].level - reference <= 55


def test_it_grows_brighter_from_a_dark_bed_to_water_and_birds(dawn: Sequence[Heard]) -> None:
    assert all(later.highs > before.highs - 0.3 for before, later in pairwise(dawn[:15]))
    assert dawn[15].highs > dawn[0].highs + 10
    assert dawn[0].centroid < 400 < 1_500 < dawn[15].centroid
    assert dawn[0].tilt < -5
    assert -3 <= dawn[15].tilt <= 0


def test_it_startles_nobody_who_still_sleeps(dawn: Sequence[Heard]) -> None:
    """50 ms never stand out of the two seconds before them by more than the 6 dB that N1 bears."""
    heard = np.concatenate([minute.energies for minute in dawn[:10]])[20 * 20 :]  # after the fade in
    before = np.convolve(heard, np.ones(40) / 40, "valid")[:-1]
    assert float(10 * np.log10(heard[40:] / before).max()) <= 6


@pytest.mark.parametrize("length", [5, 10])
def test_a_dawn_takes_as_long_as_it_is_asked_to(length: int) -> None:
    evening = prepared(Request("plain"))
    night = dawn_of(evening, length * PAGE).night
    assert (night.course, night.length) == (None, (15 + length) * PAGE)
    levels = [minute.level for minute in minutes(night, length + 1, Level)]
    assert all(later > before for before, later in pairwise(levels[:-1]))
    assert 15 <= levels[-1] - levels[0] <= 25
    assert abs(levels[-1] - levels[-2]) < 3
    first, later = (Level(night.render(Span(n * RATE, (n + 1) * RATE))).level for n in (0, 30))
    assert first < later - 10, "it begins with nothing"


def test_any_score_wakes_by_coming_up_from_nothing() -> None:
    night = dawn_of(prepared(Request("plain")), 5 * PAGE, "meadow-at-dusk").night
    levels = [minute.level for minute in minutes(night, 6, Level)]
    assert all(later > before for before, later in pairwise(levels))
    assert levels[5] - levels[0] > 10
    assert not is_dawn(find_score("meadow-at-dusk", KINDS))


def test_a_score_that_is_over_before_it_has_come_up_wakes_nobody() -> None:
    with pytest.raises(AskedWrongly, match='"plain" is over at 00:15:00, before it has come up'):
        dawn_of(prepared(Request("plain")), 15 * PAGE, "plain")


def test_a_dawn_that_takes_longer_is_another_night() -> None:
    score = find_score("first-light", KINDS)
    made = [dawning(score, minutes * PAGE) for minutes in (5, 15)]
    assert len({Night(one, gain=1.0).fingerprint for one in [score, *made]}) == 3
    for one in made:
        ends = [scene.at + scene.over for scene in one.scenes]
        assert all(end <= later.at for end, later in zip(ends, one.scenes[1:], strict=False))


def test_a_listeners_limits_hold_in_the_morning_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    add_person(Person("kim", birth_year=2025, avoid=Avoid(kinds=("birds",))))
    evening = prepared(Request("plain", listener="kim", date=datetime.date(2026, 11, 30)))
    dawn = dawn_of(evening, 15 * PAGE)
    assert [part.name for part in dawn.night.score.voices] == ["hush", "brook", "bowl"]
    assert dawn.night.length <= 30 * PAGE
    assert any("birds" in note.says for note in dawn.notes)
