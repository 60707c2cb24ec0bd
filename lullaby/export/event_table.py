"""A night's events as BIDS has them: a table, tab by tab, and a JSON file beside it that explains it.

BIDS, the Brain Imaging Data Structure, is how sleep laboratories keep what happened beside what they
measured: https://bids-specification.readthedocs.io, "Task events".
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from lullaby import __version__
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.file_writing import put, why_not
from lullaby.night import Night
from lullaby.night.events import Event, EventKind, events_of
from lullaby.score.plain_text import plain
from lullaby.time import RATE, Span

MISSING = "n/a"
"""The word that BIDS writes for a missing value."""

COLUMNS: dict[str, dict[str, str]] = {
    "onset": {
        "Description": "When it begins, from the first frame of the sound file. Negative where it began "
        "before that and still holds.",
        "Units": "s",
    },
    "duration": {
        "Description": "How long it takes to be so: the glide of a scene, a level or a setting, the length "
        "of a fade; 0 for a moment.",
        "Units": "s",
    },
    "trial_type": {"LongName": "Event", "Description": "What happens."},
    "voice": {"Description": "The voice it happens to, by the name the score gives it."},
    "setting": {"Description": "What of that voice the value is of."},
    "value": {
        "Description": "What it comes to be. Of a stroke: the level of its voice at that moment.",
        "Units": "as in the column units",
    },
    "units": {"Description": "The unit of the value. Levels are dB against the voice's own loudness."},
    "scene": {"Description": "The scene of the score that says so."},
}
"""Every column, in order, and what it holds."""

LEVELS: dict[EventKind, str] = {
    EventKind.FADE_IN: "the night comes in from silence",
    EventKind.FADE_OUT: "the night goes out to silence",
    EventKind.SCENE: "a scene begins; it has come when its duration is over",
    EventKind.STORY: "a story is told, by this voice, for its duration",
    EventKind.ENTERS: "a voice begins to be heard",
    EventKind.LEAVES: "a voice begins to fall silent, and is when its duration is over",
    EventKind.LEVEL: "a voice becomes louder or softer",
    EventKind.SETTING: "a voice changes otherwise",
    EventKind.STROKE: "a bell or a bowl is struck, a note is played, a bird or thunder is heard",
    EventKind.END: "the night is over",
}


def write_events(night: Night, path: str | os.PathLike[str], span: Span) -> Path:
    """Keep what happens in this span as PATH.tsv, and what its columns mean beside it as PATH.json."""
    path = Path(path)
    if path.suffix != ".tsv":
        raise AskedWrongly(f"{plain(str(path))}: a file of events ends in .tsv.")
    try:
        _refuse_theirs(path.with_suffix(".json"))
        _refuse_table(path)
    except OSError as error:
        raise CouldNot(why_not(path, error)) from error
    about = json.dumps(_about(night, span), indent=2, ensure_ascii=False) + "\n"
    for place, text in ((path.with_suffix(".json"), about), (path, _table(night, span))):
        put(place, text.encode())
    return path


def _refuse_theirs(path: Path) -> None:
    """BIDS wants what the columns mean under this very name; a file of the listener's may have it."""
    with contextlib.suppress(FileNotFoundError):
        try:
            ours = json.loads(path.read_bytes())["StimulusPresentation"]["SoftwareName"] == "lullaby"
        except (ValueError, TypeError, KeyError, RecursionError):
            ours = False
        if not ours:
            raise AskedWrongly(f"{plain(str(path))} is there already, and would say what the columns mean.")


def _refuse_table(path: Path) -> None:
    """A file of this name that is no table of events is somebody's own."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        head = "\t".join(COLUMNS).encode() + b"\n"
        if file.read(len(head)) != head:
            raise AskedWrongly(f"{plain(str(path))} is there already, and is no table of events.")


def _about(night: Night, span: Span) -> dict[str, Any]:
    levels = {what.value: says for what, says in LEVELS.items()}
    return {
        **COLUMNS,
        "trial_type": {**COLUMNS["trial_type"], "Levels": levels},
        "StimulusPresentation": {"SoftwareName": "lullaby", "SoftwareVersion": __version__},
        "Night": {
            "Title": night.score.title,
            "Seed": night.seed,
            "Date": night.date.isoformat() if night.date else None,
            "Fingerprint": night.fingerprint,
            "FirstSecond": span.start / RATE,
        },
    }


def _table(night: Night, span: Span) -> str:
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(event, span) for event in events_of(night, span))
    return out.getvalue()


def _row(event: Event, span: Span) -> list[str]:
    return [
        _seconds(event.start - span.start),
        _seconds(event.lasts),
        event.kind.value,
        plain(event.voice) or MISSING,
        plain(event.setting) or MISSING,
        MISSING if event.value is None else f"{event.value:.6g}",
        event.unit or MISSING,
        plain(event.scene) or MISSING,
    ]


def _seconds(frames: int) -> str:
    """Seconds to the millionth, from which the frame can be found again."""
    return f"{frames / RATE:.6f}".rstrip("0").rstrip(".")
