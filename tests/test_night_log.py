"""The log of a night that was heard: it gives that night again, and says so where it cannot."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live import Heard, log_of
from nights import each_score

import lullaby
from lullaby.cli import main
from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.driven import Driven
from lullaby.cli.playing.session import Session, play_night
from lullaby.cli.playing.session import log_of as log_of_night
from lullaby.cli.playing.watched import Watched
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.errors import AskedWrongly, CouldNot, LullabyError, WrittenWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.logged import asked_in, read_log
from lullaby.evening.request import Mix
from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth, Night
from lullaby.night.night_log import entry_line, grown_line, head_line, night_log_from
from lullaby.player import Player
from lullaby.player.night_log_file import NightLogFile
from lullaby.player.replay import Replay, replay_rows
from lullaby.score import SILENT
from lullaby.sleep.course import Evidence, Known, Run
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span, WallClock

pytestmark = pytest.mark.usefixtures("without_covers")

DAY = date(2026, 11, 30)

AGAIN = """
import json, sys, numpy as np, lullaby
from lullaby.time import Span
for line in sys.stdin:
    log, *kept = json.loads(line)
    night = lullaby.load(course=log)
    for path in kept:
        heard = np.load(path)
        start = int(path.rpartition("-")[2][:-4])
        assert heard.any()
        assert (night.render(Span(start, start + len(heard))) == heard).all(), path
    print(night.fingerprint, len(night.grown), flush=True)
