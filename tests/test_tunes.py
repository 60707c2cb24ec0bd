"""Tunes in ABC notation: what ships is right, the manual says what is read, what is written is read alike."""

from __future__ import annotations

import json
import random
import re
import time
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from manual import ROOT, page
from typed import Say, typing

from lullaby import places
from lullaby.errors import WrittenWrongly
from lullaby.score.abc.keys import MODES, SCALES, altered, key_from, sharps_of, spelled, tonic_of
from lullaby.score.abc.reading import tune_of
from lullaby.score.abc.writing import abc_text
from lullaby.score.tunes import Note, Tune, beat_of, note_tune, tune_files

SHIPPED = sorted((places.shipped("scores") / "tunes").iterdir())
HEAD = "X:1\nT:Mine\nM:{metre}\nL:1/8\nK:{key}\n"


def tune(music: str, metre: str = "4/4", key: str = "C") -> Tune:
    mistakes: list[WrittenWrongly] = []
    found = tune_of(HEAD.format(metre=metre, key=key) + music + "\n", "mine.abc", mistakes)
    assert mistakes == []
    assert found is not None
    return found


def played(music: str, metre: str = "4/4", key: str = "C") -> list[tuple[int | None, float]]:
    return [(note.pitch, note.beats) for note in tune(music, metre, key).notes]


def complaints(text: str) -> list[str]:
    mistakes: list[WrittenWrongly] = []
    assert tune_of(text, "mine.abc", mistakes) is None
    return [str(mistake) for mistake in mistakes]


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return typing(capsys)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_tune_is_right_and_its_bars_add_up(path: Path) -> None:
    mistakes: list[WrittenWrongly] = []
    found = note_tune(path, mistakes)
    assert mistakes == []
    assert found is not None
    upbeat, *inner, last = found.bars
    assert {*inner} == {found.a_bar}
    assert 0 < upbeat <= found.a_bar
    assert last in (found.a_bar, pytest.approx(found.a_bar - upbeat))
    assert found.beats == pytest.approx(sum(found.bars))
    pitches = [note.pitch for note in found.notes if note.pitch is not None]
    assert max(pitches) - min(pitches) <= 19
    assert 55 <= min(pitches) <= max(pitches) <= 81
    assert pitches[-1] % 12 == found.tonic
    scale = {(found.tonic + step) % 12 for step in SCALES[found.mode]}
    assert sum(pitch % 12 in scale for pitch in pitches) >= 0.85 * len(pitches)
    assert 30 <= found.tempo <= 110
    assert 15 <= found.seconds <= 90
    assert found.notes[found.phrases[-1]].pitch == pitches[-1]
    assert len(found.phrases) >= 4


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_tune_says_where_it_comes_from_and_is_out_of_copyright(path: Path) -> None:
    found = note_tune(path, [])
    assert found is not None
    assert path.suffix == ".abc"
    assert found.origin
    assert found.title
    assert min(int(year) for year in re.findall(r"\b1\d{3}\b", found.source)) < 1929
    if (composer := found.composer) != "traditional":
        years = [int(year) for year in re.findall(r"\b1\d{3}\b", composer)]
        assert years
        assert max(years) < 1929 - 25


def test_tunes_of_many_countries_ship() -> None:
    origins = {found.origin.partition(",")[0] for path in SHIPPED if (found := note_tune(path, []))}
    assert len(SHIPPED) >= 10
    assert len(origins) >= 6


@pytest.mark.parametrize(
    ("row", "shown"),
    [(row[0], row[0:3]) for row in page("tunes.md").rows("## Music")],
)
def test_a_row_of_the_manual_is_read_as_it_says(row: str, shown: list[str]) -> None:
    """The first column is music, the last what it is: notes as letters with octaves, and their beats."""
    written, _, says = shown
    expected = says.strip("`").split()
    music = written.strip("`").replace("&#124;", "|").replace("\\|", "|")
    assert [spoken(note) for note in tune(music).notes] == expected


NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def spoken(note: Note) -> str:
    name = "rest" if note.pitch is None else f"{NAMES[note.pitch % 12]}{note.pitch // 12 - 1}"
    beats = Fraction(note.beats).limit_denominator(64)
    return name if beats == Fraction(1, 2) else f"{name}:{beats}"


def test_every_field_of_the_manual_is_taken_and_no_other() -> None:
    fields = {row[0].strip("`") for row in page("tunes.md").rows("## Fields")}
    letters = {letter for field in fields for letter in re.findall(r"\b(\w):", field)}
    assert {"X:", "T:", "K:"} <= {f"{letter}:" for letter in letters}
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
        text = f"X:1\nT:Mine\nM:4/4\n{letter}:1/4\nK:C\nC8|]\n"
        mistakes: list[WrittenWrongly] = []
        tune_of(text, "mine.abc", mistakes)
        unknown = any(
            "there is no field" in str(m) or "not read" in str(m) or "voice" in str(m) for m in mistakes
        )
        assert unknown is (letter not in letters), letter


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        *[("C", ""), ("Am", ""), ("G", "F#"), ("Em", "F#"), ("D", "F#C#"), ("A maj", "F#C#G#"), ("F", "Bb")],
        *[("Bb", "BbEb"), ("Cm", "BbEbAb"), ("C minor", "BbEbAb")],
        *[("F#", "F#C#G#D#A#E#"), ("Gb", "BbEbAbDbGbCb")],
        *[("D dor", ""), ("E phr", ""), ("F lyd", ""), ("G mix", ""), ("A aeo", ""), ("C ion", "")],
        *[("Ador", "F#"), ("G Dorian", "Bb"), ("D mixolydian", "F#"), ("Bphr", "F#"), ("Clyd", "F#")],
        *[("D treble", "F#C#"), ("D clef=treble", "F#C#")],
    ],
)  # fmt: skip
def test_a_key_raises_and_lowers_its_letters(key: str, letters: str) -> None:
    expected = dict(zip(letters[::2], letters[1::2], strict=True))
    for letter, step in {"C": 60, "D": 62, "E": 64, "F": 65, "G": 67, "A": 69, "B": 71}.items():
        moved = {"#": 1, "b": -1, "": 0}[expected.get(letter, "")]
        assert played(f"{letter}8|]", key=key) == [(step + moved, 4.0)]


def test_every_key_is_spelled_with_the_fewest_signs_and_read_back() -> None:
    for tonic in range(12):
        for mode in MODES:
            letter, mark = spelled(tonic, mode)
            assert key_from(f"{letter}{mark} {mode}") == (letter, mark, mode)
            assert tonic_of(letter, mark) == tonic
            assert abs(sharps_of(letter, mark, mode)) <= 6
            raised = altered(sharps_of(letter, mark, mode))
            steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
            scale = {(step + raised.get(name, 0)) % 12 for name, step in steps.items()}
            assert scale == {(tonic + step) % 12 for step in SCALES[mode]}


def test_beats_are_those_of_the_metre() -> None:
    assert played("A6|]", "6/8") == [(69, 2.0)]
    assert played("A6|]", "3/4") == [(69, 3.0)]
    assert played("A4|]", "2/2") == [(69, 1.0)]
    assert played("A4|]", "C|") == [(69, 1.0)]
    assert played("A3|]", "3/8") == [(69, 3.0)]
    assert tune("A9|]", "9/8").a_bar == 3
    for said, tempo in (
        ("3/8=50", 50),
        ("1/4=75", 50),
        ("1/8=150", 50),
        ('"Slow" 3/8=50', 50),
        ('"Slow"', 60),
    ):
        text = f"X:1\nT:Mine\nM:6/8\nQ:{said}\nK:C\nC6|]\n"
        found = tune_of(text, "mine.abc", [])
        assert found is not None
        assert found.tempo == tempo


