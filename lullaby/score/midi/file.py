"""A MIDI file as lines of notes, each a channel of a track; what is hostile or damaged is refused in a line.

mido is imported here alone. It raises whatever comes along on a damaged file, and all of that is caught.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain
from lullaby.score.quoting import one_line
from lullaby.score.source import bytes_at

LARGEST = 1 << 20
"""Bytes of a file; a long piece for orchestra has a third of that."""
_MOST_NOTES = 20_000
_MOST_TICKS = 1 << 31
"""Hours of music, at any resolution."""
_ENDLESS = re.compile(rb"[\x80-\xff]{4096}")
"""A number without an end: mido would work on it for as long as the file is large, squared."""
_NAMED = 100
"""Characters of a track's name."""
DRUMS = 9
"""The channel of drums, from 0."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A note: its onset and end in ticks, its pitch in semitones."""

    on: int
    off: int
    pitch: int


@dataclass(frozen=True)
class Line:
    """The notes of one channel in one track, by onset."""

    track: int
    """Its number, from 1."""
    channel: int
    name: str
    notes: tuple[Struck, ...]


@dataclass
class MidiSheet:
    """What stands in a file. Tempi are quarters a minute; each change has its tick."""

    quarter: int
    """Ticks."""
    title: str = ""
    tracks: int = 0
    lines: list[Line] = field(default_factory=list)
    tempi: list[tuple[int, float]] = field(default_factory=list)
    metres: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)
    """As "F#m"."""
    length: int = 0
    """Ticks."""


def is_midi(path: str | os.PathLike[str]) -> bool:
    """Does it begin as MIDI files do, or is it called like one?"""
    path = Path(path)
    if path.suffix.lower() in (".mid", ".midi"):
        return True
    try:
        return path.is_file() and bytes_at("", path, 3)[:4] == b"MThd"
    except WrittenWrongly:
        return False


def read_midi(path: str | os.PathLike[str]) -> MidiSheet:
    """The file at this path; a WrittenWrongly says why it could not be read."""
    where = plain(os.fspath(path))
    content = bytes_at(where, Path(path), LARGEST)
    if len(content) > LARGEST:
        raise WrittenWrongly(where, "this is larger than 1 MiB, which no tune is.")
    if content[:4] != b"MThd":
        raise WrittenWrongly(where, "this is no MIDI file.")
    if _ENDLESS.search(content):
        raise WrittenWrongly(where, "there is a number without an end in this MIDI file.")
    import mido

    try:
        file = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except EOFError:
        raise WrittenWrongly(where, "this MIDI file ends too early.") from None
    except Exception as error:  # OSError, ValueError, KeyError, struct.error and classes of mido's own
        said = f" ({plain(one_line(str(error), 80))})" if str(error) else ""
        raise WrittenWrongly(where, f"this MIDI file is damaged{said}.") from None
    if file.ticks_per_beat <= 0:
        raise WrittenWrongly(where, "this MIDI file counts frames of a film, not beats.")
    sheet = MidiSheet(file.ticks_per_beat, tracks=len(file.tracks))
    left = _MOST_NOTES
    for number, track in enumerate(file.tracks, 1):
        notes: dict[int, list[Struck]] = {}
        name = _take(where, track, sheet, notes)
        left -= sum(map(len, notes.values()))
        if left < 0:
            raise WrittenWrongly(where, f"there are more than {_MOST_NOTES} notes in this MIDI file.")
        if number == 1 and not notes:
            sheet.title = name
        for channel, struck in sorted(notes.items()):
            in_order = sorted(struck, key=lambda note: (note.on, -note.pitch))
            sheet.lines.append(Line(number, channel, name, tuple(in_order)))
    return sheet


def _take(where: str, track: Any, sheet: MidiSheet, notes: dict[int, list[Struck]]) -> str:
    """Takes what a track says into the sheet and its notes by channel, and says what it is called."""
    now, name = 0, ""
    held: dict[tuple[int, int], int] = {}
    for message in track:
        now += message.time
        if now > _MOST_TICKS:
            raise WrittenWrongly(where, "this MIDI file goes on for days.")
        match message.type:
            case "track_name":
                name = name or _name(message.name)
            case "set_tempo" if message.tempo:
                sheet.tempi.append((now, 60_000_000 / message.tempo))
            case "time_signature":
                sheet.metres.append((now, (message.numerator, message.denominator)))
            case "key_signature":
                sheet.keys.append((now, message.key))
            case "note_on" | "note_off":
                key = (message.channel, message.note)
                if key in held:
                    start = held.pop(key)
                    notes.setdefault(message.channel, []).append(Struck(start, now, message.note))
                if message.type == "note_on" and message.velocity:
                    held[key] = now
    for (channel, pitch), start in held.items():
        notes.setdefault(channel, []).append(Struck(start, now, pitch))
    sheet.length = max(sheet.length, now)
    return name


def _name(said: str) -> str:
    """mido reads Latin-1; what is UTF-8 is read as that."""
    with contextlib.suppress(UnicodeError):
        said = said.encode("latin-1").decode()
    return one_line(said.replace("\0", ""), _NAMED)


def named(lines: list[Line]) -> Iterator[str]:
    """Each track with notes, as its number and its name."""
    for line in {line.track: line for line in lines}.values():
        yield f"{line.track} ({line.name})" if line.name else str(line.track)