"""


@pytest.fixture(scope="session")
def had_again() -> Iterator[Callable[..., list[str]]]:
    """Asks another process, one for all nights, for the night of a log and for what was heard of it: its
    fingerprint, and how often it has grown."""
    children: list[subprocess.Popen[str]] = []

    def ask(*paths: Path) -> list[str]:
        if not children or children[-1].poll() is not None:
            command = [sys.executable, "-c", AGAIN]
            children.append(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
        child = children[-1]
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        print(json.dumps([*map(str, paths)]), file=child.stdin, flush=True)
        said = child.stdout.readline().split()
        assert said, child.stderr.read()
        return said

    yield ask
    for child in children:
        child.communicate()


def moved(night: Night, gain_db: float, which: int = 0) -> Any:
    name = night.plan.tracks[which % len(night.plan.tracks)].name
    return lambda now, frame: Growth(frame, moves=(FaderMove(frame, name, gain_db),))


@each_score()
def test_a_night_that_was_followed_live_is_had_again_from_its_log_bit_for_bit(
    score: str, tmp_path: Path, had_again: Callable[..., list[str]]
) -> None:
    """Keys, faders and evidence at any frames, heard as it unfolds; in another process the same samples."""
    chance = np.random.default_rng(len(score))
    night = lullaby.load(
        score,
        seed=int(chance.integers(1, 99)),
        date=DAY,
        headphones=len(score) % 2 == 0,
        stories=False,
    )
    rows = ["time_s,awake,n1,n2,n3,rem"]
    for minute in range(3, 12):
        rows.append(f"{minute * 60 + chance.integers(0, 50)},1,2,{chance.integers(3, 30)},{minute},0.1")
    path = tmp_path / "night.jsonl"
    log = log_of(night, path, score)
    heard = Heard(night, log, sources=(Replay(replay_rows("\n".join(rows), "rows")),))
    kept = []
    for minute in (1, 9):
        start = minute * PAGE + int(chance.integers(0, 20)) * RATE + int(chance.integers(0, RATE))
        at = sorted(start + int(frame) for frame in chance.integers(1, 12 * RATE, 4))
        level = float(chance.uniform(-20, 6))
        sound = heard.listen(
            start,
            15,
            {
                at[0]: lambda level=level, k=minute: heard.change(moved(night, level, k)),  # type: ignore[misc]
                at[1]: heard.follower.still_awake,
                at[2]: lambda k=minute: heard.change(moved(night, SILENT, k + 1)),  # type: ignore[misc]
                at[3]: heard.follower.woke,
            },
        )
        kept.append(tmp_path / f"heard-{start}.npy")
        np.save(kept[-1], sound)
    log.close()
    grown = heard.night
    assert len(grown.grown) >= 6
    assert had_again(path, *kept) == [grown.fingerprint, str(len(grown.grown))]


def awake(frame: int) -> Known:
    return Known(Run(frame, frame + 1, Stage.AWAKE), Evidence.PRESSED, frame)


def logged(tmp_path: Path, request: Request, *growths: Growth) -> Path:
    night = prepared(request).night
    path = tmp_path / "night.jsonl"
    path.unlink(missing_ok=True)
    log = NightLogFile(path, night, asked_in(request), note=lambda line: None)
    log.write({"volume": 0, "db": float("-inf")})
    for growth in growths:
        night = night.from_frame(growth)
        log.grow(night)
        log.write({"pause": growth.frame})
    log.close()
    return path


GROWTHS = (
    Growth(PAGE, runs=(awake(PAGE),), moves=(FaderMove(PAGE, "room", -9.5),)),
    Growth(2 * PAGE + 7, moves=(FaderMove(2 * PAGE + 99, "room", SILENT),)),
)


def test_render_keeps_the_night_of_a_log_as_the_file_that_the_night_itself_is_kept_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    request = Request("plain", seed=4, date=DAY, sleeper="typical")
    path = logged(tmp_path, request, *GROWTHS)
    cut = ("--from", "00:00:50", "--to", "00:01:20")
    assert main(["render", "--course", str(path), *cut, "-o", "a.flac"]) == 0
    assert main(["render", "plain", "--course", str(path), *cut, "-o", "b.flac"]) == 0
    night = prepared(request).night
    assert (
        main(
            [
                "render",
                "plain",
                "--seed",
                "4",
                "--date",
                str(DAY),
                "--sleeper",
                "typical",
                *cut,
                "-o",
                "c.flac",
            ]
        )
        == 0
    )
    for growth in GROWTHS:
        night = night.from_frame(growth)
    from lullaby.export import export

    export(night, tmp_path / "d.flac", span=lullaby.span("00:00:50", "00:01:20"))
    import soundfile

    sounds = [soundfile.read(tmp_path / f"{name}.flac", dtype="int16")[0] for name in "abcd"]
    assert (sounds[0] == sounds[1]).all()
    assert (sounds[0] == sounds[3]).all()
    assert (sounds[0] != sounds[2]).any()
    capsys.readouterr()
    for said in (("--seed", "4"), ("--headphones",), ("--for", "kim"), ("--date", "2026-11-30")):
        assert main(["render", "--course", str(path), *said, "-o", "e.flac"]) == 2
        assert f"leave {said[0]} out" in capsys.readouterr().err
    assert main(["render", "harbour-rain", "--course", str(path), "-o", "e.flac"]) == 2
    assert "this is the log of another night" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "request_",
    [
        Request("plain", seed=3),
        Request("plain", date=DAY, sleeper="none", headphones=True),
        Request(Mix(("pink-noise:-3", "rain"), ("rain.drops=9",), 30 * PAGE), all_night="the neighbours"),
        Request(Mix(("rain",), (), 5 * PAGE), alone=True),
        Request(Mix(("rain", "shore"), ("weather.gusts=0.9", "weather.storm=[[60, 2]]"), 30 * PAGE)),
    ],
)
def test_a_log_says_all_that_was_asked_for(request_: Request, tmp_path: Path) -> None:
    night = prepared(request_).night
    found = lullaby.load(course=logged(tmp_path, request_))
    assert found.fingerprint == night.fingerprint
    assert (found.render(Span(PAGE, PAGE + RATE)) == night.render(Span(PAGE, PAGE + RATE))).all()


def test_a_log_keeps_the_limits_of_that_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the device was calibrated to since; a list of what is avoided makes it another night."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    assert main(["people", "add", "kim", "--birth-year", "2020"]) == 0
    calibrate = ["calibrate", "--comfortable", "0", "--for", "kim", "--meter"]
    assert main([*calibrate, "60"]) == 0
    request = Request("plain", listener="kim", date=DAY)
    night = prepared(request).night
    assert night.caps.hard < 0
    path = logged(tmp_path, request)
    assert main([*calibrate, "50"]) == 0
    assert prepared(request).night.fingerprint != night.fingerprint
    assert lullaby.load(course=path).fingerprint == night.fingerprint
    (tmp_path / "home" / "people" / "kim.toml").unlink()
    with pytest.raises(AskedWrongly, match="there is no listener"):
        lullaby.load(course=path)


def test_a_score_that_a_program_handed_in_is_handed_in_again(tmp_path: Path) -> None:
    night = lullaby.load("plain", date=DAY)
    path = logged(tmp_path, Request(night.score, date=DAY))
    with pytest.raises(AskedWrongly, match="does not say which score"):
        lullaby.load(course=path)
    assert lullaby.load("plain", course=path).fingerprint == night.fingerprint
    with pytest.raises(AskedWrongly, match="leave the rest out"):
        lullaby.load("plain", course=path, seed=1)
    with pytest.raises(AskedWrongly, match="leave one of them out"):
        lullaby.load("plain", course=path, sleeper="none")
    with pytest.raises(AskedWrongly, match="needs a score"):
        lullaby.load()


def test_a_course_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "five.csv"
    path.write_text("start_s,stop_s,stage\n0,300,awake\n300,3600,n2\n")
    night = lullaby.load("plain", course=path)
    assert night.length == 15 * PAGE
    assert night.course is not None
    assert lullaby.load("plain", course=night.course).fingerprint == night.fingerprint


def test_a_log_is_private_and_grows_by_a_line_at_a_time(tmp_path: Path) -> None:
    path = logged(tmp_path, Request("plain", seed=4), *GROWTHS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert [next(iter(json.loads(line))) for line in lines] == [
        "lullaby",
        "volume",
        "grown",
        "pause",
        "grown",
        "pause",
    ]
    log = read_log(path)
    assert log is not None
    assert log.grown == GROWTHS
    assert log.entries[0] == {"volume": 0, "db": "silent"}
    assert not log.torn
    with pytest.raises(AskedWrongly, match="is there already"):
        NightLogFile(path, lullaby.load("plain"), {}, note=print)
    with pytest.raises(CouldNot, match="Make its folder first"):
        NightLogFile(tmp_path / "no" / "log", lullaby.load("plain"), {}, note=print)


@pytest.mark.parametrize("ends", [None, KeyboardInterrupt()])
def test_the_last_changes_of_a_night_are_in_its_log_however_that_ends(
    ends: BaseException | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that came after the player's last look at it."""
    evening, bedside = prepared(Request("plain", seed=2, sleeper="none", date=DAY)), Bedside(WallClock())
    player = Player(evening.night)
    path = tmp_path / "night.jsonl"

    def run() -> bool:
        unfolding = player.producer._unfolding
        for gain_db in (-3.0, -6.0):
            while not unfolding.change(moved(evening.night, gain_db)):
                unfolding.step()
        while len(player.night.grown) < 2:
            unfolding.step()
        if ends is not None:
            raise ends
        return True

    monkeypatch.setattr(player, "run", run)
    driven = Driven(None, Watched(Keys(), bedside, None, None), 60.0)
    how = pytest.raises(KeyboardInterrupt) if ends else contextlib.nullcontext()
    with log_of_night(str(path), evening, bedside) as log, how:
        clocks = Clocks(lambda: 0.0, lambda: datetime.now(UTC))
        play_night(evening, player, None, None, Session(clocks, driven, bedside, log))
    again = lullaby.load(course=path)
    assert [growth.moves for growth in again.grown] == [growth.moves for growth in player.night.grown]
    assert len(again.grown) == 2


