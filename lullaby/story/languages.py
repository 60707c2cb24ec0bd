"""What is known of a few languages (languages.toml): abbreviations, words that begin a sentence or a clause.

A language that is not among them is read by what all of them share.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Language:
    before: frozenset[str] = frozenset()
    """Abbreviations that something always follows: Mr., z. B."""
    may_end: frozenset[str] = frozenset()
    """Abbreviations that may end a sentence: etc., usw."""
    numbered: frozenset[str] = frozenset()
    """Abbreviations only where a number follows: No. 5."""
    begin: frozenset[str] = frozenset()
    """Words that, with a capital, begin a sentence rather than stand in it."""
    clause: frozenset[str] = frozenset()
    """Words that begin a clause."""
    speaking: frozenset[str] = frozenset()
    """Verbs after which an exclamation goes on: “Come in!” Mira said."""
    ordinals: bool = False
    """Is 1. the first?"""
    common: frozenset[str] = frozenset()
    """Words by which it is recognized."""


NAMES = {
    **{"da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish"},
    **{"fr": "French", "it": "Italian", "ja": "Japanese", "nb": "Norwegian", "nl": "Dutch"},
    **{"no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish"},
    **{"tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese"},
}
"""Languages as English calls them, by tag."""


def language_name(tag: str) -> str:
    """The language with this tag as people call it; the tag, where nobody said how."""
    return NAMES.get(tag.replace("_", "-").split("-")[0].lower(), tag)


@cache
def _languages() -> Mapping[str, Language]:
    found = {}
    tables = tomllib.loads((Path(__file__).parent / "languages.toml").read_text("utf-8"))
    for tag, table in tables.items():
        words = {key: frozenset(value.split()) for key, value in table.items() if key != "ordinals"}
        found[tag] = Language(**words, ordinals=table.get("ordinals", False))
    return found


def language(tag: str) -> Language:
    """What is known of the language with this tag; what all share where nothing is."""
    languages = _languages()
    return languages.get(tag.replace("_", "-").split("-")[0].lower(), languages["shared"])


_GUESSED_FROM = 200_000
"""Characters at the beginning of a text that its language is guessed from."""
_SURE, _CLEARLY = 6, 1.3
"""Common words that must be found, and how many times as many as of the next language."""


def guessed(text: str, otherwise: str = "en") -> str:
    """The language of a text that does not say it."""
    counts = Counter(re.findall(r"[^\W\d_]+", text[:_GUESSED_FROM].lower()))
    found = sorted(
        ((sum(counts[word] for word in one.common), tag) for tag, one in _languages().items() if one.common),
        reverse=True,
    )
    (most, tag), (next_most, _) = found[:2]
    return tag if most >= _SURE and most >= _CLEARLY * next_most else otherwise
