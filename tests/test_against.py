"""This checkout beside an earlier commit: each is measured by its own code, in turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import against
from benchmarks.__main__ import main
from benchmarks.cpu import ROOT, Failed

in_a_checkout = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive has no commits")


def test_a_ratio_says_how_much_better_it_is_now() -> None:
    old = {"p1": 0.02, "p1 in loops": 60.0, "first page": 1.2, "follows": 12.0, "gone": 1.0}
    new = {"p1": 0.01, "p1 in loops": 30.0, "first page": 0.8, "follows": 4.0}
    p1, follows, first = against.compared(old, new)
    assert (p1.old, p1.new, p1.ratio) == (3_000, 6_000, 2.0)
    assert (p1.old_loops, p1.new_loops) == (60.0, 30.0)
    assert (follows.old, follows.new, follows.ratio) == (12.0, 4.0, None)
    assert first.ratio == pytest.approx(1.5)
    assert "1.50 ×" in against.table([first])


@in_a_checkout
def test_both_are_measured_in_turns_and_play_the_same_voices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[bool, float]] = []

    def measured(what: str, tree: Path, home: Path, hours: float) -> dict[str, float]:
        assert (tree / "lullaby" / "__init__.py").exists()
        assert (home / "voices" / "pink-noise.toml").exists()
        assert (home / "scores" / "harbour-rain.toml").exists()
        asked.append((tree == ROOT, hours))
        return {"p1": 0.01 if tree == ROOT else 0.02}

    monkeypatch.setattr(against, "measured", measured)
    results = tmp_path / "results.jsonl"
    words = ["against", "HEAD", "--rounds", "2", "--hours", "1", "--only", "speeds", "--json"]
    assert main([*words, "--results", str(results)]) == 0
    assert asked == [(False, 0), (True, 0), (False, 1), (True, 1), (False, 1), (True, 1)]
    line: dict[str, Any] = json.loads(results.read_text())
    assert json.loads(capsys.readouterr().out) == line
    assert line["figures"][0]["ratio"] == 2.0
    assert {"cpu", "cores", "rounds", "versions", "commit", "against"} <= set(line)


def test_it_is_the_other_lullaby_that_is_measured(tmp_path: Path) -> None:
    other = tmp_path / "lullaby"
    other.mkdir()
    (other / "__init__.py").write_text("raise SystemExit('the other lullaby')")
    with pytest.raises(Failed, match="the other lullaby"):
        against.measured("speeds", tmp_path, tmp_path, 0)


@in_a_checkout
def test_a_commit_that_is_not_here_is_said_to_be_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results.jsonl"
    assert main(["against", "0" * 40, "--results", str(results)]) == 1
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert not results.exists()
