"""A night's notes as a standard MIDI file of type 1: a track of tempi, then a track for each role.

Frames become ticks by whole numbers, so nothing drifts in a night of any length, and no note is moved by more
than half a tick: 1.8 ms at the slowest tempo that a file can hold, .1 ms at 60 beats a minute.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.score.plain_text import plain
from lullaby.time import RATE

TICKS = 4_800
"""Ticks a quarter."""

MELODY = "melody"
"""The name of the track that is the tune, by which programs (and `lullaby import`) find it."""

_SLOWEST_US = (1 << 24) - 1
"""Microseconds of a quarter that a file can hold: 3.6 beats a minute."""

_UNIT = 1_000_000 * TICKS
"""Of a second: in this unit a frame and a tick of any tempo are whole numbers."""
_FRAME = _UNIT // RATE
assert _FRAME * RATE == _UNIT

_MOST_DELTA = (1 << 28) - 1
"""Ticks from one event to the next that a file can hold."""

_CHANNELS = tuple(channel for channel in range(16) if channel != 9)
"""All but that of drums."""
_BEND_RANGE = 2.0
"""Semitones that a bend reaches either way, unless a player is told otherwise."""
_AUDIBLE = 0.01
"""Semitones off the keyboard's pitch from which a note is bent: a cent."""


@dataclass(frozen=True, slots=True)
class MidiNote:
    """One note: its onset and its length in frames, its pitch in semitones (69 is the A at 440 Hz), and how
    hard it is struck, from 0 to 1."""

    start: int
    frames: int
    pitch: float
    velocity: float


@dataclass(frozen=True, slots=True)
class MidiTrack:
    """A role and its notes, in any order. Of notes off the keyboard's pitch that sound together in one track,
    the last to begin bends all of them; of two with the same key the second cuts the first."""

    name: str
    notes: Sequence[MidiNote]
    program: int = 0
    """The instrument, as General MIDI numbers them from 0: 0 is a piano, 10 a music box, 46 a harp."""


@dataclass(frozen=True)
class Midi:
    """What a file holds."""

    tracks: tuple[MidiTrack, ...]
    tempo_changes: tuple[tuple[int, float], ...]
    """The frame from which each tempo holds, in quarters a minute."""
    title: str = ""
    texts: tuple[tuple[int, str], ...] = ()
    metre: tuple[int, int] = (4, 4)
    """At its beginning."""
    metre_changes: tuple[tuple[int, tuple[int, int]], ...] = ()
    """The frame from which each further metre holds."""


def write_midi(path: Path, midi: Midi) -> None:
    """Writes it, whole or not at all."""
    content = midi_bytes(
        midi.tracks,
        midi.tempo_changes,
        title=midi.title,
        texts=midi.texts,
        metre=midi.metre,
        metre_changes=midi.metre_changes,
    )
    try:
        places.put(path, content)
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from None


def midi_bytes(
    tracks: Sequence[MidiTrack],
    tempo_changes: Sequence[tuple[int, float]],
    *,
    title: str = "",
    texts: Iterable[tuple[int, str]] = (),
    metre: tuple[int, int] = (4, 4),
    metre_changes: Iterable[tuple[int, tuple[int, int]]] = (),
    key: tuple[int, bool] | None = None,
) -> bytes:
    """The file. `tempo_changes`: the frame from which each tempo holds, in quarters a minute. `texts` are
    shown at their frames; `key` is its sharps (flats below 0), and whether it is minor."""
    clock = _Clock(tempo_changes)
    events = [
        *((0, 0, event) for event in _opening(title, metre, key)),
        *((tick, 1, _meta(0x51, us.to_bytes(3, "big"))) for tick, _, us in clock.changes),
        *((clock.tick(frame), 1, _meta(0x58, _signature(changed))) for frame, changed in metre_changes),
        *((clock.tick(max(0, frame)), 2, _meta(0x01, text.encode())) for frame, text in texts),
    ]
    chunks = [_chunk(b"MTrk", _events(events))]
    for number, track in enumerate(tracks):
        chunks.append(_chunk(b"MTrk", _events(_track(track, _CHANNELS[number % len(_CHANNELS)], clock))))
    head = struct.pack(">HHH", 1, len(chunks), TICKS)
    return _chunk(b"MThd", head) + b"".join(chunks)


