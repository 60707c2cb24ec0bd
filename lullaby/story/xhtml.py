"""A chapter of a book, from XHTML to paragraphs: all that is to be heard, nothing for the eye."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lullaby.story.markup import Tag, tags
from lullaby.story.runs import Run, paragraph_of
from lullaby.story.sentences import cleaned
from lullaby.story.text import Item, Part, Rest


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = _words(
    "p div li dt dd blockquote section article aside header footer figure figcaption table caption tr "
    "ul ol dl pre body html address center main nav form fieldset details summary"
).union(_HEADINGS)
_EMPTY = _words("area base br col embed hr img input link meta param source track wbr")
_SILENT = _words(
    "head script style svg math audio video object iframe canvas template noscript button select "
    "textarea rt rp rtc nav title"
)
"""Elements of which nothing is told; of ruby the base is."""
_NOT_TOLD = _words(
    "noteref annoref footnote footnotes endnote endnotes rearnote rearnotes note-ref pagebreak "
    "page-list toc landmarks loi lot index backlink glossref doc-noteref doc-footnote doc-endnote "
    "doc-endnotes doc-pagebreak doc-pagelist doc-toc doc-index doc-backlink copyright-page cover"
)
_NOTE = re.compile(r"[\[(]?\s*(?:[*†‡§¶]+|\d{1,3})\s*[\])]?")
_NOTED = re.compile(r"note|fn|ref", re.IGNORECASE)
_SCENE = re.compile(r"(?:[*•·#~⁂❦❧—–-]\s*){1,9}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_DEEPEST = 400
"""Elements inside one another; deeper ones are read as if they stood side by side."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is not closed yet."""

    name: str
    lang: str
    silent: bool
    source: str
    raised: bool = False
    """Is it a small figure above the line?"""
    kept: int = 0
    """Runs that there were before it."""
    link: Mapping[str, str] | None = None


