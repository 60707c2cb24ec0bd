"""A night in one file: two machines that open it hear the same bits, and begin at the same instant."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import stat
import subprocess
import sys
import wave
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from circles import FRIENDS, day, friends
from packs import BOAT, DATE, RAIN, SCORE, a_night, files_in, rewritten
from typed import EVENING, Said, Say, is_asked_wrongly, typing

from lullaby.cli.circle import opening as opening_here
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.evening.prepare import prepared
from lullaby.evening.request import Mix, Request
from lullaby.ritual.circle.brought import bring
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.evening import evening_in
from lullaby.ritual.circle.pack.opening import opened
from lullaby.ritual.circle.pack.packing import packed_night
from lullaby.time import RATE, Span

pytestmark = pytest.mark.usefixtures("without_covers")

HALF_PAST = datetime.datetime(2026, 11, 30, 22, 30, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


@pytest.fixture(scope="module")
def a_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a night with a story, made once."""
    folder = tmp_path_factory.mktemp("night")
    request = Request(str(a_night(folder)), date=datetime.date.fromisoformat(DATE))
    packed_night(prepared(request), folder / "boat.night", HALF_PAST)
    return folder / "boat.night"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


A_MACHINE = """
import os, sys
import lullaby.kernels.jit  # what is compiled is found where it is here; all else in a folder of its own
os.environ["LULLABY_CACHE"] = sys.argv.pop(1)
for name in ("hibari", "onnxruntime", "espeakng_loader", "pyttsx3"):
    sys.modules[name] = None
from lullaby.cli import main
sys.exit(main(sys.argv[1:]))
"""


def on_another_machine(folder: Path, *words: str) -> Said:
    """Types a command on a machine with nothing on its shelf, and without any engine that speaks."""
    folder.mkdir(exist_ok=True)
    env = {**os.environ, "LULLABY_HOME": str(folder / "home")}
    command = [sys.executable, "-c", A_MACHINE, str(folder / "cache"), *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=folder)
    return Said(done.returncode, done.stdout, done.stderr)


def test_two_machines_make_the_same_file_of_it_and_begin_at_the_same_instant(a_pack: Path, tmp_path: Path):
    said = []
    for name in ("first", "second"):
        folder = tmp_path / name
        rendered = on_another_machine(
            folder, "circle", "open", str(a_pack), "--render", "-o", str(folder / "a.flac")
        )
        assert rendered.code == 0, rendered.err
        said.append(on_another_machine(folder, "circle", "open", str(a_pack), "--json").facts)
        assert [path.name for path in folder.iterdir()] == ["a.flac"]
    assert digest(tmp_path / "first/a.flac") == digest(tmp_path / "second/a.flac")
    assert said[0] == said[1]
    assert said[0]["starts"] == "2026-11-30T22:30:00Z"
    assert said[0]["same"]


def test_it_is_the_night_that_was_packed_sample_for_sample(a_pack: Path, tmp_path: Path):
    night = prepared(
        Request(str(a_pack.parent / "evening.toml"), date=datetime.date.fromisoformat(DATE))
    ).night
    with opened(a_pack) as pack:
        again = evening_in(pack).night
        span = Span(3 * RATE, 20 * RATE)
        assert np.array_equal(night.render(span), again.render(span))
        assert again.fingerprint == night.fingerprint
        assert night.narrations[0].lines


def test_a_pack_can_be_read_and_heard_by_anybody(a_pack: Path):
    files = files_in(a_pack)
    assert next(iter(files)) == "pack.json"
    assert list(files)[1:] == sorted(list(files)[1:])
    assert files["score.toml"].decode() == SCORE
    assert files["voices/soft-rain.toml"].decode() == RAIN
    assert files["stories/boat.md"].decode() == BOAT
    speech = [name for name in files if name.startswith("speech/")]
    assert len(speech) >= 2
    with wave.open(BytesIO(files[speech[0]])) as file:
        assert (file.getframerate(), file.getnchannels()) == (24_000, 1)
    assert json.loads(files["pack.json"])["turns"] == []
    assert os.fsencode(a_pack.parent) not in a_pack.read_bytes()  # nor where it was made
    if sys.platform != "win32":
        assert stat.S_IMODE(a_pack.stat().st_mode) == 0o600


