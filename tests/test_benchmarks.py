"""The benchmarks measure what they say: the peers' patches sound, the arithmetic holds, nothing is hidden."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import lullaby
from benchmarks import cpu, stamp
from benchmarks.__main__ import main
from benchmarks.loop import beside_the_loop
from benchmarks.peers import building, engines, race
from benchmarks.peers.figures import figures, told
from benchmarks.peers.ours import PATCHES, score
from benchmarks.peers.ours import main as play
from lullaby.night.mixer import mixed
from lullaby.score import check_score
from lullaby.time import RATE, page_span
from lullaby.voices.kinds import KINDS

PROMISED = {"what", "date", "commit", "cpu", "versions"}


def _row(patch: str, engine: str, cpu_s: float, room: str = "", seconds: int = 28_800) -> race.Row:
    return race.Row(patch, engine, room, "", seconds, cpu_s, (cpu_s,))


class _Absent(engines.Csound):
    name = "the absent one"

    def missing(self) -> list[str]:
        return engines.absent("a-program-nobody-has")


@pytest.mark.parametrize("patch", PATCHES)
def test_a_patch_is_a_night_like_any_other(patch: str) -> None:
    assert check_score(score(patch), KINDS) == []
    night = lullaby.load(score(patch), sleeper="none")
    assert night.length == 8 * 3600 * RATE
    sound = night.page(1)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < night.ceiling
    assert sound.std(axis=0) == pytest.approx(sound.std(), rel=0.25), "both ears hear it"


def test_only_p3_has_a_room() -> None:
    assert lullaby.load(score("p1"), sleeper="none").plan.reverb is None
    assert lullaby.load(score("p2"), sleeper="none").plan.reverb is None
    assert lullaby.load(score("p3"), sleeper="none").score.room.t60 == 2.4


def test_every_part_of_p3_is_heard() -> None:
    night = lullaby.load(score("p3"), sleeper="none")
    seconds = lullaby.span(60, 62)
    heard = {name: float(night.stem(name, seconds).std()) for name in ("pinks", "bands", "pad")}
    assert min(heard.values()) > 0.1 * max(heard.values()), heard


def test_two_pinks_have_nothing_in_common() -> None:
    left, right = lullaby.load(score("p1"), sleeper="none").render(lullaby.span(10, 20)).T
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.05


def test_our_own_player_writes_every_frame_it_was_asked_for(tmp_path: Path) -> None:
    play("p2", 1.5, str(tmp_path / "p2.raw"))
    sound = np.fromfile(tmp_path / "p2.raw", np.float32).reshape(-1, 2)
    assert len(sound) == 1.5 * RATE
    assert (sound == lullaby.load(score("p2"), sleeper="none").render(lullaby.span(0, 1.5))).all()


def test_a_night_of_a_patch_costs_little_more_than_its_voices() -> None:
    """The mixer, its limiter and its loudness are no dearer than the noises of P2 are."""
    night = lullaby.load(score("p2"), sleeper="none")
    whole = beside_the_loop(lambda turn: night.page(3 + turn))
    assert whole < 2 * beside_the_loop(lambda turn: list(mixed(night.plan, page_span(3 + turn))))


def test_every_peer_has_the_patches_it_is_run_with() -> None:
    endings = {"faust": ("faust", "dsp"), "scsynth": ("supercollider", "scd"), "csound": ("csound", "csd")}
    for engine, (folder, ending) in endings.items():
        names = {name for patch in PATCHES for name, _ in engines.variants(engine, patch)}
        there = {file.stem for file in (engines.HERE / folder).glob(f"p*.{ending}")}
        assert names == there, engine


def test_csound_is_never_told_where_dev_null_is(tmp_path: Path) -> None:
    """It deletes what it writes to; as root it once left a plain file in the device's place."""
    (run,) = engines.Csound().runs("p1", 1, tmp_path)
    assert str(cpu.NULL) not in run.command


def test_a_ratio_is_their_cpu_over_ours_for_the_same_sound() -> None:
    rows = [
        _row("p1", "lullaby", 10.0),
        _row("p1", "faust", 15.0),
        _row("p3", "lullaby", 20.0, "fdn"),
        _row("p3", "faust", 180.0, "zita"),
        _row("p3", "faust", 160.0, "freeverb"),
        _row("p3", "scsynth", 10.0, "freeverb", seconds=3600),  # 80 s a night
        _row("p3", "csound", 1.0, "freeverb", seconds=600),  # best of all, and not what was asked
    ]
    p1, p2, zita, best, night = figures(rows)
    assert (p1.measured, p1.reached) == (1.5, True)
    assert (p2.measured, p2.reached) == (None, None)
    assert (zita.measured, zita.reached) == (9.0, True)
    assert (best.measured, best.reached) == (pytest.approx(4.0), True)
    assert (night.measured, night.reached) == (20.0, True)
    assert "reached" in told(p1)
    assert "not measured" in told(p2)


def test_who_cannot_take_part_is_named_in_one_line() -> None:
    ended = race.race(1, 1, [_Absent(), building.Faust()], patches=())
    assert ended.rows == []
    assert ended.missing[0] == "the absent one is left out: no a-program-nobody-has here."


def test_a_program_that_fails_is_told_of_with_its_last_words() -> None:
    with pytest.raises(cpu.Failed, match=r"ended with 3: alas"):
        cpu.of_child([sys.executable, "-c", "import sys; print('alas', file=sys.stderr); sys.exit(3)"])


def test_a_run_leaves_one_line_with_all_that_it_was_measured_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "benchmarks.__main__.race", lambda *_, **__: race.Race([_row("p1", "lullaby", 1.0)], ["x"])
    )
    results = tmp_path / "results.jsonl"
    for _ in range(2):
        assert main(["peers", "--json", "--results", str(results)]) == 0
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    assert len(lines) == 2
    assert set(lines[0]) == PROMISED | {"rows", "figures", "missing"}
    assert {"patch", "engine", "seconds", "cpu_s"} <= set(lines[0]["rows"][0])
    assert set(lines[0]["versions"]) == {"python", *stamp.PACKAGES}
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == lines[1]
