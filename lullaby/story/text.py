"""A text to be told: parts, paragraphs, sentences and pauses, whatever format it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lullaby.score.plain_text import count_words


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is spoken in one breath of thought: plain text, without any mark-up."""

    text: str
    lang: str = "en"
    """The tag of its own language, like en or de-AT."""
    who: str = ""
    """Whose voice it is, by the id in the story's cast; "" is the teller's own."""
    pace: float = 1.0
    """Times the pace around it, where the text asks for that."""
    ends_clause: bool = False
    """Is it only a piece of a long sentence, that goes on after a short pause?"""
    source: str = ""
    """Where it stands in its file, for who needs to find it again: the id of an element in an EPUB, "line 12"
    of a text."""
    say: tuple[tuple[str, str], ...] = ()
    """How words sound in this sentence alone, before all that is said of them in its text."""

    @property
    def words(self) -> int:
        return count_words(self.text)


@dataclass(frozen=True)
class Paragraph:
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Rest:
    """A pause that the text asks for."""

    seconds: float | None = None
    """None: as long as the pause grammar gives this mark."""
    scene: bool = False
    """Is it a break between scenes (***), rather than a pause within one?"""


Item: TypeAlias = Paragraph | Rest


@dataclass(frozen=True)
class Part:
    """A chapter: what stands under one heading. The first part of a text may have none."""

    heading: str
    items: tuple[Item, ...]
    source: str = ""
    """The name of the file it stands in, within an EPUB."""


@dataclass(frozen=True)
class Text:
    """A whole text, ready to be told."""

    title: str
    lang: str
    parts: tuple[Part, ...]
    author: str = ""
    cast: Mapping[str, str] = field(default_factory=dict)
    """Names of those who speak in it, by id."""
    say: Mapping[str, str] = field(default_factory=dict)
    """How words sound that a machine may misread, by the word: a respelling, or /phonemes/."""
    titled: bool = True
    """Is the title its own, to be spoken? Else it is the file's name, for lists and tags."""
    bedtime: bool = True
    """Is it meant for the hour after lights-out?"""
    notes: tuple[str, ...] = ()
    """What the file holds that is not told, or not as it is written, in a sentence each."""

    @property
    def sentences(self) -> Iterator[Sentence]:
        for part in self.parts:
            for item in part.items:
                if isinstance(item, Paragraph):
                    yield from item.sentences

    @property
    def words(self) -> int:
        return sum(sentence.words for sentence in self.sentences)
