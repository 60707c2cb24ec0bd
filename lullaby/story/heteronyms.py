"""English words that are written alike and spoken in several ways, where a machine may take the wrong one.

What the words next to one settle is left alone: a machine gets "to record" and "the record" right, and "the
bow of the boat" wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lullaby.story.lexicon import is_settled
from lullaby.story.sentences import cleaned
from lullaby.story.text import Sentence, Text


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_NOUN_AFTER = _words(
    "a an the this that these those my your his her its our their no some any each every another one two "
    "three of in on at by with from for into about between without whose what which such own other same"
)
_VERB_AFTER = _words(
    "to i you we they who will would can could shall should may might must not cannot let please never do "
    "did does don't didn't won't can't couldn't wouldn't doesn't he she it i'll you'll we'll they'll i'd"
)
_OBJECT = _words("the a an him them me us it my your his this that itself himself herself themselves")
_NEAR = 40
"""Characters before a word that are looked at."""
_AROUND = 3
"""Words before and after one that are shown with it."""


@dataclass(frozen=True)
class Heteronym:
    """A word that may be misread, and where it stands."""

    word: str
    """As it is written there."""
    around: str
    """Some words of its sentence, with it among them."""
    source: str
    part: str
    """The heading it stands under."""
    readings: tuple[tuple[str, str], ...]
    """Spellings for [say], each with what is meant."""


@dataclass(frozen=True)
class _Beside:
    """What may stand before a word, and after it."""

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    @classmethod
    def of(cls, table: Mapping[str, str]) -> _Beside:
        before, after = (table.get(key) for key in ("before", "after"))
        return cls(
            re.compile(rf"(?<![^\W_]){before}", re.IGNORECASE) if before else None,
            re.compile(after, re.IGNORECASE) if after else None,
        )

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def there(self, before: str, after: str) -> bool:
        return bool((self.before and self.before.search(before)) or (self.after and self.after.match(after)))


@dataclass(frozen=True)
class _Known:
    readings: tuple[tuple[str, str], ...]
    by_part: bool
    settled: _Beside
    asked: _Beside


@cache
def known() -> Mapping[str, _Known]:
    """Every heteronym in the table, in lower case."""
    tables = tomllib.loads((Path(__file__).parent / "heteronyms.toml").read_text("utf-8"))
    found: dict[str, tuple[tuple[tuple[str, str], ...], bool]] = {
        word: (tuple(readings.items()), False) for word, readings in tables["sense"].items()
    }
    for word, (noun, verb) in tables["part"].items():
        found[word] = (((noun, "a thing"), (verb, "to do")), True)
    return {
        word: _Known(
            readings, by_part, *(_Beside.of(tables[key].get(word, {})) for key in ("settled", "asked"))
        )
        for word, (readings, by_part) in found.items()
    }


def heteronyms_in(text: Text, say: Mapping[str, str] | None = None) -> list[Heteronym]:
    """The words of this text that may be misread, unless its own spellings or these settle them."""
    settled = {*text.say, *(say or {})}
    return [
        found
        for part in text.parts
        for item in part.items
        for sentence in getattr(item, "sentences", ())
        if sentence.lang.split("-")[0].lower() == "en"
        for found in _in_sentence(sentence, {*settled, *(word for word, _ in sentence.say)}, part.heading)
    ]


def _in_sentence(sentence: Sentence, settled: set[str], part: str) -> Iterator[Heteronym]:
    text = sentence.text
    words = list(_WORD.finditer(text))
    for place, found in enumerate(words):
        one = known().get(found[0].lower())
        if one is None or is_settled(found[0], settled) or (place and found[0][:1].isupper()):
            continue  # a name in the middle of a sentence is no heteronym
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        before = before[-_NEAR:]
        if one.settled.there(before, after) or (one.asked and not one.asked.there(before, after)):
            continue
        if one.by_part and _is_plain(words, place):
            continue
        first, last = max(0, place - _AROUND), min(len(words) - 1, place + _AROUND)
        around = cleaned(text[words[first].start() : words[last].end()])
        yield Heteronym(found[0], around, sentence.source, part, one.readings)


def _is_plain(words: list[re.Match[str]], place: int) -> bool:
    """Do the words next to it say whether it is a noun or a verb?"""
    before = [word[0].lower().replace("’", "'") for word in words[max(0, place - 2) : place]]
    after = words[place + 1][0].lower() if place + 1 < len(words) else ""
    last = before[-1] if before else ""
    second = before[0] if len(before) == 2 else ""
    noun = last in _NOUN_AFTER or (second in _NOUN_AFTER and last not in _VERB_AFTER) or last.endswith("'s")
    return noun or last in _VERB_AFTER or last.endswith("n't") or last.endswith("ly") or after in _OBJECT