def test_a_full_disk_ends_the_log_and_not_the_night(tmp_path: Path) -> None:
    said: list[str] = []
    log = NightLogFile(tmp_path / "log", lullaby.load("plain"), {}, note=said.append)
    os.close(log._file)
    log._file = os.open("/dev/full", os.O_WRONLY)
    for frame in range(3):
        log.write({"pause": frame})
    log.close()
    assert len(said) == 1
    assert "The log ends here; the night goes on." in said[0]


@pytest.mark.parametrize(
    "left", [b"\0" * 4096, b'{"grown": 57', b"\xc3", b'{"pause": 9', b'{"grown": 1\0\0\0']
)
def test_a_torn_last_line_is_left_out_and_said(
    tmp_path: Path, left: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = logged(tmp_path, Request("plain", seed=4), *GROWTHS)
    whole = lullaby.load(course=path).fingerprint
    path.write_bytes(path.read_bytes() + left)
    assert lullaby.load(course=path).fingerprint == whole
    log = read_log(path)
    assert log is not None
    assert log.torn == bool(left.strip(b"\0"))
    assert main(["why", "00:01:30", "--course", str(path)]) == 0
    assert ("its last line breaks off" in capsys.readouterr().err) == log.torn


def test_a_log_is_no_hypnogram(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = logged(tmp_path, Request("plain", seed=4), *GROWTHS)
    assert main(["sleep", "read", str(path)]) == 2
    assert "this is the log of a night that was heard" in " ".join(capsys.readouterr().err.split())


def test_a_whole_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    path = logged(tmp_path, Request("plain", seed=4), *GROWTHS[:1])
    path.write_bytes(path.read_bytes() + grown_line(GROWTHS[1]).rstrip().encode())
    log = read_log(path)
    assert log is not None
    assert log.grown == GROWTHS


HEAD = head_line(lullaby.load("plain", seed=4), {"score": "plain"})
WRONG: list[tuple[str, str]] = [
    ("", "ends before its first line"),
    (HEAD.replace('"version": 1', '"version": 2'), "line 1: its version is 2"),
    (HEAD.replace('"rate": 48000', '"rate": 44100'), "line 1: its rate is 44100"),
    (HEAD.replace('"seed": 4', '"seed": 1e9'), 'line 1: "seed" is a whole number'),
    (HEAD.replace('"seed": 4', f'"seed": {"9" * 5000}'), "line 1: there is a number in it that nothing"),
    (HEAD.replace('"date": null', '"date": "soon"'), 'line 1: "date" is a date'),
    (HEAD.replace('"caps": null', '"caps": [1]'), 'line 1: "caps" is two levels'),
    (HEAD.replace('"caps": null', '"caps": [1e999, 0]'), 'line 1: "caps" is two levels'),
    (HEAD.replace('"headphones": false', '"headphones": 1'), "line 1: "),
    (HEAD.replace('"asked": {', '"asked": 1, "x": {'), 'line 1: "asked" is a table'),
    (HEAD.replace('"foreseen": ', '"foreseen": 1e3, "x": '), 'line 1: "foreseen" is a frame'),
    (HEAD + "what is this\n", "line 2: this is not JSON"),
    (HEAD + HEAD, "line 2: a log has one first line"),
    (HEAD + "[]\n", "line 2: a line of a log is a table"),
    (HEAD + "[" * 100_000 + "\n", "line 2: "),
    (HEAD + '{"a": 1}\n\n{"b": 2}\n', "line 3: this is not JSON"),
    (HEAD + '{"grown": -1}\n', 'line 2: "grown" is a frame'),
    (HEAD + '{"grown": 9e99}\n', 'line 2: "grown" is a frame'),
    (HEAD + '{"grown": 5, "runs": 7}\n', 'line 2: "runs" is a list'),
    (HEAD + '{"grown": 5, "runs": [[4, 6, "awake", "pressed", 4]]}\n', "line 2: nothing that is added"),
    (HEAD + '{"grown": 5, "runs": [[6, 7, "rem", "pressed", 9]]}\n', "line 2, run 1: evidence is seen"),
    (HEAD + '{"grown": 5, "runs": [[5, 9, "rem", "simulated", null], [6, 9, "n1", "simulated", null]]}\n',
     "line 2, run 2: it begins before run 1"),
    (HEAD + '{"grown": 5, "moves": [[5, "room"]]}\n', "line 2: a fader's move is"),
    (HEAD + '{"grown": 5, "moves": [[5, "room", 99]]}\n', "line 2: a fader goes from"),
    (HEAD + f'{{"grown": 5, "moves": [[5, "room", {"9" * 400}]]}}\n', "line 2: a fader is at"),
    (HEAD + '{"grown": 5, "moves": [[5, "room", 1e999]]}\n', "line 2: a fader"),
    (HEAD + '{"grown": 5, "moves": [[5, 6, 1]]}\n', "line 2: 6 is not the name of a voice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_is_wrong_with_a_log_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(WrittenWrongly) as error:
        night_log_from(text.encode(), "night.jsonl")
    assert says in str(error.value)
    assert str(error.value).startswith("night.jsonl")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"engine": "', '"engine": "0-'), "was written by lullaby's engine 0-"),
        (('"seed": 4', '"seed": 5'), "line 1: this is the log of another night"),
        (('"score": "plain"', '"score": "harbour-rain"'), "line 1: this is the log of another night"),
        (('"score": "plain"', '"score": "no-such-one"'), "no-such-one"),
        (('"score": "plain"', '"score": "a\\ud800/b"'), "this cannot be read"),
        (('"score": "plain"', '"mix": "rain"'), "line 1: a mix is a list of words"),
        (('"score": "plain"', '"mix": ["rain"], "length": 1'), "line 1: the length of a mix"),
        (('"score": "plain"', '"score": "plain", "listener": 7'), 'line 1: "listener" is a text'),
        (("\n", '\n{"grown": 99, "moves": [[99, "tuba", 0]]}\n'), 'line 2: there is no voice "tuba"'),
    ],
)
def test_a_log_of_something_else_says_so(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "night.jsonl"
    path.write_text(HEAD.replace(*change))
    with pytest.raises(LullabyError) as error:
        lullaby.load(course=path)
    assert says in " ".join(str(error.value).split())


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_in_a_log_it_is_read_or_said_to_be_wrong(seed: int, tmp_path: Path) -> None:
    """Bytes of a good one, changed, cut and repeated."""
    chance = np.random.default_rng(seed)
    text = HEAD + grown_line(GROWTHS[0]) + entry_line({"pause": 5}) + grown_line(GROWTHS[1])
    content = bytearray(text.encode())
    for _ in range(int(chance.integers(1, 4))):
        at = int(chance.integers(len(HEAD) - 20 if seed % 2 else 0, len(content)))
        content[at : at + int(chance.integers(0, 3))] = bytes(chance.integers(32, 127, 2).tolist())
    path = tmp_path / "night.jsonl"
    path.write_bytes(bytes(content))
    with contextlib.suppress(LullabyError):
        lullaby.load(course=path)
