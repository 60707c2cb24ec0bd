"""A sentence as eSpeak NG is given it: with phonemes where the author says how a word sounds, and with the
pitch of every word."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lullaby.narrator import tunes
from lullaby.narrator.respelling import PHONEMES, phonemes_of
from lullaby.narrator.wording import spelled_out, words_of

_CONTROL = re.compile(r"[\x00-\x1f\x7f]|\[\[|\]\]")
# hibari's phonemes in eSpeak's letters
_LETTERS = {
    "A": "eI", "I": "aI", "O": "oU", "W": "aU", "Y": "OI", "ə": "@", "ɐ": "a#", "ɹ": "r", "ɑ": "A:",
    "ɔ": "O:", "æ": "a", "ʌ": "V", "ɛ": "E", "ɪ": "I", "i": "i:", "u": "u:", "ʊ": "U", "ɜ": "3:", "θ": "T",
    "ð": "D", "ʃ": "S", "ʒ": "Z", "ʧ": "tS", "ʤ": "dZ", "ŋ": "N", "ɡ": "g", "ˈ": "'", "ˌ": ",", "ː": ":",
    "T": "t", "ᵊ": "@", "ᵻ": "I", "ɾ": "t",
}  # fmt: skip
_FALLS = 0.8
"""Semitones by which the end is lower than the middle, beside eSpeak's own fall."""
SEMITONE = 6.0
"""Steps of eSpeak's pitch in a semitone."""


@dataclass(frozen=True)
class Written:
    text: str
    origins: tuple[int, ...]
    """For each character, the place of the original text's that it stands for."""


def written(
    text: str, say: tuple[tuple[str, str], ...], pitch: int, number: int, breadth: float, english: bool
) -> Written:
    """With commands before each word that lead its pitch along the tune of this number."""
    starts = {at for _, at in words_of(text)}
    asks = text.rstrip("\"'”’)» ").endswith("?")
    out: list[str] = []
    origins: list[int] = []

    def put(piece: str, at: int) -> None:
        out.append(piece)
        origins.extend([at] * len(piece))

    place = 0
    for piece, how in spelled_out(text, say):
        if how is not None:
            put(_pitch(pitch, number, breadth, place / len(text), asks), place)
            put(_said(how, english), place)
        else:
            for k, letter in enumerate(piece):
                if place + k in starts:
                    put(_pitch(pitch, number, breadth, (place + k) / len(text), asks), place + k)
                put(" " if _CONTROL.match(letter) else letter, place + k)
        place += len(piece)
    return Written("".join(out).replace("[[[", "[ [["), tuple(origins))


def _pitch(pitch: int, number: int, breadth: float, share: float, asks: bool) -> str:
    parts = np.asarray([0.0, _FALLS, *tunes.TUNES[number % len(tunes.TUNES)]])
    waves = np.cos(np.pi * min(1.0, 1.15 * share) * np.arange(len(parts)))
    by = float(parts @ waves) * breadth * (0.5 if asks else 1.0)
    return f"\x01{min(99, max(0, round(pitch + SEMITONE * by)))}P"


def _said(how: str, english: bool) -> str:
    if english or PHONEMES.fullmatch(how.strip()):
        return "[[" + "".join(_LETTERS.get(sound, sound) for sound in phonemes_of(how)) + "]]"
    return re.sub(r"[-·]", "", how).lower()
