"""A folder of kept nights as a podcast: a feed.xml beside them, for whatever server the folder is put on.

It is a list of files and no more: nothing is counted, nothing is loaded from elsewhere, and the same folder
makes the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.file_writing import put
from lullaby.export.rss import COVER, Channel, Item, chapter_list, written
from lullaby.export.tag_reading import TaggedFile, cover_of, media_types, read_tags
from lullaby.score.plain_text import plain, quoted, short


@dataclass(frozen=True)
class Fed:
    """The outcome of making a feed: its file, the nights in it, and a line for each file left out."""

    path: Path
    nights: tuple[TaggedFile, ...]
    left_out: tuple[str, ...]


def feed(
    folder: str | os.PathLike[str],
    channel: Channel,
    out: str | os.PathLike[str] | None = None,
    also: Sequence[str] = (),
) -> Fed:
    """Writes the folder's feed.xml, its cover and lists of chapters.

    A feed is read by everyone: a night that was made for a listener is in it only where `also` has its file's
    name, in which * stands for anything."""
    folder = Path(folder)
    path = Path(out) if out else folder / "feed.xml"
    nights, left_out = _nights(folder, path, also)
    if not nights:
        why = "".join(f"\n    {line}" for line in left_out)
        raise CouldNot(f"{plain(str(folder))}: there is no night in it ({', '.join(media_types())}).{why}")
    newest = [night for night in nights if night.published == nights[0].published]
    picture = max((cover_of(night.path) or b"" for night in newest), key=len)  # the largest there is
    if picture:
        put(folder / COVER, picture)
    for night in nights:
        if night.chapters:
            chapters = chapter_list((chapter.start, chapter.title) for chapter in night.chapters)
            put(folder / _chapters_name(night), chapters)
    cover = channel.address(COVER) if picture else ""
    put(path, written(_items(nights, channel), channel, channel.address(path.name), cover))
    return Fed(path, tuple(nights), tuple(left_out))


def _nights(folder: Path, out: Path, also: Sequence[str]) -> tuple[list[TaggedFile], list[str]]:
    """The nights, the newest first, and lines that name every other file and say why it is left out."""
    try:
        everything = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise CouldNot(f"{plain(str(folder))}: this folder could not be read ({said}).") from error
    nights: list[TaggedFile] = []
    left_out: list[str] = []
    files = [path for path in everything if path.is_file()]
    for path in (path for path in files if path.suffix.lower() in media_types()):
        try:
            night = read_tags(path)
        except CouldNot as error:
            left_out.append(str(error))
            continue
        why = _no_episode(night, also)
        if why:
            left_out.append(f"{_name(path)}: {why}")
        else:
            nights.append(night)
    for pattern in also:
        if not any(_called(night.path, pattern) for night in nights):
            raise AskedWrongly(f"--with {quoted(pattern)}: no night in {plain(str(folder))} is called so.")
    if others := _others(files, out):
        left_out.append(f"Left out, for a feed lists sound: {', '.join(others)}.")
    order = list(media_types())
    nights.sort(key=lambda night: order.index(night.path.suffix.lower()))
    nights.sort(key=lambda night: night.published, reverse=True)
    return nights, left_out


def _no_episode(night: TaggedFile, also: Sequence[str]) -> str:
    """Why a file of ours stays out; empty where it does not."""
    if night.voices_alone:
        return "left out: these are voices alone, as `lullaby hear` keeps them, and no night."
    if night.for_listener and not any(_called(night.path, pattern) for pattern in also):
        return (
            "left out: it was made for a listener, and a feed is read by everyone. --with FILE takes it in."
        )
    return ""


def _called(path: Path, pattern: str) -> bool:
    return path.name == pattern or fnmatchcase(path.name, pattern)


def _others(files: Sequence[Path], out: Path) -> list[str]:
    """Names of the files that are neither sound nor made here for the feed."""
    ours = {COVER, out.name, "feed.xml", *(f"{path.name}.chapters.json" for path in files)}
    return [
        _name(path) for path in files if path.suffix.lower() not in media_types() and path.name not in ours
    ]


def _name(path: Path) -> str:
    return short(plain(path.name), 80)


def _items(nights: Sequence[TaggedFile], channel: Channel) -> Iterator[Item]:
    taken: set[str] = set()
    for night in nights:
        guid = f"{night.fingerprint}{night.path.suffix.lower()}"
        if guid in taken:  # another piece of the same night
            guid = f"{guid} {night.path.name}"
        taken.add(guid)
        yield Item(
            title=night.title,
            says=night.says,
            published=night.published,
            address=channel.address(night.path.name),
            bytes=night.bytes,
            type=night.type,
            seconds=night.seconds,
            guid=guid,
            chapters=channel.address(_chapters_name(night)) if night.chapters else "",
        )


def _chapters_name(night: TaggedFile) -> str:
    return f"{night.path.name}.chapters.json"
