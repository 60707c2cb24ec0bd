"""Readers of hypnograms, one for each kind of file, which is told by its content and never by its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.sleep.hypnograms.android import is_android, read_android
from lullaby.sleep.hypnograms.apple import is_apple, read_apple
from lullaby.sleep.hypnograms.edf import is_edf, read_edf
from lullaby.sleep.hypnograms.epochs import is_epochs, read_epochs
from lullaby.sleep.hypnograms.fitbit import is_fitbit, read_fitbit
from lullaby.sleep.hypnograms.opening import Opened, opened
from lullaby.sleep.hypnograms.oura import is_oura, read_oura
from lullaby.sleep.hypnograms.ours import is_ours, read_ours
from lullaby.sleep.hypnograms.profusion import is_profusion, read_profusion
from lullaby.sleep.hypnograms.record import Hypnogram, course_of
from lullaby.sleep.hypnograms.tables import is_table, read_table
from lullaby.sleep.hypnograms.writing import ENDINGS, write_hypnograms

__all__ = ["ENDINGS", "READERS", "Hypnogram", "course_of", "read_hypnograms", "write_hypnograms"]


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    knows: Callable[[bytes], bool]
    """Are these the first bytes of such a file?"""
    read: Callable[[Opened], list[Hypnogram]]


READERS = (
    Reader("EDF+ annotations", is_edf, read_edf),
    Reader("Profusion XML", is_profusion, read_profusion),
    Reader("Apple Health export.xml", is_apple, read_apple),
    Reader("lullaby course", is_ours, read_ours),
    Reader("Oura JSON", is_oura, read_oura),
    Reader("Fitbit JSON", is_fitbit, read_fitbit),
    Reader("Sleep as Android CSV", is_android, read_android),
    Reader("table (CSV, BIDS tsv)", is_table, read_table),
    Reader("YASA or Visbrain text", is_epochs, read_epochs),
)
"""The first that knows a file reads it."""


def read_hypnograms(path: str | os.PathLike[str]) -> list[Hypnogram]:
    """Every night in this file, in order; a WrittenWrongly says where it is none."""
    file = opened(Path(path))
    reader = next((reader for reader in READERS if reader.knows(file.head)), None)
    if reader is None:
        known = ", ".join(reader.name for reader in READERS)
        raise WrittenWrongly(file.where, "this is not a hypnogram that is known here.", f"Known: {known}.")
    nights = reader.read(file)
    if not nights:
        raise WrittenWrongly(file.where, f"there is no night in it ({reader.name}).")
    if all(night.start is not None and night.start.tzinfo is not None for night in nights):
        nights.sort(key=lambda night: night.start.timestamp() if night.start else 0.0)
    elif all(night.start is not None and night.start.tzinfo is None for night in nights):
        nights.sort(key=lambda night: night.start.isoformat() if night.start else "")
    return nights
