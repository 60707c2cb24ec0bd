"""The words of a rule, each with its place, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import quoted

LONGEST = 600
"""Characters of a rule."""
_WORD = re.compile(r'"([^"]*)"|((?:RRULE|rrule):\S+)|([^\s,"]+)|(,)')


@dataclass(frozen=True)
class Word:
    text: str
    place: int
    """1 is the first."""

    @property
    def low(self) -> str:
        return self.text.lower()


class Words:
    """The words, taken from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise AskedWrongly(f"--at takes no more than {LONGEST} characters.")
        self.text = text
        found = [next(part for part in match.groups() if part is not None) for match in _WORD.finditer(text)]
        self._words = [Word(part, place) for place, part in enumerate(found, start=1)]
        self._at = 0

    def peek(self, ahead: int = 0) -> str:
        """The next word in lower case; "" behind the last."""
        place = self._at + ahead
        return self._words[place].low if place < len(self._words) else ""

    def next(self) -> Word:
        if self._at < len(self._words):
            self._at += 1
            return self._words[self._at - 1]
        return Word("", len(self._words) + 1)

    def take(self, *texts: str) -> bool:
        """Are these the next words? Then they are taken."""
        if all(self.peek(k) == text for k, text in enumerate(texts)):
            self._at += len(texts)
            return True
        return False

    @property
    def place(self) -> int:
        return self._at

    def since(self, place: int) -> str:
        """What was taken since, as one writes it."""
        return " ".join(word.text for word in self._words[place : self._at]).replace(" ,", ",")

    def wrong(self, word: Word, what: str, there: Iterable[str], says: str = "There are") -> NoReturn:
        """The error of this word: where it is, what is wrong with it, and what could stand there."""
        if word.text:
            says_where = f"word {word.place}, {quoted(word.text)}, is {what}"
        else:
            says_where = f"it ends too early; what is there behind its last word is {what}"
        raise AskedWrongly(
            f"--at {quoted(self.text)}: {says_where}.\n    {choices(word.low, list(there), says)}"
        )
