"""A podcast whose episodes need not exist: an app finds tonight in it, and fetches what was said."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import feedparser
import pytest
from nights import night_of

from lullaby.export import ENDINGS, Sampling, rendering_of
from lullaby.export.file_tags import tags_of
from lullaby.export.known_file import KnownFile
from lullaby.export.rss import PODCAST, Channel
from lullaby.night import Night
from lullaby.time import RATE, Span
from lullaby.web.feed import Served, chapters_of, evenings, feed

SCORE = """
title = "Hush & <Rain>"
length = 00:00:30
[voices]
hush = "pink-noise"
[scene.arriving]
at = 0
hush = -6
[scene.further-off]
at = 15
hush = -9
"""
HOME = "http://192.168.1.20:8080/"
KEY = "?key=abc&for=app"
TONIGHT = datetime.date(2026, 11, 30)
ZONE = ZoneInfo("Pacific/Auckland")


def night_on(evening: datetime.date, ending: str = ".mp3") -> Served:
    night = Night(night_of(SCORE).score, seed=3, day=evening, gain=1.0)
    span = Span(0, 30 * RATE)
    rendering = rendering_of(night, span, ENDINGS[ending], Sampling(), night.loudness(1.0))
    file = KnownFile(rendering, tags_of(night, span, b"", 0))
    address = f"{HOME}night/hush~date={evening}"
    return Served(
        file, night.fingerprint, evening, f"{address}{ending}{KEY}", f"{address}.chapters.json{KEY}"
    )


@pytest.fixture(scope="module")
def week() -> list[Served]:
    return [night_on(evening) for evening in evenings(TONIGHT)]


def heard(nights: list[Served], **besides: str) -> Any:
    """The feed as a player reads it."""
    read = feedparser.parse(feed(nights, Channel(HOME, title="Our Nights"), ZONE, **besides))
    assert not read.bozo, read.get("bozo_exception")
    return read


def test_an_app_finds_tonight_first_and_the_evenings_before_it(week: list[Served]):
    read = heard(week[::-1])
    assert (read.version, read.feed.title, read.feed.link) == ("rss20", "Our Nights", HOME)
    assert [entry.title[-10:] for entry in read.entries] == [str(day) for day in evenings(TONIGHT)]
    assert len({entry.id for entry in read.entries}) == 7
    assert not any(entry.guidislink for entry in read.entries)


def test_what_is_fetched_is_as_long_as_the_feed_says(week: list[Served]):
    entry = heard(week).entries[0]
    (sound,) = entry.enclosures
    assert (sound.href, sound.type) == (f"{HOME}night/hush~date=2026-11-30.mp3{KEY}", "audio/mpeg")
    assert len(b"".join(week[0].file.read(0, week[0].file.length))) == int(sound.length)
    assert entry.itunes_duration == "30"


def test_tonight_is_out_when_its_day_begins_at_home(week: list[Served]):
    said = heard(week).entries[0].published_parsed
    out = datetime.datetime(*said[:6], tzinfo=datetime.UTC)
    assert out.astimezone(ZONE) == datetime.datetime(2026, 11, 30, tzinfo=ZONE)


def test_the_same_nights_are_the_same_feed(week: list[Served]):
    channel = Channel(HOME)
    assert feed(week, channel, ZONE) == feed(week, channel, ZONE)


def test_an_episode_is_known_again_where_the_network_has_changed(week: list[Served]):
    moved = [replace(night, address=night.address.replace("192.168.1.20", "10.0.0.2")) for night in week]
    assert [entry.id for entry in heard(moved).entries] == [entry.id for entry in heard(week).entries]


def test_a_night_in_another_form_is_another_episode():
    mp3, ogg = night_on(TONIGHT), night_on(TONIGHT, ".ogg")
    assert len({entry.id for entry in heard([mp3, ogg]).entries}) == 2


def test_hostile_titles_survive(week: list[Served]):
    title = '<script>&"]]>\x01\x1b[2J 雨 \U0001f327 </item>'
    hostile = replace(
        week[0], file=KnownFile(week[0].file.rendering, replace(week[0].file.tags, title=title))
    )
    root = ElementTree.fromstring(feed([hostile], Channel(HOME, title=title), ZONE))
    assert (
        root.findtext("channel/item/title") == title.replace("\x01", "").replace("\x1b", "") + ", 2026-11-30"
    )
    assert len(root.findall("channel/item")) == 1


def test_the_key_is_said_where_the_feed_is_found_and_is_no_part_of_what_it_is_known_by(week: list[Served]):
    roots = [ElementTree.fromstring(feed(week, Channel(HOME), ZONE, key)) for key in ("", KEY)]
    links = [root.find("channel/{http://www.w3.org/2005/Atom}link") for root in roots]
    assert [link.get("href") for link in links if link is not None] == [
        f"{HOME}feed.xml",
        f"{HOME}feed.xml{KEY}",
    ]
    assert len({root.findtext(f"channel/{{{PODCAST}}}guid") for root in roots}) == 1


def test_chapters_are_a_list_of_their_own(week: list[Served]):
    root = ElementTree.fromstring(feed(week, Channel(HOME), ZONE))
    chapters = root.find(f"channel/item/{{{PODCAST}}}chapters")
    assert chapters is not None
    assert chapters.get("url") == f"{HOME}night/hush~date=2026-11-30.chapters.json{KEY}"
    listed = json.loads(chapters_of(week[0].file))["chapters"]
    assert [(one["startTime"], one["title"]) for one in listed] == [(0.0, "Arriving"), (15.0, "Further off")]


def test_a_picture_stands_for_the_podcast(week: list[Served]):
    assert heard(week, picture=f"{HOME}night/hush.jpg{KEY}").feed.image.href == f"{HOME}night/hush.jpg{KEY}"


def test_no_nights_are_an_empty_podcast():
    assert heard([]).entries == []
