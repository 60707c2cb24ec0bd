"""`lullaby play`, driven from outside: what is asked for is heard, and every end is a fade."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE
from manual import page
from nights import night_of
from players import NIGHT, answers, fell_without_a_step, playing
from typed import Say, is_asked_wrongly, typing

from lullaby import load
from lullaby.cli import main
from lullaby.cli.parser import parsed
from lullaby.cli.playing.devices import way_of
from lullaby.cli.playing.face import FACE_KEYS
from lullaby.cli.playing.key_words import KEYS
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.kept_nights import nights_file
from lullaby.people.listeners import person_file
from lullaby.player import Player, door_path
from lullaby.player.client import NothingPlays, ask
from lullaby.player.device import Device
from lullaby.player.words import Words
from lullaby.time import RATE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a door is a Unix socket")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        monkeypatch.setenv("LULLABY_HOME", name)
        yield Path(name)


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def test_what_the_door_is_asked_for_is_heard_and_logged(home: Path) -> None:
    log = home / "log.jsonl"
    with playing(home, "--log", str(log)) as player:
        full, began = player.comes_up(), player.ask("state")
        assert (began["state"], began["title"], began["scene"]) == ("playing", "Two Noises", "first")

        player.ask("volume", db=-20.0)
        player.until(lambda: -23 < player.level - full < -17, "the volume is not heard")
        player.ask("volume", db=0)
        player.until(lambda: abs(player.level - full) < 1.5, "the volume does not come back")

        def bright() -> float:
            """The share of white noise in the sound: of what changes from frame to frame."""
            sound = player.sound(0.25)
            return float(np.std(np.diff(sound, axis=0)) / np.std(sound))

        both = bright()
        said = player.ask("level", voice="high", db=-30)
        assert [(v["name"], v["fader"]) for v in said["voices"]] == [("low", 0.0), ("high", -30.0)]
        player.until(lambda: bright() < 0.85 * both, "the fader is not heard")
        assert player.level > -60

        assert player.ask("pause")["state"] == "paused"
        player.until(lambda: not player.sound(0.25).any(), "the pause is not silent")
        where = player.ask("state")["at"]
        player.until(lambda: not player.sound(1.0).any(), "the pause is not kept")
        assert player.ask("state")["at"] == where
        assert player.ask("play")["state"] == "playing"
        player.until(lambda: player.level > -60, "it does not go on")

        assert player.ask("skip")["scene"] == "second"
        with pytest.raises(CouldNot, match="there is no scene after this one"):
            player.ask("skip")
        player.until(lambda: player.ask("state")["at"] > 20 * 60 + 1, "it does not skip")
        assert player.ask("stop")["state"] == "fading"
        code, _, err = player.ends()
        assert (code, "Traceback" in err) == (0, False)
        assert not player.sound(1)[-1].any()
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert any("volume" in entry and entry["db"] == -20.0 for entry in entries)
    assert "fade" in entries[-2]
    assert "end" in entries[-1]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process")
@pytest.mark.parametrize("times", [3, pytest.param(10, marks=pytest.mark.soak)])
def test_a_player_that_is_stopped_falls_silent_and_goes_on_at_the_clocks_place(
    home: Path, times: int
) -> None:
    """And says nothing of it, but in the log."""
    log, speed = home / "night.jsonl", 4

    def caught_up() -> int:
        """How often by more than a busy machine is ever late by."""
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        return sum(entry["to"] - entry["late"] > 3 * RATE for entry in entries if "late" in entry)

    with playing(home, "--null", f"{speed}", "--log", str(log)) as player:
        before = player.comes_up()
        for time_ in range(1, times + 1):
            player.process.send_signal(signal.SIGSTOP)
            frames = player.frames
            player.until(lambda: player.frames > frames + 6 * RATE, "the device stands still")  # noqa: B023
            assert not player.sound(1).any()
            player.process.send_signal(signal.SIGCONT)
            player.until(lambda: caught_up() == time_, "it does not catch up")  # noqa: B023
            player.until(lambda: player.level > before - 3, "it does not come up")
            assert player.level < before + 3
        began = int(np.flatnonzero(player.sound(1e6).any(axis=1))[0]) / RATE
        player.until(
            lambda: abs(player.ask("state")["at"] - player.frames / RATE + began - 60) < 5,
            "it is not at the clock's place",
        )
        player.ask("stop")
        code, _, err = player.ends()
    assert (code, caught_up()) == (0, times)
    assert "sound device" not in err


def test_a_fade_ends_in_silence_and_more_undoes_it(home: Path) -> None:
    with playing(home) as player:
        full = player.comes_up()
        player.ask("fade", seconds=4, curve="even")
        player.until(lambda: player.level < full - 15, "it does not fade")
        said = player.ask("more", seconds=3600)
        assert said["state"] == "playing"
        assert said["left"] > 3000
        player.until(lambda: abs(player.level - full) < 1.5, "more does not bring it back")
        player.ask("fade", seconds=2)
        assert player.ends()[0] == 0
        fell_without_a_step(player.sound(3))
        assert not player.sound(1)[-1].any()


def test_a_timer_is_silent_on_time(home: Path) -> None:
    log = home / "log.jsonl"
    words = ["--for-time", "12", "--fade", "all", "--curve", "even", "--log", str(log)]
    with playing(home, *words) as player:
        assert player.ask("state")["left"] <= 12
        code, out, _ = player.ends()
        assert code == 0
        assert "Two Noises plays for 00:00:12, until " in out
        fell_without_a_step(player.sound(10))
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    (fade,) = (entry for entry in entries if "fade" in entry)
    assert fade["curve"] == "even"
    assert 0 < fade["seconds"] <= 12  # what is left of it when the device has opened, however long that took


# One handler takes all three: SIGINT comes by a terminal below, and SIGTERM before a second signal.
@pytest.mark.parametrize(
    "number",
    [signal.SIGHUP, *(pytest.param(n, marks=pytest.mark.soak) for n in (signal.SIGTERM, signal.SIGINT))],
)
def test_a_signal_ends_it_in_a_fade_and_the_exit_code_says_which(home: Path, number: int) -> None:
    with playing(home) as player:
        player.comes_up()
        player.process.send_signal(number)
        code, _, err = player.ends()
        assert code == 128 + number
        assert "Stopped" in err
        fell_without_a_step(player.sound(2))
    assert door_path.found() is None


def test_a_killed_player_is_in_nobodys_way(home: Path, lullaby: Say) -> None:
    with playing(home) as player:
        player.process.kill()
        player.process.wait(PATIENCE)
        assert door_path.near().exists()
        with pytest.raises(NothingPlays):
            ask({"do": "state"})
        said = lullaby("now")
        assert (said.code, said.err) == (1, "nothing plays.\n")
    with playing(home) as player:
        assert player.ask("stop")["state"] == "fading"
        assert player.ends()[0] == 0
    assert not door_path.near().exists()


def test_there_is_one_player_and_now_more_and_stop_ask_it(home: Path, lullaby: Say) -> None:
    for command in ("now", "more", "stop"):
        assert lullaby(command).code == 1
    with playing(home, "--for-time", "00:20:00", "--volume", "-6") as player:
        said = lullaby("play", "two-noises", "--null", "1")
        assert (said.code, said.out) == (1, "")
        assert said.err.splitlines()[-1] == "Two Noises plays already. `lullaby stop` ends it."
        assert player.ask("state")["state"] == "playing"
        modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (door_path.folder(), door_path.near())]
        assert modes == [0o700, 0o600]
        player.ask("level", voice="low", db="silent")
        said = lullaby("now")
        assert said.code == 0
        for word in ("Two Noises", "playing", "volume -6 dB", "of 08:00:00", "low", "its fader: silent"):
            assert word in said.out
        facts = lullaby("now", "--json").facts
        assert facts.keys() == player.ask("state").keys()
        assert 1100 < facts["left"] <= 1200
        assert lullaby("more", "nan").code == 2
        assert lullaby("more", "5").code == 0
        assert 1400 < player.ask("state")["left"] <= 1500
        assert "fades out" in lullaby("stop").out
        assert player.ends()[0] == 0


def test_keys_in_a_terminal(home: Path) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with playing(home, terminal=theirs) as player:
        os.write(ours, b"-\x1bOq\x1b[A")  # the last two are other keys, though there is a q in one
        player.until(lambda: player.ask("state")["volume"] == -2, "a key is not heard")
        assert not termios.tcgetattr(theirs)[3] & termios.ICANON
        os.write(ours, b" ")
        player.until(lambda: player.ask("state")["state"] == "paused", "a key is not heard")
        os.write(ours, b" n")
        player.until(lambda: player.ask("state")["scene"] == "second", "a key is not heard")
        os.write(ours, b"f")
        player.until(lambda: player.ask("state")["state"] == "fading", "a key is not heard")
        os.write(ours, b"m")
        player.until(lambda: player.ask("state")["state"] == "playing", "a key is not heard")
        os.write(ours, b"?naq")
        code, _, err = player.ends()
        assert code == 0
        for said in ("Volume -2 dB.", "Paused.", "still awake", "There is no scene after this one."):
            assert said in err
        assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


WRONG = {
    "--volume 3": "--volume goes from -90 to 0",
    "--volume nan": "--volume goes from -90 to 0",
    "--fade 3": "--for-time sets one",
    "--for-time never": "is not a time",
    "--for-time 0": "--for-time goes from",
    "--for-time 5 --fade 0": "a twentieth of a second",
    "--null 0": "--null goes from",
    "--heard x": "--heard is for --null",
    "--from 10 --to 5 --null 1": "is not before",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_asked_wrongly_is_said(words: str, lullaby: Say) -> None:
    is_asked_wrongly(lullaby, "play", "rain", *words.split(), says=WRONG[words])


def test_without_a_folder_of_its_own_it_plays_and_says_so(home: Path) -> None:
    (home / "player").write_text("in the way")
    with playing(home, "--to", "61", sounds=False) as player:
        code, _, err = player.ends()
        assert code == 0
        assert "No other program can drive this player" in err


def test_the_devices_are_listed(home: Path) -> None:
    command = [sys.executable, "-m", "lullaby", "play", "--list-devices", "--json"]
    child = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert child.returncode == 0, child.stderr
    assert all({"name", "usual"} <= device.keys() for device in json.loads(child.stdout))


def test_a_part_of_a_night_ends_where_it_was_asked_to(home: Path) -> None:
    with playing(home, "--from", "00:10:00", "--to", "00:10:02", sounds=False) as player:
        code, out, _ = player.ends()
        assert code == 0
        assert "for 00:00:02" in out
        sound = player.sound(60)
        heard = np.nonzero(sound.any(axis=1))[0]
        assert abs(heard[-1] - heard[0] + 1 - 2 * RATE) < 10


def test_the_programs_that_the_docs_show_drive_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = page("playing.md")
    with playing(home) as player:
        (program,) = docs.written_in("python")
        exec(program.replace('"rain"', '"high"'), {})
        assert capsys.readouterr().out == "Two Noises\n"
        state = player.ask("state")
        assert state["volume"] == -6
        assert [voice["fader"] for voice in state["voices"]] == [0.0, -3.0]
        becomes = {"socat": "paused", "nc": "playing"}
        for line in (line for line in docs.typed if line.startswith("echo")):
            tool = line.split("| ")[1].split()[0]
            if shutil.which(tool):
                typed = line.replace("$HOME/.local/share/lullaby", str(home))
                subprocess.run(["sh", "-c", typed], check=True, timeout=PATIENCE, capture_output=True)
                assert player.ask("state")["state"] == becomes[tool]


def test_the_tables_of_the_docs_say_what_there_is(home: Path) -> None:
    docs = page("playing.md")
    words = Words(Player(night_of(NIGHT)))
    told = [name for row in docs.rows("### The words") for name in re.findall(r"`(\w+)`", row[0])]
    assert told == [*words.known]
    told = [name for row in docs.rows("### The state") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == sorted(words.state())
    told = [" ".join(re.findall(r"`(\S+)`", row[0])) for row in docs.rows("## Keys")]
    assert told == [*KEYS, *FACE_KEYS]


LOUD = "Loud Speaker"
MEANT = [(None, None), (LOUD, LOUD), ("speaker", LOUD), ("bed", None), ("phone", ""), ("default", None)]


@pytest.mark.parametrize(("name", "plays_on"), MEANT)
def test_a_device_is_a_sound_device_or_one_that_was_calibrated(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str | None, plays_on: str | None
) -> None:
    """A name that is neither would play on another device than the one that was meant."""
    there = [Device(0, "Monitor", True, 2, 48_000.0), Device(1, LOUD, False, 2, 48_000.0)]
    there += [Device(2, "sysdefault", False, 2, 48_000.0)]
    monkeypatch.setattr("lullaby.player.device.devices", lambda: there)
    monkeypatch.setattr("lullaby.player.device.needs_a_library", lambda: None)
    assert main(["calibrate", "--device", "bed", "--comfortable", "0", "--meter", "60"]) == 0
    asked = parsed(["play", *(["--device", name] if name else [])])
    if plays_on == "":
        with pytest.raises(CouldNot, match="There are: Monitor, Loud Speaker"):
            way_of(asked)
        with pytest.raises(AskedWrongly, match='"o" may be any of these: Monitor, Loud Speaker'):
            way_of(parsed(["play", "--device", "o"]))
        there.clear()  # a sound system that does not answer names none
        with pytest.raises(CouldNot, match="nor any other that plays or answers"):
            way_of(asked)
    else:
        assert way_of(asked).device == plays_on


def test_after_the_night_it_is_still_there(home: Path) -> None:
    """A night that ended because sleep came is at hand until its score would be over."""
    (home / "scores").mkdir()
    (home / "scores/two-noises.toml").write_text(NIGHT)
    day = datetime.date(2026, 11, 30)
    night = load("two-noises", sleeper="typical", date=day)
    start = night.length // RATE - 20
    words = ["--sleeper", "typical", "--date", str(day), "--from", str(start), "--null", "4"]
    with playing(home, *words, sounds=False) as player:
        player.until(answers, "nobody answers")
        player.until(lambda: player.ask("state")["state"] == "resting", "the night does not end")
        assert not player.sound(0.1).any()
        assert player.ask("more")["state"] in ("opening", "playing")
        player.until(lambda: player.sound(0.1).any(), "nothing more is heard")
        player.ask("stop")
        assert player.ends()[0] == 0


def test_a_key_that_says_awake_is_in_the_night_and_in_its_log(home: Path, lullaby: Say) -> None:
    """And the log is that night again."""
    log, day = home / "night.log", "2026-11-30"
    words = ["--sleeper", "typical", "--date", day, "--from", "00:05:00", "--null", "2", "--log", str(log)]
    with playing(home, *words) as player:
        player.comes_up()
        player.ask("awake")
        player.until(lambda: '"grown"' in log.read_text(), "the key is not in the night")
        player.ask("stop")
        assert player.ends()[0] == 0
    grown = [entry for line in log.read_text().splitlines() if "grown" in (entry := json.loads(line))]
    assert grown
    assert "pressed" in json.dumps(grown[0])
    again = lullaby("render", "--course", str(log), "--to", "2", "-o", str(home / "again.wav"))
    assert again.code == 0, again.err
    assert (home / "again.wav").stat().st_size > 2 * RATE


def test_a_night_teaches_how_long_its_listener_lay_awake(home: Path, lullaby: Say) -> None:
    lullaby("people", "add", "ada", "--birth-year", "1984")
    day = "2026-11-30"
    with playing(home, "--sleeper", "typical", "--for", "ada", "--date", day, "--from", "00:05:00") as player:
        player.ask("awake")
        player.ask("stop")
        assert player.ends()[0] == 0
    assert day in nights_file(person_file("ada")).read_text()


def test_ctrl_c_in_its_terminal_is_for_the_player_alone(home: Path) -> None:
    """A terminal sends it to all processes of a command: the one that plays would cut the sound off."""
    import pty

    ours, theirs = pty.openpty()
    with playing(home, terminal=theirs) as player:
        player.comes_up()
        os.write(ours, b"\x03")
        code, _, err = player.ends()
        assert code == 128 + signal.SIGINT
        assert "sound device" not in err
        fell_without_a_step(player.sound(3))
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("second", [signal.SIGHUP, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_a_second_signal_waits_for_the_fade(home: Path, second: int) -> None:
    """A terminal that closes as the machine shuts down sends two."""
    with playing(home) as player:
        full = player.comes_up()
        player.process.send_signal(signal.SIGTERM)
        player.until(lambda: player.level < full - 1, "it does not fade")
        player.process.send_signal(second)
        assert player.ends()[0] == 128 + signal.SIGTERM
        sound = player.sound(2)
    last = int(np.flatnonzero(sound.any(axis=1))[-1])
    end = sound[last - RATE // 5 : last]
    assert 20 * np.log10(np.sqrt(np.mean(end**2))) < full - 12
    fell_without_a_step(sound)


def test_a_childs_night_follows_nobody(home: Path, lullaby: Say) -> None:
    lullaby("people", "add", "kim", "--birth-year", "2019")
    words = ["--sleeper", "typical", "--for", "kim", "--date", "2026-11-30"]
    with playing(home, *words) as player:
        player.comes_up()
        with pytest.raises(CouldNot, match="follows nobody"):
            player.ask("awake")
        player.ask("stop")
        assert player.ends()[0] == 0
