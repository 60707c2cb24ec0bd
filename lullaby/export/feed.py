"""A folder of kept nights as a podcast: a feed.xml beside them, for whatever server the folder is put on.

It is a list of files and no more: nothing is counted, nothing is loaded from elsewhere, and the same folder
makes the same bytes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from lullaby.errors import CouldNot
from lullaby.export.file_writing import put
from lullaby.export.rss import COVER, Channel, chapters_name, written
from lullaby.export.tag_reading import TaggedFile, cover_of, media_types, read_tags
from lullaby.score.plain_text import plain


@dataclass(frozen=True)
class Fed:
    """The outcome of making a feed: its file, the nights in it, and a line for each file left out."""

    path: Path
    nights: tuple[TaggedFile, ...]
    left_out: tuple[str, ...]


def feed(folder: str | os.PathLike[str], channel: Channel, out: str | os.PathLike[str] | None = None) -> Fed:
    """Writes the folder's feed.xml, its cover and lists of chapters."""
    folder = Path(folder)
    path = Path(out) if out else folder / "feed.xml"
    nights, left_out = _nights(folder)
    if not nights:
        why = "".join(f"\n    {line}" for line in left_out)
        raise CouldNot(f"{plain(str(folder))}: there is no night in it ({', '.join(media_types())}).{why}")
    newest = [night for night in nights if night.published == nights[0].published]
    picture = max((cover_of(night.path) or b"" for night in newest), key=len)  # the largest there is
    if picture:
        put(folder / COVER, picture)
    for night in nights:
        if night.chapters:
            put(folder / chapters_name(night), _chapters(night))
    put(path, written(nights, channel, path.name, bool(picture)))
    return Fed(path, tuple(nights), tuple(left_out))


def _nights(folder: Path) -> tuple[list[TaggedFile], list[str]]:
    """The nights, the newest first, and a line for each file that could not be read as one."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in media_types())
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise CouldNot(f"{plain(str(folder))}: this folder could not be read ({said}).") from error
    nights: list[TaggedFile] = []
    left_out: list[str] = []
    for path in found:
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            nights.append(read_tags(path))
        except CouldNot as error:
            left_out.append(str(error))
    order = list(media_types())
    nights.sort(key=lambda night: order.index(night.path.suffix.lower()))
    nights.sort(key=lambda night: night.published, reverse=True)
    return nights, left_out


def _chapters(night: TaggedFile) -> bytes:
    chapters = [{"startTime": round(chapter.start, 3), "title": chapter.title} for chapter in night.chapters]
    return (json.dumps({"version": "1.2.0", "chapters": chapters}, indent=2) + "\n").encode()
