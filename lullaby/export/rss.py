"""A podcast as RSS 2.0, with what podcast players have added to it."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as Xml

from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import quoted

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM}
CHANNELS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The podcast namespace's own: a channel's guid is its address, without the scheme, named in this."""

COVER = "lullaby-cover.jpg"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URL = re.compile(r"[!-~]+\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")


@dataclass(frozen=True)
class Channel:
    """The feed's own title, address and so on, said of all the nights together."""

    url: str
    """The address where the folder will be found, with a slash at its end."""
    title: str = "Nights"
    author: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url) if _URL.match(self.url) else urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise AskedWrongly(
                f"--url {quoted(self.url)} is not an address like https://example.org/nights/ ."
            )
        if "@" in parts.netloc:
            raise AskedWrongly("--url holds a name or a password, and a feed is read by everyone.")
        if not _LANGUAGE.match(self.language):
            raise AskedWrongly(f"--language {quoted(self.language)} is not a language like en or pt-BR.")

    def address(self, name: str) -> str:
        """The address of a file in the folder."""
        return f"{self.url.rstrip('/')}/{quote(os.fsencode(name))}"


@dataclass(frozen=True)
class Item:
    """A night as a feed lists it."""

    title: str
    says: str
    """What it is made of; empty where its title must do."""
    published: datetime
    address: str
    bytes: int
    type: str
    seconds: float
    guid: str
    """By which a player knows it again, wherever it is and however long it has become."""
    chapters: str = ""
    """The address of its list of chapters, where it has one."""


def written(items: Iterable[Item], channel: Channel, itself: str, picture: str = "", key: str = "") -> bytes:
    """The feed of this address, as XML. `picture` is the address of its cover. `key` is what has to be said
    to be given the feed: it is no part of what the feed is known by."""
    for prefix, space in NAMESPACES.items():
        Xml.register_namespace(prefix, space)
    rss = Xml.Element("rss", version="2.0")
    top = Xml.SubElement(rss, "channel")
    _add(top, "title", channel.title)
    _add(top, "link", channel.address(""))
    _add(top, "description", "Bedtime sound, made rather than played back.")
    _add(top, "language", channel.language)
    _add(top, "generator", "lullaby")
    Xml.SubElement(top, f"{{{ATOM}}}link", href=itself + key, rel="self", type="application/rss+xml")
    _add(top, f"{{{PODCAST}}}guid", str(uuid.uuid5(CHANNELS, itself.split("://", 1)[1])))
    _add(top, f"{{{ITUNES}}}explicit", "false")
    Xml.SubElement(top, f"{{{ITUNES}}}category", text="Health & Fitness")
    if channel.author:
        _add(top, f"{{{ITUNES}}}author", channel.author)
    if picture:
        Xml.SubElement(top, f"{{{ITUNES}}}image", href=picture)
    for item in items:
        _write(Xml.SubElement(top, "item"), item)
    Xml.indent(rss)
    whole: bytes = Xml.tostring(rss, encoding="utf-8", xml_declaration=True)
    return whole + b"\n"


def _write(element: Xml.Element, item: Item) -> None:
    _add(element, "title", item.title)
    _add(element, "description", item.says or item.title)
    _add(element, "guid", item.guid, isPermaLink="false")
    _add(element, "pubDate", format_datetime(item.published))
    Xml.SubElement(element, "enclosure", url=item.address, length=str(item.bytes), type=item.type)
    _add(element, f"{{{ITUNES}}}duration", str(round(item.seconds)))
    _add(element, f"{{{ITUNES}}}explicit", "false")
    if item.chapters:
        Xml.SubElement(element, f"{{{PODCAST}}}chapters", url=item.chapters, type="application/json+chapters")


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    """XML 1.0 has no words for control characters: they go."""
    Xml.SubElement(parent, name, attributes).text = _FORBIDDEN.sub("", text)


def chapter_list(chapters: Iterable[tuple[float, str]]) -> bytes:
    """A list of chapters as players of podcasts read it, from each one's first second and its title."""
    rows = [{"startTime": round(start, 3), "title": title} for start, title in chapters]
    return (json.dumps({"version": "1.2.0", "chapters": rows}, indent=2) + "\n").encode()
