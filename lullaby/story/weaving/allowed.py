"""Which of the material somebody may hear: nothing with a word on their avoid-list is even chosen."""

from __future__ import annotations

import re
from functools import lru_cache

from lullaby.score.avoiding import Avoid
from lullaby.story.weaving.lines import Choice, Clause, Wording

_WORD = re.compile(r"[^\W_]+")


class Allowed:
    """The avoid-list, asked of a text, of a clause and of a wording; answers about material are kept."""

    def __init__(self, avoid: Avoid) -> None:
        self._avoid = avoid
        self.all = not avoid.words
        # where the first word of something stands nowhere, the whole of it does not either
        self._first = tuple({found[0] for found in map(_WORD.search, avoid.forms) if found})
        self._known: dict[int, bool] = {}
        self._kept: list[object] = []  # what an answer is kept for is not given away while it is

    def text(self, text: str) -> bool:
        if self.all:
            return True
        if text.isascii():
            folded = text.casefold()
            if not any(first in folded for first in self._first):
                return True
        return not self._avoid.has_word_of(text)

    def clause(self, clause: Clause) -> bool:
        """May this be told, choices that are left out aside?"""
        if self.all:
            return True
        known = self._known.get(id(clause))
        if known is None:
            fixed = " ".join(piece if isinstance(piece, str) else "\n" for piece in clause)
            known = self.text(fixed) and all(
                any(map(self.clause, piece.options)) for piece in clause if isinstance(piece, Choice)
            )
            self._keep(clause, known)
        return known

    def wording(self, wording: Wording) -> bool:
        if self.all:
            return True
        known = self._known.get(id(wording))
        if known is None:
            known = all(self.clause(clause) and self.text(word) for word, clause in wording.clauses)
            self._keep(wording, known)
        return known

    def _keep(self, one: object, known: bool) -> None:
        self._known[id(one)] = known
        self._kept.append(one)


@lru_cache(maxsize=64)
def allowed_by(words: tuple[str, ...]) -> Allowed:
    return Allowed(Avoid(words=words))
