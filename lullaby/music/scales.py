"""Scales, and the pitch of each of their notes in Hz."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lullaby.kernels import exact

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "pentatonic": (0, 2, 4, 7, 9),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
}
"""Semitones above the tonic."""

_JUST = (1, 16 / 15, 9 / 8, 6 / 5, 5 / 4, 4 / 3, 45 / 32, 3 / 2, 8 / 5, 5 / 3, 9 / 5, 15 / 8)
"""Ratios to the tonic of the twelve semitones, in just intonation."""


@dataclass(frozen=True)
class Scale:
    """A mode on a tonic, in one of two tunings. Pitches are semitones as MIDI counts them."""

    tonic: int = 62
    mode: str = "pentatonic"
    just: bool = True

    @property
    def steps(self) -> tuple[int, ...]:
        return MODES[self.mode]

    @property
    def third(self) -> int:
        """Semitones of the third above the tonic: 3 in minor modes, 4 in major ones."""
        return 3 if 3 in self.steps else 4

    @property
    def is_minor(self) -> bool:
        return self.third == 3

    def degree(self, pitch: int) -> int:
        """Semitones above the tonic next below."""
        return (pitch - self.tonic) % 12

    def holds(self, pitch: int) -> bool:
        return self.degree(pitch) in self.steps

    def between(self, low: int, high: int) -> tuple[int, ...]:
        """Its pitches from `low` to `high`."""
        return tuple(pitch for pitch in range(low, high + 1) if self.holds(pitch))

    def nearest(self, pitch: int) -> int:
        return next(p for by in range(12) for p in (pitch - by, pitch + by) if self.holds(p))

    def hz(self, pitch: int) -> float:
        if not self.just:
            return equal(pitch)
        octaves, semitones = divmod(pitch - self.tonic, 12)
        return equal(self.tonic) * _JUST[semitones] * 2.0**octaves


@lru_cache(maxsize=512)
def equal(pitch: float) -> float:
    """Hz in equal temperament, the A above middle C at 440."""
    return 440.0 * float(exact.exp2((pitch - 69) / 12))
