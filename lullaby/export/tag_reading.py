"""A kept night's file, read back: its tags, how long it is, its chapters and its cover."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import CouldNot
from lullaby.export.containers.tags import FOR_A_LISTENER, VOICES_ALONE
from lullaby.export.file_names import names_a_listener
from lullaby.export.formats import ENDINGS
from lullaby.score.plain_text import plain, short

_RENAMED = ".m4a"
"""The ending that some players want for an .m4b: somebody may have renamed one."""

_OURS = re.compile(r"\blullaby ([0-9a-zA-Z]{8,64})\b")
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class Chapter:
    start: float  # seconds
    title: str


@dataclass(frozen=True)
class TaggedFile:
    """The tags of a file, as they describe the night in it."""

    path: Path
    fingerprint: str
    title: str
    date: datetime.date | None
    seconds: float
    says: str
    """The description of its sounds, if the file has one."""
    chapters: tuple[Chapter, ...]
    bytes: int
    for_listener: bool
    """Was it made for a listener, as its tags or its name say?"""
    voices_alone: bool
    """Is it no night, but voices as `lullaby hear` keeps them?"""
    changed: float
    """When the file was last written, in seconds of the wall clock's epoch."""

    @property
    def type(self) -> str:
        return media_types()[self.path.suffix.lower()]

    @property
    def published(self) -> datetime.datetime:
        """Noon of its date, which is that date nearly everywhere; without one, when it was written."""
        if self.date:
            return datetime.datetime.combine(self.date, datetime.time(12), datetime.UTC)
        return datetime.datetime.fromtimestamp(int(self.changed), datetime.UTC)


def media_types() -> dict[str, str]:
    """Audio by its ending, what most players play first: their order where one night is kept in several."""
    usual = sorted(ENDINGS.values(), key=lambda format: format.rarity)
    of_ours = {format.ending: format.media_type for format in usual if format.media_type}
    return {_RENAMED: ENDINGS[".m4b"].media_type, **of_ours}


def read_tags(path: Path) -> TaggedFile:
    """The night in this file; a CouldNot of one line where there is none, or it cannot be read."""
    import av

    try:
        size, changed = path.stat().st_size, path.stat().st_mtime
        with av.open(str(path), metadata_errors="replace") as file:
            tags = _tags(file)
            seconds = (file.duration or 0) / av.time_base
            chapters = tuple(_chapters(file)) if file.streams.audio else ()
            sounds = bool(file.streams.audio)
    except (OSError, ValueError, av.FFmpegError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise CouldNot(f"{_name(path)}: this could not be read ({short(plain(said.lower()))}).") from error
    ours = _OURS.search(tags.get("comment", ""))
    if not sounds or not ours:
        raise CouldNot(f"{_name(path)}: no night of lullaby's is in it.")
    title = tags.get("title", "").strip() or path.stem
    besides = tags["comment"].partition(";")[0].split(", ")  # libav joins comments of Ogg and FLAC by ;
    return TaggedFile(
        path,
        ours[1],
        title,
        _date(tags),
        seconds,
        _says(tags),
        chapters,
        size,
        for_listener=FOR_A_LISTENER in besides or names_a_listener(path.stem),
        voices_alone=VOICES_ALONE in besides,
        changed=changed,
    )


def cover_of(path: Path) -> bytes | None:
    """The JPEG that stands in the file for players to show."""
    import av

    try:
        with av.open(str(path), metadata_errors="replace") as file:
            for stream in file.streams.video:
                picture = bytes(next(file.demux(stream)))  # it comes before any sound
                if picture.startswith(_JPEG):
                    return picture
    except (OSError, ValueError, av.FFmpegError):  # then it is taken to have none
        pass
    return None


def _tags(file: Any) -> dict[str, str]:
    """The tags by name in small letters. Ogg keeps them with the stream, the others with the file."""
    found: dict[str, str] = {}
    for tags in (*(stream.metadata for stream in file.streams.audio), file.metadata):
        found |= {name.lower(): value for name, value in tags.items()}
    return found


def _chapters(file: Any) -> list[Chapter]:
    return [
        Chapter(float(chapter["start"] * chapter["time_base"]), chapter["metadata"].get("title", ""))
        for chapter in file.chapters()
    ]


def _date(tags: Mapping[str, str]) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(tags.get("date", "")[:10])
    except ValueError:
        return None


def _says(tags: Mapping[str, str]) -> str:
    """The description of its sounds, under the name that its kind of file has for that."""
    texts = [tags.get(name) for name in ("credits", "synopsis", "copyright", "description")]
    # libav reads the description of an Ogg or FLAC file as a second comment, after a semicolon
    rest = tags.get("comment", "").partition(";")[2]
    return next((text for text in (*texts, rest) if text), "").strip()


def _name(path: Path) -> str:
    return short(plain(path.name), 80)