def test_without_a_unit_the_metre_gives_one() -> None:
    for metre, beats in (("2/4", 0.25), ("3/4", 0.5), ("4/4", 0.5), ("6/8", 1 / 3)):
        found = tune_of(f"X:1\nT:Mine\nM:{metre}\nK:C\nC|]\n", "mine.abc", [])
        assert found is not None
        assert found.notes[0].beats == pytest.approx(beats)


def test_bars_are_counted_from_the_upbeat() -> None:
    found = tune("G2 | c2 c2 c2 c2 | d2 d2 d2 |]")
    assert [note.bar for note in found.notes] == [0, 1, 1, 1, 1, 2, 2, 2]
    assert found.bars == (1, 4, 3)
    found = tune("c8 | d8 |]")
    assert [note.bar for note in found.notes] == [0, 1]


def test_a_bar_in_two_parts_around_a_repeat_is_one() -> None:
    found = tune("|: G2 | c6 :|")
    assert found.bars == (1, 4, 3)
    assert [note.bar for note in found.notes] == [0, 1, 1, 2]
    found = tune("G2 | c6 || G2 | c6 |]")
    assert found.bars == (1, 4, 3)
    found = tune("G2 | c6 | G2 | c6 |]")
    assert found.bars == (1, 3, 1, 3)


def test_a_line_is_a_phrase_and_so_is_what_is_repeated() -> None:
    assert tune("C4 D4 | E8 |\nF8 | G4 z4 |]").phrases == (2, 4)
    assert tune("C4 D4 | E8 | \\\nF8 | G4 z4 |]").phrases == (4,)
    assert tune("|: C8 | D8 :| E8 |]").phrases == (1, 3, 4)
    assert tune("C8- |\nC8 | D8 |]").phrases == (0, 1)
    assert tune("z8 |\nC8 |]").phrases == (1,)


def test_chords_hold_from_their_beat() -> None:
    found = tune('"C"C4 "G7/B"D4 | z2 "Am"A6 |: "F"F8 :|')
    assert found.chords == ((0, "C"), (2, "G7/B"), (5, "Am"), (8, "F"), (12, "F"))
    found = tune('"Am"A4-"Dm"A4 |]')
    assert (found.chords, len(found.notes)) == (((0, "Am"), (2, "Dm")), 1)


