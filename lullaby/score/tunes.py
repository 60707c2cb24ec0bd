"""A tune: a handful of notes that an instrument plays, slowly."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import called, quoted
from lullaby.score.source import read_source
from lullaby.score.toml_table import TomlTable

SLOWEST, USUAL, FASTEST = 20, 60, 120
"""Beats a minute."""

_LONGEST_NOTE, _MOST = 32.0, 2_000
"""Beats in a note, and notes in a tune."""

_NOTE = re.compile(r"(?:([A-G])([#b]?)([1-7])|-)(?::([0-9]{1,2}(?:\.[0-9]{1,3})?))?")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_HINT = "A note is D4, F#3 or Bb3, with its beats where it has not one: D4:2. A rest is -."


@dataclass(frozen=True, slots=True)
class Note:
    """One note, or a rest."""

    pitch: int | None
    """The pitch in semitones as MIDI counts them, 69 is the A at 440 Hz; None is a rest."""
    beats: float


@dataclass(frozen=True)
class Tune:
    name: str
    path: Path
    title: str
    description: str
    tempo: float  # beats a minute
    notes: tuple[Note, ...]

    @property
    def beats(self) -> float:
        return sum(note.beats for note in self.notes)

    @property
    def seconds(self) -> float:
        return self.beats * 60 / self.tempo


def note_tune(path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Tune | None:
    """The tune in this file, as far as it can be read; all its mistakes are noted."""
    try:
        source = read_source(path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
    top = TomlTable.whole_file(source, mistakes)
    top.only(("title", "tempo", "notes"))
    if not top.needs("notes", 'notes = "D4:2 F4 A4 -:2" are what is played.'):
        return None
    title = top.text("title", source.path.stem)
    tempo = top.number("tempo", USUAL, SLOWEST, FASTEST, "beats a minute")
    # not take(): what is wrong is one note, and the whole row would be said before it
    try:
        notes = _notes(source.values["notes"])
    except Unfit as unfit:
        top.note(f"notes: {unfit.what}", unfit.hint)
        return None
    return Tune(source.path.stem, source.path, title, source.description, tempo, notes)


def _notes(value: object) -> tuple[Note, ...]:
    if not isinstance(value, str):
        raise Unfit(f"this is {called(value)}, not a text in quotes.", _HINT)
    words = value.split()
    if len(words) > _MOST:
        raise Unfit(f"there are too many, at most {_MOST:_}.".replace("_", " "))
    notes = tuple(_note(word) for word in words)
    if all(note.pitch is None for note in notes):
        raise Unfit("nothing is played.", _HINT)
    return notes


def _note(word: str) -> Note:
    found = _NOTE.fullmatch(word)
    if found is None:
        raise Unfit(f"{quoted(word)} is not a note.", _HINT)
    beats = float(found[4] or 1)
    if not 0 < beats <= _LONGEST_NOTE:
        raise Unfit(f"{quoted(word)} lasts too {'long' if beats else 'short'}; a note has up to 32 beats.")
    if found[1] is None:
        return Note(None, beats)
    return Note(12 * (int(found[3]) + 1) + _STEPS[found[1]] + {"": 0, "#": 1, "b": -1}[found[2]], beats)
