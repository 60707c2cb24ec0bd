"""The end of a story, in which nothing happens any more: what is heard, what is warm, and sleep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lullaby.story.weaving.composing import Composer, Part
from lullaby.story.weaving.lines import Block
from lullaby.story.weaving.material import files
from lullaby.story.weaving.sentences import Unit, opening

_TWO_PARTS = 200
"""Words from which on rest is told in two parts."""
_BOTH = 180
"""Words from which on both the place and the companion are heard; else they take turns."""
_LEAST = 6
_BEDS = "{Comp} Asleep | {Quilt} | Under the Roof | Night | Bed | Quiet | {Lamp} | The Pillow"
_LASTS = "Dark | Rest | Sleep | Warm | Still | Breath"


def rest(composer: Composer, words: int, last: str) -> list[Part]:
    """So many words of rest, in one part or in two."""
    heading = composer.filling.heading
    place, beast = composer.facts.place, composer.facts.companion
    ending = _Picker(composer, last)
    if words < _TWO_PARTS:
        part = Part(heading(_BEDS, composer.key / "bed"), 0.0)
        parts = [part]
        early, late = max(0, round(words * 0.62)), words
    else:
        parts = [
            Part(heading(_BEDS, composer.key / "bed"), 0.0),
            Part(heading(_LASTS, composer.key / "dark"), 0.0),
        ]
        early, late = round(words * 0.6), words
    beds = ending.filled([iter([next(iter(composer.deck("beds", 1)))])], 40)
    early -= sum(unit.words for p in beds for unit in p)
    outside = composer.deck("sounds", 1, files("places")[place].blocks("sounds"))
    asleep = composer.deck("asleep", 1, files("companions")[beast].blocks("asleep"))
    seldom = [next(iter(deck), None) for deck in (outside, asleep)]
    if words < _BOTH:
        seldom = seldom[composer.number % 2 :][:1]
    few = [block for block in seldom if block is not None]
    every = iter(composer.deck("rest", 9))
    decks = [iter(few), every, every, every]
    found = beds + ending.filled(decks, early)
    parts[0].paragraphs += found
    done = sum(unit.words for p in found for unit in p)
    closing = ending.closing(composer.deck("endings", 1))
    closed = sum(unit.words for unit in closing)
    left = late - done - closed
    found = ending.filled([iter(composer.deck("last", 5))], left, exact=True)
    parts[-1].paragraphs += [*found, closing]
    return parts


class _Picker:
    """Takes blocks by turns from several decks, so that no two sentences side by side begin alike."""

    def __init__(self, composer: Composer, last: str) -> None:
        self._composer, self._last = composer, last
        self._closing: list[Unit] = []

    def filled(self, decks: list[Iterator[Block]], words: int, exact: bool = False) -> list[list[Unit]]:
        found: list[list[Unit]] = []
        left, turn, misses = words, 0, 0
        while left >= _LEAST and decks and misses < 60:
            deck = decks[turn % len(decks)]
            turn += 1
            block = next(deck, None)
            if block is None:
                decks.remove(deck)
                continue
            if block.size > left + (3 if exact else 8):
                misses += 1
                continue
            units = self._composer.told(block, 0.0, 99)
            if not units or not self._follows(units):
                misses += 1
                continue
            left -= sum(unit.words for unit in units)
            if found and len(found[-1]) + len(units) <= 4 and (turn % 3):
                found[-1] += units
            else:
                found.append(units)
        return found

    def closing(self, deck: Iterable[Block]) -> list[Unit]:
        for block in deck:
            units = self._composer.told(block, 0.0, 99)
            if units:
                return units
        return []

    def _follows(self, units: list[Unit]) -> bool:
        last = self._last
        for unit in units:
            for sentence in unit.sentences:
                begins = opening(sentence)
                if begins == last:
                    return False
                last = begins
        self._last = last
        return True