WRONG = [
    ("", "mine.abc: there is no tune in it."),
    ("C D E\n", "line 1: a tune begins with X:1."),
    ("T:Mine\nX:1\n", "line 1, column 1: a tune begins with X:1."),
    ("X:one\nT:Mine\nM:4/4\nK:C\nC8|]\n", 'line 1, column 3: "one" is not a number.'),
    ("X:1\nM:4/4\nK:C\nC8|]\n", "mine.abc: it has no title."),
    ("X:1\nT:Mine\nK:C\nC8|]\n", "mine.abc: it has no metre."),
    ("X:1\nT:Mine\nM:none\nK:C\nC8|]\n", 'line 3, column 3: "none" is not a metre.'),
    ("X:1\nT:Mine\nM:3/5\nK:C\nC8|]\n", 'line 3, column 3: "3/5" is not a metre.'),
    ("X:1\nT:Mine\nM:4/4\nL:1/5\nK:C\nC8|]\n", 'line 4, column 3: "1/5" is not the length of a note.'),
    ("X:1\nT:Mine\nM:4/4\nQ:120\nK:C\nC8|]\n", 'line 4, column 3: "120" is not a tempo.'),
    ("X:1\nT:Mine\nM:4/4\nQ:1/0=120\nK:C\nC8|]\n", 'line 4, column 3: "1/0=120" is not a tempo.'),
    ("X:1\nT:Mine\nM:4/4\nQ:1/4=400\nK:C\nC8|]\n", "is too fast: 400 beats a minute."),
    ("X:1\nT:Mine\nM:4/4\nQ:1/4=0\nK:C\nC8|]\n", "is too slow: 0 beats a minute."),
    ("X:1\nT:Mine\nM:4/4\nK:H\nC8|]\n", 'line 4, column 3: "H" is not a key.'),
    ("X:1\nT:Mine\nM:4/4\nK:C loc\nC8|]\n", '"C loc" is not a key.'),
    ("X:1\nT:Mine\nM:4/4\nK:G# lyd\nC8|]\n", "more than seven sharps or flats"),
    ("X:1\nT:Mine\nM:4/4\nC8|]\n", "line 4: music begins before the key is known."),
    ("X:1\nT:Mine\nM:4/4\n", "line 3: no key follows."),
    ("X:1\nT:Mine\nM:4/4\nM:3/4\nK:C\nC8|]\n", "line 4, column 1: M: is written a second time."),
    ("X:1\nT:Mine\nM:4/4\nV:1\nK:C\nC8|]\n", "line 4, column 1: V: a tune has one voice."),
    ("X:1\nT:Mine\nM:4/4\nY:1\nK:C\nC8|]\n", "line 4, column 1: there is no field Y:."),
    ("X:1\nT:a\x1b[2J\nM:4/4\nK:C\nC8|]\n", "has a character in it that cannot be shown."),
    ("X:1\nT:Mine\nM:4/4\nK:C\nC8|]\nX:2\n", "line 6, column 1: another tune begins here."),
    ("X:1\nT:Mine\nM:4/4\nK:C\nC8|]\n\nX:2\n", "line 7: another tune begins here."),
    ("X:1\nT:Mine\nM:4/4\nK:C\nC8|\n\nD8|]\n", "line 7: the tune ended with the empty line 6"),
    ("X:1\nT:Mine\nM:4/4\nK:C\nC8|]\nM:3/4\n", "line 6, column 1: M: stands in the music."),
    ("X:1\nT:Mine\nM:4/4\nK:C\nz8|]\n", "mine.abc: nothing is played."),
    ("X:1\nT:Mine\nM:4/4\nK:C\n", "mine.abc: nothing is played."),
]
WRONG_MUSIC = [
    ("C2 h2", 'column 4: "h" is nothing that is read.'),
    ("C2 [CEG]2 D2", 'column 4: "[CEG]2": several notes at once.'),
    ("C2 & D2", "column 4: & begins a second voice."),
    ("C2 [M:3/4] D2", 'column 4: "[M:3/4]" would change the tune in its course.'),
    ("C2 ^ D2", "column 4: ^ belongs to no note."),
    ("C2 ^/D2", "column 4: ^ belongs to no note."),
    ("C2 - D2", "column 4: - belongs to no note."),
    ('C2 "Am D2', 'column 4: a " is opened and not closed.'),
    ('C2 "Hm" D2', 'column 4: "Hm" is no chord.'),
    ("C2 !trill D2", "column 4: a ! is opened and not closed."),
    ("C2 {gf D2", "column 4: a { is opened and not closed."),
    ("C2 !D.C.! D2", 'column 4: "D.C." changes the order in which it is played.'),
    ("C2 S D2", 'column 4: "S" changes the order in which it is played.'),
    ("C2 \\ D2", "column 4: \\ does not stand at the end of its line."),
    ("C2 X4", "column 4: X is not read."),
    ("C2 +trill+ D2", "column 4: + is not read."),
    ("C0", 'column 1: "C0" lasts no time.'),
    ("C/0", 'column 1: "C/0" lasts no time.'),
    ("C/128", 'column 1: "C/128" is too short'),
    ("C999", 'column 1: "C999" is too long'),
    ("C,,,,,", 'column 1: "C,,,,," is no note of a piano.'),
    ("Z999", 'column 1: "Z999" rests for 999 bars.'),
    ("> C2", 'column 1: ">" stands behind no note.'),
    ("C2 | > D2", 'column 6: ">" stands behind no note.'),
    ("C2 > | D2", "column 4: no note follows in this bar."),
    ("(3CD | E2", "column 6: the tuplet that begins in column 1 wants one more note."),
    ("(1C2", "column 1: (1 is no tuplet."),
    ("C2- | D2", "column 1: this is tied to no note of its pitch."),
    ("C2-", "column 1: this is tied to no note of its pitch."),
    ("C2- z2", "column 1: this is tied to no note of its pitch."),
    ("|: C8", "column 1: a repeat begins here and does not end."),
    ("|: C8 |: D8 :|", "column 7: the repeat of line 6 has not ended."),
    ("C8 || D8 :|", "column 10: from where is this repeated?"),
    ("|:: C8 :|", "plays something more than twice."),
    ("|: C8 |3 D8 :|", 'column 7: "3" is no ending.'),
    ("|: C8 |2 D8 :|", "column 7: ending 2 has no place here."),
    ("|: C8 |1 D8 :| E8 |", "column 16: after the first ending comes the second."),
    ("|: C8 |1 D8 :|", "there is a first ending and no second."),
    ("|: C8 |1 D8 || E8", "column 13: the first ending does not end."),
]  # fmt: skip


