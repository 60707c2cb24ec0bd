"""What a night's list of events says is what happens in its sound, and laboratories can read it."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from nights import SCORES, alone_text, load, night_of

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.event_table import COLUMNS, LEVELS, write_events
from lullaby.night import Night
from lullaby.night.events import EventKind, events_of
from lullaby.time import RATE, Span

BELL = """
title = "Bell"
length = 600
fade_in = 4
fade_out = 60
[voices]
bell = "buoy-bell"
rain = "rain-on-slate"
[scene.alone]
at = 0
rain = { level = -4, drops = 9 }
["scene"."with a \\"bell\\""]
at = 100
over = 10
bell = { level = -10, every = 9 }
[scene.softer]
at = 300
over = 20
rain = { level = -9 }
bell = "silent"
"""


def table(night: Night, path: Path, span: Span) -> list[dict[str, str]]:
    write_events(night, path, span)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_table_is_as_bids_wants_it(tmp_path: Path):
    night = night_of(BELL)
    rows = table(night, tmp_path / "night_events.tsv", night.span)
    text = (tmp_path / "night_events.tsv").read_bytes().decode("utf-8")
    assert text.splitlines()[0] == "onset\tduration\ttrial_type\tvoice\tsetting\tvalue\tunits\tscene"
    assert "\r" not in text
    assert all(value for row in rows for value in row.values())
    onsets = [float(row["onset"]) for row in rows]
    assert onsets == sorted(onsets)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["night_events.json", "night_events.tsv"]
    named = [row for row in rows if row["trial_type"] == "voice_enters" and row["voice"] == "bell"]
    assert named == [
        {
            "onset": "100", "duration": "10", "trial_type": "voice_enters", "voice": "bell",
            "setting": "level", "value": "-10", "units": "dB", "scene": 'with a "bell"',
        }
    ]  # fmt: skip
    assert rows[-1]["trial_type"] == "end"


def test_every_column_and_every_event_is_explained(tmp_path: Path):
    night = night_of(BELL)
    write_events(night, tmp_path / "a.tsv", night.span)
    about = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert list(COLUMNS) == [column for column in about if column in COLUMNS]
    assert set(about["trial_type"]["Levels"]) == {kind.value for kind in EventKind}
    assert set(LEVELS) == set(EventKind)
    assert about["Night"]["Fingerprint"] == night.fingerprint


def test_scenes_voices_settings_and_fades_are_where_the_score_has_them():
    night = night_of(BELL)
    found = [
        (event.start // RATE, event.lasts // RATE, event.kind.value, event.voice, event.setting, event.value)
        for event in events_of(night, night.span)
        if event.kind is not EventKind.STROKE
    ]
    assert found == [
        (0, 4, "fade_in", "", "", None),
        (0, 0, "scene", "", "", None),
        (0, 0, "voice_enters", "rain", "level", -4),
        (0, 0, "setting_change", "rain", "drops", 9),
        (100, 10, "scene", "", "", None),
        (100, 10, "voice_enters", "bell", "level", -10),
        (100, 0, "setting_change", "bell", "every", 9),
        (300, 20, "scene", "", "", None),
        (300, 20, "voice_leaves", "bell", "level", None),
        (300, 20, "level_change", "rain", "level", -9),
        (540, 60, "fade_out", "", "", None),
        (600, 0, "end", "", "", None),
    ]


def test_a_bell_is_struck_only_while_it_is_heard():
    night = night_of(BELL)
    strokes = [e.start / RATE for e in events_of(night, night.span) if e.kind is EventKind.STROKE]
    assert len(strokes) > 15
    assert 100 < min(strokes) < 120
    assert 305 < max(strokes) < 320


@pytest.mark.parametrize("voice", ["buoy-bell", "evening-bowl"])
def test_at_a_stroke_the_sound_rises(voice: str):
    night = night_of(alone_text(voice, "every = 25"))
    span = Span(60 * RATE, 180 * RATE)
    strokes = [event.start for event in events_of(night, span) if event.kind is EventKind.STROKE]
    assert 3 <= len(strokes) <= 6
    energy = (night.stem("one", span).astype(np.float64) ** 2).sum(axis=1)
    for at in (at - span.start for at in strokes):
        before, after = energy[max(0, at - 4_800) : at].mean(), energy[at : at + 9_600].mean()
        assert after > 10 * before
    # and nowhere else: the loudest moment after each stroke falls until the next
    jumps = energy[: len(energy) // 4800 * 4800].reshape(-1, 4800).mean(axis=1)
    rises = np.flatnonzero(jumps[1:] > 10 * jumps[:-1] + 1e-9) * 4800
    assert all(min(abs(rise - (at - span.start)) for at in strokes) < 3 * 4800 for rise in rises)


def test_strokes_are_the_same_however_the_night_is_cut():
    night = night_of(BELL)
    cuts = [0, 7 * RATE + 1, 111 * RATE, 112 * RATE + 5, 250 * RATE, night.length]
    pieces = [
        event.start
        for start, stop in pairwise(cuts)
        for event in events_of(night, Span(start, stop))
        if event.kind is EventKind.STROKE
    ]
    assert pieces == [e.start for e in events_of(night, night.span) if e.kind is EventKind.STROKE]


def test_onsets_count_from_the_cut_and_what_holds_there_is_said(tmp_path: Path):
    night = night_of(BELL)
    rows = table(night, tmp_path / "cut.tsv", Span(200 * RATE, 310 * RATE))
    before = [(r["onset"], r["trial_type"], r["voice"]) for r in rows if float(r["onset"]) < 0]
    assert before == [
        ("-200", "voice_enters", "rain"),
        ("-200", "setting_change", "rain"),
        ("-100", "scene", "n/a"),
        ("-100", "voice_enters", "bell"),
        ("-100", "setting_change", "bell"),
    ]
    assert next(r["onset"] for r in rows if r["trial_type"] == "voice_leaves") == "100"
    strokes = [round(float(r["onset"]) * RATE) + 200 * RATE for r in rows if r["trial_type"] == "stroke"]
    assert set(strokes) <= {e.start for e in events_of(night, night.span)}
    assert not any(r["trial_type"] in ("end", "fade_in", "fade_out") for r in rows)


@pytest.mark.parametrize("name", SCORES)
def test_every_night_has_its_events(name: str):
    night = load(name)
    found = events_of(night, night.span)
    assert sum(event.kind is EventKind.SCENE for event in found) == len(night.score.scenes)
    assert found[-1].kind is EventKind.END
    assert all(0 <= event.start <= night.length for event in found)


def test_what_cannot_be_kept_is_a_line(tmp_path: Path):
    night = night_of(BELL)
    with pytest.raises(AskedWrongly, match=r"ends in \.tsv"):
        write_events(night, tmp_path / "events.csv", night.span)
    with pytest.raises(CouldNot, match="there is no folder"):
        write_events(night, tmp_path / "no/such.tsv", night.span)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_table_of_events_is_left_as_it_is(tmp_path: Path):
    night = night_of(BELL)
    theirs = tmp_path / "mine.tsv"
    theirs.write_text("name\tvalue\nours\t1\n")
    with pytest.raises(AskedWrongly, match="there already, and is no table of events"):
        write_events(night, theirs, night.span)
    assert theirs.read_text() == "name\tvalue\nours\t1\n"
    assert list(tmp_path.iterdir()) == [theirs]
    ours = write_events(night, tmp_path / "ours.tsv", night.span)
    before = ours.read_bytes()
    assert write_events(night, ours, night.span).read_bytes() == before
    with pytest.raises(CouldNot, match="this name is too long"):
        write_events(night, tmp_path / f"{'n' * 251}.tsv", night.span)
