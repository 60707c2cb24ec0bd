"""What the README shows is so: its files check, its commands run, its mistake is told as it says.

Commands are cut to a second or two of sound; everything else about them is as it stands there.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from nights import night_of
from typed import Say, typing

from lullaby import places
from lullaby.time import RATE

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.M | re.S)
TOMLS = [text for language, text in BLOCKS if language == "toml"]
WORDS = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)
MISTAKE = next(text for _, text in BLOCKS if " has no " in text)

NAMES = {"lullaby", "lullaby sleep read", "lullaby people", "lullaby calibrate", "lullaby feed"}
"""Commands that are spoken of, and want more words before they can be run."""
SLOW = {"lullaby warmup"}

SHORT = {"render": ("--to", "00:00:02", "--jobs", "1"), "hear": ("--seconds", "1", "-o", "heard.wav")}
"""What is said besides, so that it takes a moment and plays on no machine's loudspeakers."""


def commands() -> list[str]:
    """All that can be typed as it stands, in the order in which it stands there."""
    lines = [line.split(" #")[0].strip() for _, text in BLOCKS for line in text.splitlines()]
    spans = [span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", WORDS)]
    found = dict.fromkeys(line for line in [*lines, *spans] if re.match(r"lullaby( |$)", line))
    return [line for line in found if not re.search(r"[A-Z…│]", line) and line not in NAMES | SLOW]


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Types a command in an empty folder, by somebody who has nothing yet."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return typing(capsys)


def test_the_commands_it_shows_can_be_run(lullaby: Say) -> None:
    """One after the other, as somebody would who follows it from top to bottom."""
    assert len(commands()) > 10
    for line in commands():
        _, *words = line.split()
        said = lullaby(*words, *(SHORT.get(words[0], ()) if words else ()))
        assert said.code == 0, f"{line}\n{said.err}"
    made = {path.suffix for path in Path().iterdir()}
    assert {".m4b", ".wav"} <= made


def test_what_is_told_besides_a_mix_can_be_told(lullaby: Say) -> None:
    told = [span.split() for span in re.findall(r"`(--set [^`]+)`", WORDS)]
    assert told
    for words in told:
        assert lullaby("render", "rain", "sea:-6", *words, "--to", "00:00:01", "-o", "mix.wav").code == 0


STANDS_IN = """length = 09:00:00
[voices]
rain = "rain"
bell = "bell"
[scene.all]
at = 0
rain = 0
bell = 0
"""


@pytest.mark.parametrize("text", TOMLS, ids=lambda text: text.split("\n")[0][:40])
def test_the_files_it_shows_are_right(lullaby: Say, text: str) -> None:
    """A whole one is checked as it is. A part of one stands in the smallest score it can stand in."""
    keys, path = tomllib.loads(text), Path("shown.toml")
    if not {"kind", "voices"} & keys.keys():
        text = STANDS_IN + text
    for brought in re.findall(r'^file *= "(.*?)"', text, re.M):
        soundfile.write(brought, 0.1 * np.random.default_rng(1).standard_normal((8 * RATE, 2)), RATE)
    path.write_text(text, "utf-8")
    said = lullaby("check", str(path))
    assert said.code == 0, said.err
    if "kind" not in keys:
        assert night_of(text).plan.tracks


def test_the_night_it_shows_whole_is_the_one_that_is_shipped() -> None:
    (name,) = re.findall(r"^`scores/(.*?)\.toml`, whole:", README, re.M)
    assert (places.shipped("scores") / f"{name}.toml").read_text("utf-8") in TOMLS


def test_the_mistake_it_shows_is_told_so(lullaby: Say) -> None:
    """Made in the file, the scene, the voice and the setting that the message names."""
    path, scene, voice, wrong = re.match(r'(.*), scene "(.*)": (.*) has no "(.*)"\.', MISTAKE).groups()  # type: ignore[union-attr]
    right = (places.shipped("scores") / Path(path).name).read_text("utf-8")
    before, at, after = right.partition(f"[scene.{scene}]\n")
    line = re.search(rf"^{voice} *= .*$", after, re.M)
    assert at
    assert line
    Path(path).parent.mkdir()
    Path(path).write_text(before + at + after.replace(line[0], f"{voice} = {{ {wrong} = 4 }}", 1), "utf-8")
    said = lullaby("check", path)
    assert said.code == 2
    assert said.out == MISTAKE
