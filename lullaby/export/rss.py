"""A podcast as RSS 2.0, with what podcast players have added to it."""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as Xml

from lullaby.errors import AskedWrongly
from lullaby.export.tag_reading import TaggedFile
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


def written(nights: list[TaggedFile], channel: Channel, name: str, picture: bool) -> bytes:
    """The feed of this name, as XML."""
    for prefix, space in NAMESPACES.items():
        Xml.register_namespace(prefix, space)
    rss = Xml.Element("rss", version="2.0")
    top = Xml.SubElement(rss, "channel")
    itself = channel.address(name)
    _add(top, "title", channel.title)
    _add(top, "link", channel.address(""))
    _add(top, "description", "Bedtime sound, made rather than played back.")
    _add(top, "language", channel.language)
    _add(top, "generator", "lullaby")
    Xml.SubElement(top, f"{{{ATOM}}}link", href=itself, rel="self", type="application/rss+xml")
    _add(top, f"{{{PODCAST}}}guid", str(uuid.uuid5(CHANNELS, itself.split("://", 1)[1])))
    _add(top, f"{{{ITUNES}}}explicit", "false")
    Xml.SubElement(top, f"{{{ITUNES}}}category", text="Health & Fitness")
    if channel.author:
        _add(top, f"{{{ITUNES}}}author", channel.author)
    if picture:
        Xml.SubElement(top, f"{{{ITUNES}}}image", href=channel.address(COVER))
    taken: set[str] = set()
    for night in nights:
        guid = f"{night.fingerprint}{night.path.suffix.lower()}"
        if guid in taken:  # another piece of the same night
            guid = f"{guid} {night.path.name}"
        taken.add(guid)
        _item(Xml.SubElement(top, "item"), night, channel, guid)
    Xml.indent(rss)
    whole: bytes = Xml.tostring(rss, encoding="utf-8", xml_declaration=True)
    return whole + b"\n"


def _item(item: Xml.Element, night: TaggedFile, channel: Channel, guid: str) -> None:
    _add(item, "title", night.title)
    _add(item, "description", night.says or night.title)
    _add(item, "guid", guid, isPermaLink="false")
    _add(item, "pubDate", format_datetime(night.published))
    Xml.SubElement(
        item, "enclosure", url=channel.address(night.path.name), length=str(night.bytes), type=night.type
    )
    _add(item, f"{{{ITUNES}}}duration", str(round(night.seconds)))
    _add(item, f"{{{ITUNES}}}explicit", "false")
    if night.chapters:
        where = channel.address(chapters_name(night))
        Xml.SubElement(item, f"{{{PODCAST}}}chapters", url=where, type="application/json+chapters")


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    """XML 1.0 has no words for control characters: they go."""
    Xml.SubElement(parent, name, attributes).text = _FORBIDDEN.sub("", text)


def chapters_name(night: TaggedFile) -> str:
    return f"{night.path.name}.chapters.json"
