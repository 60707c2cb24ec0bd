"""How a pitch is written in a key: its letter, its accidental, its octave; and how a length is."""

from __future__ import annotations

from fractions import Fraction

from lullaby.score.abc.keys import STEPS, altered

_SIGNS = {-1: "_", 0: "=", 1: "^"}


class Speller:
    """Writes pitches in one key; accidentals are remembered to the end of the bar."""

    def __init__(self, letter: str, sharps: int, mode: str) -> None:
        self._key = altered(sharps)
        letters = "CDEFGAB"
        self._leads = letters[letters.index(letter) - 1] if mode == "minor" else ""
        """The letter of the seventh degree, which in minor is often raised."""
        self._flat = sharps < 0
        self._raised: dict[str, int] = {}

    def bar_ends(self) -> None:
        self._raised = {}

    def written(self, pitch: int) -> str:
        letter, raised = self._spelling(pitch)
        sign = ""
        if raised != self._raised.get(letter, self._key.get(letter, 0)):
            sign = _SIGNS[raised]
            self._raised[letter] = raised
        octave = (pitch - raised - STEPS[letter]) // 12
        if octave <= 5:
            return sign + letter + "," * (5 - octave)
        return sign + letter.lower() + "'" * (octave - 6)

    def _spelling(self, pitch: int) -> tuple[str, int]:
        """The letter of this pitch and the semitones that it is moved: as the key has it, then as a leading
        note, then without an accidental, then with the sort that the key has."""
        able = [
            (letter, raised)
            for letter, step in STEPS.items()
            for raised in (-1, 0, 1)
            if (step + raised - pitch) % 12 == 0
        ]

        def oddness(one: tuple[str, int]) -> int:
            letter, raised = one
            usual = self._key.get(letter, 0)
            if raised == usual:
                return 0
            if letter == self._leads and raised == usual + 1:
                return 1
            if not raised:
                return 2
            return 3 if (raised < 0) is self._flat else 4

        return min(able, key=oddness)


def length_text(length: Fraction) -> str:
    """ "", "3", "/", "3/2", for so many units."""
    over = "" if length.denominator == 1 else "/" if length == Fraction(1, 2) else f"/{length.denominator}"
    return f"{'' if length.numerator == 1 else length.numerator}{over}"
