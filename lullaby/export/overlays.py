"""An EPUB that speaks: a copy of a book with its narration inside, and which sentence is heard when (EPUB 3
media overlays).

Each page that something is told of gets a sound of its own and a SMIL file: a list of its sentences, by the
id of their elements, and the stretch of sound of each. A stretch lasts until the next begins, so that pauses
are heard, too.
"""

from __future__ import annotations

import posixpath
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from lullaby import places
from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.export.file_writing import refuse_folder, why_not
from lullaby.export.overlay_marking import Spoken, marked
from lullaby.export.overlay_package import ACTIVE, Added, Overlay, Package, clock, contents_page
from lullaby.export.overlay_text import Kind, tokens_of, well_formed
from lullaby.story.epub import package_name
from lullaby.story.markup import decoded
from lullaby.story.zipped import Zipped
from lullaby.time import RATE, Span

LEAD, TAIL = RATE // 4, RATE
"""Frames of sound before the first sentence of a page and after the last, at the most."""
_LARGEST = 4 << 30
"""Bytes of all files of a book, unpacked."""
_WRITE: Literal["w"] = "w"
"""How a file within the zip file is opened."""
_DROPPED = ("META-INF/signatures.xml",)
"""A signature is of the book as it was."""
_STYLE = f".{ACTIVE} {{ background-color: rgba(255, 205, 110, 0.3); }}\n"


@dataclass(frozen=True)
class Told:
    """A sentence, and when it is heard."""

    page: str
    """The name of its page within the book."""
    spoken: Spoken
    start: int
    stop: int


@dataclass(frozen=True)
class PageTold:
    """What is told of one page, and the stretch of the night in which it is."""

    name: str
    told: tuple[Told, ...]
    span: Span


def pages_told(told: Sequence[Told]) -> list[PageTold]:
    """What is told, page by page, in order; a page that is told in two places has the first alone."""
    found: dict[str, PageTold] = {}
    runs = [(name, tuple(of_one)) for name, of_one in groupby(told, key=lambda one: one.page) if name]
    for number, (name, sentences) in enumerate(runs):
        before = runs[number - 1][1][-1].stop if number else 0
        after = runs[number + 1][1][0].start if number + 1 < len(runs) else sentences[-1].stop + TAIL
        start = max(before, sentences[0].start - LEAD)
        stop = min(sentences[-1].stop + TAIL, max(sentences[-1].stop, after - LEAD))
        found.setdefault(name, PageTold(name, sentences, Span(start, stop)))
    return list(found.values())


def write_overlays(
    book: Path,
    path: Path,
    title: str,
    lang: str,
    headings: Sequence[tuple[str, str]],
    pages: Sequence[PageTold],
    sound_of: Callable[[PageTold], Path],
) -> None:
    """Writes the book with its narration. `headings` are those of its parts, and the pages that they stand
    on; `sound_of` makes a page's sound as an .m4b file."""
    try:
        refuse_folder(path)
        with Zipped(book) as zipped, places.putting(path) as draft, zipfile.ZipFile(draft, "w") as out:
            _Writing(zipped, out).write(title, lang, headings, pages, sound_of)
    except OSError as error:
        raise CouldNot(why_not(path, error)) from error


