"""Stories: how soon the first word is heard, and what a whole book takes.

python -m benchmarks telling [--words 100000]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cpu import ROOT
from benchmarks.live import STORY, first_sounds
from benchmarks.memory import most_memory
from lullaby import places
from lullaby.score.stories import note_story


@dataclass(frozen=True)
class Book:
    """What keeping a book as an audiobook came to."""

    words: int
    hours: float
    """Of sound."""
    wall_s: float
    real_time: float
    """Hours of sound in an hour."""
    memory_mb: float
    """Of all processes at once, at the most; what they share is counted once."""
    again_s: float
    """The same command once more, with everything on the shelf, into another file."""


def first_words(times: int = 7) -> list[float]:
    """Seconds from `lullaby tell` to the first sound that the device gets, sorted; the shelf is empty.
    The first start, which may compile, is left out."""
    return first_sounds(("tell", STORY), times, emptied="cache/speech")


def book(words: int = 100_000, ending: str = ".m4b") -> Book:
    """A book of so many words, kept by `lullaby tell`, with an empty shelf."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "book.epub"
        count = write_book(path, words)
        env = {**os.environ, "LULLABY_HOME": home, "LULLABY_CACHE": str(Path(home) / "cache")}
        subprocess.run(_command(path, Path(home) / "warm.wav", "1"), env=env, cwd=ROOT, check=True)
        out = Path(home) / f"book{ending}"
        wall, memory = _watched(_command(path, out), env)
        again, _ = _watched(_command(path, Path(home) / f"again{ending}"), env)
        if out.read_bytes() != (Path(home) / f"again{ending}").read_bytes():
            raise RuntimeError("the same book came out otherwise")
        seconds = _seconds(out)
    return Book(count, seconds / 3600, wall, seconds / wall, memory, again)


def _command(book: Path, out: Path, parts: str | None = None) -> list[str]:
    which = ["--parts", parts] if parts else []
    return [sys.executable, "-m", "lullaby", "tell", str(book), *which, "-o", str(out)]


def _seconds(path: Path) -> float:
    import av

    with av.open(str(path)) as file:
        return float(file.duration or 0) / 1e6


def write_book(path: Path, words: int) -> int:
    """An EPUB of the shipped stories' sentences, in chapters of three thousand words; no sentence follows the
    one that it follows in another chapter. How many words it has."""
    sentences = []
    for story in sorted(places.shipped("scores").glob("stories/*.md")):
        told = note_story(story, [])
        if told is not None and told.front.lang in ("", "en"):
            sentences += [text for text in told.paragraphs if not text.startswith(("[", "***"))]
    chapters: list[list[str]] = [[]]
    count, place, step = 0, 0, 1
    while count < words:
        paragraph = sentences[place % len(sentences)]
        if place % len(sentences) + step >= len(sentences):
            step += 1
        place += step
        count += len(paragraph.split())
        chapters[-1].append(paragraph)
        if sum(len(p.split()) for p in chapters[-1]) > 3_000:
            chapters.append([])
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/epub+zip")
        file.writestr("META-INF/container.xml", _CONTAINER)
        named = [f"c{n}.xhtml" for n, chapter in enumerate(chapters) if chapter]
        items = "".join(f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in
                        enumerate(named))  # fmt: skip
        spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(named)))
        file.writestr("book.opf", _PACKAGE.format(items=items, spine=spine))
        for name, chapter in zip(named, chapters, strict=False):
            body = "".join(f"<p>{p}</p>" for p in chapter)
            file.writestr(name, _PAGE.format(title=f"Chapter {name[1:-6]}", body=body))
    return count


_CONTAINER = """<?xml version="1.0"?><container version="1.0"
xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf"
media-type="application/oebps-package+xml"/></rootfiles></container>"""
_PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"
unique-identifier="b"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="b">b</dc:identifier><dc:title>A Long Book</dc:title>
<dc:language>en</dc:language></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"""
_PAGE = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head>
<body><h1>{title}</h1>{body}</body></html>"""


def _watched(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Seconds that a command takes, and megabytes that it and its children need at the most."""
    began = time.monotonic()
    child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with most_memory(child.pid) as most:
        code = child.wait()
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return time.monotonic() - began, most.mb


def table(first: list[float], read: Book | None) -> str:
    lines = [
        f"first word: {first[len(first) // 2]:.2f} s ({first[0]:.2f} to {first[-1]:.2f}, {len(first)} runs)"
    ]
    if read is not None:
        lines.append(
            f"a book of {read.words} words: {read.hours:.1f} h of sound in {read.wall_s:.0f} s, "
            f"{read.real_time:.0f} times real time, {read.memory_mb:.0f} MB; from the shelf "
            f"{read.again_s:.0f} s"
        )
    return "\n".join(lines)
