"""A book as it was told, as an EPUB that speaks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lullaby.evening.narration.captions import overlays_of
from lullaby.evening.prepare import Evening
from lullaby.export import STORY, export, format_of, whatever_the_date
from lullaby.export.overlays import PageTold, pages_told, write_overlays

_USE = replace(STORY, cover=300)


def write_spoken_book(
    evening: Evening,
    book: Path,
    path: Path,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Writes it, and returns how many of its pages are told. Their sounds are made in a folder beside it,
    which goes when the book is finished: stopped and asked again, those that are finished are not made
    again."""
    night, storytelling = evening.night, evening.storytelling
    assert storytelling is not None
    text = storytelling.tales[0].told.text
    pages = pages_told(list(overlays_of(storytelling.tales)))
    of = whatever_the_date(night, night.span, format_of(Path("sound.m4b")), _USE, 16)
    folder = path.absolute().parent / f".{path.name}-{of[:12]}.part"
    done = 0

    def sound_of(page: PageTold) -> Path:
        nonlocal done
        done += 1
        sound = folder / f"{page.span.start}-{page.span.stop}.m4b"
        if not sound.exists():
            folder.mkdir(exist_ok=True)
            export(night, sound, span=page.span, use=_USE, jobs=jobs)
        if progress is not None:
            progress(done, len(pages))
        return sound

    headings = [(part.heading, part.source) for part in text.parts]
    write_overlays(book, path, text.title, text.lang, headings, pages, sound_of)
    with suppress(OSError):
        shutil.rmtree(folder)
    return done