class _Writing:
    def __init__(self, zipped: Zipped, out: zipfile.ZipFile) -> None:
        self.zipped, self.out = zipped, out
        name = package_name(zipped)
        self.package = Package(name, decoded(zipped.read(name)), zipped.place(name))
        self.date = zipped.info(name).date_time
        folder, number = posixpath.join(self.package.folder, "narration"), 1
        self.folder = folder
        while any(one.startswith(f"{self.folder}/") for one in zipped.names):
            number += 1
            self.folder = f"{folder}-{number}"

    def write(
        self,
        title: str,
        lang: str,
        headings: Sequence[tuple[str, str]],
        pages: Sequence[PageTold],
        sound_of: Callable[[PageTold], Path],
    ) -> None:
        infos = self.zipped.infos
        if sum(info.file_size for info in infos) > _LARGEST:
            raise WrittenWrongly(self.zipped.where, "all that is in it would take more than 4 GiB.")
        self._put("mimetype", b"application/epub+zip", stored=True)
        changed, overlays = self._narrated(pages, sound_of)
        kinds: dict[str, str] = {}
        if self.package.is_old:
            for name in self.package.pages:
                if name not in changed and name in self.zipped:
                    changed[name] = self._page(name)
                kinds[name] = _properties(changed.get(name) or "")
        style = Added(f"{self.folder}/narration.css", "text/css")
        added = [style]
        if not self.package.has_contents:
            added.append(Added(f"{self.folder}/contents.xhtml", "application/xhtml+xml", "nav"))
            listed = [(said, page) for said, page in headings if said and page]
            rows = [
                (said, quote(posixpath.relpath(page, self.folder)))
                for said, page in listed or [(title, one.name) for one in pages[:1]]
            ]
            self._put(added[-1].name, contents_page(title, lang, rows).encode())
        self._put(style.name, _STYLE.encode())
        modified = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*self.date)
        package = self.package.with_overlays(overlays, added, kinds, modified)
        gone = {"mimetype", self.package.name, *self.package.overlays, *_DROPPED}
        self._put(self.package.name, package.encode())
        for info in infos:
            if info.is_dir() or info.filename in gone:
                continue
            page = changed.get(info.filename)
            if page is not None:
                self._put(info.filename, page.encode())
            else:
                self._copy(info)

    def _copy(self, info: zipfile.ZipInfo) -> None:
        copied = zipfile.ZipInfo(info.filename, info.date_time)
        copied.compress_type = zipfile.ZIP_DEFLATED if info.compress_type else zipfile.ZIP_STORED
        copied.external_attr = info.external_attr
        with self.out.open(copied, _WRITE) as to:
            for piece in self.zipped.pieces(info):
                to.write(piece)

    def _narrated(
        self, pages: Sequence[PageTold], sound_of: Callable[[PageTold], Path]
    ) -> tuple[dict[str, str | None], list[Overlay]]:
        changed: dict[str, str | None] = {}
        overlays: list[Overlay] = []
        for one in pages:
            page = self._page(one.name) if one.name in self.package.items else None
            if page is None:
                continue
            page, targets = marked(page, [told.spoken for told in one.told])
            clips = _clips(one, targets)
            if not clips:
                continue
            number = len(overlays) + 1
            smil, sound = f"{self.folder}/{number:04}.smil", f"{self.folder}/{number:04}.m4a"
            self._put_file(sound, sound_of(one))
            self._put(smil, _smil(smil, one.name, sound, clips).encode())
            changed[one.name] = self._styled(page, one.name)
            overlays.append(Overlay(one.name, smil, sound, sum(stop - start for _, start, stop in clips)))
        if not overlays:
            raise WrittenWrongly(self.zipped.where, "none of its pages can be told with narration.")
        return changed, overlays

    def _page(self, name: str) -> str | None:
        return well_formed(decoded(self.zipped.read(name)))

    def _styled(self, page: str, name: str) -> str:
        """The page with a link to how a spoken sentence looks."""
        ends = (one for one in tokens_of(page) if one.kind is Kind.END)
        head = next((one for one in ends if one.written == "head"), None)
        if head is None:
            return page
        link = quote(posixpath.relpath(f"{self.folder}/narration.css", posixpath.dirname(name) or "."))
        style = f'<link rel="stylesheet" type="text/css" href={quoteattr(link)}/>'
        return page[: head.start] + style + page[head.start :]

    def _info(self, name: str, stored: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self.date)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info

    def _put(self, name: str, content: bytes, stored: bool = False) -> None:
        self.out.writestr(self._info(name, stored), content)

    def _put_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file, self.out.open(self._info(name, stored=True), _WRITE) as out:
            shutil.copyfileobj(file, out)


def _properties(page: str) -> str:
    """What EPUB 3 wants to be told of a page."""
    names = {token.name for token in tokens_of(page)}
    known = (("svg", "svg"), ("mathml", "math"), ("scripted", "script"))
    return " ".join(said for said, tag in known if tag in names)


Clip = tuple[str, float, float]
"""An id, and seconds of its page's sound."""


def _clips(page: PageTold, targets: Sequence[str]) -> list[Clip]:
    """Each sentence until the next begins; what has no element is heard with the one before."""
    begun: list[tuple[str, float]] = []
    for told, target in zip(page.told, targets, strict=True):
        if target and (not begun or begun[-1][0] != target):
            begun.append((target, (told.start - page.span.start) / RATE))
    if not begun:
        return []
    begun[0] = (begun[0][0], 0.0)
    stops = [start for _, start in begun[1:]] + [len(page.span) / RATE]
    return [(target, _down(start), _down(stop)) for (target, start), stop in zip(begun, stops, strict=True)]


def _down(seconds: float) -> float:
    """Whole milliseconds: never more than there is."""
    return int(seconds * 1000) / 1000


def _smil(name: str, page: str, sound: str, clips: Sequence[Clip]) -> str:
    folder = posixpath.dirname(name)
    text = quote(posixpath.relpath(page, folder))
    audio = quote(posixpath.relpath(sound, folder))
    rows = [
        f'<par id="par{number}"><text src={quoteattr(f"{text}#{target}")}/>'
        f'<audio src={quoteattr(audio)} clipBegin="{clock(start)}" clipEnd="{clock(stop)}"/></par>'
        for number, (target, start, stop) in enumerate(clips, 1)
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n'
        f"<body>\n{chr(10).join(rows)}\n</body>\n</smil>\n"
    )
