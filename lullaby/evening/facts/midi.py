"""A night's music as it goes into a MIDI file: a track for each role."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lullaby.errors import AskedWrongly
from lullaby.evening.prepare import Evening
from lullaby.export import Midi, MidiNote, MidiTrack
from lullaby.night.music import heard_of
from lullaby.score.plain_text import plain
from lullaby.time import Span


def midi_of(evening: Evening, span: Span) -> Midi:
    """What is heard in this span, which begins the file: as it is written, on its beats."""
    night = evening.night
    music = night.score.music
    written = night.music
    if music is None or written is None:
        raise AskedWrongly(
            f"{plain(night.score.title)} has no [music]: what its voices play by themselves is no score."
        )
    players = music.by_role
    tracks = []
    for role, notes in heard_of(night.plan, music, written).items():
        part = night.score.part(players[role])
        heard = [
            MidiNote(
                note.start - note.late - span.start, note.written or note.frames, note.pitch, note.velocity
            )
            for note in notes
            if span.start <= note.start - note.late < span.stop
        ]
        tracks.append(MidiTrack(role, heard, 0 if part is None else part.kind.program))
    bars = [bar for bar in written.bars if span.start <= bar.start < span.stop]
    tempi = [(bar.start - span.start, bar.tempo * _quarters(bar.metre)) for bar in bars]
    sung = [(bar.start - span.start, bar.section) for bar in bars if bar.of_section == 0 and bar.section]
    metre = _fraction(bars[0].metre if bars else written.metre)
    changes = [
        (bar.start - span.start, _fraction(bar.metre))
        for before, bar in pairwise(bars)
        if bar.metre != before.metre
    ]
    return Midi(tuple(tracks), tuple(tempi), night.score.title, tuple(sung), metre, tuple(changes))


def facts_of_midi(file: str, midi: Midi) -> dict[str, Any]:
    """Of the file that was written."""
    return {"file": file, "tracks": len(midi.tracks), "notes": sum(len(track.notes) for track in midi.tracks)}


def _fraction(metre: str) -> tuple[int, int]:
    count, unit = (int(part) for part in metre.split("/"))
    return count, unit


def _quarters(metre: str) -> float:
    """Of a beat."""
    count, unit = _fraction(metre)
    return 1.5 if count in (6, 9, 12) else 4 / unit
