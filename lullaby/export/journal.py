"""The files of a file on its way, by name, and its journal: lines of JSON that say what is there so far."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from lullaby.export.file_names import name_around
from lullaby.export.file_request import Beginning

_LONGEST_LINE = 1 << 22
"""Bytes of a journal line: a cover of three megabytes."""


def partial_file(path: Path) -> Path:
    """The file itself, as far as it is made."""
    return path.with_name(name_around(".", path.name, ".part"))


def journal_file(path: Path) -> Path:
    """The journal of a file: what it was begun as, and a line for each of its segments."""
    return path.with_name(name_around(".", path.name, ".lullaby"))


def pages_folder(path: Path) -> Path:
    """Segments that a cluster finished before their turn."""
    return path.with_name(name_around(".", path.name, ".pages"))


def left_of(path: Path) -> list[Path]:
    """The unfinished file and its journal, as far as they exist."""
    places = (partial_file(path), journal_file(path), pages_folder(path))
    return [place for place in places if os.path.lexists(place)]


def begun(path: Path) -> Beginning | None:
    """The start of an unfinished file of this name; None where there is none to go on with."""
    if not (partial_file(path).is_file() and journal_file(path).is_file()):
        return None  # it is finished, and its journal alone was left; or neither is ours
    with contextlib.suppress(OSError), open(journal_file(path), "rb") as journal:
        line = next_line(journal)
        return None if line is None else Beginning.from_line(line)
    return None


def unfinished_like(folder: Path, before: str, after: str) -> list[Path]:
    """Files on their way in this folder whose names begin and end so, with a date between; the one begun last
    comes first."""
    found = []
    named = re.compile(rf"{re.escape(before)}\d{{4}}-\d\d-\d\d{re.escape(after)}", re.ASCII | re.DOTALL)
    for journal in folder.glob(".*.lullaby"):
        name = journal.name[1:].removesuffix(".lullaby")
        if named.fullmatch(name):
            with contextlib.suppress(OSError):
                found.append((-journal.stat().st_mtime_ns, folder / name))
    return [path for _, path in sorted(found)]


def next_line(journal: BinaryIO) -> dict[str, Any] | None:
    """The next line of a journal; None at its end, and where a line is torn or none of ours."""
    text = journal.readline(_LONGEST_LINE)
    if not text.endswith(b"\n"):
        return None
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_number(name: str) -> None:
    raise ValueError(name)
