"""The shelf: a spoken sentence is found again where it is whole, and makes room in time."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from lullaby import places
from lullaby.narrator import engines, shelf
from lullaby.narrator.engines import engine_name
from lullaby.narrator.speech import Manner, Speech, Spoken, Word

SENTENCE = Spoken(
    (np.arange(2_400) % 700).astype(np.int16), (Word("Rain", 0, 10, 900), Word("fell", 5, 950, 2_300))
)
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shelf on which nothing stands."""
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path))
    return tmp_path / "speech"


def put(number: int, days_ago: float = 0.0) -> Path:
    """A sentence that was heard so many days ago for the last time."""
    name = f"{number:040d}"
    shelf.put(name, SENTENCE)
    for path in (places.speech(name), places.speech(name).with_suffix(".json")):
        os.utime(path, (NOW - days_ago * shelf.DAY,) * 2)
    return places.speech(name)


def test_what_was_put_there_is_found_with_its_words() -> None:
    kept = shelf.put("ab" * 20, SENTENCE)
    assert shelf.found("ab" * 20) == kept
    assert kept.words == SENTENCE.words
    assert (shelf.spoken_on(kept).sound == SENTENCE.sound).all()
    assert shelf.found("cd" * 20) is None


@pytest.mark.parametrize("ending", [".wav", ".json"])
def test_a_sentence_of_which_anything_is_missing_or_wrong_is_none(ending: str) -> None:
    path = put(1).with_suffix(ending)
    whole = path.read_bytes()
    for wrong in (b"", whole[:30], whole[: len(whole) // 2], whole[:-2], whole[:-20] + b"x" * 20):
        path.write_bytes(wrong)
        assert shelf.found(f"{1:040d}") is None, wrong[-30:]
    path.write_bytes(whole)
    assert shelf.found(f"{1:040d}") is not None
    path.unlink()
    assert shelf.found(f"{1:040d}") is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_nobody_else_may_read_what_was_told(folder: Path) -> None:
    path = put(1)
    for mine, mode in (
        (path, 0o600),
        (path.with_suffix(".json"), 0o600),
        (path.parent, 0o700),
        (folder, 0o700),
    ):
        assert stat.S_IMODE(mine.stat().st_mode) == mode, mine


def test_room_is_made_by_what_was_not_heard_for_longest() -> None:
    path = [put(number, days_ago) for number, days_ago in enumerate((2, 9, 5, 7))]
    room = 2 * path[0].stat().st_size
    shelf.make_room(NOW, room)
    assert [one.exists() for one in path] == [True, False, True, False]
    assert [one.with_suffix(".json").exists() for one in path] == [True, False, True, False]
    shelf.make_room(NOW, room)
    assert [one.exists() for one in path] == [True, False, True, False]


def test_what_was_heard_within_a_day_is_kept_however_full_it_is() -> None:
    old, new = put(1, 1.1), put(2, 0.9)
    shelf.make_room(NOW, 0)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_is_heard_again_stays_for_longer() -> None:
    path = put(1, days_ago=900)
    shelf.found(f"{1:040d}")
    assert path.stat().st_mtime > NOW - 900 * shelf.DAY


def test_a_sentence_has_another_name_wherever_anything_of_it_is_other() -> None:
    speech = Speech("Rain fell.")
    others = [
        replace(speech, **{name: other})  # type: ignore[arg-type]
        for name, other in {
            "text": "Rain fell!",
            "lang": "en-GB",
            "pace": 0.96,
            "tune": 1,
            "say": (("Rain", "RAYN"),),
        }.items()
    ]
    for field in fields(Manner):
        value = getattr(speech.manner, field.name)
        other = f"{value}x" if isinstance(value, str) else value + 0.01
        others.append(replace(speech, manner=replace(speech.manner, **{field.name: other})))
    assert len(others) == len(fields(Speech)) - 1 + len(fields(Manner))
    names = {one.address("hibari 1") for one in (speech, *others)} | {speech.address("hibari 2")}
    assert len(names) == len(others) + 2


@pytest.mark.parametrize("lang", ["en", "de"])
def test_what_speaks_has_another_name_with_another_version_of_it_and_of_ours(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [engine_name(Manner(), lang)]
    assert engine_name(Manner(), lang) == names[0]
    monkeypatch.setattr(engines, "_version", lambda package: "77.1")
    names.append(engine_name(Manner(), lang))
    monkeypatch.setattr(engines, "_ours", lambda: "another")
    names.append(engine_name(Manner(), lang))
    assert len(set(names)) == 3
