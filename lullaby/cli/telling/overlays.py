"""A book kept as an EPUB that speaks (--overlays)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.evening import Evening


def check_overlays(book: Path, path: Path) -> None:
    """Refused before anything is spoken."""
    if book.suffix.lower() != ".epub":
        raise AskedWrongly(f"--overlays {plain(str(path))}: {plain(book.name)} is no EPUB: leave it out.")
    if path.suffix.lower() != ".epub":
        raise AskedWrongly(f"--overlays {plain(str(path))}: what speaks is an EPUB, too, and ends in .epub.")
    if path.exists() and path.samefile(book):
        raise AskedWrongly(f"--overlays {plain(str(path))}: this is the book itself: give it another name.")


def keep_overlays(
    asked: argparse.Namespace, bedside: Bedside, evening: Evening, book: Path, path: Path
) -> None:
    from lullaby.evening.narration.spoken_book import write_spoken_book

    with bedside.working(f"Marking {book.name}") as progress:
        pages = write_spoken_book(evening, book, path, asked.jobs, progress)
    if not asked.json:
        bedside.say(plain(f"{path}: the book, with the narration of {pages} of its pages"))
