"""Nights as files: CSV, a BIDS table with its sidecar, EDF+ annotations, and a course of our own."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain
from lullaby.sleep.course_file import course_text
from lullaby.sleep.hypnograms.bids import LABELS, sidecar_text
from lullaby.sleep.hypnograms.edf import edf_bytes
from lullaby.sleep.hypnograms.record import Hypnogram, course_of
from lullaby.time import RATE

ENDINGS = (".csv", ".tsv", ".edf", ".json")
"""The endings of files that can be written; only .csv holds several nights."""


def write_hypnograms(nights: Sequence[Hypnogram], path: Path) -> list[Path]:
    """Writes the nights as what the name ends in, readable by you alone; gives what was written."""
    ending, where = path.suffix.lower(), plain(str(path))
    if ending not in ENDINGS:
        raise AskedWrongly(f"{where}: its name ends in none of {', '.join(ENDINGS)}.")
    if ending != ".csv" and len(nights) != 1:
        raise AskedWrongly(
            f"{where}: {ending} holds one night, and there are {len(nights)}: --night says which."
        )
    files: dict[Path, bytes] = {}
    if ending == ".csv":
        files[path] = csv_text(nights).encode()
    elif ending == ".tsv":
        files[path] = tsv_text(nights[0]).encode()
        files[_sidecar(path)] = sidecar_text(nights[0]).encode()
    elif ending == ".edf":
        files[path] = edf_bytes(nights[0])
    else:
        files[path] = course_text(course_of(nights[0])).encode()
    for each, content in files.items():
        _put(content, each)
    return list(files)


def _sidecar(path: Path) -> Path:
    """Where it stands; an AskedWrongly where something else does, that nobody asked to lose."""
    sidecar = path.with_suffix(".json")
    with contextlib.suppress(FileNotFoundError):
        if not sidecar.read_bytes().startswith(b'{\n  "onset"'):
            raise AskedWrongly(f"{plain(str(sidecar))} is there already, and would stand beside the table.")
    return sidecar


def csv_text(nights: Sequence[Hypnogram]) -> str:
    """As `lullaby sleep simulate --csv` writes it, and when the lights went out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["night", "start_s", "stop_s", "stage", "lights_out", "classes"])
    for number, night in enumerate(nights, 1):
        out = night.start.isoformat() if night.start else ""
        for run in night.runs:
            times = seconds(run.start), seconds(run.stop)
            rows.writerow([number, *times, run.stage.label, out, 4 if night.four_class else 5])
    return text.getvalue()


def tsv_text(night: Hypnogram) -> str:
    rows = [f"{seconds(run.start)}\t{seconds(len(run))}\t{LABELS[run.stage]}" for run in night.runs]
    return "\n".join(["onset\tduration\tstage", *rows]) + "\n"


def seconds(frames: int) -> str:
    """The fewest digits that come back as the same frames."""
    return f"{frames / RATE:.6f}".rstrip("0").rstrip(".")


def _put(content: bytes, path: Path) -> None:
    """The file appears whole, with nobody else's eyes on it: how somebody slept is theirs."""
    try:
        places.put(path, content, 0o600)
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
