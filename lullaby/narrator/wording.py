"""The words of a sentence, and where they stand in it: what times are given for."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[-‐'’.,:/][^\W_]+)*")
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "\u00a0": " "})


def words_of(text: str) -> tuple[tuple[str, int], ...]:
    """Every word and the index of its first character, without the punctuation around it."""
    return tuple((found[0], found.start()) for found in _WORD.finditer(text))


def spelled_out(text: str, say: Iterable[tuple[str, str]]) -> list[tuple[str, str | None]]:
    """The text in pieces: each as it stands, with how it is to be said where `say` knows.

    A word in lower case is meant however it is capitalized; any other only as it is written, and comes first.
    """
    how = dict(say)
    if not how:
        return [(text, None)]
    words = sorted(how, key=lambda word: (-len(word), word == word.lower()))
    each = (f"((?i:{re.escape(word)}))" if word == word.lower() else f"({re.escape(word)})" for word in words)
    pieces: list[tuple[str, str | None]] = []
    place = 0
    for found in re.finditer(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", text):
        said = how[words[(found.lastindex or 1) - 1]]
        pieces += [(text[place : found.start()], None), (found[0], said)]
        place = found.end()
    return [piece for piece in [*pieces, (text[place:], None)] if piece[0]]


class Places:
    """Which word of a text each piece that an engine made of it belongs to; asked in order."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        self._text = text.translate(_ALIKE).casefold()
        if len(self._text) != len(text):  # a letter whose small form is two
            self._text = text.translate(_ALIKE).lower()
        self._at = 0
        self._next = 0

    def word(self, piece: str) -> int:
        """The index of the word it belongs to; what an engine wrote out ("ten thirty") is part of the next
        that was not reached yet. -1 where there is none."""
        wanted = piece.translate(_ALIKE).casefold()
        found = self._text.find(wanted, self._at, self._at + len(wanted) + 24) if wanted else -1
        if found >= 0:
            at = next(
                (k for k, (word, start) in enumerate(self.words) if start <= found < start + len(word)), -1
            )
            if at >= 0:
                self._at, self._next = found + len(wanted), at + 1
                return at
        following = self.words[self._next : self._next + 1]
        if following and following[0][1] >= self._at:
            return self._next
        return self._next - 1
