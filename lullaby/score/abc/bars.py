"""Notes in their bars: ties are joined, parts of a bar before and after a repeat are one bar, phrases end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from lullaby.score.abc.events import Event, Harmony, Line, LineEnd, Sounded
from lullaby.score.abc.margin import Margin
from lullaby.score.melody import Note, bar_of, beat_of


@dataclass
class _Laid:
    pitch: int | None
    length: Fraction
    bar: int
    tied: Sounded | None


@dataclass
class Laid:
    """Notes laid out in bars, lengths in whole notes."""

    metre: tuple[int, int]
    margin: Margin
    bars: list[Fraction] = field(default_factory=list)
    _notes: list[_Laid] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _chords: list[tuple[Fraction, str]] = field(default_factory=list)
    _at: Fraction = Fraction(0)
    _in_bar: Fraction = Fraction(0)
    _joins: bool = False
    """Did a repeat sign or a double bar line begin this bar?"""

    def lay(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Sounded):
                self._sound(event)
            elif isinstance(event, Line):
                self._end_bar()
                self._joins = self._joins or event.joins
                if event.closes:
                    self._end_phrase()
            elif isinstance(event, LineEnd):
                self._end_phrase()
            elif isinstance(event, Harmony):
                if self._chords and self._chords[-1][0] == self._at:
                    self._chords.pop()
                self._chords.append((self._at, event.name))
        self._end_bar()
        self._end_phrase()
        if self._notes and (last := self._notes[-1].tied):
            self._note_tie(last)
        if not any(note.pitch is not None for note in self._notes) and not self.margin.mistakes:
            self.margin.note(None, "nothing is played.", "After K: come lines of notes: C D E F | G4 |]")

    @property
    def notes(self) -> tuple[Note, ...]:
        beat = beat_of(self.metre)
        return tuple(Note(note.pitch, float(note.length / beat), note.bar) for note in self._notes)

    @property
    def phrases(self) -> tuple[int, ...]:
        return tuple(self._ends)

    @property
    def chords(self) -> tuple[tuple[float, str], ...]:
        return tuple((float(at / beat_of(self.metre)), name) for at, name in self._chords)

    def _sound(self, event: Sounded) -> None:
        last = self._notes[-1] if self._notes else None
        if last is not None and last.tied is not None and last.pitch == event.pitch:
            last.length += event.length
            last.tied = event if event.tied else None
        elif last is not None and last.pitch is None is event.pitch and last.bar == len(self.bars):
            last.length += event.length
        else:
            if last is not None and last.tied is not None:
                self._note_tie(last.tied)
            self._notes.append(
                _Laid(event.pitch, event.length, len(self.bars), event if event.tied else None)
            )
        self._at += event.length
        self._in_bar += event.length

    def _note_tie(self, tied: Sounded) -> None:
        self.margin.note(tied.place, "this is tied to no note of its pitch.", "A slur is written (AB).")

    def _end_bar(self) -> None:
        if not self._in_bar:
            return
        full = bar_of(self.metre)
        if self._joins and self.bars and self._in_bar < full and self.bars[-1] + self._in_bar == full:
            self.bars[-1] = full
            first = len(self._notes)
            while first and self._notes[first - 1].bar == len(self.bars):
                first -= 1
                self._notes[first].bar -= 1
            self._join_rests(first)
        else:
            self.bars.append(self._in_bar)
        self._in_bar, self._joins = Fraction(0), False

    def _join_rests(self, at: int) -> None:
        """Of a rest and the one before it, in one bar now, makes one."""
        if 0 < at < len(self._notes) and self._notes[at].pitch is None is self._notes[at - 1].pitch:
            self._notes[at - 1].length += self._notes.pop(at).length
            self._ends = [end - (end >= at) for end in self._ends]

    def _end_phrase(self) -> None:
        """The last note that sounds ends a phrase, unless it ended one already."""
        before = self._ends[-1] if self._ends else -1
        for number in range(len(self._notes) - 1, before, -1):
            if self._notes[number].pitch is not None:
                self._ends.append(number)
                return
