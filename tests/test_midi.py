"""MIDI files: notes written and read back by mido; a melody read, whatever strangers put into a file."""

from __future__ import annotations

import io
import json
import random
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from typed import Say, typing

from lullaby import places
from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.export.midi import MELODY, MidiNote, MidiTrack, midi_bytes
from lullaby.score.abc.keys import sharps_of, spelled
from lullaby.score.midi.file import Struck, read_midi
from lullaby.score.midi.grid import on_grid
from lullaby.score.midi.reading import tune_from
from lullaby.score.tunes import Tune, beat_of, note_tune
from lullaby.time import RATE

pytestmark = pytest.mark.usefixtures("without_covers")

SHIPPED = sorted((places.shipped("scores") / "tunes").glob("*.abc"))
TWO_MS = 0.002 * RATE


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return typing(capsys)


def heard(content: bytes) -> tuple[mido.MidiFile, list[list[tuple[float, float, float, int]]]]:
    """The file, and of each track but the first its notes as a player plays them: onset and length in frames,
    pitch with its bend, velocity."""
    file = mido.MidiFile(file=io.BytesIO(content))
    tempi = [(0, Fraction(0), 500_000)]
    tick = 0
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "set_tempo":
            before, time, us = tempi[-1]
            tempi.append((tick, time + Fraction((tick - before) * us, file.ticks_per_beat), message.tempo))

    def frame(tick: int) -> float:
        before, time, us = [tempo for tempo in tempi if tempo[0] <= tick][-1]
        return float((time + Fraction((tick - before) * us, file.ticks_per_beat)) * RATE / 1_000_000)

    tracks = []
    for track in file.tracks[1:]:
        tick, bend, held, notes = 0, 0.0, dict[int, tuple[float, float, int]](), []
        for message in track:
            tick += message.time
            if message.type == "pitchwheel":
                bend = message.pitch / 4096
            elif message.type == "note_on":
                assert message.note not in held
                held[message.note] = (frame(tick), message.note + bend, message.velocity)
            elif message.type == "note_off":
                start, pitch, velocity = held.pop(message.note)
                notes.append((start, frame(tick) - start, pitch, velocity))
        assert not held
        tracks.append(sorted(notes))
    return file, tracks


