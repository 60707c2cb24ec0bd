"""Tunes: files in ABC notation, of which docs/tunes.md says what is read."""

from __future__ import annotations

import os
from pathlib import Path

from lullaby import places
from lullaby.errors import WrittenWrongly
from lullaby.score.melody import FASTEST, SLOWEST, USUAL, Note, Tune, bar_of, beat_of
from lullaby.score.plain_text import plain
from lullaby.score.source import text_at

__all__ = [
    "FASTEST",
    "SLOWEST",
    "USUAL",
    "Note",
    "Tune",
    "bar_of",
    "beat_of",
    "note_tune",
    "tune_files",
]


def tune_files(source_folder: Path) -> dict[str, Path]:
    """Tunes by name: beside the file that names one, or in `tunes` there; the listener's own; the shipped."""
    found: dict[str, Path] = {}
    folders = [folder / "tunes" for folder in (source_folder, *places.folders("scores", source_folder))]
    for folder in (source_folder, *folders):
        for path in sorted(folder.glob("*.abc")):
            found.setdefault(path.stem, path)
    return found


def note_tune(path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Tune | None:
    """The tune in this file; None where it is not right, and all its mistakes are noted."""
    where = plain(os.fspath(path))
    try:
        text = text_at(where, Path(path))
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None

    from lullaby.score.abc.reading import tune_of  # few nights have a tune of their own

    return tune_of(text, path, mistakes)
