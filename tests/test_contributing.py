"""The steps of CONTRIBUTING, followed in a copy of the program with a made-up kind, format and command: what
they say is enough, and every file they name is there. What else a kind's row does is in test_kinds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

HERE = Path(__file__).parent.parent
CONTRIBUTING = (HERE / "CONTRIBUTING.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## How to add a (\w+)\n(.*?)(?=^## )", CONTRIBUTING, re.M | re.S))
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.md)`")
"""Between backticks, with a slash in it; or a document at the top."""

KIND = '''"""A hum that nobody ever heard."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.voice import Sound

KIND = Kind("hum", "a hum", (*channel_strip(), number("pitch", 220.0, "Hz", 20, 2_000, "higher")))


@dataclass(frozen=True)
class Hum:
    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        for block in span.blocks():
            turns = np.arange(block.start, block.stop) * (controls.number("pitch", 0) / RATE) % 1.0
            yield np.stack([0.05 * np.sin(2 * np.pi * turns)] * 2).astype(np.float32)
'''
VOICE = """# A hum, heard from the next room.
kind = "hum"
pitch = 440  # Hz
"""
COMMAND = '''"""`lullaby yawn`: good night."""

import argparse
from typing import Any

from lullaby.cli.terminal.bedside import Bedside


def add(commands: Any) -> None:
    command = commands.add_parser("yawn", help="says good night", allow_abbrev=False)
    command.add_argument("--often", type=int, default=1, metavar="N", help="so many times")
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    for _ in range(asked.often):
        bedside.say("Good night.")
    return 0
'''
TYPED = """
import contextlib, io, json, sys
from lullaby.cli import main
for words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


@dataclass
class Copy:
    """The program in a folder of its own, and the steps that are followed there."""

    folder: Path
    section: str

    def named(self, path: str) -> Path:
        """A path that the section tells one to change: itself, its folder, or with NAME in its place."""
        says = PATH.findall(self.section)
        stands_for = {path, f"{Path(path).parent}/", f"{Path(path).parent.parent}/"}
        stands_for.add(f"{Path(path).parent}/NAME{Path(path).suffix}")
        assert stands_for & set(says), f"CONTRIBUTING does not say that {path} is to be made or changed"
        return self.folder / path

    def write(self, path: str, text: str) -> None:
        file = self.named(path)
        assert not file.exists()
        file.write_text(text, "utf-8")

    def change(self, path: str, *changes: tuple[str, str]) -> None:
        """Something put behind the first place where something stands."""
        file = self.named(path)
        text = file.read_text("utf-8")
        for behind, new in changes:
            assert behind in text
            text = text.replace(behind, behind + new, 1)
        file.write_text(text, "utf-8")

    def types(self, *lines: str) -> list[Any]:
        """What is answered to each of these commands by one process of this program: code, stdout, stderr."""
        words = json.dumps([line.split() for line in lines])
        env = {**os.environ, "PYTHONPATH": str(self.folder)}
        child = subprocess.run(
            [sys.executable, "-c", TYPED, words], cwd=self.folder, env=env, capture_output=True, text=True
        )
        assert child.returncode == 0, child.stderr
        return [json.loads(line) for line in child.stdout.splitlines()]


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    for name in ("lullaby", "voices", "scores"):
        shutil.copytree(HERE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(tmp_path, SECTIONS[request.param])


@pytest.mark.parametrize("copied", ["kind"], indirect=True)
def test_a_kind_is_a_module_a_row_in_the_list_and_a_voice_file(copied: Copy) -> None:
    copied.write("lullaby/voices/tones/hum.py", KIND)
    copied.change(
        "lullaby/voices/kinds.py",
        ("from lullaby.voices.tones import ", "hum, "),
        ("SOUNDS: tuple[tuple[Kind, Voice], ...] = (\n", "    (hum.KIND, hum.Hum()),\n"),
    )
    copied.write("voices/next-door.toml", VOICE)
    said = copied.types(
        "voices",
        "check voices/next-door.toml",
        "hear next-door --seconds 2 -o heard.wav",
        "render hum --to 2 -o mix.wav",
    )
    assert [code for code, *_ in said] == [0, 0, 0, 0], said
    assert "next-door" in said[0][1]
    sound, rate = soundfile.read(copied.folder / "heard.wav")
    middle = np.abs(np.fft.rfft(sound[rate // 2 : rate * 3 // 2, 0]))
    assert np.argmax(middle) == 440


@pytest.mark.parametrize("copied", ["format"], indirect=True)
def test_a_format_is_a_row_in_the_table(copied: Copy) -> None:
    row = 'replace(_AAC, ending=".m4a", media_type="audio/made-up"),\n    '
    copied.change("lullaby/export/formats.py", ("FORMATS = (\n    ", row))
    said = copied.types(
        "render plain --to 1 -o night.m4a",
        "feed . --url https://example.org/",
        "render plain -o x.m4x",
    )
    assert [code for code, *_ in said] == [0, 0, 2], said
    assert (copied.folder / "night.m4a").read_bytes()[4:8] == b"ftyp"
    assert 'type="audio/made-up"' in (copied.folder / "feed.xml").read_text()
    assert ".m4a" in said[2][2]


@pytest.mark.parametrize("copied", ["command"], indirect=True)
def test_a_command_is_a_module_in_the_list(copied: Copy) -> None:
    copied.write("lullaby/cli/commands/yawn.py", COMMAND)
    copied.change(
        "lullaby/cli/parser.py",
        ("from lullaby.cli.commands import (\n", "    yawn,\n"),
        ("COMMANDS = (\n", "    yawn,\n"),
    )
    said = copied.types("yawn --often 2", "yawn --help", "--help", "yawn --oftn 2")
    assert [code for code, *_ in said] == [0, 0, 0, 2], said
    assert said[0][1] == "Good night.\n" * 2
    assert "so many times" in said[1][1]
    assert "says good night" in said[2][1]
    assert 'Did you mean "--often"?' in said[3][2]


def test_every_file_that_a_step_names_is_there() -> None:
    assert {"voice", "kind", "format", "command"} <= SECTIONS.keys()
    for section, text in SECTIONS.items():
        paths = PATH.findall(text)
        assert paths, section
        for path in paths:
            # `containers/__init__.py` stands behind the folder that it is in
            places = [HERE / path.replace("NAME.toml", ""), *HERE.glob(f"lullaby/*/{path}")]
            assert any(place.exists() for place in places), f"{section}: {path}"
