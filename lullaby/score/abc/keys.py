"""Keys: a tonic and a mode, and which letters they raise or lower."""

from __future__ import annotations

import re
from collections.abc import Mapping

STEPS: Mapping[str, int] = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Semitones of each letter above C."""

MODES = {"major": 0, "minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1}
"""Sharps of each mode beside the major key on the same tonic."""

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones of each degree above the tonic."""

_FIFTHS = "FCGDAEB"
_SAID = {"maj": "major", "ion": "major", "min": "minor", "aeo": "minor"} | {
    mode[:3]: mode for mode in ("dorian", "phrygian", "lydian", "mixolydian")
}
_KEY = re.compile(r"([A-G])([#b]?)(?:[ \t]*(?!treble)([A-Za-z]+))?(?:[ \t]+(?:clef=)?treble)?")


def tonic_of(letter: str, mark: str) -> int:
    return (STEPS[letter] + {"": 0, "#": 1, "b": -1}[mark]) % 12


def sharps_of(letter: str, mark: str, mode: str) -> int:
    """The sharps of a key; flats count below 0."""
    return _FIFTHS.index(letter) - 1 + 7 * {"": 0, "#": 1, "b": -1}[mark] + MODES[mode]


def key_from(said: str) -> tuple[str, str, str] | None:
    """Letter, "#" or "b", and mode of what stands after K:, or None: "F#m", "Bb", "D dorian"."""
    found = _KEY.fullmatch(said)
    if found is None:
        return None
    letter, mark, mode = found[1], found[2], found[3] or ""
    if mode in ("", "m"):
        said = "major" if not mode else "minor"
    elif len(mode) < 3 or not (said := _SAID.get(mode[:3].lower(), "")):
        return None
    return letter, mark, said


def altered(sharps: int) -> dict[str, int]:
    """By letter, the semitones that so many sharps, or flats below 0, move it."""
    letters = _FIFTHS[:sharps] if sharps > 0 else _FIFTHS[sharps:] if sharps else ""
    return dict.fromkeys(letters, 1 if sharps > 0 else -1)


def spelled(tonic: int, mode: str) -> tuple[str, str]:
    """The letter of a tonic and its "#" or "b", with the fewest sharps or flats."""
    found = [
        (abs(sharps), sharps < 0, letter, mark)
        for letter in STEPS
        for mark in ("", "#", "b")
        if tonic_of(letter, mark) == tonic and abs(sharps := sharps_of(letter, mark, mode)) <= 7
    ]
    _, _, letter, mark = min(found)
    return letter, mark