_Event = tuple[int, int, bytes]
"""Its tick, its rank among those of that tick, and what is written."""


class _Clock:
    """Frames as ticks. A tempo holds from a tick, so a change lies within half a tick of its frame, and the
    ticks after it count from where that tick really is."""

    def __init__(self, tempo_changes: Sequence[tuple[int, float]]) -> None:
        found = sorted(tempo_changes, key=lambda change: change[0])
        us = _microseconds(found[0][1] if found else 60.0)
        self.changes = [(0, 0, us)]
        """The tick of each, its time in units, and the microseconds of a quarter from there on."""
        for frame, tempo in found:
            tick, time, us = self.changes[-1]
            passed = max(0, _rounded(frame * _FRAME - time, us))
            change = (tick + passed, time + passed * us, _microseconds(tempo))
            if passed:
                self.changes.append(change)
            else:
                self.changes[-1] = change
        self._times = [time for _, time, _ in self.changes]

    def tick(self, frame: int) -> int:
        at = frame * _FRAME
        tick, time, us = self.changes[max(0, bisect_right(self._times, at) - 1)]
        return tick + max(0, _rounded(at - time, us))


def _rounded(value: int, unit: int) -> int:
    return (2 * value + unit) // (2 * unit)


def _microseconds(tempo: float) -> int:
    return min(_SLOWEST_US, max(1, round(60_000_000 / tempo)))


def _opening(title: str, metre: tuple[int, int], key: tuple[int, bool] | None) -> list[bytes]:
    found = [_meta(0x03, title.encode()), _meta(0x01, title.encode())] if title else []
    found.append(_meta(0x58, _signature(metre)))
    if key is not None:
        found.append(_meta(0x59, struct.pack("bB", key[0], key[1])))
    return found


def _signature(metre: tuple[int, int]) -> bytes:
    count, unit = metre
    return bytes((count, unit.bit_length() - 1, 24, 8))


def _track(track: MidiTrack, channel: int, clock: _Clock) -> list[_Event]:
    found = [
        (0, 0, _meta(0x03, track.name.encode())),
        (0, 0, bytes((0xC0 | channel, track.program & 0x7F))),
    ]
    bend, ends = 0, dict[int, int]()
    """`ends`: by key, where in `found` its last note ends."""
    for note in sorted(track.notes, key=lambda note: (note.start, note.pitch)):
        if note.frames <= 0:
            continue
        key = min(127, max(0, round(note.pitch)))
        on = clock.tick(max(0, note.start))
        off = max(on + 1, clock.tick(max(0, note.start) + note.frames))
        if key in ends and found[ends[key]][0] > on:  # its end must not end this one
            if found[ends[key] - 1][0] == on:  # both begin at once
                found[ends[key]] = (max(off, found[ends[key]][0]), *found[ends[key]][1:])
                continue
            found[ends[key]] = (on, *found[ends[key]][1:])
        if (wanted := _bend(note.pitch - key)) != bend:
            bend = wanted
            found.append((on, 1, bytes((0xE0 | channel, (bend + 8192) & 0x7F, (bend + 8192) >> 7))))
        velocity = min(127, max(1, round(note.velocity * 127)))
        found.append((on, 2, bytes((0x90 | channel, key, velocity))))
        ends[key] = len(found)
        found.append((off, 0, bytes((0x80 | channel, key, 64))))
    return found


def _bend(semitones: float) -> int:
    """The bend for so many semitones, 0 where nobody would hear it."""
    if abs(semitones) < _AUDIBLE:
        return 0
    return min(8191, max(-8192, round(semitones / _BEND_RANGE * 8192)))


def _events(events: list[_Event]) -> bytes:
    out = bytearray()
    now = 0
    for tick, _, event in sorted(events, key=lambda event: event[:2]):
        while tick - now > _MOST_DELTA:  # an empty text on the way
            out += _count(_MOST_DELTA) + _meta(0x01, b"")
            now += _MOST_DELTA
        out += _count(tick - now) + event
        now = tick
    return bytes(out + b"\0" + _meta(0x2F, b""))


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _count(len(content)) + content


def _count(number: int) -> bytes:
    """A number in groups of seven bits, the highest first."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content
