"""A page of a book with an id for every sentence that is spoken of it.

A sentence is looked for letter by letter, whatever blanks and tags stand between, and put into a span of its
own. Where that would cut an element in two, its block is what is spoken: all sentences of that paragraph are
one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lullaby.export.overlay_text import Kind, edited, tokens_of


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _words(
    "p div li dt dd blockquote section article aside header footer figure figcaption table caption "
    "tr td th tbody thead tfoot ul ol dl pre body html address center main nav form fieldset details "
    "summary hr h1 h2 h3 h4 h5 h6"
)
_NEVER = _words(
    "head script style svg math audio video object iframe canvas template select textarea rt rp title"
)
"""Elements of which nothing is spoken."""
_NO_SPAN = _words("ul ol dl table tr tbody thead tfoot html")
_LETTER = re.compile(r"&(?:#?\w{1,40});|.", re.DOTALL)
_NOTE = re.compile(r"[\[(]?(?:[*†‡§¶]+|\d{1,3})[\])]?")
_SHORT, _FAR = 12, 2_000
"""Letters of a short sentence, and how far on it may be: so few letters are found anywhere."""
_ENDS = 16
"""Letters at both ends by which a sentence is known where something stands in it that is not spoken."""


@dataclass(frozen=True)
class Spoken:
    """A sentence of the page."""

    text: str
    source: str = ""
    """The id of an element that it stands in."""
    heading: bool = False


def marked(page: str, spoken: Sequence[Spoken], prefix: str = "lullaby-") -> tuple[str, list[str]]:
    """The page, which is well-formed, with ids; and for each sentence its id, "" where it was not found."""
    return _Page(page, prefix).marked(spoken)


@dataclass
class _Letters:
    text: str = ""
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """Where a sentence stands: letters from the first until before the last."""

    first: int
    last: int


class _Page:
    def __init__(self, page: str, prefix: str) -> None:
        self.page, self.prefix = page, prefix
        self.tokens = tokens_of(page)
        self.partner: dict[int, int] = {}
        self.parent: list[int] = []
        self._nest()
        self.ids = {
            token.attributes["id"]: n for n, token in enumerate(self.tokens) if "id" in token.attributes
        }
        self.letters = self._letters()
        self._given: dict[int, str] = {}
        self._outer: dict[int, bool] = {}
        self._edits: list[tuple[int, int, str]] = []
        self._number = 0

    def marked(self, spoken: Sequence[Spoken]) -> tuple[str, list[str]]:
        places = self._places(spoken)
        spans = [None if place is None else self._span(place) for place in places]
        whole = {
            self._block(place)
            for place, span in zip(places, spans, strict=True)
            if place is not None and span is None
        }
        targets: list[str] = []
        opened: list[tuple[int, str]] = []
        closed: list[int] = []
        for place, span, said in zip(places, spans, spoken, strict=True):
            if place is None:
                targets.append(self._of_source(said, targets))
            elif self._block(place) in whole:
                targets.append(self._block_id(self._block(place)))
            elif isinstance(span, str):
                targets.append(span)
            else:
                assert span is not None
                targets.append(self._new_id())
                opened.append((span[0], f'<span id="{targets[-1]}">'))
                closed.append(span[1])
        # where one ends and the next begins in one place, the end comes first
        edits = [(at, at, "</span>") for at in closed]
        edits += [(at, at, text) for at, text in opened]
        return edited(self.page, [*self._edits, *edits]), targets

    def _nest(self) -> None:
        stack: list[int] = []
        for number, token in enumerate(self.tokens):
            if token.kind is Kind.END and stack:
                begun = stack.pop()
                self.partner[begun], self.partner[number] = number, begun
            self.parent.append(stack[-1] if stack else -1)
            if token.kind is Kind.START:
                stack.append(number)

    def _up(self, number: int) -> Iterator[int]:
        """The elements around a token, from the innermost on."""
        number = self.parent[number]
        while number >= 0:
            yield number
            number = self.parent[number]

    def _letters(self) -> _Letters:
        """All letters that may be spoken, and where each stands."""
        found, texts = _Letters(), list[str]()
        silent_until = -1
        for number, token in enumerate(self.tokens):
            if number <= silent_until:
                continue
            if token.kind is Kind.START and (token.name in _NEVER or self._is_note(number)):
                silent_until = self.partner.get(number, number)
            elif token.kind is Kind.TEXT:
                for start, stop, text in _clusters(self.page, token.start, token.stop):
                    for letter in text:
                        texts.append(letter)
                        found.starts.append(start)
                        found.stops.append(stop)
                        found.tokens.append(number)
        found.text = "".join(texts)
        return found

    def _is_note(self, number: int) -> bool:
        """Is it a link to a note, with nothing in it but its number?"""
        token = self.tokens[number]
        if token.name != "a":
            return False
        kinds = f"{token.attributes.get('epub:type', '')} {token.attributes.get('role', '')}".split()
        if "noteref" in kinds or "doc-noteref" in kinds:
            return True
        inside = self.tokens[number + 1 : self.partner.get(number, number)]
        text = "".join(self.page[one.start : one.stop] for one in inside if one.kind is Kind.TEXT)
        return "#" in token.attributes.get("href", "") and bool(_NOTE.fullmatch(text.strip()))

    # where each sentence stands

    def _places(self, spoken: Sequence[Spoken]) -> list[_Place | None]:
        found: list[_Place | None] = []
        cursor = 0
        for said in spoken:
            place = None if said.heading else self._place(said, cursor)
            found.append(place)
            cursor = cursor if place is None else place.last
        # a heading is looked for before the sentence that follows it, and nowhere else
        cursor = 0
        for number, said in enumerate(spoken):
            if said.heading:
                following = (place.first for place in found[number + 1 :] if place is not None)
                wanted = _only_letters(said.text).rstrip(".")
                stop = next(following, len(self.letters.text))
                at = self.letters.text.find(wanted, cursor, stop) if wanted else -1
                found[number] = None if at < 0 else _Place(at, at + len(wanted))
            if (place := found[number]) is not None:
                cursor = place.last
        return found

    def _place(self, said: Spoken, cursor: int) -> _Place | None:
        wanted, text = _only_letters(said.text), self.letters.text
        if not wanted:
            return None
        begins = self._letter_from(self.ids[said.source], cursor) if said.source in self.ids else cursor
        at = text.find(wanted, begins)
        if at >= 0 and not (len(wanted) < _SHORT and at - begins > _FAR):
            return _Place(at, at + len(wanted))
        if len(wanted) < 2 * _ENDS:
            return None
        at = text.find(wanted[:_ENDS], begins, begins + _FAR)
        stop = (
            text.find(wanted[-_ENDS:], at + len(wanted) - _ENDS, at + 2 * len(wanted) + 40) if at >= 0 else -1
        )
        return _Place(at, stop + _ENDS) if stop >= 0 else None

    def _letter_from(self, token: int, cursor: int) -> int:
        """The first letter of an element, or the cursor where that is later."""
        return max(cursor, bisect_left(self.letters.starts, self.tokens[token].start))

    # what becomes of it

    def _span(self, place: _Place) -> tuple[int, int] | str | None:
        """Where a span begins and ends; the id of an element that is exactly this; None where neither can
        be."""
        letters = self.letters
        start, stop = letters.starts[place.first], letters.stops[place.last - 1]
        first, last = letters.tokens[place.first], letters.tokens[place.last - 1]
        if id := self._exactly(first, last, start, stop):
            return id
        low = high = 0
        for token in self.tokens[first : last + 1]:
            if token.name in _BLOCKS:
                return None
            high += token.kind is Kind.START
            if token.kind is Kind.END:
                high, low = (high - 1, low) if high else (0, low + 1)
        while low:  # what ends in it begins just before it
            first -= 1
            if not self._is(first, Kind.START) or start != self.tokens[first].stop:
                return None
            start, low = self.tokens[first].start, low - 1
        while high:
            last += 1
            if not self._is(last, Kind.END) or stop != self.tokens[last].start:
                return None
            stop, high = self.tokens[last].stop, high - 1
        within = self.parent[first]
        if within < 0 or self.tokens[within].name in _NO_SPAN:
            return None
        return start, stop

    def _is(self, number: int, kind: Kind) -> bool:
        if not 0 <= number < len(self.tokens):
            return False
        token = self.tokens[number]
        return token.kind is kind and token.name not in _BLOCKS

    def _exactly(self, first: int, last: int, start: int, stop: int) -> str:
        """The id of the element that holds this and no other text."""
        begun, ended = self.tokens[first], self.tokens[last]
        around = self.page[begun.start : start] + self.page[stop : ended.stop]
        if around.strip() or self.partner.get(first - 1, -2) != last + 1:
            return ""
        return self.tokens[first - 1].attributes.get("id", "")

    def _block(self, place: _Place) -> int:
        number = self.letters.tokens[place.first]
        return next((one for one in self._up(number) if self.tokens[one].name in _BLOCKS), -1)

    def _block_id(self, block: int) -> str:
        if block < 0 or self.tokens[block].name in ("html", "body") or self._holds_blocks(block):
            return ""
        token = self.tokens[block]
        if token.attributes.get("id"):
            return token.attributes["id"]
        if block not in self._given:
            self._given[block] = self._new_id()
            at = token.start + 1 + len(token.written)
            self._edits.append((at, at, f' id="{self._given[block]}"'))
        return self._given[block]

    def _holds_blocks(self, block: int) -> bool:
        if block not in self._outer:
            self._outer[block] = self._has_blocks(block)
        return self._outer[block]

    def _has_blocks(self, block: int) -> bool:
        inside = self.tokens[block + 1 : self.partner.get(block, block + 1)]
        return any(token.kind is Kind.START and token.name in _BLOCKS for token in inside)

    def _of_source(self, said: Spoken, targets: list[str]) -> str:
        """Of a sentence that is not found as it is spoken: the element that it stands in."""
        number = self.ids.get(said.source, -1)
        if number < 0 or any(targets[-1:]) or self._holds_blocks(number):
            return ""  # it belongs to the one before
        return said.source

    def _new_id(self) -> str:
        while True:
            self._number += 1
            id = f"{self.prefix}{self._number:04}"
            if id not in self.ids:
                return id


def _clusters(page: str, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    """Letters with the marks that belong to them, as a sentence has them, and their places."""
    begun, ended, held = start, start, ""
    for found in _LETTER.finditer(page, start, stop):
        letters = html.unescape(found[0]) if found[0][0] == "&" else found[0]
        if held and all(unicodedata.combining(c) for c in letters):
            held, ended = held + letters, found.end()
            continue
        if held:
            yield begun, ended, _only_letters(held)
        begun, ended, held = found.start(), found.end(), letters
    if held:
        yield begun, ended, _only_letters(held)


def _only_letters(text: str) -> str:
    """Everything that is seen of a text, without blanks."""
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if (c.isprintable() and not c.isspace()) or c in "\u200c\u200d")