@dataclass
class Chapter:
    """Reads one file of a book."""

    where: str
    name: str
    """Of the file, within the book."""
    lang: str
    headings: Mapping[str, str] = field(default_factory=dict)
    """Headings from the table of contents, by the id where their part begins; "" is the whole file's."""

    def __post_init__(self) -> None:
        self._heading = self.headings.get("", "")
        self._named = bool(self._heading)
        self._items: list[Item] = []
        self._runs: list[Run] = []
        self._line: list[str] | None = None  # the cells of a table's row so far
        self._open: list[_Open] = []
        self._count = Counter[str]()
        self._in_heading = False
        self._broken = 0  # line breaks since the last text
        self._raised = 0  # runs there were when the last small figure above the line had been read
        self._seen = False  # has the part that is read a heading of its own in the text?

    def parts(self, text: str) -> Iterator[Part]:
        """The parts in this file, one after the other."""
        for found in tags(text, self.where):
            if isinstance(found, str):
                self._text(found)
                continue
            if found.begins:
                yield from self._begin(found)
            elif found.name not in _EMPTY:
                self._end(found)
        yield from self._next("", False)

    def _top(self) -> _Open:
        return self._open[-1] if self._open else _Open("", self.lang, False, "")

    def _begin(self, tag: Tag) -> Iterator[Part]:
        top = self._top()
        id = tag.attributes.get("id", "")
        if id and id in self.headings and not top.silent:
            self._flush()
            yield from self._next(self.headings[id], True)
        if tag.name == "br" and not top.silent:
            self._broken += 1
            if self._broken > 1:
                self._flush()
            elif self._runs:
                self._runs.append(Run("\n", top.lang))
        elif tag.name == "hr" and not top.silent:
            self._flush()
            if self._items:
                self._items.append(Rest(scene=True))
        if tag.name in _BLOCKS and not top.silent:
            self._flush()
            if tag.name in ("h1", "h2") and not self.headings and self._items:
                yield from self._next("", False)
            self._in_heading = tag.name in _HEADINGS
            if tag.name == "tr":
                self._line = []
        if tag.ends or tag.name in _EMPTY or len(self._open) >= _DEEPEST:
            return
        lang = tag.attributes.get("xml:lang") or tag.attributes.get("lang") or ""
        self._open.append(
            _Open(
                tag.name,
                lang if _LANGUAGE.fullmatch(lang) else top.lang,
                top.silent or _is_silent(tag),
                id or ("" if tag.name in _BLOCKS else top.source),
                tag.name == "sup" or (top.raised and tag.name not in _BLOCKS),
                len(self._runs),
                tag.attributes if tag.name == "a" else None,
            )
        )
        self._count[tag.name] += 1

    def _end(self, tag: Tag) -> None:
        if not self._count[tag.name]:
            return
        while self._open:
            closed = self._open.pop()
            self._count[closed.name] -= 1
            if closed.name == tag.name:
                break
        if closed.silent:
            return
        if closed.link is not None:
            self._without_note(closed)
        if tag.name in ("td", "th") and self._line is not None:
            self._line.append(cleaned("".join(run.text for run in self._runs)))
            self._runs = []
        elif tag.name == "tr" and self._line is not None:
            cells = ", ".join(cell for cell in self._line if cell)
            self._runs = [Run(cells if cells.endswith((".", "!", "?", "…")) else f"{cells}.", closed.lang)]
            self._line = None
            self._flush()
        elif tag.name in _BLOCKS:
            self._flush()
            self._in_heading = False

    def _text(self, text: str) -> None:
        top = self._top()
        if top.silent or not text:
            return
        text = text if self._count["pre"] else _SPACES.sub(" ", text)
        if text.strip():
            self._broken = 0
        if text.strip() or self._runs:
            self._runs.append(Run(text, top.lang, source=top.source))
        if top.raised:
            self._raised = len(self._runs)

    def _without_note(self, link: _Open) -> None:
        """Takes out what a link has added, if that is only the number of a note."""
        facts = link.link or {}
        if "#" not in facts.get("href", ""):
            return
        text = "".join(run.text for run in self._runs[link.kept :]).strip()
        raised = link.raised or self._raised > link.kept
        noted = _NOTED.search(" ".join(facts.get(key, "") for key in ("id", "class", "href")))
        if _NOTE.fullmatch(text) and (raised or noted or not text.isdigit()):
            del self._runs[link.kept :]

    def _flush(self) -> None:
        """Ends a paragraph."""
        runs, self._runs, self._broken, self._raised = self._runs, [], 0, 0
        if self._line is not None and runs:  # a paragraph in a cell stays in its row
            self._line.append(cleaned("".join(run.text for run in runs)))
            return
        flat = cleaned("".join(run.text for run in runs))
        if not flat:
            return
        if self._in_heading and not any(not isinstance(item, Rest) for item in self._items):
            self._seen = True
            if not self._named:
                self._heading = f"{self._heading.rstrip('.')}. {flat}" if self._heading else flat
        elif _SCENE.fullmatch(flat):
            if self._items:
                self._items.append(Rest(scene=True))
        else:
            langs = Counter[str]()
            for run in runs:
                langs[run.lang] += len(run.text)
            lang = langs.most_common(1)[0][0]
            if paragraph := paragraph_of(runs, lang, next((run.source for run in runs if run.source), "")):
                self._items.append(paragraph)

    def _next(self, heading: str, named: bool) -> Iterator[Part]:
        """Ends a part, if there is anything in it, and begins another."""
        self._flush()
        while self._items and isinstance(self._items[-1], Rest):
            self._items.pop()
        if self._items or self._seen:
            yield Part(self._heading, tuple(self._items), self.name)
        self._heading, self._named, self._items, self._seen = heading, named, [], False


def _is_silent(tag: Tag) -> bool:
    facts = tag.attributes
    kinds = f"{facts.get('epub:type', '')} {facts.get('role', '')}".lower().split()
    hidden = "hidden" in facts or facts.get("aria-hidden") == "true"
    return tag.name in _SILENT or hidden or not _NOT_TOLD.isdisjoint(kinds)
