"""A melody on paper: notes in beats, with its metre, its scale and the phrases it is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lullaby.music.scales import Scale

GRID = 12
"""Parts of a beat in which lengths are counted: triplets and sixteenths are whole numbers."""


@dataclass(frozen=True, slots=True)
class Note:
    pitch: int
    length: int
    """In parts of a beat, `GRID` to one."""


@dataclass(frozen=True)
class Metre:
    """Beats in a bar, and equal parts in a beat: 6/8 has two of three."""

    beats: int
    parts: int
    name: str

    @property
    def bar(self) -> int:
        """The length of a bar."""
        return self.beats * GRID


METRES = {
    "2/4": Metre(2, 2, "2/4"),
    "3/4": Metre(3, 2, "3/4"),
    "4/4": Metre(4, 2, "4/4"),
    "6/8": Metre(2, 3, "6/8"),
}


@dataclass(frozen=True)
class Phrase:
    """A line of a song. Phrases of one letter are the same; of one letter and another ending, alike."""

    notes: tuple[Note, ...]
    letter: str = ""

    @property
    def length(self) -> int:
        return sum(note.length for note in self.notes)


@dataclass(frozen=True)
class Melody:
    phrases: tuple[Phrase, ...]
    metre: Metre
    scale: Scale
    begins: int = 0
    """How far into its first bar it begins: after the rest that an upbeat leaves."""

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(note for phrase in self.phrases for note in phrase.notes)

    @property
    def length(self) -> int:
        return sum(phrase.length for phrase in self.phrases)

    @property
    def bars(self) -> int:
        return -(-(self.begins + self.length) // self.metre.bar)

    @property
    def form(self) -> str:
        return " ".join(phrase.letter for phrase in self.phrases)

    def moved(self, semitones: int) -> Melody:
        """All of it higher or lower, tonic and all."""
        phrases = tuple(
            replace(phrase, notes=tuple(Note(note.pitch + semitones, note.length) for note in phrase.notes))
            for phrase in self.phrases
        )
        return replace(self, phrases=phrases, scale=replace(self.scale, tonic=self.scale.tonic + semitones))

    def in_bars(self) -> tuple[tuple[Note, ...], ...]:
        """The notes by bar; one that is held over a bar line is in the bar it begins in."""
        bars: list[list[Note]] = [[] for _ in range(self.bars)]
        at = self.begins
        for note in self.notes:
            bars[at // self.metre.bar].append(note)
            at += note.length
        return tuple(tuple(bar) for bar in bars)
