"""A night opens as loud as its score says. Whoever plays it again does not wait until that is found again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lullaby
from lullaby.kernels import jit
from lullaby.kernels.levels import Floats
from lullaby.night import mixer
from lullaby.night.plan import Plan
from lullaby.time import Span

Listened = list[Span]


@pytest.fixture
def listened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listened:
    """The spans that were listened to, on a machine where nothing was heard before."""
    spans: Listened = []
    listen = mixer.before_the_limiter

    def counted(plan: Plan, span: Span) -> Iterator[Floats]:
        spans.append(span)
        return listen(plan, span)

    monkeypatch.setattr(jit, "folder", tmp_path)
    monkeypatch.setattr(mixer, "before_the_limiter", counted)
    return spans


def gain(seed: int = 1) -> float:
    return float(lullaby.load("harbour-rain", seed=seed, sleeper="none", stories=False).gain)


def test_a_night_that_was_heard_before_is_as_loud_and_not_listened_to_again(listened: Listened) -> None:
    first = gain()
    assert len(listened) == 1
    assert gain() == first
    assert len(listened) == 1


def test_another_night_is_listened_to(listened: Listened) -> None:
    assert gain(1) != gain(2)
    assert len(listened) == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff"])
def test_what_is_damaged_is_heard_anew(listened: Listened, tmp_path: Path, damage: bytes) -> None:
    first = gain()
    (tmp_path / "openings.json").write_bytes(damage)
    assert gain() == first
    assert len(listened) == 2


def test_a_loudness_that_somebody_altered_is_not_believed(listened: Listened, tmp_path: Path) -> None:
    first = gain()
    kept = tmp_path / "openings.json"
    kept.write_text(kept.read_text().replace("0x1.", "0x2."))
    assert gain() == first
    assert len(listened) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_a_file_that_others_may_write_is_not_believed(listened: Listened, tmp_path: Path) -> None:
    first = gain()
    (tmp_path / "openings.json").chmod(0o666)
    assert gain() == first
    assert len(listened) == 2


def test_a_night_is_as_loud_where_nothing_can_be_kept(
    listened: Listened, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = gain()
    monkeypatch.setattr(jit, "folder", None)
    assert gain() == first
    assert len(listened) == 2
