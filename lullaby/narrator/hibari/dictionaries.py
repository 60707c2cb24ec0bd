"""hibari's dictionaries, packed.

As Python's own objects they take 60 MB: 180 000 words with their phonemes, and 80 000 features by whose
weights a word's part of speech is found. Here names lie one after another in one string, and what they stand
for in another, or in arrays; an entry is found by halving.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate, chain
from typing import Any


class _Names:
    """Names in their order, and the place of each."""

    def __init__(self, names: list[str]) -> None:
        self._together, self._ends = "".join(names), _ends(names)

    def place(self, name: str) -> int | None:
        at = bisect_left(range(len(self._ends) - 1), name, key=self._name)
        return at if at < len(self._ends) - 1 and self._name(at) == name else None

    def _name(self, at: int) -> str:
        return self._together[self._ends[at] : self._ends[at + 1]]


class Words:
    """Words and their phonemes. A few have several, by part of speech."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        names = sorted(entries)
        several = {name: said for name, said in entries.items() if not isinstance(said, str)}
        said = ["" if name in several else entries[name] for name in names]
        self._names, self._several = _Names(names), several
        self._together, self._ends = "".join(said), _ends(said)

    def get(self, word: str) -> Any:
        """A string, or strings by part of speech; None where there is no such word."""
        if word in self._several:
            return self._several[word]
        at = self._names.place(word)
        return None if at is None else self._together[self._ends[at] : self._ends[at + 1]]


class Weights:
    """Features, and by how much each speaks for which part of speech."""

    def __init__(self, entries: Mapping[str, Mapping[str, float]]) -> None:
        names = sorted(entries)
        rows = [entries[name] for name in names]
        self._names, self._ends = _Names(names), _ends(rows)
        self._parts = sorted(set(chain.from_iterable(rows)))
        number = {part: at for at, part in enumerate(self._parts)}
        self._numbers = array("B", map(number.__getitem__, chain.from_iterable(rows)))
        self._weights = array("d", chain.from_iterable(row.values() for row in rows))

    def get(self, feature: str) -> dict[str, float] | None:
        at = self._names.place(feature)
        if at is None:
            return None
        own = slice(self._ends[at], self._ends[at + 1])
        return dict(zip(map(self._parts.__getitem__, self._numbers[own]), self._weights[own], strict=True))


def _ends(pieces: Iterable[Any]) -> array[int]:
    """Where each piece ends that lies after those before it; 0 first."""
    return array("I", accumulate(map(len, pieces), initial=0))
