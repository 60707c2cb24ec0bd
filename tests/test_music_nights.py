"""[music] in a score: read with located errors, heard as it is written, kept as MIDI, drawn."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import mido
import numpy as np
import pytest
from nights import night_of
from typed import Say, typing

from lullaby.evening import Request, prepared
from lullaby.evening.facts.midi import midi_of
from lullaby.night import Night
from lullaby.night.music import heard_of, music_of
from lullaby.night.plan import root_key
from lullaby.score import check_score, read_score
from lullaby.score.avoiding import Avoid, without
from lullaby.score.model import Music
from lullaby.sleep.course import Course, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.kinds import KINDS

SCORES = Path(__file__).parent.parent / "scores"
WITH_MUSIC = sorted(path for path in SCORES.glob("*.toml") if "\n[music]\n" in path.read_text("utf-8"))
SCORE = """
title = "Two"
length = 00:10:00
[voices]
harp = "harp-by-the-window"
rain = "rain-on-slate"
[music]
melody = "harp"
{more}
[scene.all]
at = 0
harp = -6
rain = -20
"""


@pytest.fixture
def lullaby(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def mistakes(more: str, tmp_path: Path) -> list[str]:
    path = tmp_path / "two.toml"
    path.write_text(SCORE.format(more=more))
    return [str(mistake) for mistake in check_score(path, KINDS)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('drone = "hrp"', 'there is no voice "hrp".'),
        ('drone = "rain"', 'rain is of the kind "rain", and cannot play notes.'),
        ('mode = "locrian"', 'knows no "locrian".'),
        ('tonic = "H4"', "is not a note."),
        ('register = ["C0", "C3"]', "It lies between C2 and C7."),
        ('register = ["C4", "G4"]', "has no room for a melody"),
        ("register = 60", "not two notes"),
        ('tunes = ["wiegenleid"]', 'there is no tune "wiegenleid".'),
        ("tempo = 140", "tempo"),
        ('form = "sonata"', 'knows no "sonata".'),
        ('harmony = "fast"', "is no harmony."),
        ('until = "dawn"', "until"),
        ('melodie = "harp"', 'no "melodie"'),
    ],
)
def test_what_is_wrong_is_said_with_its_place(more: str, said: str, tmp_path: Path) -> None:
    (found,) = mistakes(more, tmp_path)
    assert said in found
    assert "two.toml, [music]" in found


def test_everything_that_may_be_said_is_read(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(
        SCORE.format(
            more='accompaniment = "harp"\ndrone = "harp"\nlull = "harp"\nat = 5\nmode = "dorian"\n'
            'tonic = "Bb3"\ntuning = "equal"\ntempo = 64\ndensity = 0.5\nregister = ["A3", "C5"]\n'
            'metre = "6/8"\nform = "songs"\nrest = 1\nharmony = "still"\nuntil = "asleep"\n'
            'tunes = ["wiegenlied", "sakura"]'
        )
    )
    music = read_score(path, KINDS).music
    assert music is not None
    assert (music.at, music.mode, music.tonic, music.just) == (5 * RATE, "dorian", 58, False)
    assert (music.tempo, music.density, music.register, music.metre) == (64, 0.5, (57, 72), "6/8")
    assert [tune.name for tune in music.tunes] == ["wiegenlied", "sakura"]
    assert (music.form, music.rest, music.harmony) == ("songs", 1, False)


def test_there_are_nights_of_music_alone_and_with_nature() -> None:
    scores = [read_score(path, KINDS) for path in WITH_MUSIC]
    alone = [score for score in scores if all(part.kind.plays for part in score.voices)]
    assert len(scores) >= 4
    assert 1 <= len(alone) < len(scores)
    roles = [score.music.players if score.music else {} for score in scores]
    assert any(not players.get("melody") for players in roles)
    assert any(score.music and score.music.tunes for score in scores)


@pytest.mark.parametrize("path", WITH_MUSIC, ids=lambda path: path.stem)
def test_every_night_of_music_goes_from_songs_to_silence(path: Path) -> None:
    """Also what is heard: notes have energy where they are written, and none is left when it ends."""
    evening = prepared(Request(path.stem, sleeper="typical"))
    night = evening.night
    assert night.course is not None
    written = music_of(night.score, root_key(night.seed, night.date), night.course)
    assert written is not None
    asleep = [
        note
        for notes in written.notes.values()
        for note in notes
        if night.course.stage(note.start) is not Stage.AWAKE
    ]
    assert all(note.swell >= 2 for note in asleep)
    sound = night.render(Span(0, 20 * RATE))
    assert 0.001 < float(np.sqrt(np.mean(sound[8 * RATE :] ** 2))) < 0.1
    assert np.abs(sound).max() <= 0.9
    assert np.abs(night.render(Span(night.length - RATE // 10, night.length))).max() < 1e-4


@pytest.mark.parametrize("path", WITH_MUSIC, ids=lambda path: path.stem)
def test_instruments_are_mellow_and_darker_and_softer_for_somebody_asleep(path: Path) -> None:
    """The centroid of what is played is 1.8 kHz at most awake, and 1.2 kHz from N1 on."""
    score = read_score(path, KINDS)
    assert score.music is not None
    runs = [Run(0, 6 * PAGE, Stage.AWAKE), Run(6 * PAGE, 12 * PAGE, Stage.N1)]
    night = Night(score, seed=3, course=Course.from_runs(runs))

    def heard(minute: int) -> tuple[float, float]:
        """Centroid in Hz, and level in dB."""
        span = Span(minute * PAGE, minute * PAGE + 20 * RATE)
        players = {*score.music.by_role.values()} if score.music else set()
        sound = sum(night.stem(name, span).astype(np.float64) for name in sorted(players))
        power = np.abs(np.fft.rfft(np.sum(sound, axis=1))) ** 2
        hz = np.fft.rfftfreq(len(span), 1 / RATE)
        return float((power * hz).sum() / power.sum()), float(10 * np.log10(np.mean(np.square(sound))))

    (awake, loud), (asleep, soft) = heard(3), heard(8)
    assert 100 < awake <= 1_800
    assert 100 < asleep <= 1_200
    assert soft < loud - 6 or not score.music.melody


def test_a_note_sounds_at_its_frame_and_at_its_pitch() -> None:
    night = night_of(
        SCORE.replace('rain = "rain-on-slate"\n', "").replace("rain = -20\n", "").format(more="")
    )
    written = music_of(night.score, root_key(night.seed, night.date), None)
    assert written is not None
    notes = [note for note in written.notes["melody"] if note.start > 5 * RATE]
    pairs = [
        (a, b)
        for a, b in itertools.pairwise(notes)
        if b.start - a.start > RATE // 2 and abs(a.pitch - b.pitch) >= 3
    ]
    assert len(pairs) > 10
    for _, note in pairs[:10]:
        sound = night.render(Span(note.start - RATE // 4, note.start + RATE // 2)).mean(axis=1)

        def level(part: np.ndarray, hz: float) -> float:
            turns = np.exp(-2j * np.pi * hz * np.arange(len(part)) / RATE) * np.hanning(len(part))
            return float(abs(part @ turns))

        before, after = sound[: RATE // 4], sound[RATE // 4 + 500 : RATE // 2 + 500]
        assert level(after, note.hz) > 4 * level(before, note.hz)


def test_the_notes_are_kept_as_midi(lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = lullaby(
        "render",
        "evening-strings",
        "--midi",
        "es.mid",
        "--sleeper",
        "none",
        "--to",
        "00:05:00",
        "--date",
        "2026-11-27",
    )
    assert said.code == 0, said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["es.mid"]
    file = mido.MidiFile("es.mid")
    names = [track.name for track in file.tracks]
    assert names[1] == "melody"
    assert {"accompaniment", "drone"} <= set(names)
    evening = prepared(Request("evening-strings", date=date(2026, 11, 27), sleeper="none"))
    written = music_of(evening.night.score, root_key(evening.night.seed, evening.night.date), None)
    assert written is not None
    span = Span(0, 5 * PAGE)
    wanted = [n for n in written.notes["melody"] if n.start - n.late < span.stop]
    assert [m.note for m in file.tracks[1] if m.type == "note_on"] == [n.pitch for n in wanted]
    found = midi_of(evening, span)
    assert [n.start for n in found.tracks[0].notes] == [n.start - n.late for n in wanted]
    assert 70 < found.tempo_changes[0][1] * (2 / 3 if found.metre == (6, 8) else 1) <= 72.5
    assert lullaby("render", "plain", "--midi", "no.mid").code == 2


TUNES = {
    "four": "X:1\nT:Four\nM:4/4\nL:1/4\nK:C\nC E G E | C4 |]\n",
    "six": "X:1\nT:Six\nM:6/8\nL:1/8\nK:C\nC2D E2F | G3 c3 |]\n",
}


def test_tunes_of_several_metres_are_kept_on_their_beats_and_in_their_bars(
    lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tunes").mkdir()
    for name, text in TUNES.items():
        (tmp_path / "tunes" / f"{name}.abc").write_text(text)
    more = 'form = "songs"\nrest = 0\ntunes = ["four", "six"]'
    Path("two.toml").write_text(SCORE.format(more=more).replace("00:10:00", "00:01:00"))
    said = lullaby("render", "two.toml", "--sleeper", "none", "--midi", "two.mid", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["tracks"] == 2  # the melody, and single notes for who sleeps
    file = mido.MidiFile("two.mid")
    at, metres = 0, []
    for message in file.tracks[0]:
        at += message.time
        if message.type == "time_signature":
            metres.append((at / file.ticks_per_beat, message.numerator, message.denominator))
    # each is sung twice, in another way the second time: two bars of four quarters, then two of three
    assert [(n, d) for _, n, d in metres[:3]] == [(4, 4), (6, 8), (4, 4)]
    assert [quarter for quarter, _, _ in metres[:3]] == pytest.approx([0, 16, 28], abs=0.01)
    at, onsets = 0, []
    for message in file.tracks[1]:
        at += message.time
        if message.type == "note_on":
            onsets.append(at / file.ticks_per_beat)
    first = [onset for onset in onsets if onset < 7.9]
    assert first == pytest.approx([0, 1, 2, 3, 4], abs=0.01)
    sixes = [onset - 16 for onset in onsets if 15.9 < onset < 21.9]
    assert sixes == pytest.approx([0, 1, 1.5, 2.5, 3, 4.5], abs=0.01)


def test_a_file_of_notes_has_a_name_of_its_own_and_comes_before_any_story(
    lullaby: Say, tmp_path: Path
) -> None:
    for words in (["--midi", "", "-o", "a.flac"], ["--midi", "a.flac", "-o", "a.flac"], ["--midi", "-"]):
        said = lullaby("render", "evening-strings", *words)
        assert (said.code, "ends in .mid" in said.err) == (2, True)
    said = lullaby("render", "evening-strings", "--midi", "a.mid", "--events", "a.mid")
    assert "ends in .tsv" in said.err
    assert not Path("a.mid").exists()
    said = lullaby("render", "harbour-rain", "--midi", "a.mid")
    assert said.code == 2
    assert "has no [music]" in said.err
    assert "Speaking" not in said.err


def test_notes_of_a_voice_that_no_scene_names_are_not_kept() -> None:
    """Nobody hears them; the picture of a night draws what is kept."""
    text = SCORE.format(more='accompaniment = "piano"').replace("[music]", 'piano = "felt-piano"\n[music]')
    night = night_of(text)
    assert night.score.music is not None
    assert night.music is not None
    found = heard_of(night.plan, night.score.music, night.music)
    assert len(found["melody"]) > 50
    assert night.music.notes["accompaniment"]
    assert found["accompaniment"] == []


@pytest.mark.parametrize("path", WITH_MUSIC, ids=lambda path: path.stem)
def test_why_says_which_bar_is_played_and_how_fast(path: Path, lullaby: Say) -> None:
    """Beats against the bar's own frames; asleep there is no bar, and it says what there is instead."""
    night = prepared(Request(str(path), date=date(2026, 3, 1), sleeper="typical")).night
    written = night.music
    assert written is not None
    words = ["why", str(path), "--sleeper", "typical", "--date", "2026-03-01", "--json"]
    for bar in [bar for bar in written.bars if bar.section and bar.of_section == 2][:1]:
        found = json.loads(lullaby(*words, str(bar.start / RATE + 0.01)).out)["music"]
        assert found["bar"] == written.bars.index(bar) + 1
        assert (found["melody"], found["bar_of_melody"]) == (bar.section, 3)
        assert 60 / found["tempo"] * bar.beats == pytest.approx(bar.frames / RATE, rel=0.01)
    last = written.bars[-1].stop if written.bars else 0
    asleep = next(at for at in range(last, night.length, PAGE // 4) if night.course.stage(at) is Stage.N2)
    assert json.loads(lullaby(*words, str(asleep / RATE)).out)["music"] == {"state": "drone", "bar": None}
    assert "The music is the drone alone" in lullaby(*words[:-1], str(asleep / RATE)).out


def test_check_prints_the_statistics(lullaby: Say) -> None:
    said = lullaby("check", "--music", str(SCORES / "evening-strings.toml"), "--json")
    assert said.code == 0, said.err
    (facts,) = json.loads(said.out)
    music = facts["music"]
    assert music["inside"] >= music["enough"] == 26
    assert music["like_lullabies"]
    assert len(music["rows"]) == 38
    assert any(part["melody"] and part["melody"].startswith("T1.") for part in music["form"])
    plain = lullaby("check", "--music", str(SCORES / "evening-strings.toml")).out
    assert "of 38 rows inside" in plain
    assert "T1.2" in plain
    assert lullaby("check", "--music", str(SCORES / "plain.toml")).code == 2


def test_a_tune_is_played_in_the_key_and_register_of_the_music() -> None:
    score = read_score(SCORES / "old-songs.toml", KINDS)
    assert score.music is not None
    written = music_of(score, root_key(0, None), None)
    assert written is not None
    low, high = score.music.register
    for melody in written.melodies():
        assert melody.scale.tonic % 12 == score.music.tonic % 12
        pitches = [note.pitch for note in melody.notes]
        assert max(0, low - min(pitches)) + max(0, max(pitches) - high) <= 3
    names = [section.name for section in written.sections if section.melody is not None]
    assert names[:4] == ["wiegenlied", "wiegenlied.2", "schlaf-kindlein-schlaf", "schlaf-kindlein-schlaf.2"]


def test_the_avoid_list_holds_for_tunes_and_players() -> None:
    score = read_score(SCORES / "old-songs.toml", KINDS)
    less = without(score, Avoid(tunes=("wiegenlied",), words=("sakura",)))
    assert less.music is not None
    assert {tune.name for tune in less.music.tunes}.isdisjoint({"wiegenlied", "sakura"})
    assert less.sources != score.sources
    unsung = without(score, Avoid(voices=("old-music-box",)))
    assert unsung.music is not None
    assert unsung.music.melody == ""
    assert unsung.music.accompaniment == "guitar"
    assert Music().players == {}
