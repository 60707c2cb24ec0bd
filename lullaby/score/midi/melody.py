"""Which line of a MIDI file is its melody: the one that is called so, else the highest that is one voice."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from lullaby.errors import AskedWrongly
from lullaby.score.midi.file import DRUMS, Line, MidiSheet, Struck, named

_FEW = 4
"""Notes below which a line is no melody, where there are others."""
_LEGATO = 0.25
"""The share of a note by which it may sound on into the next in one voice."""
_TOGETHER = 0.05
"""The share of notes that may do so for longer."""


def melody_in(sheet: MidiSheet, where: str, track: int | None = None) -> Line:
    """The melody, or that of the track of this number; an AskedWrongly where there is none."""
    lines = [line for line in sheet.lines if track is None or line.track == track]
    if not lines:
        there = ", ".join(named(sheet.lines)) or "none"
        which = "" if track is None else f" in track {track}"
        raise AskedWrongly(f"{where}: there are no notes{which}.\n    Tracks with notes: {there}.")
    if track is None and all(line.channel == DRUMS for line in lines):
        raise AskedWrongly(f"{where}: nothing but drums plays in it.\n    --track N takes them all the same.")
    called = [line for line in lines if line.name.strip().lower() == "melody"]
    lines = called or [line for line in lines if line.channel != DRUMS] or lines
    lines = [line for line in lines if len(line.notes) >= _FEW] or lines
    lines = [line for line in lines if is_one_voice(line)] or lines
    return max(lines, key=lambda line: median(note.pitch for note in line.notes))


def is_one_voice(line: Line) -> bool:
    notes = line.notes
    together = sum(one.off > two.on + _LEGATO * (one.off - one.on) for one, two in pairwise(notes))
    return together <= _TOGETHER * len(notes)


def skyline(line: Line) -> tuple[Struck, ...]:
    """One note at a time: of those that begin together the highest, each until the next begins."""
    found: list[Struck] = []
    for note in line.notes:  # by onset, the highest first
        if found and found[-1].on == note.on:
            continue
        if found and found[-1].off > note.on:
            if found[-1].pitch > note.pitch and not is_one_voice(line):
                continue
            found[-1] = Struck(found[-1].on, note.on, found[-1].pitch)
        found.append(note)
    return tuple(found)
