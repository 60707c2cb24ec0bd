"""Stems: each voice with its share of the room, and the mix that they add up to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from nights import night_of

from lullaby.errors import CouldNot
from lullaby.export import stems
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night import Night
from lullaby.time import PAGE, RATE, Span

SCORE = """
title = "Three"
length = 00:05:00
fade_in = 1
fade_out = 10
high_cut = 9_000
[voices]
rain = "rain-on-slate"
bowl = "evening-bowl"
mix = "room-hush"
"mix alone" = "brown-noise"
[scene.all]
at = 0
rain = { level = -3, send = -8 }
bowl = { level = -6, pan = 0.4 }
mix = -9
"mix alone" = -20
"""
NAMES = ["rain", "bowl", "mix alone", "mix alone alone"]
SPAN = Span(100 * RATE, 2 * PAGE + 5 * RATE)


@pytest.fixture(scope="module")
def night() -> Night:
    return night_of(SCORE, seed=4)


def made(night: Night, path: Path, gain: float | None = None, **how: Any) -> list[str]:
    names = []
    for name, make in stems(night, path, float(night.gain) if gain is None else gain, **how):
        names.append(name)
        make(lambda done, of_all: None)
    return names


def read(folder: Path, name: str) -> np.ndarray:
    sound, rate = soundfile.read(folder / f"{name}.wav", dtype="float32")
    assert rate == RATE
    assert soundfile.info(folder / f"{name}.wav").subtype == "FLOAT"
    return sound


def test_stems_add_up_to_the_mix_and_the_mix_is_the_night(night: Night, tmp_path: Path):
    # a voice called "mix" steps aside for the mix of all, and one of that name for it
    assert made(night, tmp_path / "three.flac", span=SPAN) == [*NAMES, "mix"]
    folder = tmp_path / "three stems"
    mix = read(folder, "mix")
    assert len(mix) == len(SPAN)
    total = sum(read(folder, name).astype(np.float64) for name in NAMES)
    assert np.abs(total - mix).max() < 2e-6
    # the limiter has nothing to do in this night, so the mix is the night itself, but for the edges
    inner = slice(2 * RATE, -2 * RATE)
    np.testing.assert_allclose(mix[inner], night.render(SPAN)[inner], atol=2e-7)
    assert LOOK_AHEAD < 2 * RATE


def test_each_stem_has_its_share_of_the_room(night: Night, tmp_path: Path):
    made(night, tmp_path / "three.flac", span=SPAN)
    bowl = read(tmp_path / "three stems", "bowl")
    dry = night.stem("bowl", SPAN) * night.gain
    inner = slice(2 * RATE, -2 * RATE)
    wet = np.sqrt(np.mean((bowl[inner] - dry[inner]) ** 2) / np.mean(dry[inner] ** 2))
    assert 0.05 < wet < 1.5


class Stopped(BaseException):
    pass


def test_finished_stems_and_finished_minutes_are_not_made_again(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from lullaby.export.threads import on_threads
    from lullaby.export.unfinished import Unfinished

    add, count = Unfinished.add, [0]

    def stopped(self: Unfinished, *part: Any) -> None:
        count[0] += 1
        if count[0] == 4:
            raise Stopped
        add(self, *part)

    def encode_all(recipes: Any) -> Any:
        recipes = list(recipes)
        asked.append(len(recipes))
        return on_threads(recipes, 2)

    path, notes, asked = tmp_path / "three.flac", [], []
    with monkeypatch.context() as patched:
        patched.setattr(Unfinished, "add", stopped)
        with pytest.raises(Stopped):
            made(night, path, span=SPAN)  # two minutes and a bit: segments of the second stem
    first = json.loads((tmp_path / "three stems" / "stems.json").read_text())
    assert first["stems"] == ["rain"]
    assert made(night, path, span=SPAN, encode_all=encode_all, note=notes.append) == [*NAMES[1:], "mix"]
    assert asked == [1, 2, 2, 2]
    assert notes == [f"Going on with {NAMES[1]}.wav."]
    assert made(night, path, span=SPAN) == []
    assert sorted(os.listdir(tmp_path / "three stems")) == sorted(
        [*(f"{name}.wav" for name in NAMES), "mix.wav", "stems.json"]
    )
    # of another night, or a list that is none, nothing is believed
    (tmp_path / "three stems" / "stems.json").write_text("[]")
    assert made(night_of(SCORE, seed=5), path, span=SPAN) == [*NAMES, "mix"]


def test_a_disk_too_small_for_all_stems_is_not_begun_on(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("lullaby.export.disk_space.shutil.disk_usage", lambda _: usage(9, 9, 10**7))
    with pytest.raises(CouldNot, match=r"the stems take about"):
        made(night, tmp_path / "three.flac", span=SPAN)
    assert not list((tmp_path / "three stems").glob("*"))


def test_stems_are_as_loud_as_the_file_they_belong_to(night: Night, tmp_path: Path):
    made(night, tmp_path / "loud.mp3", 4 * float(night.gain), span=SPAN)
    made(night, tmp_path / "bed.m4b", span=SPAN)
    loud, soft = (read(tmp_path / f"{name} stems", "mix") for name in ("loud", "bed"))
    np.testing.assert_array_equal(loud, 4 * soft)
