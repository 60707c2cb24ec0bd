"""Chords under a melody: one a bar, those that hold most of its notes, moved as little as may be."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.music.melodies import Melody, Note
from lullaby.music.scales import Scale

Chord = tuple[int, ...]
"""Semitones above the tonic of its notes, its root first."""

_CHORDS: dict[str, dict[Chord, float]] = {
    # chord: how gladly it is taken
    "major": {(0, 4, 7): 1.0, (5, 9, 0): 0.8, (7, 11, 2): 0.75, (9, 0, 4): 0.55, (2, 5, 9): 0.5},
    "pentatonic": {(0, 4, 7): 1.0, (9, 0, 4): 0.6, (7, 2): 0.7, (2, 9): 0.5},
    "dorian": {(0, 3, 7): 1.0, (5, 9, 0): 0.75, (10, 2, 5): 0.7, (7, 10, 2): 0.6, (3, 7, 10): 0.6},
    "lydian": {(0, 4, 7): 1.0, (2, 6, 9): 0.7, (9, 0, 4): 0.6, (7, 11, 2): 0.6},
    "minor": {(0, 3, 7): 1.0, (5, 8, 0): 0.75, (10, 2, 5): 0.7, (8, 0, 3): 0.65, (7, 10, 2): 0.6},
    "mixolydian": {(0, 4, 7): 1.0, (5, 9, 0): 0.8, (10, 2, 5): 0.7, (7, 10, 2): 0.6},
    "phrygian": {(0, 3, 7): 1.0, (1, 5, 8): 0.6, (10, 1, 5): 0.6, (5, 8, 0): 0.6},
    "hirajoshi": {(0, 7): 1.0, (7, 2): 0.7, (3, 7): 0.6},
}
_STAYS = 0.12
"""What it is worth that a chord is held for another bar: harmony is slow."""
_STRONG = 3.0
"""How much more a note counts that begins a bar."""
_LOW, _HIGH = 50, 67
"""Pitches between which the middle voices move."""
_BASS = 38
"""The lowest root."""


@dataclass(frozen=True)
class Voicing:
    """A chord as it is played: its root, low, and its other notes."""

    bass: int
    upper: tuple[int, ...]


def chords(melody: Melody) -> tuple[Chord, ...]:
    """A chord for each bar; the last is the tonic's."""
    known = _CHORDS[melody.scale.mode]
    tonic = next(iter(known))
    bars = melody.in_bars()
    best: dict[Chord, tuple[float, tuple[Chord, ...]]] = {}
    for number, bar in enumerate(bars):
        last = number == len(bars) - 1
        found: dict[Chord, tuple[float, tuple[Chord, ...]]] = {}
        for chord, gladly in known.items():
            fits = _fit(bar, chord, melody.scale) + 0.35 * gladly
            if (last or number == 0) and chord != tonic:
                fits -= 4.0
            ways = [
                (score + (_STAYS if before == chord else 0.0), row) for before, (score, row) in best.items()
            ]
            score, row = max(ways, key=lambda way: way[0]) if ways else (0.0, ())
            found[chord] = (score + fits, (*row, chord))
        best = found
    return max(best.values(), key=lambda way: way[0])[1] if best else ()


def _fit(bar: tuple[Note, ...], chord: Chord, scale: Scale) -> float:
    """The share of the bar that is sung on notes of the chord."""
    total = held = 0.0
    for number, note in enumerate(bar):
        weight = note.length * (_STRONG if number == 0 else 1.0)
        total += weight
        held += weight * (scale.degree(note.pitch) in chord)
    return held / total if total else 0.5


def voiced(chord: Chord, scale: Scale, before: Voicing | None) -> Voicing:
    """The chord, each of its voices near where one was before."""
    root = _lifted(scale.tonic + chord[0], _BASS)
    tones = [p for p in range(_LOW, _HIGH + 1) if scale.degree(p) in chord]
    wanted = before.upper if before is not None else (_LOW + 5, _LOW + 9, _LOW + 14)
    upper: list[int] = []
    for goal in wanted:
        free = [p for p in tones if p not in upper] or tones
        upper.append(min(free, key=lambda p: (abs(p - goal), p)))
    return Voicing(root, tuple(sorted(upper)))


def _lifted(pitch: int, least: int) -> int:
    """The same note in the octave from `least` on."""
    return least + (pitch - least) % 12