def test_the_same_night_packed_twice_is_the_same_file(a_pack: Path):
    request = Request(str(a_pack.parent / "evening.toml"), date=datetime.date.fromisoformat(DATE))
    packed_night(prepared(request), Path("again.night"), HALF_PAST)
    assert digest(Path("again.night")) == digest(a_pack)


def test_nothing_of_it_is_kept_unless_somebody_asks(a_pack: Path, say: Say, home: Path, tmp_path: Path):
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    said = say("circle", "open", str(a_pack))
    assert said.code == 0, said.err
    assert "A Boat: 00:0" in said.out
    assert "It tells The Boat." in said.out
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert say("circle", "open", str(a_pack), "--keep", "kept").code == 0
    assert Path("kept/score.toml").read_text() == SCORE
    is_asked_wrongly(say, "circle", "open", str(a_pack), "--keep", "kept", says="is there already")


def test_a_voice_of_ones_own_of_the_same_name_changes_nothing(a_pack: Path, home: Path):
    with opened(a_pack) as pack:
        before = evening_in(pack).night.render(Span(0, RATE))
    (home / "voices").mkdir(parents=True)
    (home / "voices/pink-noise.toml").write_text('kind = "noise"\n')
    (home / "voices/soft-rain.toml").write_text('kind = "noise"\n')
    (home / "scores/stories").mkdir(parents=True)
    (home / "scores/stories/boat.md").write_text("# Another\n\nAnother boat.\n")
    with opened(a_pack) as pack:
        assert np.array_equal(evening_in(pack).night.render(Span(0, RATE)), before)


@pytest.mark.parametrize(
    "what", [Mix(("rain", "brown-noise:-6"), ("rain.drops=9",), 90 * RATE), "bowl-and-tide"]
)
def test_a_mix_and_a_shipped_score_can_be_packed_too(what: Mix | str):
    evening = prepared(Request(what, seed=3, date=datetime.date(2026, 11, 30)))
    packed_night(evening, Path("mix.night"), HALF_PAST)
    with opened(Path("mix.night")) as pack:
        again = evening_in(pack)
        span = Span(0, 5 * RATE)
        assert np.array_equal(again.night.render(span), evening.night.render(span))
        assert again.night.length == evening.night.length


def test_the_sleep_it_follows_came_along():
    evening = prepared(Request("plain", sleeper="typical", seed=8, date=datetime.date(2026, 11, 30)))
    packed_night(evening, Path("plain.night"), HALF_PAST)
    with opened(Path("plain.night")) as pack:
        again = evening_in(pack).night
    assert again.course == evening.night.course
    assert again.length == evening.night.length


def test_a_listener_who_opens_it_hears_it_within_their_limits(a_pack: Path, say: Say):
    assert say("people", "add", "kim", "--avoid", "boat").code == 0
    with opened(a_pack) as pack:
        evening = evening_in(pack, "kim")
    assert evening.night.narrations == ()
    assert say("circle", "open", str(a_pack), "--for", "kim", "--json").facts["same"] is False


def test_what_is_a_listeners_or_was_slept_is_not_packed(say: Say):
    assert say("people", "add", "kim").code == 0
    is_asked_wrongly(say, "circle", "pack", "plain", "--for", "kim", "-o", "a.night", says="Leave --for out")
    is_asked_wrongly(say, "circle", "pack", "plain", "-o", "a.zip", says="ends in .night")
    assert list(Path().iterdir()) == []


def test_a_listener_is_refused_before_anything_is_said_of_their_night(say: Say):
    assert say("people", "add", "kim", "--birth-year", "2023").code == 0
    said = say("circle", "pack", "plain", "--for", "kim", "-o", "a.night")
    assert said.code == 2
    assert said.err.startswith("a pack is for others")


def test_a_file_that_is_there_is_left_as_it_is(say: Say):
    Path("a.night").write_text("mine")
    is_asked_wrongly(say, "circle", "pack", "plain", "-o", "a.night", says="is there already")
    assert Path("a.night").read_text() == "mine"


