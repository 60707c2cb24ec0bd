"""EPUB 2 and 3 as a text to be told: chapters in their order, one at a time.

Of a book of any size only the chapter that is being read is unpacked. Covers, tables of contents, notes and
pictures are left out; a book whose text is encrypted is refused.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import quoted
from lullaby.story.languages import guessed
from lullaby.story.markup import Tag, decoded, tags
from lullaby.story.sentences import cleaned
from lullaby.story.text import Paragraph, Part, Text
from lullaby.story.xhtml import Chapter
from lullaby.story.zipped import Zipped, inside

_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_SMALL = 4 << 20
"""Bytes of a list of chapters."""
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of locking that are made for fonts: the text of such a book can be read."""
_PAGES = ("application/xhtml+xml", "text/html", "application/xml", "text/xml", "text/x-oeb1-document")
_NOT_TOLD = ("cover", "toc", "copyright-page", "title-page", "titlepage", "index", "notes", "loi", "lot")
_LANGUAGES = {"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it"}
_LANGUAGES |= {"nld": "nl", "dut": "nl"}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_MOST_CHAPTERS, _MOST_NOTES = 10_000, 20


@dataclass
class Book:
    """A book, of which nothing has been read but its list of chapters."""

    path: str | os.PathLike[str]
    where: str
    title: str
    """As it says itself; "" where it does not."""
    author: str
    lang: str
    files: tuple[str, ...]
    """Its chapters' files, in order."""
    headings: Mapping[str, Mapping[str, str]]
    """Headings from the table of contents, by file and by the id in it; "" is the file as a whole."""
    notes: list[str] = field(default_factory=list)
    """What could not be read; complete once all parts have been."""

    def parts(self) -> Iterator[Part]:
        """Its parts one after the other; only one chapter is held in memory."""
        with Zipped(self.path) as zipped:
            for name in self.files:
                if name not in zipped:
                    self._note(f"{zipped.place(name)}: this chapter is missing, and is left out.")
                    continue
                text = decoded(zipped.read(name))
                yield from Chapter(zipped.place(name), name, self.lang, self.headings.get(name, {})).parts(
                    text
                )

    def _note(self, note: str) -> None:
        if len(self.notes) < _MOST_NOTES and note not in self.notes:
            self.notes.append(note)


def epub_text(path: str | os.PathLike[str]) -> Text:
    """The whole text of this book."""
    book = open_book(path)
    parts = tuple(book.parts())
    title = book.title or Path(path).stem
    titled = bool(book.title)
    text = Text(title, book.lang, parts, book.author, titled=titled, notes=tuple(book.notes))
    if not any(isinstance(item, Paragraph) for part in parts for item in part.items):
        what = "nothing is told in it: it has no chapter with words."
        raise WrittenWrongly(book.where, what, book.notes[0] if book.notes else "Are they pictures?")
    return text


def open_book(path: str | os.PathLike[str]) -> Book:
    """The book at this path, its list of chapters read; a WrittenWrongly where it is none."""
    with Zipped(path) as zipped:
        package = _Package(zipped, package_name(zipped))
        locked = _locked(zipped)
        files = package.chapters()
        if taken := locked.intersection([package.name, *files]):
            what = f"this book is locked (DRM): {quoted(min(taken))} in it is encrypted."
            hint = "Only its seller's own program can read it; ask for an edition without DRM."
            raise WrittenWrongly(zipped.where, what, hint)
        book = Book(
            path,
            zipped.where,
            package.title,
            ", ".join(package.authors),
            package.lang,
            files,
            package.headings(),
            package.notes,
        )
        if not book.lang:
            book.lang = _guessed(zipped, files)
        return book


def package_name(zipped: Zipped) -> str:
    """The name of the file that lists the chapters."""
    if _CONTAINER in zipped:
        for tag in _tags(zipped, _CONTAINER):
            if tag.begins and tag.name == "rootfile" and tag.attributes.get("full-path"):
                return inside("", tag.attributes["full-path"], zipped.place(_CONTAINER))
    found = sorted(name for name in zipped.names if name.lower().endswith(".opf"))
    if not found:
        what = "this is a zip file and no EPUB: it has no list of chapters."
        raise WrittenWrongly(zipped.where, what, f"{_CONTAINER} would say where that is.")
    return found[0]


def _tags(zipped: Zipped, name: str) -> Iterator[Tag]:
    text = decoded(zipped.read(name, _SMALL))
    return (tag for tag in tags(text, zipped.place(name)) if isinstance(tag, Tag))


def _locked(zipped: Zipped) -> set[str]:
    """The files that are encrypted, other than fonts."""
    if _LOCKS not in zipped:
        return set()
    found: set[str] = set()
    how = ""
    for tag in _tags(zipped, _LOCKS):
        if tag.begins and tag.name == "encrypteddata":
            how = ""
        elif tag.begins and tag.name == "encryptionmethod" and not how:
            how = tag.attributes.get("algorithm", "")
        elif tag.begins and tag.name == "cipherreference" and how not in _FONTS_ONLY:
            found.add(inside("", tag.attributes.get("uri", "").lstrip("/"), zipped.place(_LOCKS)))
    return found


def _guessed(zipped: Zipped, files: tuple[str, ...]) -> str:
    """The language of a book that does not say it, from its first chapters."""
    told = ""
    for name in files:
        if name in zipped and len(told) < 20_000:
            found = tags(decoded(zipped.read(name)), zipped.place(name))
            told += " ".join(text for text in found if isinstance(text, str))
    return guessed(told)


