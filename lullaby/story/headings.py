"""Headings as they are spoken: a machine reads "Chapter IV" as two letters."""

from __future__ import annotations

import re

COUNTED = (
    "chapter|book|part|act|volume|canto|stave|letter|kapitel|buch|teil|chapitre|livre|partie|capítulo|capitulo|"
    "libro|parte|capitolo|hoofdstuk|deel"
)
"""What headings count, in several languages."""

_AFTER_WORD = re.compile(rf"\b((?i:{COUNTED})[ \t]+)([IVXLC]+)(?=[.:,—–\s-]|$)")
_AT_START = re.compile(r"([IVX]+)(?=[.:]?$|[.:—–] +(?!\w\.))")
_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def spoken_heading(heading: str) -> str:
    """The heading with its number in figures: "CHAPTER IV" is "CHAPTER 4"."""
    told = _AFTER_WORD.sub(lambda found: f"{found[1]}{value(found[2])}", heading)
    return _AT_START.sub(lambda found: str(value(found[1])), told, count=1) if _AT_START.match(told) else told


def value(numeral: str) -> int:
    """The number that a Roman numeral stands for."""
    values = [_DIGITS[c] for c in numeral]
    return sum(-v if any(w > v for w in values[n + 1 : n + 2]) else v for n, v in enumerate(values))
