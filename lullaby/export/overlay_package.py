"""The package document of a book (its list of files), with narration added; that of EPUB 2 becomes one of
EPUB 3.

Nothing else in it is touched: what it says of the book, it says still.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape, quoteattr

from lullaby.errors import WrittenWrongly
from lullaby.export.overlay_text import Kind, Token, edited, tokens_of, well_formed

ACTIVE = "-epub-media-overlay-active"
PAGE_TYPES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
_SMIL = "application/smil+xml"
_ALIEN = re.compile(r"\s+opf:[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_OVERLAY = re.compile(r"\s+media-overlay\s*=\s*(?:\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True)
class Overlay:
    """The narration of one page."""

    page: str
    """The page's name within the book."""
    name: str
    """Its own, of the SMIL file."""
    audio: str
    seconds: float


@dataclass(frozen=True)
class Added:
    """A file that is added to the book."""

    name: str
    media_type: str
    properties: str = ""


@dataclass
class Package:
    name: str
    text: str
    where: str
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = well_formed(self.text, page=False)
        if text is None:
            raise WrittenWrongly(
                self.where, "this list of files is damaged.", "A program like Calibre mends it."
            )
        self.text, self.tokens = text, tokens_of(text)
        self.folder = posixpath.dirname(self.name)
        self.root = next((one for one in self.tokens if one.name == "package"), None)
        if self.root is None:
            raise WrittenWrongly(self.where, "this is no list of files of a book.")
        self.items = {self.inside(one.attributes.get("href", "")): one for one in self._all("item")}

    @property
    def is_old(self) -> bool:
        """Is it of EPUB 2?"""
        assert self.root is not None
        return not self.root.attributes.get("version", "").strip().startswith("3")

    def _all(self, name: str) -> list[Token]:
        return [one for one in self.tokens if one.name == name and one.kind is not Kind.END]

    def inside(self, link: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, unquote(link.split("#")[0])))

    def link(self, name: str) -> str:
        return quote(posixpath.relpath(name, self.folder or "."))

    @property
    def pages(self) -> list[str]:
        """The names of all its pages."""
        kinds = {name: one.attributes.get("media-type", "").lower() for name, one in self.items.items()}
        return [name for name, kind in kinds.items() if kind in PAGE_TYPES]

    @property
    def overlays(self) -> list[str]:
        """The names of narration that it has already."""
        return [name for name, one in self.items.items() if one.attributes.get("media-type") == _SMIL]

    @property
    def has_contents(self) -> bool:
        return any("nav" in one.attributes.get("properties", "").split() for one in self._all("item"))

    def with_overlays(
        self, overlays: Sequence[Overlay], added: Sequence[Added], kinds: dict[str, str], modified: str
    ) -> str:
        """The package document with these. `kinds`: properties that pages of EPUB 2 have, by name; `modified`
        is when the book was changed, where it does not say."""
        edits: list[tuple[int, int, str]] = []
        taken = {one.attributes["id"] for one in self.tokens if "id" in one.attributes}
        names = {overlay.page: _new(f"narration-{n + 1}", taken) for n, overlay in enumerate(overlays)}
        for name, item in self.items.items():
            if item.attributes.get("media-type") == _SMIL:
                edits.append(self._without(item))
            else:
                edits += self._item(item, names.get(name, ""), kinds.get(name, ""))
        edits += self._metadata(overlays, names, modified)
        rows = [self._row(names[one.page], one.name, _SMIL) for one in overlays]
        rows += [self._row(_new("narration-sound-1", taken), one.audio, "audio/mp4") for one in overlays]
        for one in added:
            id = _new("narration-page-1", taken)
            rows.append(self._row(id, one.name, one.media_type, one.properties))
        edits.append(self._before_the_end_of("manifest", rows))
        if self.is_old:
            edits.append(self._new_root())
        return edited(self.text, edits)

    def _item(self, item: Token, overlay: str, kind: str) -> list[tuple[int, int, str]]:
        tag = self.text[item.start : item.stop]
        changed = _OVERLAY.sub("", tag)
        more = f' media-overlay="{overlay}"' if overlay else ""
        if self.is_old and kind and "properties" not in item.attributes:
            more += f' properties="{kind}"'
        if self.is_old and item.attributes.get("media-type", "").lower() in PAGE_TYPES[1:]:
            changed = changed.replace(item.attributes["media-type"], PAGE_TYPES[0])
        at = len(changed) - (2 if changed.endswith("/>") else 1)
        changed = changed[:at].rstrip() + more + changed[at:]
        return [(item.start, item.stop, changed)] if changed != tag else []

    def _metadata(
        self, overlays: Sequence[Overlay], names: dict[str, str], modified: str
    ) -> list[tuple[int, int, str]]:
        edits: list[tuple[int, int, str]] = []
        dates = 0
        inside = False
        for token in self.tokens:
            if token.name == "metadata":
                inside = token.kind is Kind.START
            if not inside or token.kind in (Kind.TEXT, Kind.OTHER, Kind.END):
                continue
            if token.name == "meta" and token.attributes.get("property", "").startswith("media:"):
                edits.append(self._without(token))
            elif self.is_old and token.name == "date":
                dates += 1
                if dates > 1:
                    edits.append(self._without(token))
                    continue
            if self.is_old and token.name != "meta":
                tag = self.text[token.start : token.stop]
                edits.append((token.start, token.stop, _ALIEN.sub("", tag)))
        meta = self._prefixed("meta")

        def row(said: str, value: str) -> str:
            return f"<{meta} property={said}>{value}</{meta}>"

        rows = [row(f'"media:duration" refines="#{names[one.page]}"', clock(one.seconds)) for one in overlays]
        rows.append(row('"media:duration"', clock(sum(one.seconds for one in overlays))))
        rows.append(row('"media:active-class"', ACTIVE))
        if not any(one.attributes.get("property") == "dcterms:modified" for one in self._all("meta")):
            rows.append(row('"dcterms:modified"', modified))
        return [*edits, self._before_the_end_of("metadata", rows)]

    def _without(self, token: Token) -> tuple[int, int, str]:
        """The element taken out, with what is in it."""
        if token.kind is Kind.EMPTY:
            return token.start, token.stop, ""
        number = self.tokens.index(token)
        end = next(
            one for one in self.tokens[number:] if one.kind is Kind.END and one.written == token.written
        )
        return token.start, end.stop, ""

    def _new_root(self) -> tuple[int, int, str]:
        assert self.root is not None
        tag = _ALIEN.sub("", self.text[self.root.start : self.root.stop])
        if "version" in self.root.attributes:
            tag = re.sub(r"(\sversion\s*=\s*)(?:\"[^\"]*\"|'[^']*')", r'\1"3.0"', tag)
        else:
            tag = f'{tag[:-1]} version="3.0">'
        return self.root.start, self.root.stop, tag

    def _before_the_end_of(self, name: str, rows: Sequence[str]) -> tuple[int, int, str]:
        end = next((one for one in self.tokens if one.name == name and one.kind is Kind.END), None)
        if end is None:
            raise WrittenWrongly(self.where, f"there is no <{name}> in this list of files.")
        return end.start, end.start, "".join(f"{row}\n" for row in rows)

    def _row(self, id: str, name: str, kind: str, properties: str = "") -> str:
        more = f' properties="{properties}"' if properties else ""
        link = quoteattr(self.link(name))
        return f'<{self._prefixed("item")} id="{id}" href={link} media-type="{kind}"{more}/>'

    def _prefixed(self, name: str) -> str:
        assert self.root is not None
        prefix, colon, _ = self.root.written.rpartition(":")
        return f"{prefix}{colon}{name}"


def _new(id: str, taken: set[str]) -> str:
    """An id that is not taken, and is from now on."""
    stem, _, number = id.rpartition("-")
    at = int(number)
    while f"{stem}-{at}" in taken:
        at += 1
    taken.add(f"{stem}-{at}")
    return f"{stem}-{at}"


def clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def contents_page(title: str, lang: str, rows: Sequence[tuple[str, str]]) -> str:
    """A table of contents, as EPUB 3 has it: headings and links."""
    listed = "\n".join(f"<li><a href={quoteattr(link)}>{escape(said)}</a></li>" for said, link in rows)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f"xml:lang={quoteattr(lang)} lang={quoteattr(lang)}>\n"
        f"<head><title>{escape(title)}</title></head>\n"
        f'<body><nav epub:type="toc"><h1>{escape(title)}</h1>\n<ol>\n{listed}\n</ol></nav></body></html>\n'
    )
