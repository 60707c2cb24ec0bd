"""The feed that is alive: tonight and the evenings before it as a podcast, each made as it is fetched.

An app that downloads new episodes finds tonight's from noon on, and has it before bed. How long a file is
going to be is known before it is made, so that the feed costs no sound.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from lullaby.export.known_file import KnownFile
from lullaby.export.rss import Channel, Item, chapter_list, written
from lullaby.time import RATE

MEDIA_TYPE = "application/rss+xml"
CHAPTERS_TYPE = "application/json+chapters"
BEFORE = 6
"""Evenings before tonight that are listed, too."""


@dataclass(frozen=True)
class Served:
    """A night of the server: its file, which need not exist, and where it is asked for."""

    file: KnownFile
    name: str
    """The words of its address, by which an app knows it again when the program or the home's network has
    changed."""
    evening: datetime.date
    address: str
    """Of the file; with the key by which an app may have it."""
    chapters: str = ""
    """Where its list of chapters is asked for; it is only said where there are any."""


def evenings(tonight: datetime.date, before: int = BEFORE) -> tuple[datetime.date, ...]:
    """The evenings that are listed, tonight first."""
    return tuple(tonight - datetime.timedelta(days=days) for days in range(before + 1))


def item_of(night: Served, zone: datetime.tzinfo) -> Item:
    """A night as the feed lists it: out when its day begins at home, so that it is there before bed."""
    file = night.file
    ending = file.rendering.format.ending
    return Item(
        title=f"{file.tags.title}, {night.evening.isoformat()}",
        says=file.tags.credits,
        published=datetime.datetime.combine(night.evening, datetime.time(), zone),
        address=night.address,
        bytes=file.length,
        type=file.rendering.format.media_type,
        seconds=len(file.rendering.span) / RATE,
        guid=f"{night.name}{ending}",
        chapters=night.chapters if file.tags.chapters else "",
    )


def feed(
    nights: Iterable[Served], channel: Channel, zone: datetime.tzinfo, key: str = "", picture: str = ""
) -> bytes:
    """The feed of these nights, the newest first. `key` is what the app says after the feed's address to be
    given it, like "?key=…"; `picture` is the address of the podcast's cover."""
    items = sorted((item_of(night, zone) for night in nights), key=lambda item: item.published, reverse=True)
    return written(items, channel, channel.address("feed.xml"), picture, key)


def chapters_of(file: KnownFile) -> bytes:
    """A night's list of chapters, as players of podcasts read it."""
    return chapter_list((chapter.start / RATE, chapter.title) for chapter in file.tags.chapters)