def test_a_start_that_is_past_or_on_another_evening_is_remarked(say: Say):
    words = ("circle", "pack", "plain", "--sleeper", "none")
    assert "is past" in say(*words, "-o", "a.night", "--at", "2026-11-30T21:00").err
    assert "it begins on 2026-11-30" in say(*words, "-o", "b.night", "--date", "2026-12-24").err
    said = say(*words, "-o", "c.night", "--date", "2026-12-24", "--at", "2026-12-25T00:30")
    assert "begins" not in said.err


def test_a_recording_is_packed_where_somebody_says_that_whoever_is_heard_agrees(say: Say):
    a_night(Path())
    draw = np.random.default_rng(2)
    soundfile.write("voices/creek.wav", draw.normal(0, 0.1, (96_000, 2)), 48_000)
    Path("voices/creek.toml").write_text('kind = "clip"\nfile = "creek.wav"\n')
    Path("clip.toml").write_text(
        'length = 30\nsleeper = "none"\n[voices]\na = "creek"\n[scene.x]\nat = 0\na = 0\n'
    )
    is_asked_wrongly(say, "circle", "pack", "./clip.toml", "-o", "a.night", says="--with-recordings packs it")
    assert not Path("a.night").exists()
    said = say("circle", "pack", "./clip.toml", "-o", "a.night", "--with-recordings", "--json")
    assert said.code == 0, said.err
    assert "voices/creek.wav" in said.facts["files"]
    with opened(Path("a.night")) as pack:
        assert np.any(evening_in(pack).night.render(Span(RATE, 3 * RATE)))


def test_nothing_of_a_member_goes_into_a_pack_unless_they_agree(say: Say):
    zephyrine = replace(FRIENDS[0], name="zephyrine", seat=-1.0, tunes=("zephyrine-tune",))
    friends(members=(zephyrine, FRIENDS[1], FRIENDS[2]))
    a_night(Path())
    Path("hers.md").write_text(BOAT.replace("boat", "zephyrboat"))
    found = bring("friends", "zephyrine", Path("hers.md"), day(0))
    assert say("circle", "pack", "./evening.toml", "--circle", "friends", "-o", "a.night").code == 0
    packed = Path("a.night").read_bytes()
    assert b"zephyr" not in packed
    assert all(name.encode() not in packed for name in ("cleo", 'bo"'))
    # her text, also under another name and in another place
    Path("stories/boat.md").write_bytes(found.path.read_bytes())
    refused = ("circle", "pack", "./evening.toml", "-o", "b.night")
    is_asked_wrongly(say, *refused, says="has not agreed that it leaves this machine")
    assert not Path("b.night").exists()
    assert say("circle", "change", "zephyrine", "--share", "yes").code == 0
    assert say("circle", "pack", "./evening.toml", "--circle", "friends", "-o", "c.night").code == 0
    packed = Path("c.night").read_bytes()
    assert b"zephyrboat" in packed
    assert json.loads(files_in(Path("c.night"))["pack.json"])["turns"] == [["tell", "zephyrine"]]
    assert b"zephyrine-tune" not in packed


def test_a_story_that_cannot_be_spoken_is_not_packed(monkeypatch: pytest.MonkeyPatch):
    a_night(Path())
    evening = prepared(Request("./evening.toml", date=datetime.date.fromisoformat(DATE)))
    assert evening.storytelling is not None
    evening.storytelling.waits = "the disk is full"
    with pytest.raises(CouldNot, match="the disk is full"):
        packed_night(evening, Path("a.night"), HALF_PAST)


def test_where_a_device_has_a_limit_that_is_kept_and_said_and_a_pack_is_without_it(a_pack: Path, say: Say):
    assert say("calibrate", "--meter", "95").code == 0
    said = say("circle", "open", str(a_pack), "--json")
    assert said.code == 0, said.err
    assert "has a limit, and it is kept" in said.err
    assert said.facts["same"] is False
    with opened(a_pack) as pack:
        assert evening_in(pack).night.gain < 1
    request = Request(str(a_pack.parent / "evening.toml"), date=datetime.date.fromisoformat(DATE))
    packed_night(prepared(request), Path("again.night"), HALF_PAST)
    assert digest(Path("again.night")) == digest(a_pack)


