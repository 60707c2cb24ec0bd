"""A MIDI file's melody as a tune, with a remark for whatever had to be guessed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.score.abc.keys import key_from, spelled, tonic_of
from lullaby.score.abc.reading import tune_of
from lullaby.score.abc.writing import abc_text
from lullaby.score.melody import FASTEST, SLOWEST, USUAL, Note, Tune, bar_of, beat_of
from lullaby.score.midi.file import MidiSheet, read_midi
from lullaby.score.midi.grid import on_grid
from lullaby.score.midi.key import key_of, share_within
from lullaby.score.midi.melody import is_one_voice, melody_in, skyline
from lullaby.score.plain_text import counted, plain

_IN_KEY = 0.9
"""The share of a melody within the scale of a written key from which on the key is believed."""
_LONGEST = 18_000
"""Quarters of a melody: an hour at 300 of them a minute."""
_PHRASE = 4
"""Bars of a line, since a MIDI file knows no phrases."""
_METRES = ((2, 3, 4, 5, 6, 7, 8, 9, 12), (1, 2, 4, 8, 16))


@dataclass(frozen=True)
class Brought:
    """A tune from a MIDI file, as the text that is kept; and what is known of how it came to be."""

    tune: Tune
    text: str
    remarks: tuple[str, ...]


def tune_from(path: str | os.PathLike[str], track: int | None = None) -> Brought:
    """The melody in this file, or in its track of this number; an AskedWrongly where there is none."""
    where, path = plain(os.fspath(path)), Path(path)
    sheet = read_midi(path)
    line = melody_in(sheet, where, track)
    said = f"track {line.track}" + (f' ("{line.name}")' if line.name and line.name != sheet.title else "")
    remarks = [f"The melody is {said} of {sheet.tracks}."]
    if not is_one_voice(line):
        remarks.append("Where several notes sound together, the highest is kept.")
    metre, origin = _metre(sheet, remarks)
    lasts = (line.notes[-1].off - line.notes[0].on) // sheet.quarter
    if lasts > _LONGEST:
        raise AskedWrongly(f"{where}: its melody lasts {lasts} quarters; a tune has {_LONGEST} at most.")
    sung = skyline(line)
    placed = on_grid(sung, origin, sheet.quarter)
    if left_out := len(sung) - len(placed):
        remarks.append(
            f"{counted(left_out, 'note')} too short for the grid {'is' if left_out == 1 else 'are'} left out."
        )
    notes, bars, phrases = _laid(placed, metre)
    if not phrases:
        raise AskedWrongly(f"{where}: there are no notes in its melody.")
    tonic, mode = _key(sheet, [(pitch, float(end - on)) for on, end, pitch in placed], remarks)
    title = sheet.title or path.stem.replace("-", " ").replace("_", " ").strip() or "imported"
    tempo = _tempo(sheet, line.notes[0].on, metre, remarks)
    source = f"from the MIDI file {path.name}"
    tune = Tune(
        path.stem, path, title, "", "", source, "", tempo, metre, tonic, mode, notes, bars, phrases, ()
    )
    text = abc_text(tune)
    mistakes: list[WrittenWrongly] = []
    read = tune_of(text, path.with_suffix(".abc"), mistakes)
    if read is None:
        raise WrittenWrongly(where, f"its melody makes no tune: {mistakes[0].what}")
    return Brought(read, text, tuple(remarks))


def _metre(sheet: MidiSheet, remarks: list[str]) -> tuple[tuple[int, int], int]:
    """The metre that lasts longest, and the tick where its first bar begins."""
    found = sorted(sheet.metres, key=lambda change: change[0]) or [(0, (4, 4))]
    if not sheet.metres:
        remarks.append("It names no metre: 4/4 is taken.")
    ends = [*(at for at, _ in found[1:]), max(sheet.length, found[-1][0])]
    origin, metre = max(zip(found, ends, strict=True), key=lambda one: one[1] - one[0][0])[0]
    if len({metre for _, metre in found}) > 1:
        remarks.append(f"Its metre changes: {metre[0]}/{metre[1]}, which lasts longest, is taken throughout.")
    if metre[0] not in _METRES[0] or metre[1] not in _METRES[1]:
        remarks.append(f"{metre[0]}/{metre[1]} is no metre that is read: 4/4 is taken.")
        metre = (4, 4)
    return metre, origin


def _tempo(sheet: MidiSheet, first: int, metre: tuple[int, int], remarks: list[str]) -> float:
    """The tempo at the first note, in the metre's beats."""
    before = [tempo for at, tempo in sorted(sheet.tempi) if at <= first]
    quarters = before[-1] if before else sheet.tempi[0][1] if sheet.tempi else 120.0
    tempo = round(quarters / 4 / float(beat_of(metre)), 2)
    if not SLOWEST <= tempo <= FASTEST:
        remarks.append(f"It goes at {tempo:g} beats a minute, which no tune does: {USUAL} are taken.")
        return USUAL
    if len({round(tempo, 1) for _, tempo in sheet.tempi}) > 1:
        remarks.append(f"Its tempo changes: {tempo:g} beats a minute, as at its first note, are kept.")
    return tempo


def _key(sheet: MidiSheet, notes: list[tuple[int, float]], remarks: list[str]) -> tuple[int, str]:
    """The key that is written, where the melody keeps to it; else the likeliest. Programs that know of no key
    write C major."""
    guessed = key_of(notes)
    if sheet.keys and (found := key_from(min(sheet.keys)[1])):
        written = tonic_of(found[0], found[1]), found[2]
        if written == guessed:
            return written
        if written != (0, "major") and share_within(notes, *written) >= _IN_KEY:
            return written
    letter, mark = spelled(*guessed)
    remarks.append(f"Its key is guessed: {letter}{mark} {guessed[1]}.")
    return guessed


def _laid(
    placed: Sequence[tuple[Fraction, Fraction, int]], metre: tuple[int, int]
) -> tuple[tuple[Note, ...], tuple[float, ...], tuple[int, ...]]:
    """Notes and rests in their bars, in the metre's beats; the length of each bar; the last note of every
    four."""
    beat, full = beat_of(metre) * 4, bar_of(metre) * 4  # quarters
    first = at = placed[0][0]
    begins = first // full
    notes: list[Note] = []
    phrases: list[int] = []
    last = 0
    for onset, end, pitch in placed:
        while at < onset:  # a rest ends where its bar does
            stop = min(onset, (at // full + 1) * full)
            notes.append(Note(None, float((stop - at) / beat), int(at // full - begins)))
            at = stop
        if (onset - first) // (_PHRASE * full) > len(phrases):
            phrases += [last] * ((onset - first) // (_PHRASE * full) - len(phrases))
        last = len(notes)
        notes.append(Note(pitch, float((end - onset) / beat), int(onset // full - begins)))
        at = end
    lines = [begins * full, *((begins + number) * full for number in range(1, int(at // full - begins) + 2))]
    edges = [first, *(line for line in lines if first < line < at), at]
    bars = tuple(float((stop - start) / beat) for start, stop in pairwise(edges))
    return tuple(notes), bars, tuple(dict.fromkeys((*phrases, last)))
