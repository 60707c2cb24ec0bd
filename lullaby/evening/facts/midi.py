"""A night's music as it goes into a MIDI file: a track for each role."""

from __future__ import annotations

from lullaby.errors import AskedWrongly
from lullaby.evening.prepare import Evening
from lullaby.export import Midi, MidiNote, MidiTrack
from lullaby.score.plain_text import plain
from lullaby.time import Span


def midi_of(evening: Evening, span: Span) -> Midi:
    """What is played in this span, which begins the file: as it is written, on its beats."""
    night = evening.night
    music = night.score.music
    written = night.music
    if music is None or written is None:
        raise AskedWrongly(
            f"{plain(night.score.title)} has no [music]: what its voices play by themselves is no score."
        )
    players = music.by_role
    tracks = []
    for role, notes in written.notes.items():
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
    count, unit = (int(part) for part in written.metre.split("/"))
    quarters = 1.5 if count in (6, 9, 12) else 4 / unit  # of a beat
    tempi = [(bar.start - span.start, bar.tempo * quarters) for bar in bars]
    sung = [(bar.start - span.start, bar.section) for bar in bars if bar.of_section == 0 and bar.section]
    return Midi(tuple(tracks), tuple(tempi), night.score.title, tuple(sung), (count, unit))
