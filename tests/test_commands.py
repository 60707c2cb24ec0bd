"""What a person types does what it says; facts on stdout, everything else on stderr, codes 0, 1 and 2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typed import Say, typing

from lullaby.cli.parser import parsed
from lullaby.cli.terminal.line import Line
from lullaby.cli.terminal.progress import Progress
from lullaby.kernels import jit

FIRST = """# first-night.toml — a little rain, and then less of it.
title = "A Little Rain"
length = 00:02:00
seed = 5
[voices]
rain = "rain-on-slate"
hush = "pink-noise"
[scene.arriving]
at = 0
rain = -4
[scene.going]
at = 00:01:00
rain = { level = "silent" }
hush = -20
"""


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Types a command in an empty folder, with a default night of two minutes."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "home/scores").mkdir(parents=True)
    (tmp_path / "home/scores/first-night.toml").write_text(FIRST)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("lullaby.evening.request.DEFAULT", "first-night")

    return typing(capsys)


def child(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lullaby", *words], capture_output=True, text=True, **how)


def test_bare_lullaby_says_what_tonight_would_be(lullaby: Say):
    said = lullaby()
    assert said.code == 0
    for words in ("hear clip", "hear ./creek.wav", "render creek.mp3", "why a.flac 60"):
        said = lullaby(*words.split())
        assert said.code == 2
        assert 'kind = "clip"' in said.err


def test_a_score_with_a_recording_that_cannot_be_heard_is_not_right(lullaby: Say):
    Path("voices").mkdir()
    soundfile.write("voices/silent.wav", np.zeros((48_000, 2)), 48_000)
    soundfile.write("voices/short.wav", np.random.default_rng(1).normal(0, 0.1, (4_800, 2)), 48_000)
    for name, says in (("silent", "nothing in it is loud enough"), ("short", "0.25 s is the least")):
        Path(f"voices/{name}.toml").write_text(f'kind = "clip"\nfile = "{name}.wav"\n')
        Path("s.toml").write_text(f'[voices]\na = "{name}"\n[scene.x]\nat = 0\na = 0\n')
        said = lullaby("check", "s.toml")
        assert (said.code, len(said.err.splitlines())) == (1, 1)
        assert says in said.err


def test_a_mistake_of_ours_asks_to_be_reported(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    def wrong(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("lullaby.evening.which.find_score", wrong)
    said = lullaby("render")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "lullaby doctor" in said.err
    monkeypatch.setenv("LULLABY_DEBUG", "1")
    assert "Traceback" in lullaby("render").err


def test_a_pipe_that_closes_is_met_with_silence():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        gone = subprocess.run(
            [sys.executable, "-m", "lullaby", "voices", "--json"], stdout=closed, stderr=subprocess.PIPE
        )
    assert gone.stderr == b""
    assert gone.returncode == 1


def test_version_and_module_alike():
    assert child("--version").stdout.startswith("lullaby 0.")


def test_nothing_of_one_command_line_is_left_for_the_next():
    """One parser reads them all."""
    first = parsed(["people", "add", "mina", "--called", "Mi", "--likes", "trains"])
    assert (first.called, first.likes) == (["Mi"], ["trains"])
    night = parsed(["play", "rain", "fire:-6", "--seed", "3"])
    assert (night.night, night.seed) == (["rain", "fire:-6"], 3)
    assert (parsed(["people", "add", "ole"]).called, parsed(["play"]).night) == ([], [])
    assert parsed(["play"]).seed is None


@pytest.mark.parametrize("words", ["--null", "-x play", "--null play harbour-rain"])
def test_an_option_without_a_command_is_one_plain_line(lullaby: Say, words: str):
    said = lullaby(*words.split())
    assert said.code == 2
    assert f'lullaby does not know "{words.split()[0]}"' in said.err


class Stream:
    """A stream that may call itself a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.text, self._terminal = "", terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_only_a_terminal_that_likes_it_is_redrawn(monkeypatch: pytest.MonkeyPatch, plain: dict[str, str]):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    stream = Stream(terminal=True)
    Progress("Rendering", Line(stream))(5, 10)  # type: ignore[arg-type]
    assert ("\r" in stream.text) is (not plain)


def test_elsewhere_progress_is_a_plain_line_every_tenth(monkeypatch: pytest.MonkeyPatch):
    now = iter(np.arange(0.0, 1e6, 0.5).tolist())
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    stream = Stream(terminal=False)
    progress = Progress("Rendering", Line(stream))  # type: ignore[arg-type]
    for done in range(0, 1001):
        progress(done, 1000)
    lines = stream.text.splitlines()
    assert len(lines) == 10
    assert lines[-1] == "Rendering: 100 %"
    assert all("left" in line for line in lines[:-1])
    assert "\x1b" not in stream.text


def test_only_the_first_run_tunes(tmp_path: Path):
    """With a cache that lacks one kernel, which is enough."""
    env = {**os.environ, "LULLABY_CACHE": str(tmp_path / "cache")}
    assert jit.folder is not None
    shutil.copytree(jit.folder, tmp_path / "cache/kernels" / jit.folder.name)
    for kept in (tmp_path / "cache").rglob("limiter.fill_limited-*"):
        kept.unlink()
    words = ("hear", "pink-noise", "--seconds", "0.5", "-o", str(tmp_path / "a.wav"))
    first, second = (child(*words, env=env) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stderr.count("Tuning instruments that are new here") == 1
    assert second.stderr == ""


def test_work_that_is_soon_done_has_no_plain_lines():
    stream = Stream(terminal=False)
    progress = Progress("Rendering", Line(stream))  # type: ignore[arg-type]
    for done in range(11):
        progress(done, 10)
    assert stream.text == ""


def test_a_tuning_is_said_once():
    from lullaby.cli.terminal.progress import TUNING, Tuning

    stream = Stream(terminal=False)
    names = list(jit.kernels)[:3]
    with Tuning(Line(stream)):  # type: ignore[arg-type]
        for name in [*names, *names]:
            for listener in jit.tuning:
                listener(name)
    assert stream.text.count(TUNING) == 1
    assert jit.tuning == []


@pytest.mark.parametrize("words", [["render", "first-night", "--to", "1"], ["hear", "rain", "-o", "a.wav"]])
def test_a_current_folder_that_was_deleted_is_one_plain_line(lullaby: Say, words: list[str]) -> None:
    Path.cwd().rmdir()
    said = lullaby(*words)
    assert (said.code, said.out) == (1, "")
    assert said.err == "The folder you are in was deleted: go to another one (cd) and type it again there.\n"
