"""How words are said that a machine may misread: a story's spellings and a listener's, and which of them a
sentence needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lullaby.story.text import Sentence

_WORD = re.compile(r"[^\W_]+")


def merged(story: Mapping[str, str], listener: Mapping[str, str]) -> dict[str, str]:
    """The spellings of both. A listener's word stands for a story's, however either is capitalized."""
    theirs = {word.lower() for word in listener}
    return {word: how for word, how in story.items() if word.lower() not in theirs} | dict(listener)


def spellings_for(sentence: Sentence | str, say: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The spellings of whole words that stand in this sentence: those of the sentence itself, then others.

    An entry in lower case is meant however the word is capitalized: a sentence may begin with it.
    """
    text, own = (sentence, ()) if isinstance(sentence, str) else (sentence.text, sentence.say)
    known = {word.lower() for word, _ in own}
    there = set(_WORD.findall(text.lower())) if say else set()
    found = (
        (word, how)
        for word, how in say.items()
        if word.lower() not in known
        and there.issuperset(_WORD.findall(word.lower()))
        and stands_in(word, text)
    )
    return (*own, *found)


def stands_in(word: str, text: str) -> bool:
    """Does this word, or these words, stand in the text as a whole?"""
    same = re.IGNORECASE if word == word.lower() else 0
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, same) is not None


def is_settled(word: str, say: Iterable[str]) -> bool:
    """Do these spellings say how this word sounds, as it is written here?"""
    return any(known in (word, word.lower()) for known in say)
