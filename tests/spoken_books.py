"""A check of EPUBs that speak: what epubcheck asks of packages and of media overlays."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import av

OPF, SMIL = "{http://www.idpf.org/2007/opf}", "{http://www.w3.org/ns/SMIL}"
DC = "{http://purl.org/dc/elements/1.1/}"


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


class Read:
    """An EPUB, read by nothing of lullaby's."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        container = ElementTree.fromstring(self.zip.read("META-INF/container.xml"))
        root = next(one for one in container.iter() if one.tag.endswith("rootfile"))
        self.opf = root.attrib["full-path"]
        self.package = ElementTree.fromstring(self.zip.read(self.opf))
        self.items = {one.attrib["id"]: one for one in self.package.iter(f"{OPF}item")}
        self.name = {id: self.inside(self.opf, one.attrib["href"]) for id, one in self.items.items()}

    def inside(self, base: str, link: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(link.split("#")[0])))

    def metas(self, property: str) -> Iterator[ElementTree.Element]:
        return (one for one in self.package.iter(f"{OPF}meta") if one.attrib.get("property") == property)

    def text_of(self, page: str, id: str) -> str:
        tree = ElementTree.fromstring(self.zip.read(page))
        found = next(one for one in tree.iter() if one.attrib.get("id") == id)
        return " ".join("".join(found.itertext()).split())

    def overlays(self) -> Iterator[tuple[str, list[tuple[str, float, float, str]]]]:
        """Of each narrated page its name, and the clips: id, begin, end, sound."""
        for item in self.items.values():
            if overlay := item.attrib.get("media-overlay"):
                name = self.name[overlay]
                smil = ElementTree.fromstring(self.zip.read(name))
                page = self.inside(self.opf, item.attrib["href"])
                clips = []
                for par in smil.iter(f"{SMIL}par"):
                    text, audio = par.find(f"{SMIL}text"), par.find(f"{SMIL}audio")
                    assert text is not None
                    assert audio is not None
                    assert self.inside(name, text.attrib["src"]) == page
                    begin, end = seconds(audio.attrib["clipBegin"]), seconds(audio.attrib["clipEnd"])
                    id = text.attrib["src"].partition("#")[2]
                    clips.append((id, begin, end, self.inside(name, audio.attrib["src"])))
                yield page, clips


def faults(path: Path) -> list[str]:
    """All that is wrong with it."""
    book, found = Read(path), list[str]()
    first = book.zip.infolist()[0]
    if (first.filename, first.compress_type, book.zip.read(first)) != (
        "mimetype",
        0,
        b"application/epub+zip",
    ):
        found.append("the mimetype is not first, or packed")
    names = book.zip.namelist()
    found += [f"{name} is there twice" for name in {*names} if names.count(name) > 1]
    found += _package(book)
    pages = dict(book.overlays())
    for page, clips in pages.items():
        tree = ElementTree.fromstring(book.zip.read(page))
        order = [one.attrib["id"] for one in tree.iter() if "id" in one.attrib]
        found += [f"{page}: two elements have the id {id}" for id in {*order} if order.count(id) > 1]
        found += [f"{page}: no id {id}" for id, *_ in clips if id not in order]
        at = [order.index(id) for id, *_ in clips if id in order]
        if at != sorted(set(at)):
            found.append(f"{page}: sentences out of order, or twice")
        last = 0.0
        for id, begin, end, sound in clips:
            if not last <= begin < end:
                found.append(f"{page}: {id} from {begin} to {end}, after {last}")
            last = end
            with av.open(BytesIO(book.zip.read(sound))) as file:
                if end > file.duration / 1e6 + 0.001:
                    found.append(f"{page}: {id} ends at {end}, and the sound at {file.duration / 1e6}")
    durations = {
        one.attrib.get("refines", ""): seconds(one.text or "") for one in book.metas("media:duration")
    }
    lasts = 0.0
    for id, item in book.items.items():
        if overlay := item.attrib.get("media-overlay"):
            told = sum(end - begin for _, begin, end, _ in pages[book.name[id]])
            lasts += told
            if abs(durations.get(f"#{overlay}", -1) - told) > 0.01:
                found.append(f"{overlay}: its duration is not {told}")
    if abs(durations.get("", -1) - lasts) > 0.05:
        found.append(f"the whole does not last {lasts}")
    if len(list(book.metas("media:active-class"))) != 1:
        found.append("there is no active class")
    return found


def _package(book: Read) -> Iterator[str]:
    package = book.package
    if package.attrib.get("version") != "3.0":
        yield f"version {package.attrib.get('version')}"
    ids = [one.attrib["id"] for one in package.iter() if "id" in one.attrib]
    yield from (f"two have the id {id}" for id in {*ids} if ids.count(id) > 1)
    if package.attrib.get("unique-identifier") not in [
        one.attrib.get("id") for one in package.iter(f"{DC}identifier")
    ]:
        yield "no unique identifier"
    if len(list(book.metas("dcterms:modified"))) != 1:
        yield "not said when it was changed"
    yield from (f"{name} is not there" for name in book.name.values() if name not in book.zip.namelist())
    if sum("nav" in one.attrib.get("properties", "").split() for one in book.items.values()) != 1:
        yield "it needs one table of contents"
    for id, item in book.items.items():
        kind = item.attrib["media-type"]
        if kind in ("application/xhtml+xml", "application/smil+xml"):
            content = book.zip.read(book.name[id]).decode()
            try:
                ElementTree.fromstring(content)
            except ElementTree.ParseError as error:
                yield f"{book.name[id]}: {error}"
            if kind == "application/xhtml+xml" and "<!DOCTYPE html>" not in content:
                yield f"{book.name[id]}: an old document type"
        overlay = item.attrib.get("media-overlay")
        if overlay and book.items[overlay].attrib["media-type"] != "application/smil+xml":
            yield f"{id}: {overlay} is no overlay"
    for one in package.iter():
        yield from (f"{one.tag}: {key}" for key in one.attrib if key.startswith(OPF))
    spine = [one.attrib["idref"] for one in package.iter(f"{OPF}itemref")]
    yield from (f"{id} is no file" for id in spine if id not in book.items)
