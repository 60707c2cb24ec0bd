"""Music written by rules: like lullabies where its controls are not, slowing into sleep, the same before a
change as without it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lullaby.chance import Key
from lullaby.music.controls import shuffled, walk
from lullaby.music.harmony import chords, voiced
from lullaby.music.melodies import GRID, METRES, Melody, Note, Phrase
from lullaby.music.programme import Score, State
from lullaby.music.repertoire import THEMES
from lullaby.music.scales import MODES, Scale, equal
from lullaby.music.statistics import LULLABIES
from lullaby.music.varying import ornamented, thinned
from lullaby.music.verdict import verdict
from lullaby.music.writing import written
from lullaby.night.music import Sleeper, music_of, notes_by_voice
from lullaby.night.plan import root_key
from lullaby.score import read_score
from lullaby.score.model import Music, Until
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE
from lullaby.voices.kinds import KINDS

SCORES = Path(__file__).parent.parent / "scores"
MINUTES = 20
ALL = Music(melody="harp", accompaniment="piano", drone="bow", lull="flute")
NIGHT = (  # minutes from lights-out, and the stage from there on
    (0, Stage.AWAKE), (14, Stage.N1), (18, Stage.N2), (30, Stage.N3), (45, Stage.REM),
)  # fmt: skip


def night(music: Music = ALL, seed: int = 0, minutes: int = MINUTES, course: Course | None = None) -> Score:
    sleeper = Sleeper(course, music.at, music.until)
    return written(music, root_key(seed, None) / "/music", minutes * PAGE, sleeper)


def course(stages: Sequence[tuple[int, Stage]] = NIGHT, evidence: Evidence = Evidence.SIMULATED) -> Course:
    ends = [minute for minute, _ in stages[1:]] + [60]
    runs = [Run(a * PAGE, b * PAGE, stage) for (a, stage), b in zip(stages, ends, strict=True)]
    return Course.from_runs(runs, evidence)


def moods(seed: int) -> Music:
    return replace(ALL, mode=tuple(MODES)[seed % len(MODES)])


@pytest.mark.parametrize("seed", range(10))
def test_melodies_are_like_lullabies(seed: int) -> None:
    found = verdict(night(moods(seed), seed).melodies())
    outside = [row.name for row, value in found.rows if not row.holds(value)]
    assert found.held >= 26, outside
    assert found.stable_ends >= 0.9
    assert found.finals >= 0.9
    assert found.like_lullabies


def test_shuffled_bars_and_random_walks_are_not() -> None:
    taken = {shuffled: 0, walk: 0}
    for seed in range(20):
        melodies = night(moods(seed), seed, minutes=10).melodies()
        for control in taken:
            made = [control(melody, Key.root(seed) / k) for k, melody in enumerate(melodies)]
            assert all(m.length == o.length for m, o in zip(made, melodies, strict=True))
            taken[control] += verdict(made).like_lullabies
    assert max(taken.values()) <= 1


def test_a_statistic_is_what_its_row_says() -> None:
    """By hand: c d e c | c d e c | e f g- | e f g-, two bars of four beats twice."""
    scale, metre = Scale(60, "major"), METRES["2/4"]
    first = tuple(Note(p, 6) for p in (60, 62, 64, 60)) * 2
    second = (Note(64, 6), Note(65, 6), Note(67, 12)) * 2
    tune = Melody((Phrase(first, "A"), Phrase(second, "B")), metre, scale)
    rows = {row.name: row.measure(tune) for row in LULLABIES}
    expected = {
        "notes": 14, "bars": 4, "beats": 8, "notes per beat": 1.75, "notes per bar": 3.5,
        "same note %": 100 / 13, "steps %": 800 / 13, "thirds %": 400 / 13, "wider %": 0,
        "range (semitones)": 7, "tonic above lowest note": 0, "different pitch classes": 5,
        "note lengths used": 2, "longest / median length": 2, "phrases": 2, "phrase length (beats)": 4,
        "phrase length (notes)": 7, "phrase lengths equal %": 100, "phrases that return exactly %": 0,
        "last note / median at phrase ends": 1.5, "phrase last minus first note": 1.5,
        "notes in one scale %": 100,
    }  # fmt: skip
    assert {name: rows[name] for name in expected} == pytest.approx(expected)


def test_a_note_is_in_tune() -> None:
    just, even = Scale(62, "major", True), Scale(62, "major", False)
    assert equal(69) == 440.0
    assert just.hz(62) == even.hz(62) == equal(62)
    assert just.hz(69) / just.hz(62) == pytest.approx(3 / 2, rel=1e-12)
    assert just.hz(78) / just.hz(62) == pytest.approx(5 / 2, rel=1e-12)
    assert 1200 * np.log2(even.hz(69) / even.hz(62)) == pytest.approx(700, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_bar_repeats_by_chance_and_melodies_come_back_by_design(seed: int) -> None:
    sections = [s for s in night(moods(seed), seed, minutes=60).sections if s.melody is not None]
    own: dict[str, set[object]] = {}
    for section in sections:
        assert section.melody is not None
        if "." not in section.name:
            own[section.name] = {bar for bar in section.melody.in_bars() if len(bar) >= 3}
    assert 8 <= len(own) <= THEMES
    assert not [(a, b) for a, b in itertools.combinations(own, 2) if own[a] & own[b]]
    returns = [section.name for section in sections if section.name.startswith("T1.")]
    assert len(returns) >= 3
    versions = {section.melody.notes for section in sections if section.name.split(".")[0] == "T1"}  # type: ignore[union-attr]
    assert len(versions) >= 0.9 * (len(returns) + 1)


def test_two_nights_differ_and_one_belongs_together() -> None:
    first, second = night(seed=1), night(seed=2)
    assert {m.notes for m in first.melodies()}.isdisjoint({m.notes for m in second.melodies()})
    assert len({m.metre for m in first.melodies()}) == 1
    assert len({m.scale.tonic % 12 for m in first.melodies()}) == 1
    assert night(seed=1).notes == first.notes


def test_a_variation_is_as_long_and_ends_alike_and_a_thinner_one_has_fewer_notes() -> None:
    for seed in range(8):
        for melody in night(moods(seed), seed).melodies()[:4]:
            other = ornamented(melody, Key.root(seed))
            thin, thinner = thinned(melody, 0.5), thinned(melody, 1.0)
            assert len(thinner.notes) < len(thin.notes) <= len(melody.notes)
            for made in (other, thin, thinner):
                assert [p.length for p in made.phrases] == [p.length for p in melody.phrases]
                assert [p.notes[-1].pitch for p in made.phrases] == [
                    p.notes[-1].pitch for p in melody.phrases
                ]
                assert all(made.scale.holds(note.pitch) for note in made.notes)


def test_chords_hold_what_is_sung_and_end_at_home() -> None:
    for seed in range(len(MODES)):
        for melody in night(moods(seed), seed).melodies()[:6]:
            row = chords(melody)
            assert len(row) == melody.bars
            assert row[-1][0] == 0
            held = [
                melody.scale.degree(bar[0].pitch) in chord
                for bar, chord in zip(melody.in_bars(), row, strict=True)
                if bar
            ]
            assert np.mean(held) > 0.6
            changes = sum(a != b for a, b in itertools.pairwise(row))
            assert changes <= 0.8 * len(row)


def test_the_voices_of_a_chord_move_as_little_as_they_can() -> None:
    """Each of the middle voices goes to the nearest note of the next chord, as a rule by a third at most."""
    moves = []
    for seed in range(len(MODES)):
        melody = night(moods(seed), seed, minutes=5).melodies()[0]
        before = None
        for chord in chords(melody):
            now = voiced(chord, melody.scale, before)
            assert all(melody.scale.degree(pitch) in chord for pitch in now.upper)
            moves += [] if before is None else np.abs(np.subtract(now.upper, before.upper)).tolist()
            before = now
    assert np.mean(np.array(moves) <= 4) > 0.9
    assert max(moves) <= 7


def test_tempo_and_notes_follow_the_sleeper() -> None:
    """sleep.md: 72 to 60 beats a minute awake, 60 to 50 drowsy, a note in some five seconds in N1, then a
    drone, then nothing."""
    music = night(minutes=60, course=course())
    tempi = {bar.start / PAGE: bar.tempo for bar in music.bars}
    assert next(iter(tempi.values())) == pytest.approx(72, abs=0.5)
    assert all(60 <= tempo <= 72.1 for minute, tempo in tempi.items() if minute < 4)
    assert all(b <= a + 0.01 for a, b in itertools.pairwise(tempi.values()))
    assert 50 <= tempi[max(tempi)] < 60

    def begun(role: str, since: float, until: float) -> list[float]:
        return [n.start / RATE for n in music.notes[role] if since * 60 <= n.start / RATE < until * 60]

    assert not begun("melody", 14, 60)
    assert not begun("accompaniment", 14, 60)
    single = np.diff(begun("lull", 14.1, 18))
    assert 4 <= single.min() <= single.max() <= 6.1
    assert not begun("lull", 18, 60)
    assert begun("drone", 18, 30)
    assert not begun("drone", 30, 60)


def test_nothing_that_begins_asleep_has_an_attack() -> None:
    music = night(minutes=60, course=course())
    asleep = [n for notes in music.notes.values() for n in notes if n.start >= 14 * PAGE]
    assert len(asleep) > 20
    assert all(note.swell >= 2.0 for note in asleep)


def test_what_is_played_for_a_sleeper_is_softer_than_the_songs() -> None:
    music = night(minutes=60, course=course())
    songs = [note.velocity for note in music.notes["melody"]]
    asleep = [n.velocity for notes in music.notes.values() for n in notes if n.start >= 14 * PAGE]
    assert max(asleep) < min(songs[:40])


def test_no_two_notes_in_a_row_are_played_alike() -> None:
    """One pitch, always as long: touch and time differ all the same."""
    music = night(minutes=5)
    by_beat = [(n.pitch, n.velocity) for n in music.notes["melody"]]
    assert len({velocity for _, velocity in by_beat}) > 0.95 * len(by_beat)
    assert len({note.late for note in music.notes["melody"]}) > 50
    assert max(note.late for note in music.notes["melody"]) <= 0.012 * RATE


@pytest.mark.parametrize("seed", range(4))
def test_a_drone_is_its_tonic_and_the_fifth_above_it(seed: int) -> None:
    music = night(moods(seed), seed, course=course())
    drone = music.notes["drone"]
    assert {(note.pitch - music.scale.tonic) % 12 for note in drone} == {0, 7}
    for low, high in zip(drone[::2], drone[1::2], strict=True):
        assert (high.start, high.pitch - low.pitch) == (low.start, 7)


def test_a_rondo_comes_back_to_its_first_melody_and_songs_and_variations_do_otherwise() -> None:
    def sung(form: str) -> list[str]:
        sections = night(replace(ALL, form=form, density=1.0), minutes=30).sections
        return [section.name.split(".")[0] for section in sections if section.melody is not None]

    rondo = sung("rondo")
    assert [name for name, _ in itertools.groupby(rondo)][:5] == ["T1", "T2", "T1", "T3", "T4"]
    longest = max(len([*group]) for _, group in itertools.groupby(rondo))
    assert longest == 2  # also where all melodies have been sung, and it begins again
    assert [name for name, _ in itertools.groupby(sung("songs"))][:4] == ["T1", "T2", "T3", "T4"]
    assert {*sung("variations")} == {"T1"}


def test_after_a_leap_a_line_turns_back() -> None:
    """Of the notes after a leap of a fifth or more, those that go on the same way are few."""
    on = back = 0
    for seed in range(8):
        for melody in night(moods(seed), seed, minutes=10).melodies():
            for phrase in melody.phrases:
                steps = np.diff([note.pitch for note in phrase.notes])
                for leap, step in itertools.pairwise(steps):
                    if abs(leap) >= 5 and step:
                        on, back = on + (leap * step > 0), back + (leap * step < 0)
    assert on + back > 50
    assert back > 2.5 * on


def test_with_until_asleep_nothing_is_played_for_a_sleeper() -> None:
    music = night(replace(ALL, until=Until.ASLEEP), minutes=60, course=course())
    assert max(n.start for notes in music.notes.values() for n in notes) < 14 * PAGE
    ended = night(replace(ALL, until=5 * PAGE))
    assert max(n.start for notes in ended.notes.values() for n in notes) < 5 * PAGE


@pytest.mark.parametrize("frame", [3 * PAGE + 1_234, 9 * PAGE])
def test_a_sleeper_who_turns_out_otherwise_changes_nothing_that_was_heard(frame: int) -> None:
    foreseen = course()
    instead = foreseen.until(frame).then(Run(frame, 60 * PAGE, Stage.N1), Evidence.INFERRED, frame)
    before, after = night(minutes=60, course=foreseen), night(minutes=60, course=instead)
    for role, notes in before.notes.items():
        assert [n for n in notes if n.start < frame] == [n for n in after.notes[role] if n.start < frame]
    assert not [n for n in after.notes["melody"] if n.start >= frame]


def test_a_guess_never_brings_songs_back_and_evidence_does() -> None:
    woken = (*NIGHT[:2], (18, Stage.AWAKE))
    guessed = night(minutes=40, course=course(woken))
    assert not [n for n in guessed.notes["melody"] if n.start >= 14 * PAGE]
    known = night(minutes=40, course=course(woken, Evidence.MEASURED))
    again = [n.start for n in known.notes["melody"] if n.start >= 14 * PAGE]
    assert 21 * PAGE <= min(again) < 22 * PAGE


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_and_metre_stays_in_its_register(mode: str, metre: str) -> None:
    music = replace(ALL, mode=mode, metre=metre, register=(55, 74))
    found = night(music, seed=3, minutes=6)
    pitches = [note.pitch for note in found.notes["melody"]]
    assert min(pitches) >= 55
    assert max(pitches) <= 74
    assert all(Scale(62, mode).holds(pitch) for pitch in pitches)
    assert all(bar.beats == METRES[metre].beats for bar in found.bars)
    assert all(melody.length % METRES[metre].bar == 0 for melody in found.melodies())
    assert all(
        note.length * 4 % GRID == 0 or METRES[metre].parts == 3 for m in found.melodies() for note in m.notes
    )


@pytest.mark.parametrize("seed", range(4))
def test_music_that_ends_ends_at_home_with_no_melody_cut(seed: int) -> None:
    music = replace(moods(seed), until=7 * PAGE)
    found = night(music, seed)
    last = found.notes["melody"][-1]
    assert found.scale.degree(last.pitch) == 0
    assert 6 * PAGE < last.start < 7 * PAGE
    whole = sum(section.bars for section in found.sections if section.melody is not None)
    assert sum(bool(bar.section) for bar in found.bars) == whole
    asleep = night(moods(seed), seed, minutes=30, course=course())
    assert asleep.scale.degree(asleep.notes["lull"][0].pitch) == 0


def test_who_listens_without_a_sleeper_hears_songs_all_along() -> None:
    found = night(minutes=45)
    assert {Sleeper(None, 0, Until.END).state(minute * PAGE) for minute in range(45)} == {State.SONGS}
    assert max(n.start for n in found.notes["melody"]) > 44 * PAGE


def test_voices_get_the_notes_of_their_roles() -> None:
    both = replace(ALL, accompaniment="harp", lull="")
    found = night(both, course=course(), minutes=20)
    notes = notes_by_voice(both, found)
    assert set(notes) == {"harp", "bow"}
    starts = [note.start for note in notes["harp"]]
    assert starts == sorted(starts)
    assert len(starts) == sum(len(found.notes[role]) for role in ("melody", "accompaniment", "lull"))
    assert music_of(read_score(SCORES / "plain.toml", KINDS), Key.root(0), None) is None