def test_mistakes_are_said_in_the_order_of_the_file() -> None:
    found = complaints("X:1\nT:Mine\nM:none\nK:C\nC2 h2 |\nC999|]\nX:2\nT:Other\n")
    lines = [int(complaint.split("line ")[1].split(",")[0]) for complaint in found]
    assert len({*lines}) >= 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_mistake_in_a_field_is_said_with_its_place(text: str, says: str) -> None:
    found = complaints(text)
    assert all(complaint.startswith("mine.abc") for complaint in found)
    assert says in "\n".join(found)


@pytest.mark.parametrize(("music", "says"), WRONG_MUSIC)
def test_a_mistake_in_the_music_is_said_with_its_line_and_column(music: str, says: str) -> None:
    found = complaints(HEAD.format(metre="4/4", key="C") + music + "\n")
    assert says in "\n".join(found)
    assert len(found) == 1
    assert found[0].startswith("mine.abc, line 6" if "column" in says else "mine.abc")


def test_all_mistakes_of_a_file_are_said_at_once_but_never_a_flood() -> None:
    assert len(complaints(HEAD.format(metre="4/4", key="C") + "C2 h D2 k\n& [CE]\n")) == 4
    assert len(complaints(HEAD.format(metre="4/4", key="C") + "h" * 5_000 + "\n")) == 100


HOSTILE = [
    "C" * 99_000,
    "C" * 1_999 + "\n" + "|: C :|" * 500,
    "|: C :|" * 3_000,
    "|: " * 10_000,
    "(" * 99_000,
    "(3" * 10_000,
    "C" + "," * 99_000,
    "C" + "9" * 99_000,
    "C/" + "/" * 99_000,
    "[" * 99_000,
    "{" * 50_000,
    '"' * 50_000,
    "!" * 50_001,
    "C>" * 20_000,
    "C-" * 20_000,
    "Z64" * 10_000,
    "C9999 " * 100,
    "\\" * 50_000,
    "%" * 99_000,
    "[1" * 20_000,
    ":" * 99_000,
    "|" * 99_000,
    "C " * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("music", HOSTILE, ids=[music[:4] for music in HOSTILE])
def test_a_hostile_tune_is_read_or_refused_in_a_moment(music: str) -> None:
    mistakes: list[WrittenWrongly] = []
    began = time.process_time()
    found = tune_of(HEAD.format(metre="4/4", key="C") + music, "mine.abc", mistakes)
    assert (found is None) is bool(mistakes)
    assert len(mistakes) <= 100
    assert time.process_time() - began < 6  # all of them take less than two seconds on a slow machine
    assert all(len(str(mistake)) < 400 for mistake in mistakes)
    if found is not None:
        assert len(found.notes) <= 4_000


def test_any_text_is_read_or_refused_without_an_error_of_python() -> None:
    dice = random.Random(20261127)
    signs = "ABCDEFGabcdefgzxZ0123456789/|:[]()<>-^_=,'\"!{}.~ \t\n\\%&hX+KLMTQ#é\x00"
    pieces = [path.read_text("utf-8") for path in SHIPPED]
    read = 0
    for _ in range(400):
        text = list(dice.choice(pieces))
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(text))
            text[at : at + dice.randrange(3)] = dice.choices(signs, k=dice.randrange(4))
        mistakes: list[WrittenWrongly] = []
        found = tune_of("".join(text), "mine.abc", mistakes)
        assert (found is None) is bool(mistakes)
        if found is not None:
            again = tune_of(abc_text(found), "mine.abc", mistakes)
            assert (again, mistakes) == (found, [])
            read += 1
    assert 20 < read < 380


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_tune_is_written_as_it_was_read(path: Path) -> None:
    found = note_tune(path, [])
    assert found is not None
    text = abc_text(found)
    assert tune_of(text, path, []) == found
    assert max(map(len, text.splitlines())) < 300


