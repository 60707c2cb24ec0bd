"""A story that cannot be spoken waits: the night goes on, and one line says why."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from told import sentence_of_noise
from typed import Say, typing

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.evening import Request, prepared
from lullaby.evening.narration import speaker
from lullaby.narrator import shelf
from lullaby.narrator.narrator import Narrator
from lullaby.narrator.speech import Speech, Spoken
from lullaby.time import PAGE, RATE, Span

NIGHT = """
length = 00:05:00
fade_out = 5
[voices]
rain = "rain-on-slate"
keeper = "a-keeper"
[scene.all]
at = 0
rain = 0
[[tell]]
at = 00:00:30
story = "a-walk"
voice = "keeper"
"""


class Failing(Narrator):
    """A narrator that speaks noise, and fails over a word."""

    says = "the narrator crashed twice over this sentence"

    def __init__(self, engines: Any = (), at_once: int = 1) -> None:
        pass

    def speak(self, speech: Speech) -> Spoken:
        if "rope" in speech.text:
            raise CouldNot(self.says)
        return shelf.spoken_on(sentence_of_noise(2.0, len(speech.text)))

    def stop(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "cache"))
    sentence_of_noise.cache_clear()
    monkeypatch.setattr(speaker, "Narrator", Failing)
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "a-keeper.toml").write_text('kind = "teller"\n')
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "a-walk.md").write_text(
        "# A walk\n\nThey went on. Then came a rope. It was long.\n"
    )
    path = tmp_path / "night.toml"
    path.write_text(NIGHT)
    return path


@pytest.fixture
def lullaby(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys)


def test_what_was_spoken_is_told_and_the_rest_waits(night: Path) -> None:
    evening = prepared(Request(str(night), sleeper="none"))
    waits = [note for note in evening.notes if note.facts["note"] == "not told"]
    assert [note.says for note in waits] == [
        "The story waits, and the night goes on without it: the narrator crashed twice over this sentence"
    ]
    lines = evening.night.narrations[0].lines
    assert len(lines) == 2, "the title and the first sentence"
    assert evening.night.narrations[0].coming == 0
    said = evening.night.stem("keeper", Span(30 * RATE, 60 * RATE))
    assert said.any()
    assert np.abs(evening.night.page(3)).max() > 0


def test_a_render_goes_on_and_says_one_line(night: Path, lullaby: Say) -> None:
    said = lullaby("render", "night.toml", "--sleeper", "none", "-o", "night.flac")
    assert said.code == 0
    assert said.err.count("The story waits") == 1
    assert Path("night.flac").exists()


def test_a_story_that_is_asked_for_by_itself_is_an_error(night: Path, lullaby: Say) -> None:
    said = lullaby("tell", "stories/a-walk.md", "--by", "a-keeper", "-o", "walk.flac")
    assert said.code == 2 or said.code == 1
    (places.home() / "voices").mkdir(parents=True, exist_ok=True)
    (places.home() / "voices" / "a-keeper.toml").write_text('kind = "teller"\n')
    said = lullaby("tell", "stories/a-walk.md", "--by", "a-keeper", "-o", "walk.flac")
    assert said.code == 1
    assert "the narrator crashed twice" in said.err
    assert not Path("walk.flac").exists()


def test_a_full_disk_is_said_and_leaves_no_half_sentence(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = places.put

    def full(path: Path, content: bytes, mode: int | None = None) -> None:
        if path.suffix == ".wav":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        put(path, content, mode)

    sentence_of_noise(2.0, len("A walk."))
    monkeypatch.setattr(Failing, "speak", lambda self, speech: Spoken(np.zeros(RATE // 2, np.int16), ()))
    monkeypatch.setattr(places, "put", full)
    evening = prepared(Request(str(night), sleeper="none"))
    (said,) = [note.says for note in evening.notes if note.facts["note"] == "not told"]
    assert "no space left" in said.lower()
    assert evening.night.narrations in ((), evening.night.narrations)
    assert evening.night.length == 5 * PAGE


def test_an_engine_that_is_not_there_is_named(night: Path) -> None:
    (night.parent / "voices" / "a-keeper.toml").write_text('kind = "teller"\nengine = "no-such-engine"\n')
    evening = prepared(Request(str(night), sleeper="none"))
    (said,) = [note.says for note in evening.notes if note.facts["note"] == "not told"]
    assert "no-such-engine" in said


def test_a_text_that_is_gone_is_said(night: Path) -> None:
    score = prepared(Request(str(night), sleeper="none")).night.score
    (night.parent / "stories" / "a-walk.md").unlink()
    evening = prepared(Request(score, sleeper="none"))
    (said,) = [note.says for note in evening.notes if note.facts["note"] == "not told"]
    assert "a-walk.md" in said