@dataclass
class _File:
    name: str
    kind: str
    properties: tuple[str, ...]


class _Package:
    """What the list of chapters says."""

    def __init__(self, zipped: Zipped, name: str) -> None:
        self.zipped, self.name = zipped, name
        self.where = zipped.place(name)
        self.folder = posixpath.dirname(name)
        self.files: dict[str, _File] = {}
        self.spine: list[str] = []
        self.notes: list[str] = []
        self._left_out: set[str] = set()
        self._contents = ""
        self.title, self.lang = "", ""
        self.authors: list[str] = []
        self._read()

    def _read(self) -> None:
        fact, text = "", list[str]()
        role = ""
        for found in tags(decoded(self.zipped.read(self.name, _SMALL)), self.where):
            if isinstance(found, str):
                text += [found] if fact else []
                continue
            facts = found.attributes
            if found.ends and not found.begins and found.name == fact:
                self._know(fact, cleaned("".join(text)), role)
                fact = ""
            elif found.begins and found.name in ("title", "creator", "language"):
                fact, text, role = found.name, [], facts.get("opf:role", "aut")
            elif found.begins and found.name == "item":
                self._file(facts)
            elif found.begins and found.name == "spine":
                self._contents = facts.get("toc", "")
            elif found.begins and found.name == "itemref" and facts.get("linear", "yes").lower() != "no":
                self.spine.append(facts.get("idref", ""))
            elif found.begins and found.name == "reference" and facts.get("type", "").lower() in _NOT_TOLD:
                self._left_out.add(self._inside(facts.get("href", "")))

    def _know(self, fact: str, text: str, role: str) -> None:
        if fact == "title":
            self.title = self.title or text
        elif fact == "creator" and text and role == "aut" and len(self.authors) < 4:
            self.authors.append(text)
        elif fact == "language" and not self.lang and _TAG.fullmatch(text) and text.lower() != "und":
            first, *others = text.split("-")
            self.lang = "-".join([_LANGUAGES.get(first.lower(), first.lower()), *others])

    def _file(self, facts: Mapping[str, str]) -> None:
        if facts.get("id") and facts.get("href") and "://" not in facts["href"]:
            kind = facts.get("media-type", "").lower()
            if kind in _PAGES or kind == "application/x-dtbncx+xml":
                name = self._inside(facts["href"])
                self.files[facts["id"]] = _File(name, kind, tuple(facts.get("properties", "").split()))

    def _inside(self, link: str) -> str:
        return inside(self.folder, link, self.where)

    def chapters(self) -> tuple[str, ...]:
        """The files of its chapters, in order, without those that are not told."""
        found: dict[str, None] = {}
        for id in self.spine:
            file = self.files.get(id)
            if file is None:
                if len(self.notes) < _MOST_NOTES:
                    self.notes.append(
                        f"{self.where}: {quoted(id)} is in the order of chapters, and is no file."
                    )
            elif "nav" not in file.properties and file.name not in self._left_out and file.kind in _PAGES:
                found[file.name] = None
        if not found:
            raise WrittenWrongly(self.where, "it names no chapter.", "An EPUB lists them in its spine.")
        if len(found) > _MOST_CHAPTERS:
            raise WrittenWrongly(self.where, f"it names more than {_MOST_CHAPTERS} chapters.")
        return tuple(found)

    def headings(self) -> dict[str, dict[str, str]]:
        """Headings by file and id, from the table of contents of EPUB 3 or else that of EPUB 2."""
        nav = next((file.name for file in self.files.values() if "nav" in file.properties), "")
        ncx = self.files.get(self._contents) or next(
            (file for file in self.files.values() if file.kind.endswith("ncx+xml")), None
        )
        found: dict[str, dict[str, str]] = {}
        for name, rows in ((nav, _nav_rows), (ncx.name if ncx else "", _ncx_rows)):
            if found or not name or name not in self.zipped:
                continue
            where = self.zipped.place(name)
            content = decoded(self.zipped.read(name, _SMALL))
            for link, heading in rows(content, where):
                file, _, id = link.partition("#")
                if file and heading and "://" not in file:
                    target = inside(posixpath.dirname(name), file, where)
                    found.setdefault(target, {}).setdefault(id, heading)
        return found


def _nav_rows(content: str, where: str) -> Iterator[tuple[str, str]]:
    """Links and headings in the table of contents of EPUB 3."""
    told, link, text = False, "", list[str]()
    for found in tags(content, where):
        if isinstance(found, str):
            text.append(found)
        elif found.name == "nav":
            told = found.begins and found.attributes.get("epub:type", "toc") == "toc"
        elif found.name == "a" and found.begins:
            link, text = found.attributes.get("href", ""), []
        elif found.name == "a" and told:
            yield link, cleaned("".join(text))


def _ncx_rows(content: str, where: str) -> Iterator[tuple[str, str]]:
    """Links and headings in the table of contents of EPUB 2."""
    told, inside_text, heading = False, False, ""
    for found in tags(content, where):
        if isinstance(found, str):
            heading += found if inside_text and told else ""
        elif found.name == "navmap":
            told = found.begins
        elif found.name == "navpoint" and found.begins:
            heading = ""
        elif found.name == "text":
            inside_text = found.begins
        elif found.name == "content" and told and found.begins:
            yield found.attributes.get("src", ""), cleaned(heading)
