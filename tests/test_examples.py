"""What docs/examples holds is run as it stands: a systemd unit with its timer, a cron line, media keys."""

from __future__ import annotations

import configparser
import datetime
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE, _do_without
from manual import README, ROOT, page
from players import Playing, answers, playing
from short_tales import cut_short

from lullaby import load
from lullaby.player.media_keys import NAME
from lullaby.time import RATE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd, cron and MPRIS are of Linux")

EXAMPLES = ROOT / "docs" / "examples"
CRONS = "/usr/bin:/bin"
"""The PATH that cron gives."""
HALF_PAST_TEN = (22, 30)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Somebody's home, with lullaby where pipx puts it."""
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        program = home / ".local" / "bin" / "lullaby"
        program.parent.mkdir(parents=True)
        ours = {key: os.environ[key] for key in ("LULLABY_CACHE", "PYTHONPATH") if key in os.environ}
        exported = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in ours.items())
        program.write_text(
            f'#!/bin/sh\nenv > "$HOME/told"\n{exported}exec {shlex.quote(sys.executable)} -m lullaby "$@"\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("LULLABY_HOME", str(home / ".local" / "share" / "lullaby"))
        cut_short(home / ".local" / "share" / "lullaby")
        yield home


def unit(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, strict=True)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string((EXAMPLES / name).read_text("utf-8"))
    return found


def lines(name: str) -> list[str]:
    """The lines of an example that are no comments."""
    text = (EXAMPLES / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@contextmanager
def running(command: list[str], home: Path, **env: str) -> Iterator[Playing]:
    """A command in an environment of nothing but this, once it plays."""
    heard = home / "heard.f32"
    process = subprocess.Popen(
        [*command],
        env={"HOME": str(home), "LOGNAME": "somebody", **env},
        cwd=home,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        player = Playing(process, heard)
        player.until(answers, "nobody answers")
        player.until(lambda: player.level > -45, "nothing sounds")
        yield player
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def faded_out(player: Playing) -> None:
    """The end of what was played is a fade: however a night of rain sounds, its last second grows softer, and
    there is nearly nothing left where silence begins."""
    sound = player.sound(10)
    last = int(np.nonzero(sound.any(axis=1))[0][-1]) + 1
    second = sound[max(0, last - RATE) : last]
    before, after, end = (
        float(np.sqrt(np.mean(part**2)))
        for part in (second[: RATE // 4], second[-RATE // 4 :], second[-480:])
    )
    assert after < 0.3 * before
    assert end < 0.02 * before
    assert not sound[-1].any()


def silently(home: Path) -> list[str]:
    """Words after a command that have it play on no loudspeaker."""
    return ["--null", "1", "--heard", str(home / "heard.f32")]


def plays_for_45_minutes(player: Playing) -> bool:
    """Or for less, where tonight's sleeper is asleep before."""
    most: float = min(2_700, load("harbour-rain", date=datetime.date.today()).length / RATE)
    return most - 100 < player.ask("state")["left"] <= most


def test_the_unit_plays_and_fades_out_as_it_is_stopped(home: Path) -> None:
    service = unit("lullaby.service")["Service"]
    command = [word.replace("%h", str(home)) for word in shlex.split(service["ExecStart"])]
    assert not any("%" in word for word in command)
    with running([*command, *silently(home)], home, PATH=CRONS) as player:
        assert plays_for_45_minutes(player)
        assert service["KillMode"] == "mixed"  # so the signal is for the player alone
        player.process.send_signal(signal.Signals[service["KillSignal"]])
        player.process.wait(float(service["TimeoutStopSec"]))
        assert str(player.process.returncode) in service["SuccessExitStatus"].split()
        faded_out(player)


def test_systemd_takes_the_unit_and_its_timer(home: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        _do_without("no systemd-analyze on this machine (package systemd)")
    env = {"HOME": str(home), "PATH": CRONS, "XDG_RUNTIME_DIR": str(home)}
    paths = [str(EXAMPLES / name) for name in ("lullaby.service", "lullaby.timer")]
    said = subprocess.run(
        [analyze, "verify", "--user", *paths], env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (said.returncode, said.stderr) == (0, "")
    when = unit("lullaby.timer")["Timer"]["OnCalendar"]
    said = subprocess.run([analyze, "calendar", when], capture_output=True, text=True, timeout=PATIENCE)
    hour, minute = HALF_PAST_TEN
    assert f"Normalized form: *-*-* {hour}:{minute}:00" in said.stdout


def test_the_cron_line_plays_at_half_past_ten_in_crons_environment(home: Path) -> None:
    (line,) = lines("crontab")
    *fields, command = line.split(None, 5)
    assert [fields[1], fields[0], *fields[2:]] == [*map(str, HALF_PAST_TEN), "*", "*", "*"]
    assert "%" not in command  # which ends a line for cron
    typed = f"{command} {shlex.join(silently(home))}"
    with running(["/bin/sh", "-c", typed], home, PATH=CRONS, SHELL="/bin/sh") as player:
        assert f"XDG_RUNTIME_DIR=/run/user/{os.getuid()}\n" in (home / "told").read_text()
        assert plays_for_45_minutes(player)
        player.ask("stop")
        code, out, err = player.ends()
        assert (code, out, "Traceback" in err) == (0, "", False)
        faded_out(player)


def bound() -> dict[str, str]:
    """Keys, and what a desktop runs for each."""
    found = dict(re.findall(r"^bindsym (\w+) exec (.+)$", "\n".join(lines("media-keys")), re.M))
    assert len(found) == len(lines("media-keys"))
    return found


def pressed(key: str, home: Path) -> None:
    env = {**os.environ, "HOME": str(home)}
    command = ["/bin/sh", "-c", bound()[key]]
    said = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert said.returncode == 0, said.stderr


@pytest.mark.usefixtures("bus")
def test_the_media_keys_drive_what_plays(home: Path) -> None:
    if shutil.which("dbus-send") is None:
        _do_without("no dbus-send on this machine (package dbus)")
    assert NAME in bound()["XF86AudioPlay"]
    lullabys = Path(os.environ["LULLABY_HOME"])
    with playing(lullabys, "--for-time", "00:20:00") as player:
        player.comes_up()
        pressed("XF86AudioPlay", home)
        player.until(lambda: player.ask("state")["state"] == "paused", "a key is not heard")
        player.until(lambda: not player.sound(0.25).any(), "the pause is not silent")
        pressed("XF86AudioPlay", home)
        player.until(lambda: player.ask("state")["state"] == "playing", "a key is not heard")
        before = player.ask("state")["left"]
        pressed("XF86AudioNext", home)
        assert player.ask("state")["left"] > before + 500
        pressed("XF86AudioStop", home)
        assert player.ends()[0] == 0


def test_the_page_shows_what_is_run_here_and_says_the_hour() -> None:
    shown = [line for text in page("playing.md").written_in("") for line in text.splitlines()]
    command = unit("lullaby.service")["Service"]["ExecStart"]
    for line in (f"ExecStart={command}", *lines("crontab"), lines("media-keys")[1]):
        assert line in shown
    assert "half past ten" in page("playing.md").text
    assert {f"docs/examples/{path.name}" for path in EXAMPLES.iterdir()} <= set(README.links)
