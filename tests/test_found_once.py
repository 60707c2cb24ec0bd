"""A night kept again from its pages is not listened to again: not for its cover, nor its loudness."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nights import night_of

from lullaby.cli import main
from lullaby.drawing import cover as drawing
from lullaby.export import USES, export, exporting, store_at
from lullaby.time import RATE, Span

SCORE = """
title = "Two Minutes"
length = 00:02:00
[voices]
hush = "pink-noise"
[scene.all]
at = 0
hush = -3
"""


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn and measured, in its order."""
    done: list[str] = []

    def noted(name: str, work: Any) -> Any:
        return lambda *args: (done.append(name), work(*args))[1]

    monkeypatch.setattr(drawing, "cover", noted("cover", drawing.cover))
    monkeypatch.setattr(exporting, "gain_of", noted("gain", exporting.gain_of))
    return done


def test_the_same_night_once_more_is_neither_drawn_nor_measured_again(tmp_path: Path, listened: list[str]):
    store, night, use = store_at(str(tmp_path / "pages")), night_of(SCORE), USES["podcast"]
    plain = export(night, tmp_path / "plain.mp3", use=use).read_bytes()
    listened.clear()
    for kept in (["gain", "cover"], []):
        path = export(night_of(SCORE), tmp_path / "kept.mp3", use=use, store=store)
        assert path.read_bytes() == plain
        assert listened == kept
        listened.clear()


@pytest.mark.parametrize("change", ["span", "title", "seed", "use"])
def test_another_night_has_a_cover_of_its_own(tmp_path: Path, listened: list[str], change: str):
    store = store_at(str(tmp_path / "pages"))
    export(night_of(SCORE), tmp_path / "first.opus", store=store)
    listened.clear()
    text = SCORE.replace("Two", "Other") if change == "title" else SCORE
    night = night_of(text, seed=9) if change == "seed" else night_of(text)
    how: dict[str, Any] = {"span": Span(0, 100 * RATE)} if change == "span" else {}
    how |= {"use": USES["phone"]} if change == "use" else {}
    ending = "m4b" if change == "use" else "opus"
    plain = export(night, tmp_path / f"plain.{ending}", **how).read_bytes()
    listened.clear()
    assert export(night, tmp_path / f"kept.{ending}", store=store, **how).read_bytes() == plain
    assert "cover" in listened


def test_a_torn_cover_is_drawn_again(tmp_path: Path, listened: list[str]):
    store, night = store_at(str(tmp_path / "pages")), night_of(SCORE)
    whole = export(night, tmp_path / "first.opus", store=store).read_bytes()
    for path in (tmp_path / "pages").glob("*/*.part"):
        path.write_bytes(path.read_bytes()[:-1])
    listened.clear()
    assert export(night, tmp_path / "again.opus", store=store).read_bytes() == whole
    assert listened.count("cover") == 1


def test_render_says_how_many_pages_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    score = tmp_path / "two.toml"
    score.write_text(SCORE)
    found = []
    for name in ("one.opus", "again.opus"):
        words = ["render", str(score), "--date", "2026-01-01", "-o", str(tmp_path / name)]
        assert main([*words, "--sleeper", "none", "--pages", str(tmp_path / "pages"), "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out)["pages"])
    assert found == [{"found": 0, "made": 2}, {"found": 2, "made": 0}]