def test_where_the_engine_is_another_that_is_said_and_it_sounds_all_the_same(a_pack: Path, say: Say):
    def other(head: dict[str, object]) -> None:
        head["engine"] = "7-0123456789ab"

    path = rewritten(a_pack, Path("other.night"), head=other)
    said = say("circle", "open", str(path), "--json")
    assert said.code == 0
    assert "engine 7-0123456789ab; here is" in said.err
    assert said.facts["same"] is False


@pytest.mark.parametrize(
    ("late", "wait", "frame"),
    [(-90.5, 90.5, 0), (0, 0, 0), (12.25, 0, 12.25 * RATE), (59.9, 0, 59.9 * RATE)],
)
def test_whoever_comes_early_waits_and_whoever_comes_late_is_where_the_others_are(
    late: float, wait: float, frame: float
):
    joined = starts.joining(HALF_PAST, HALF_PAST + datetime.timedelta(seconds=late), 60 * RATE)
    assert joined == starts.Joining(wait, round(frame))


def test_a_night_that_is_over_is_not_joined(a_pack: Path, say: Say):
    assert starts.joining(HALF_PAST, HALF_PAST + datetime.timedelta(seconds=60), 60 * RATE) is None

    def long_ago(head: dict[str, object]) -> None:
        head["starts"] = "2026-11-30T20:00:00Z"

    path = rewritten(a_pack, Path("over.night"), head=long_ago)
    is_asked_wrongly(say, "circle", "open", str(path), "--play", says="--now plays it now")


def test_two_players_begin_at_the_instant_that_is_written_in_it(
    a_pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """One opens it a quarter of an hour before, one 7.5 s late, on clocks that jump: at any instant both are
    at the same frame."""
    from lullaby.cli import main

    begun = []

    class Jumping:
        def __init__(self, at: datetime.datetime) -> None:
            self.at = at

        def now(self) -> datetime.datetime:
            return self.at

        def pause(self, seconds: float) -> None:
            self.at += datetime.timedelta(seconds=seconds)

    def play(asked, bedside, heard, **how):
        evening = heard(None)
        begun.append((bedside.clock.now(), float(asked.start or 0), evening.night.fingerprint))
        return 0

    monkeypatch.setattr(opening_here, "play", play)
    for early in (15 * 60, -7.5):
        clock = Jumping(HALF_PAST - datetime.timedelta(seconds=early))
        monkeypatch.setattr(opening_here, "pause", clock.pause)
        assert main(["circle", "open", str(a_pack), "--play"], clock) == 0
    assert "It begins at 22:30:00, in 00:15:00." in capsys.readouterr().err
    first, second = begun
    assert (first[0], first[1]) == (HALF_PAST, 0.0)
    assert (second[0] - HALF_PAST).total_seconds() == second[1] == 7.5
    assert first[2] == second[2]


def test_it_plays_to_nobody_as_any_night_does(a_pack: Path, say: Say):
    said = say("circle", "open", str(a_pack), "--play", "--now", "--null", "1000", "--to", "3", "--plain")
    assert said.code == 0, said.err
    assert "A Boat plays for 00:00:03" in said.out


@pytest.mark.parametrize("words", ["25:00", "tonight", "2026-11-30", "2026-13-01T20:00", "0001-01-01T00:00"])
def test_an_instant_that_is_none_is_refused(words: str):
    with pytest.raises(AskedWrongly, match="--at"):
        starts.instant_of(words, EVENING)


def test_an_instant_is_the_next_of_that_hour_or_the_one_that_is_named():
    assert starts.written(starts.instant_of("22:30", EVENING)) == "2026-11-30T22:30:00Z"
    assert starts.written(starts.instant_of("21:00", EVENING)) == "2026-12-01T21:00:00Z"
    assert starts.written(starts.instant_of("2026-12-24T22:30+01:00", EVENING)) == "2026-12-24T21:30:00Z"
    assert starts.written(starts.next_quarter(EVENING)) == "2026-11-30T22:30:00Z"
