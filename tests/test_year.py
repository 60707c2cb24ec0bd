"""A year of nights is measured as it is told: it goes on where it was stopped, and what is there is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import year, year_picture
from benchmarks.cpu import Failed
from benchmarks.year_nights import BATCH, File, in_turns
from benchmarks.year_nights import year as nights_of
from lullaby.score import score_of
from lullaby.voices.kinds import KINDS

MINUTES = 0.2


def test_every_night_has_four_voices_a_story_and_music():
    files = nights_of(100, 12)
    assert len({file.name for file in files}) == 100
    for file in files:
        score = score_of(file.score, file.name, KINDS)
        assert len(score.voices) == 4
        assert score.music
        assert score.tellings
        if file.same_as is not None:
            first = files[file.same_as]
            assert (file.score, file.seed, file.date, file.until) == (
                first.score,
                first.seed,
                first.date,
                first.until,
            )


def test_a_night_comes_before_the_same_once_more():
    turns = [file.number for file in in_turns(nights_of(20, 12)[BATCH:])]
    assert sorted(turns) == list(range(10, 20))
    assert turns.index(10) < turns.index(15)
    assert turns.index(16) < turns.index(19)


def test_a_year_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    [whole] = year.a_year(6, MINUTES, tmp_path, warm=False)
    assert whole.nights == 6
    assert whole.respoken == 0
    assert whole.found >= 1
    assert whole.found + whole.made == 6
    assert whole.files_mb == pytest.approx(
        sum(p.stat().st_size for p in (tmp_path / "files").iterdir()) / 1e6
    )
    assert whole.sentences == len(list((tmp_path / "cache" / "speech").glob("*/*.wav"))) > 0
    # stopped while it noted the last night
    diary = tmp_path / "diary.jsonl"
    lines = diary.read_bytes().splitlines(keepends=True)
    diary.write_bytes(b"".join(lines[:-2]) + lines[-2][:20])
    last, again = json.loads(lines[-2])["number"], []
    night = year._night

    def noted(file: File, folder: Path, env: dict[str, str]) -> year.Made:
        again.append(night(file, folder, env))
        return again[-1]

    monkeypatch.setattr(year, "_night", noted)
    [resumed] = year.a_year(6, MINUTES, tmp_path, warm=False)
    assert [(made.number, made.made) for made in again] == [(last, 0)]
    assert (resumed.pages_mb, resumed.files_mb) == (whole.pages_mb, whole.files_mb)
    with pytest.raises(Failed, match="another year"):
        year.a_year(6, 2 * MINUTES, tmp_path, warm=False)


def _after(nights: int, cpu_s: float) -> year.Sofar:
    return year.Sofar(nights, cpu_s, cpu_s, 2.0 * nights, 5.0 * nights, nights, nights, 40, 0, 250.0)


def test_what_grows_faster_than_a_line_is_seen():
    nights = list(range(10, 110, 10))
    even = year.straight(nights, [7 + 3.0 * n for n in nights])
    assert (even.start, even.a_night, even.off) == pytest.approx((7, 3, 0))
    assert year.straight(nights, [0.1 * n * n for n in nights]).off > 0.1


def test_the_table_and_the_picture_show_every_batch():
    rows = [_after(n, 10.0 * n) for n in (10, 20, 30)]
    assert "50%" in year.line(rows[0])
    assert "CPU s: 0.0 + 10.00 a night" in year.table(rows)
    drawn = year_picture.picture(rows, 12).decode()
    assert drawn.count(f'width="{2 * year_picture.DOT:g}"') == 9
    assert "30 nights of 12 minutes: 300 s of CPU" in drawn
