"""A tune as it is played: one line of notes, its bars, its harmony and where its phrases end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

SLOWEST, USUAL, FASTEST = 20, 60, 240
"""Beats a minute; the usual where a tune names none."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note, or a rest."""

    pitch: int | None
    """The pitch in semitones as MIDI counts them, 69 is the A at 440 Hz; None is a rest."""
    beats: float
    """Its length in the metre's own beats. What is tied is one note."""
    bar: int
    """The number of the bar in which it begins, from 0; an upbeat is bar 0."""


@dataclass(frozen=True)
class Tune:
    """A melody without its repeat signs: what is repeated stands there twice."""

    name: str
    path: Path
    title: str
    composer: str
    origin: str
    source: str
    """Where it was first printed, or where it was taken down."""
    description: str
    tempo: float
    """The metre's beats a minute."""
    metre: tuple[int, int]
    tonic: int
    """The pitch class of its tonic: 0 is C."""
    mode: str
    """major, minor, dorian, phrygian, lydian or mixolydian."""
    notes: tuple[Note, ...]
    bars: tuple[float, ...]
    """The beats in each bar as it is written: an upbeat, and the bar that it is taken from, have fewer."""
    phrases: tuple[int, ...] = ()
    """The index of the last note of each phrase."""
    chords: tuple[tuple[float, str], ...] = ()
    """The beat from which each chord holds, and its name: (4.0, "Am")."""

    @property
    def beats(self) -> float:
        return round(math.fsum(note.beats for note in self.notes), 9)

    @property
    def seconds(self) -> float:
        return self.beats * 60 / self.tempo

    @property
    def a_bar(self) -> float:
        """The beats in a full bar."""
        return float(bar_of(self.metre) / beat_of(self.metre))


def beat_of(metre: tuple[int, int]) -> Fraction:
    """The metre's beat, in whole notes: a dotted quarter in 6/8, a quarter in 3/4 and in 4/4."""
    count, unit = metre
    return Fraction(3 if count in (6, 9, 12) else 1, unit)


def bar_of(metre: tuple[int, int]) -> Fraction:
    """A full bar, in whole notes."""
    return Fraction(*metre)