def made(dice: random.Random) -> Tune:
    """A tune by chance: any key and metre, ties over bar lines, rests, triplets, chords."""
    metre = dice.choice([(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (3, 8), (2, 2)])
    beat = beat_of(metre)
    full = Fraction(*metre) / beat
    upbeat = dice.choice([Fraction(0), Fraction(1, 2), Fraction(1)]) if full > 1 else Fraction(0)
    bars = [*([upbeat] if upbeat else []), *[full] * dice.randrange(2, 9)]
    edges = [sum(bars[:n], Fraction(0)) for n in range(1, len(bars) + 1)]
    notes: list[Note] = []
    at, total = Fraction(0), edges[-1]
    while at < total:
        bar = next(n for n, edge in enumerate(edges) if at < edge)
        length = dice.choice(
            [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(2), Fraction(5)]
        )
        if dice.random() < 0.2 and metre[1] == 4 and edges[bar] - at >= 1:
            notes += [Note(dice.randrange(50, 80), 1 / 3, bar) for _ in range(3)]
            at += 1
            continue
        rest = dice.random() < 0.15 and not (notes and notes[-1].pitch is None)
        length = min(length, (edges[bar] if rest else total) - at)
        notes.append(Note(None if rest else dice.randrange(50, 80), float(length), bar))
        at += length
    if all(note.pitch is None for note in notes):
        notes[0] = replace(notes[0], pitch=60)
    sounding = [n for n, note in enumerate(notes) if note.pitch is not None]
    phrases = sorted({*dice.sample(sounding, min(3, len(sounding))), sounding[-1]})
    places = sorted({Fraction(dice.randrange(int(total * 2)), 2) for _ in range(dice.randrange(4))})
    return Tune(
        "mine", Path("mine.abc"), dice.choice(["Mine", "100 % \\ mine", "Für dich"]), "somebody", "", "here",
        "", dice.choice([48.0, 60.0, 72.5, 66.66]), metre, dice.randrange(12), dice.choice([*MODES]),
        tuple(notes), tuple(map(float, bars)), tuple(phrases),
        tuple((float(place), dice.choice(["C", "Am7", "F#m", "Bb/D"])) for place in places),
    )  # fmt: skip


def test_what_is_written_is_read_as_the_same_tune() -> None:
    dice = random.Random(6399)
    for _ in range(300):
        wanted = made(dice)
        text = abc_text(wanted)
        mistakes: list[WrittenWrongly] = []
        assert (tune_of(text, "mine.abc", mistakes), mistakes) == (wanted, []), text


def test_triplets_and_phrases_are_written_as_people_write_them() -> None:
    wanted = tune("G2 | (3cdc B2 c4- | c2 z6 |\n^F2 F2 =F2 F2 |]")
    music = abc_text(wanted).splitlines()[-2:]
    assert music == ["G | (3c/d/c/ B c2- | c z3 |", "^F F =F F |]"]


def test_a_tune_that_knows_little_is_written_too() -> None:
    """No title, no bars, no phrases: what a program makes may have none."""
    wanted = replace(tune("C6 D2 | E8 |]"), title=" ", name="", bars=(), phrases=())
    text = abc_text(wanted)
    read = tune_of(text, "mine.abc", [])
    assert read is not None
    assert (read.title, read.notes, read.bars) == ("untitled", wanted.notes, (4, 4))


def test_tunes_ship_in_the_wheel() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["force-include"]["scores"] == "lullaby/library/scores"
    assert places.shipped("scores") == ROOT / "scores"
    assert {path.suffix for path in SHIPPED} == {".abc"}


def test_tunes_are_found_beside_a_score_then_at_home_then_shipped(lullaby: Say) -> None:
    near, beside, home = Path("scores/tunes"), Path("scores"), places.home() / "scores/tunes"
    for folder in (near, home):
        folder.mkdir(parents=True)
    text = HEAD.format(metre="4/4", key="C") + "C8|]\n"
    for path in (beside / "a.abc", near / "a.abc", near / "b.abc", home / "b.abc", home / "wiegenlied.abc"):
        path.write_text(text)
    found = tune_files(beside)
    assert found["a"] == beside / "a.abc"
    assert found["b"] == near / "b.abc"
    assert found["wiegenlied"] == home / "wiegenlied.abc"
    assert found["sakura"] == places.shipped("scores") / "tunes" / "sakura.abc"


def test_the_list_names_every_tune_and_what_is_wrong_with_others(lullaby: Say) -> None:
    rows = json.loads(lullaby("tunes", "--json").out)
    assert {row["name"] for row in rows} >= {path.stem for path in SHIPPED}
    one = next(row for row in rows if row["name"] == "wiegenlied")
    assert (one["origin"], one["key"], one["metre"]) == ("Germany", "Eb major", "3/4")
    assert one["minutes"] == pytest.approx(48 / 66, abs=0.01)
    assert "wiegenlied: Wiegenlied (Guten Abend, gut’ Nacht), Germany" in lullaby("tunes").out
    Path("tunes").mkdir()
    Path("tunes/bad.abc").write_text("X:1\n")
    said = lullaby("tunes")
    assert said.code == 2
    assert "bad.abc" in said.err
    assert "wiegenlied" in said.out


def test_a_checked_tune_says_what_it_is_and_which_bars_are_uneven(lullaby: Say) -> None:
    Path("mine.abc").write_text(HEAD.format(metre="3/4", key="Dm") + "D2 | A6 | A8 | G4 | F6 | D4 |]\n")
    facts = json.loads(lullaby("check", "mine.abc", "--json").out)[0]
    assert (facts["what"], facts["right"], facts["key"], facts["beats"]) == ("tune", True, "D minor", 15)
    assert facts["uneven"] == [{"bar": 2, "beats": 4}, {"bar": 3, "beats": 2}]
    said = lullaby("check", "mine.abc").out
    assert "mine.abc: right. Mine, a tune of 6 notes in D minor, 3/4, 00:00:15 at 60 beats a minute." in said
    assert "Bar 2 has 4 beats; a full bar has 3." in said
    Path("mine.abc").write_text("X:1\nT:Mine\nM:3/4\nK:C\nC2 h\n")
    said = lullaby("check", "mine.abc")
    assert said.code == 2
    assert "mine.abc, line 5, column 4:" in said.out


def test_a_file_that_is_none_is_said_to_be(lullaby: Say) -> None:
    Path("mine.abc").write_bytes(b"X:1\nT:\xff\n")
    assert "line 2: this is not UTF-8 text" in lullaby("check", "mine.abc").out
    assert "there is no such file" in lullaby("check", "other.abc").out
    Path("big.abc").write_bytes(b"%" * (1 << 21))
    assert "larger than 1 MiB" in lullaby("check", "big.abc").out
    Path("bom.abc").write_text("\ufeff" + HEAD.format(metre="4/4", key="C") + "C8|]\r\n", "utf-8", newline="")
    assert "right" in lullaby("check", "bom.abc").out