def some_notes(dice: random.Random, hours: float) -> list[MidiNote]:
    notes, at = [], 0
    while at < hours * 3600 * RATE:
        length = dice.randrange(RATE // 20, 4 * RATE)
        notes.append(MidiNote(at, length, dice.uniform(40, 90), dice.random()))
        at += length + dice.randrange(1, 600 * RATE)
    return notes


@pytest.mark.parametrize("tempo", [3.6, 20, 47.3, 60, 119.99, 240])
def test_no_note_of_a_long_night_is_moved_by_two_milliseconds(tempo: float) -> None:
    dice = random.Random(str(tempo))
    notes = some_notes(dice, 8)
    changes = [(0, tempo), *((dice.randrange(8 * 3600 * RATE), dice.uniform(3.6, 240)) for _ in range(200))]
    _, (found,) = heard(midi_bytes([MidiTrack(MELODY, notes)], sorted(changes)))
    assert len(found) == len(notes)
    for note, (start, length, pitch, velocity) in zip(notes, found, strict=True):
        assert abs(note.start - start) <= TWO_MS
        assert abs(note.start + note.frames - start - length) <= TWO_MS
        assert pitch == pytest.approx(note.pitch, abs=0.01)
        assert velocity == max(1, round(note.velocity * 127))


def test_each_role_has_a_track_with_its_name_and_the_file_its_title() -> None:
    roles = ["melody", "bass", "Spieluhr ü", *(f"role {n}" for n in range(20))]
    tracks = [MidiTrack(role, [MidiNote(0, RATE, 60, 0.5)], program=10) for role in roles]
    content = midi_bytes(
        tracks,
        [(0, 60)],
        title="Harbour in the Rain",
        texts=[(RATE, "arriving")],
        metre=(6, 8),
        key=(-3, True),
    )
    file, found = heard(content)
    assert (file.type, len(file.tracks)) == (1, len(roles) + 1)
    names = [track.name.encode("latin-1").decode() for track in file.tracks]
    assert names == ["Harbour in the Rain", *roles]
    assert all(len(notes) == 1 for notes in found)
    said = {message.type: message for message in file.tracks[0]}
    assert said["text"].text == "arriving"
    assert (said["time_signature"].numerator, said["time_signature"].denominator) == (6, 8)
    assert said["key_signature"].key == "Cm"
    assert {message.channel for track in file.tracks for message in track if not message.is_meta} == {
        channel for channel in range(16) if channel != 9
    }
    assert {m.program for track in file.tracks for m in track if m.type == "program_change"} == {10}


def test_a_whole_pitch_is_not_bent_and_another_is() -> None:
    notes = [MidiNote(n * RATE, RATE, pitch, 0.5) for n, pitch in enumerate([60, 60.25, 60.004, 59.5, 61])]
    _, (found,) = heard(midi_bytes([MidiTrack("pad", notes)], [(0, 60)]))
    assert [note[2] for note in found] == pytest.approx([60, 60.25, 60, 59.5, 61], abs=0.001)
    plain, _ = heard(midi_bytes([MidiTrack("pad", [notes[0], notes[4]])], [(0, 60)]))
    assert "pitchwheel" not in {message.type for message in plain.tracks[1]}


def test_a_note_struck_again_while_it_sounds_ends_where_it_is_struck() -> None:
    notes = [MidiNote(0, 3 * RATE, 60, 0.5), MidiNote(RATE, RATE, 60, 0.5), MidiNote(RATE, 2 * RATE, 60, 0.5)]
    _, (found,) = heard(midi_bytes([MidiTrack("bell", notes)], [(0, 60)]))
    assert [(round(start), round(length)) for start, length, *_ in found] == [(0, RATE), (RATE, 2 * RATE)]


def test_what_is_odd_is_written_too() -> None:
    silent = midi_bytes([], [])
    assert len(heard(silent)[0].tracks) == 1
    notes = [MidiNote(30 * 3600 * RATE, RATE, 200, 7.0), MidiNote(0, 0, 60, 0.5), MidiNote(0, 1, -3, -1.0)]
    _, (found,) = heard(midi_bytes([MidiTrack("far", notes)], [(0, 240)]))
    assert [(note[2], note[3]) for note in found] == [
        (pytest.approx(-2, abs=2), 1),
        (pytest.approx(129, abs=0.001), 127),
    ]
    assert abs(found[1][0] - notes[0].start) <= TWO_MS


def midi_of(tune: Tune, *, late: int = 0, gate: float = 1.0, dice: random.Random | None = None) -> bytes:
    """A tune as somebody plays it: `gate` is the part of each note that sounds, `dice` make it unsteady."""
    beat = 60 / tune.tempo * RATE
    upbeat = (tune.a_bar - tune.bars[0]) % tune.a_bar
    at, notes = upbeat, []
    for note in tune.notes:
        if note.pitch is not None:
            start = at * beat + late + (dice.uniform(-0.03, 0.03) * beat if dice else 0)
            notes.append(MidiNote(round(max(0, start)), round(note.beats * beat * gate), note.pitch, 0.6))
        at += note.beats
    letter, mark = spelled(tune.tonic, tune.mode)
    minor = tune.mode == "minor"
    key = (sharps_of(letter, mark, tune.mode), minor) if minor or tune.mode == "major" else None
    quarters = tune.tempo * float(beat_of(tune.metre)) * 4
    bass = MidiTrack("bass", [MidiNote(note.start, note.frames, 40, 0.5) for note in notes])
    high = MidiTrack("bells", [MidiNote(note.start, note.frames, 100, 0.5) for note in notes])
    tracks = [bass, MidiTrack(MELODY, notes), high]
    return midi_bytes(tracks, [(0, quarters)], title=tune.title, metre=tune.metre, key=key)


def sounding(tune: Tune) -> list[tuple[int, float, int]]:
    return [
        (note.pitch, pytest.approx(note.beats), note.bar) for note in tune.notes if note.pitch is not None
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_tune_that_went_through_a_midi_file_is_the_same_tune(path: Path, tmp_path: Path) -> None:
    tune = note_tune(path, [])
    assert tune is not None
    file = tmp_path / "tune.mid"
    file.write_bytes(midi_of(tune))
    brought = tune_from(file)
    assert sounding(brought.tune) == sounding(tune)
    assert (brought.tune.title, brought.tune.metre) == (tune.title, tune.metre)
    assert brought.tune.tempo == pytest.approx(tune.tempo, abs=0.01)
    if tune.mode in ("major", "minor"):
        assert (brought.tune.tonic, brought.tune.mode) == (tune.tonic, tune.mode)
    kept = tmp_path / "tune.abc"
    kept.write_text(brought.text, "utf-8")
    assert note_tune(kept, []) == brought.tune or brought.tune.path != kept


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_tune_that_was_played_unsteadily_keeps_its_notes(path: Path, tmp_path: Path) -> None:
    """Onsets 30 ms early or late at 60 beats a minute, each note a tenth too short."""
    tune = note_tune(path, [])
    assert tune is not None
    file = tmp_path / "tune.mid"
    file.write_bytes(midi_of(tune, gate=0.9, dice=random.Random(path.stem)))
    brought = tune_from(file).tune
    wanted = [(note.pitch, at) for note, at in placed(tune)]
    found = [(note.pitch, at) for note, at in placed(brought)]
    assert [pitch for pitch, _ in found] == [pitch for pitch, _ in wanted]
    assert sum(abs(a - b) < 0.01 for (_, a), (_, b) in zip(found, wanted, strict=True)) >= 0.95 * len(wanted)


def placed(tune: Tune) -> list[tuple[object, float]]:
    at, found = 0.0, []
    for note in tune.notes:
        if note.pitch is not None:
            found.append((note, at))
        at += note.beats
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_key_is_guessed_where_none_is_written(path: Path, tmp_path: Path) -> None:
    tune = note_tune(path, [])
    assert tune is not None
    content = midi_of(tune)
    file = mido.MidiFile(file=io.BytesIO(content))
    file.tracks[0] = mido.MidiTrack(m for m in file.tracks[0] if m.type != "key_signature")
    file.save(tmp_path / "tune.mid")
    brought = tune_from(tmp_path / "tune.mid")
    assert any("key is guessed" in remark for remark in brought.remarks)
    if tune.mode in ("major", "minor"):
        assert (brought.tune.tonic, brought.tune.mode) == (tune.tonic, tune.mode)


def test_a_written_c_major_is_believed_only_where_nothing_else_is_likelier(tmp_path: Path) -> None:
    """Programs that know of no key write C major."""
    tune = note_tune(places.shipped("scores") / "tunes" / "wiegenlied.abc", [])
    assert tune is not None
    for written, tonic in (("C", 3), ("E", 3), ("Eb", 3), ("Cm", 0)):
        file = mido.MidiFile(file=io.BytesIO(midi_of(tune)))
        for message in file.tracks[0]:
            if message.type == "key_signature":
                message.key = written
        file.save(tmp_path / "tune.mid")
        assert tune_from(tmp_path / "tune.mid").tune.tonic == tonic, written
    head = mido.MidiTrack([mido.MetaMessage("key_signature", key="C")])
    mido.MidiFile(tracks=[head, line("a", [69, 72, 76, 74, 72, 71, 69, 69])]).save(tmp_path / "a.mid")
    assert tune_from(tmp_path / "a.mid").tune.mode == "minor"


def test_triplets_that_are_played_unsteadily_are_triplets() -> None:
    dice = random.Random(3)
    notes = []
    for number in range(1, 61):
        on = 160 * number + dice.randrange(-7, 8)
        notes.append(Struck(on, on + 140, 60))
    found = on_grid(notes, 0, 480)
    assert [onset for onset, _, _ in found] == [Fraction(n, 3) for n in range(1, 61)]
    assert [end - onset for onset, end, _ in found[:-1]] == [Fraction(1, 3)] * 59


def test_a_note_played_short_lasts_to_the_next_and_a_rest_stays() -> None:
    played = [(0, 430), (480, 910), (960, 1_000), (1_920, 2_400), (2_880, 3_333)]
    found = on_grid([Struck(on, off, 60) for on, off in played], 0, 480)
    assert [(float(on), float(end)) for on, end, _ in found] == [(0, 1), (1, 2), (2, 2.25), (4, 5), (6, 7)]


def line(
    name: str, pitches: Sequence[int], together: Sequence[int] = (0,), channel: int = 0
) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    for pitch in pitches:
        chord = [pitch + step for step in together]
        track += [mido.Message("note_on", note=note, channel=channel) for note in chord]
        track += [
            mido.Message("note_off", note=note, channel=channel, time=480 if note == chord[0] else 0)
            for note in chord
        ]
    return track


def first_pitch(tmp_path: Path, *tracks: mido.MidiTrack, track: int | None = None) -> int | None:
    mido.MidiFile(tracks=list(tracks)).save(tmp_path / "some.mid")
    return tune_from(tmp_path / "some.mid", track).tune.notes[0].pitch


def test_the_melody_is_the_track_of_that_name_or_the_highest_single_voice(tmp_path: Path) -> None:
    scale = [0, 2, 4, 5, 7, 5, 4, 2]
    low, mid, high = (
        line(name, [base + s for s in scale]) for name, base in (("a", 50), ("b", 60), ("c", 70))
    )
    chords = line("d", [80 + step for step in scale], (0, -4, -7))
    drums = line("e", [90] * 8, channel=9)
    ping = line("f", [95])
    assert first_pitch(tmp_path, low, high, mid) == 70
    assert first_pitch(tmp_path, low, mid, chords, drums, ping) == 60
    assert first_pitch(tmp_path, line("Melody ", [50, 52, 54, 55]), high, mid) == 50
    assert first_pitch(tmp_path, low, high, mid, track=3) == 60
    assert first_pitch(tmp_path, chords) == 80
    with pytest.raises(AskedWrongly, match=r"no notes in track 7.\n    Tracks with notes: 1 \(a\), 2 \(c\)."):
        first_pitch(tmp_path, low, high, track=7)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content


HEADER = chunk(b"MThd", struct.pack(">hhh", 1, 1, 480))
END = b"\0\xff\x2f\0"
NOTE = b"\0\x90\x3c\x40\x83\x60\x80\x3c\x40"
HOSTILE = {
    "empty": b"",
    "text": b"This is only text.",
    "header alone": HEADER,
    "header cut": HEADER[:10],
    "cut": (HEADER + chunk(b"MTrk", NOTE * 4 + END))[:-6],
    "no track": chunk(b"MThd", struct.pack(">hhh", 1, 0, 480)),
    "negative tracks": chunk(b"MThd", struct.pack(">hhh", 1, -5, 480)),
    "many tracks": chunk(b"MThd", struct.pack(">hhh", 1, 32_767, 480)) + chunk(b"MTrk", b"") * 32_767,
    "frames of a film": chunk(b"MThd", struct.pack(">hhh", 1, 1, -6_000)) + chunk(b"MTrk", NOTE + END),
    "no ticks": chunk(b"MThd", struct.pack(">hhh", 1, 1, 0)) + chunk(b"MTrk", NOTE + END),
    "no notes": HEADER + chunk(b"MTrk", END),
    "drums of nothing": HEADER + chunk(b"MTrk", b"\0\x99\x3c\0" + END),
    "endless number": HEADER + chunk(b"MTrk", b"\xff" * 900_000),
    "endless text": HEADER + chunk(b"MTrk", b"\0\xff\x01\xff\xff\xff\x7f" + b"a" * 100),
    "undefined status": HEADER + chunk(b"MTrk", b"\0\xf4\0" + END),
    "running status of nothing": HEADER + chunk(b"MTrk", b"\0\x3c\x40" + END),
    "key there is not": HEADER + chunk(b"MTrk", b"\0\xff\x59\x02\x40\x07" + NOTE + END),
    "metre of nothing": HEADER + chunk(b"MTrk", b"\0\xff\x58\x01\x04" + NOTE + END),
    "days": HEADER + chunk(b"MTrk", (b"\xff\xff\xff\x7f" + NOTE[1:]) * 20 + END),
    "too many notes": HEADER + chunk(b"MTrk", b"\0\x90\x3c\x40\0\x80\x3c\x40" * 30_000 + END),
    "more notes than a tune has": HEADER + chunk(b"MTrk", NOTE * 5_000 + END),
    "below the piano": HEADER + chunk(b"MTrk", b"\0\x90\x02\x40\x83\x60\x80\x02\x40" + END),
    "too large": HEADER + b"\0" * (1 << 20),
    "wrong length": HEADER + b"MTrk" + struct.pack(">I", 3) + NOTE + END,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_a_line_or_two(what: str, lullaby: Say) -> None:
    Path("hostile.mid").write_bytes(HOSTILE[what])
    said = lullaby("import", "hostile.mid", "-o", "tune.abc")
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("hostile.mid: ")
    assert len(said.err.splitlines()) <= 2
    assert max(map(len, said.err.splitlines())) < 200
    assert not Path("tune.abc").exists()


def refusal(file: Path) -> str:
    """Why this file is not read; empty where it is."""
    try:
        tune_from(file)
    except AskedWrongly as error:
        return str(error)
    return ""


def test_any_damaged_file_is_read_or_refused_without_an_error_of_python(tmp_path: Path) -> None:
    dice = random.Random(1901)
    tune = note_tune(SHIPPED[0], [])
    assert tune is not None
    whole, file = midi_of(tune), tmp_path / "tune.mid"
    read = refused = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(dice.randrange(1, 5)):
            at = dice.randrange(len(content))
            content[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        file.write_bytes(content[: dice.choice([len(content), dice.randrange(len(content) + 1)])])
        said = refusal(file)
        assert len(said.splitlines()) <= 2
        refused += bool(said)
        read += not said
    assert min(read, refused) > 10


def test_a_midi_file_becomes_a_tune_of_the_listeners_own(lullaby: Say) -> None:
    tune = note_tune(places.shipped("scores") / "tunes" / "wiegenlied.abc", [])
    assert tune is not None
    Path("brahms.mid").write_bytes(midi_of(tune))
    said = lullaby("import", "brahms.mid", "-o", "tunes/cradle.abc")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == f"tunes/cradle.abc: {tune.title}, 51 notes in Eb major, 3/4."
    assert 'The melody is track 3 ("melody") of 4.' in said.out
    text = Path("tunes/cradle.abc").read_text("utf-8")
    assert "\nL:1/8\nQ:1/4=66\nK:Eb\nGG | B3G G2 | B4 GB | e2 d3c | c2 B2\nFG |" in text
    assert lullaby("check", "tunes/cradle.abc").code == 0
    again = lullaby("import", "brahms.mid", "-o", "tunes/cradle.abc")
    assert (again.code, "is there already" in again.err) == (2, True)
    facts = json.loads(lullaby("import", "brahms.mid", "--name", "mine", "--json").out)[0]
    assert facts["file"] == str(places.home() / "scores" / "tunes" / "mine.abc")
    assert "mine" in [row["name"] for row in json.loads(lullaby("tunes", "--json").out)]
    assert lullaby("import", "brahms.mid", "-o", "mine.txt").code == 2
    assert lullaby("import", "brahms.mid", "-o", "mine.abc", "--name", "two").code == 2
    assert lullaby("import", "brahms.mid", "--name", "../out").code == 2
    assert lullaby("import", "nowhere.mid").code == 2
    Path("preset.json").write_text("{}")
    assert "are for MIDI files" in lullaby("import", "preset.json", "--track", "1").err


def test_what_a_file_says_of_itself_stays_on_a_line(tmp_path: Path) -> None:
    name = "Evil\nK:G\n\x1b[2J% \\ ü"
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name.encode().decode("latin-1"))])
    mido.MidiFile(tracks=[track, line("a", [60, 62, 64, 65])]).save(tmp_path / "some.mid")
    brought = tune_from(tmp_path / "some.mid")
    assert brought.tune.title == "Evil K:G [2J% \\ ü"
    assert read_midi(tmp_path / "some.mid").title == brought.tune.title


def test_what_mido_raises_is_told_as_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise KeyError("some key")

    (tmp_path / "some.mid").write_bytes(HEADER + chunk(b"MTrk", NOTE + END))
    monkeypatch.setattr(mido, "MidiFile", refuse)
    with pytest.raises(WrittenWrongly, match="this MIDI file is damaged"):
        read_midi(tmp_path / "some.mid")
